"""PDFs from HTML. WeasyPrint needs Pango, a library of the system; where it is missing that is said instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoPdf(MarketError):
    code, status = "no_pdf", 501
    message = _("This server cannot make PDFs: it lacks {lacks}. Print the page from your browser instead.")


@cache
def missing() -> str:
    """What this machine lacks to make PDFs; "" when nothing. Found out once a process, because WeasyPrint loads its libraries then."""
    try:
        import weasyprint  # noqa: F401
    except OSError as lacking:  # cffi names the library that cannot be loaded
        return "Pango" if "pango" in str(lacking).lower() else str(lacking).splitlines()[0][:80]
    return ""


def no_pictures(url: str) -> bytes:
    raise ValueError(f"this paper shows no pictures, not {url}")


def pdf_of(html: str, styles: Iterable[str], pictures: Callable[[str], bytes] = no_pictures) -> bytes:
    """`pictures` gives the bytes of a picture by its address; nothing is ever fetched from anywhere else. Raises NoPdf."""
    if lacks := missing():
        raise NoPdf(lacks=lacks)
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Ours(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, pictures(url))

    fetcher = Ours()
    document = HTML(string=html, base_url="paper:/", url_fetcher=fetcher)
    data: bytes = document.write_pdf(stylesheets=[CSS(string=style, url_fetcher=fetcher) for style in styles])
    return data
