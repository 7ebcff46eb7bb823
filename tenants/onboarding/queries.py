"""What the public may know of who trades here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenants.onboarding.models import Application
from tenants.tenancy.models import Merchant
from tenants.tenancy.remembered import remembered


@dataclass(frozen=True)
class Trader:
    """Who stands behind a shop. Company and licence come from the approved application, which nobody can change any more;
    they are "" for a shop that the operator opened without one. Contact data and papers are never part of this."""

    company: str
    licence_number: str
    kind: str  # in the reader's language
    since: datetime | None


def trader_of(merchant: Merchant) -> Trader:
    """At most one query."""
    approved = Application.objects.filter(merchant_id=merchant.pk, status=Application.Status.APPROVED).only("company", "licence_number", "kind")
    rows = remembered("shops", ("trader", merchant.pk), lambda: list(approved[:1]))
    if not rows:
        return Trader("", "", "", merchant.opened_at)
    found = rows[0]
    return Trader(found.company, found.licence_number, str(found.get_kind_display()), merchant.opened_at)
