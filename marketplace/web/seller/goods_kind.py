"""The part of the product form about the kind of goods: shipped, codes, or a service with vouchers. Chosen once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.queries import is_kind_fixed, virtual_of
from marketplace.platform.virtual.kinds import GoodsKind


def kind_initial(product: Product) -> dict[str, Any]:
    held = virtual_of([product.pk]).get(product.pk)
    return {"kind": held.kind if held else GoodsKind.GOODS.value, "valid_days": held.valid_days if held else None}


@dataclass(frozen=True)
class Option:
    key: str
    name: str
    what: str
    is_chosen: bool


@dataclass(frozen=True)
class KindChoice:
    """`is_fixed`: it was on sale, or is being reviewed, and stays what it is. `is_kept`: the product is there with this kind."""

    options: list[Option]
    chosen: str
    is_fixed: bool
    is_kept: bool

    @property
    def is_codes(self) -> bool:
        return self.chosen == GoodsKind.CODES

    @property
    def is_service(self) -> bool:
        return self.chosen == GoodsKind.SERVICE

    @property
    def name(self) -> str:
        return next(option.name for option in self.options if option.is_chosen)

    @classmethod
    def of(cls, form: forms.Form, product: Product | None) -> KindChoice:
        kept = kind_initial(product)["kind"] if product else GoodsKind.GOODS.value
        is_fixed = product is not None and is_kind_fixed(product)
        asked = form["kind"].value()
        chosen = kept if is_fixed or asked not in GoodsKind.values else asked
        words = {
            GoodsKind.GOODS: _("You pack it and hand it to a carrier."),
            GoodsKind.CODES: _("Licence keys, cards, vouchers you have bought in: you load them, buyers get one each as soon as they have paid."),
            GoodsKind.SERVICE: _("Used at your place: buyers get a voucher, you redeem it when they come. What is not used in time is paid back."),
        }
        options = [Option(kind.value, str(kind.label), words[kind], kind.value == chosen) for kind in GoodsKind]
        return cls(options, str(chosen), is_fixed, product is not None and kept == chosen)
