"""A contract's file as it is handed out: looked at before, as an attachment, never kept by a cache between."""

from __future__ import annotations

from django.http import HttpResponse

from marketplace.kernel.actors import Actor
from tenants.contracts.models import Contract
from tenants.contracts.signing import the_paper


def paper_response(*, by: Actor, contract: Contract) -> HttpResponse:
    """Raises PaperBroken where the file is not what was signed."""
    paper, data = the_paper(by, contract)
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="contract-{contract.number}.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Repr-Digest"] = f"sha-256=:{paper.digest}:"
    return response
