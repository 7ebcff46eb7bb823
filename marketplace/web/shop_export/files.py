"""Files that go along: pictures and films, documents, statements as PDF. Each is (its name in the archive, what opens it)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.core.files.storage import default_storage, storages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.renditions import RENDITION
from marketplace.platform.ledger.models import Statement
from marketplace.web.paper import missing, pdf_response
from marketplace.web.shop_export.parts import papers_of
from marketplace.web.statements import MOST_LINES_OF_PDF, statement_context
from tenants.contracts.models import ContractPaper
from tenants.contracts.papers import whole
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import public_schema

Opened = tuple[str, Callable[[], IO[bytes]]]
MADE_BY_WAGTAIL = "images"  # renditions; what was handed in lies in original_images


def media(merchant: Merchant) -> Iterator[Opened]:
    """Everything in the shop's public media, without the smaller widths that are made of it."""
    yield from _walk("")


def _walk(folder: str) -> Iterator[Opened]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    for name in sorted(names):
        if not RENDITION.search(name):
            key = f"{folder}/{name}".lstrip("/")
            yield f"media/{key}", lambda key=key: default_storage.open(key)  # type: ignore[misc]
    for inner in sorted(folders):
        if folder or inner != MADE_BY_WAGTAIL:
            yield from _walk(f"{folder}/{inner}".lstrip("/"))


def documents(merchant: Merchant) -> Iterator[Opened]:
    """By their keys, as the table of documents names them."""
    for paper in papers_of(merchant).order_by("pk").iterator(chunk_size=200):
        yield f"documents/{paper.pk}.{paper.key.rpartition('.')[2]}", lambda key=paper.key: _public_paper(key)  # type: ignore[misc]


def _public_paper(key: str) -> IO[bytes]:
    with public_schema():
        return storages["papers"].open(key)


def contracts(merchant: Merchant) -> Iterator[Opened]:
    """What was signed, at each stage, as long as it is still the same bytes."""
    for paper in ContractPaper.objects.filter(contract__merchant=merchant).select_related("contract").order_by("pk").iterator(chunk_size=50):
        if (data := whole(paper)) is not None:
            yield f"contracts/{paper.contract.number}-{paper.stage}.pdf", lambda data=data: io.BytesIO(data)  # type: ignore[misc]


def statements(merchant: Merchant) -> Iterator[Opened]:
    """As PDF, where this machine can make some; one that is too long for that is in the tables all the same."""
    if missing():
        return
    for row in Statement.objects.filter(merchant=merchant).order_by("pk").iterator(chunk_size=50):
        if row.lines.count() <= MOST_LINES_OF_PDF:
            yield f"statements/{row.number}.pdf", lambda row=row: io.BytesIO(_pdf(merchant, row))  # type: ignore[misc]


def _pdf(merchant: Merchant, row: Statement) -> bytes:
    request: Any = HttpRequest()
    request.market, request.merchant, request.LANGUAGE_CODE = Market.objects.get(), merchant, get_language() or "en"
    return bytes(pdf_response(request, "web/statement_paper.html", statement_context(row, ""), row.number).content)


# What of it goes along: the name of the folder, what it holds, and its files.
FILES: list[tuple[str, str | Promise, Callable[[Merchant], Iterator[Opened]]]] = [
    ("statements", _("Statements as PDF"), statements),
    ("contracts", _("Contracts as they were signed"), contracts),
    ("documents", _("Documents as they were handed in"), documents),
    ("media", _("Pictures and films of goods and pages"), media),
]
