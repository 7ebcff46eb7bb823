"""Which back office a page about staff belongs to: the workbench of a merchant, or the console of the market."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from tenants.access.rights import Right


@dataclass(frozen=True)
class Office:
    """`merchant_id` is None for the console; `right` lets its people and roles be changed."""

    merchant_id: UUID | None
    base: str
    right: Right
    scope: str

    def may_manage(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(self.right.full_name))


def office_of(request: HttpRequest) -> Office:
    merchant = getattr(request, "merchant", None)
    if merchant is not None:
        return Office(merchant.pk, "seller/base.html", Right.MANAGE_STAFF, "merchant")
    return Office(None, "operator/base.html", Right.MANAGE_MARKET_STAFF, "market")
