"""Who may get which contract."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.errors import NotFound
from tenants.contracts.models import Contract
from tenants.onboarding.models import Application


def contract_of_applicant(application: Application) -> Contract | None:
    """The newest of the merchant it became."""
    if application.merchant_id is None:
        return None
    return Contract.objects.filter(merchant_id=application.merchant_id).order_by("-signed_at").first()


def contract_of_shop(merchant_id: UUID, number: str) -> Contract:
    """The shop's own, or NotFound."""
    found = Contract.objects.filter(merchant_id=merchant_id, number=number).first()
    if found is None:
        raise NotFound
    return found


def contract_for_operator(number: str) -> Contract:
    found = Contract.objects.select_related("merchant", "template", "signed_by").filter(number=number).first()
    if found is None:
        raise NotFound
    return found
