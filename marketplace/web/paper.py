"""Papers to print: a page for the browser, and the same as PDF where the machine can make one.

WeasyPrint needs Pango, a library of the system; where it is missing, the page says so and prints by itself all the same.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError

STYLES = Path(__file__).parent / "static" / "print.css"


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


def pdf_response(request: HttpRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """A template as PDF, to be saved under a name. Raises NoPdf."""
    if lacks := missing():
        raise NoPdf(lacks=lacks)
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurPictures(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, own_picture(url).read_bytes())

    fetcher = OurPictures()
    html = render_to_string(template, {**context, "is_pdf": True}, request)
    document = HTML(string=html, base_url="paper:/", url_fetcher=fetcher)
    data = document.write_pdf(stylesheets=[CSS(string=STYLES.read_text(), url_fetcher=fetcher)])
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def own_picture(url: str) -> Path:
    """The file of a picture of ours, in the folder of public media; nothing is asked of any other place. Raises ValueError."""
    path = unquote(urlsplit(url).path)
    root = Path(settings.MEDIA_ROOT).resolve()
    file = (root / path.removeprefix(settings.MEDIA_URL)).resolve()
    if not path.startswith(settings.MEDIA_URL) or not file.is_relative_to(root) or not file.is_file():
        raise ValueError(f"a paper shows only pictures of ours, not {url}")
    return file
