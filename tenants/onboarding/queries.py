"""What the public may know of who trades here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenants.onboarding.models import Dossier, SellerKind
from tenants.tenancy.models import Merchant
from tenants.tenancy.remembered import remembered


@dataclass(frozen=True)
class Trader:
    """Who stands behind a shop. Company and licence come from its dossier, as the operator has reviewed it; they are "" for a shop
    that the operator opened without an application and that has handed in nothing. Contact data and papers are never part of this."""

    company: str
    licence_number: str
    kind: str  # in the reader's language
    since: datetime | None


def trader_of(merchant: Merchant) -> Trader:
    """At most one query."""
    known = Dossier.objects.filter(merchant_id=merchant.pk).values_list("company", "licence_number", "kind")
    rows = remembered("shops", ("trader", merchant.pk), lambda: list(known[:1]))
    if not rows:
        return Trader("", "", "", merchant.opened_at)
    company, licence_number, kind = rows[0]
    return Trader(company, licence_number, str(SellerKind(kind).label) if kind else "", merchant.opened_at)
