"""Forms about the end of a shop, as a person would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from marketplace.flows.shop_life import move
from marketplace.kernel.actors import SYSTEM
from tenants.tenancy.models import Merchant
from tests.databases import MERCHANTS


def kept_after_all(t: Any) -> tuple[str, dict[str, Any]]:
    """An owner has begun to close the shop, and takes it back: the other forms find it open."""
    if Merchant.objects.get(pk=MERCHANTS["a"]).status == Merchant.Status.OPEN:
        move(by=SYSTEM, merchant_id=MERCHANTS["a"], to=Merchant.Status.CLOSING, is_owners=True)
    return "/closing/", {"then": "keep"}


FORMS_OF_CLOSING: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "closing"): kept_after_all,
    ("workbench", "shop-export"): lambda t: ("/export/", {"export_id": uuid4()}),
    ("console", "merchant-close"): lambda t: (f"/merchants/{MERCHANTS['b']}/close/", {"request_id": uuid4(), "why": "sells no more"}),
}
