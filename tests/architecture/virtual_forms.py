"""Forms about codes and vouchers, as a person would send them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.platform.virtual.models import Code, Voucher
from tests import factories as make
from tests.architecture.account_forms import PASSWORD, WHY
from tests.flows.virtual import a_card, a_service, a_virtual, load, paid


def a_code(shop: str = "a", title: str = "Card") -> UUID:
    """One that is unused, of a draft that nobody else knows."""
    draft = a_virtual("codes", shop=shop, title=title, on_sale=False)
    load(draft, f"{title}-{draft.pk.hex}", shop)
    return Code.objects.get(product_id=draft.pk).pk


def _load() -> tuple[str, dict[str, Any]]:
    card = a_card(0)
    return f"/products/{card.pk}/codes/", {"variant": make.variant_of(card), "codes": "NEW-CODE-0001\nNEW-CODE-0002", "file": ""}


def _redeem() -> tuple[str, dict[str, Any]]:
    copy = make.order_of(paid(("a", a_service(), 1)))
    return "/redeem/", {"code": Voucher.objects.get(order_id=copy.pk).text.plain(), "then": "redeem"}


FORMS_OF_VIRTUAL: dict[tuple[str, str], Any] = {
    ("workbench", "product-codes"): lambda t: _load(),
    ("workbench", "code-show"): lambda t: (f"/codes/{a_code()}/show/", {**WHY, **PASSWORD}),
    ("workbench", "code-remove"): lambda t: (f"/codes/{a_code()}/remove/", {"reason": "a wrong batch"}),
    ("workbench", "redeem"): lambda t: _redeem(),
}
