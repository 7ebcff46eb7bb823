"""Papers to print: a page for the browser, and the same as PDF where the machine can make one.

Where the machine lacks what that needs, the page says so and prints by itself all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from marketplace.kernel.pdf import missing as missing
from marketplace.kernel.pdf import pdf_of

STYLES = Path(__file__).parent / "static" / "print.css"


def pdf_response(request: HttpRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """A template as PDF, to be saved under a name. Raises NoPdf."""
    html = render_to_string(template, {**context, "is_pdf": True}, request)
    data = pdf_of(html, [STYLES.read_text()], lambda url: own_picture(url).read_bytes())
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
