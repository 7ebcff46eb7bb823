"""Which back office a page about staff belongs to: the workbench of a merchant, or the console of the market."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from marketplace.web.lists.pages import base_of, merchant_of
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
    if merchant_id := merchant_of(request):
        return Office(merchant_id, base_of(request), Right.MANAGE_STAFF, "merchant")
    return Office(None, base_of(request), Right.MANAGE_MARKET_STAFF, "market")
