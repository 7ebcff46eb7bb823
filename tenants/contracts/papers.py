"""Contracts as PDF: made when somebody signs, kept among the private papers, and looked at again each time before they are handed out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils import timezone, translation

from marketplace.kernel.pdf import pdf_of
from tenants.contracts.models import Contract, ContractPaper
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import public_schema

STYLES = Path(__file__).parent / "paper.css"


def make_paper(contract: Contract, stage: str) -> ContractPaper:
    """Write the PDF of a contract as it stands now, and its row. Raises NoPdf."""
    market = Market.objects.get()
    with translation.override(contract.language), timezone.override(market.tz):
        html = render_to_string("contracts/paper.html", {"contract": contract, "market": market, "language": contract.language, "is_pdf": True})
    data = pdf_of(html, [STYLES.read_text()])
    paper = ContractPaper(contract=contract, stage=stage, size=len(data), sha256=hashlib.sha256(data).hexdigest())
    with public_schema():
        paper.key = storages["papers"].save(f"contracts/{contract.merchant_id}/{paper.pk}.pdf", ContentFile(data))
        paper.save(force_insert=True)
    return paper


def whole(paper: ContractPaper) -> bytes | None:
    """The file, if it is still what was signed; None where it is missing or another."""
    try:
        with public_schema(), storages["papers"].open(paper.key) as file:
            data: bytes = file.read(paper.size + 1)
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == paper.sha256 else None
