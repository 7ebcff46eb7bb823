"""Forms about customised goods, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.custom_lines import ask_buyer
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.checkout.models import OrderCopy
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.customised import a_custom_order, a_custom_product, key_of


def a_custom_line(shop: str = "a") -> UUID:
    """Of a paid order."""
    return key_of(a_custom_order(product=a_custom_product(title="Seal", shop=shop), shop=shop))


def _fields() -> tuple[str, dict[str, Any]]:
    text = {"id": "engrave1", "kind": "text", "label_zh": "刻字", "label_en": "Engraving", "hint_zh": "名字", "hint_en": "A name", "is_required": "on"}
    text |= {"surcharge": "20", "most": "12", "signs": "any", "has_lines": "on", "has_emoji": "on"}
    choice = {"id": "script01", "kind": "choice", "label_zh": "字体", "label_en": "Script", "hint_zh": "", "hint_en": ""}
    number = {"id": "height01", "kind": "number", "label_zh": "高", "label_en": "Height", "least": "1", "greatest": "30", "unit": "cm", "surcharge": "1"}
    data = {f"f{n}-{name}": value for n, one in enumerate((text, choice, number)) for name, value in one.items()}
    for m, (key, name) in enumerate((("kai", "Kai"), ("seal", "Seal"))):
        data |= {f"f1c{m}-id": key, f"f1c{m}-name_zh": name, f"f1c{m}-name_en": name, f"f1c{m}-surcharge": str(m)}
    return f"/products/{make.a_product('a', title='Cup').pk}/wishes/", {**data, "count": "3", "f1-count": "2", "days": "3", "then": "keep"}


def an_asked_line() -> tuple[OrderCopy, UUID]:
    """A paid line of shop A of which its buyer is asked something: the order, the question."""
    copy, question_id = a_custom_order(), uuid4()
    with merchant_schema(MERCHANTS["a"]):
        ask_buyer(by=SYSTEM, question_id=question_id, key=key_of(copy), text="With a capital L?")
    return copy, question_id


FORMS_OF_CUSTOMISING: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "product-customising"): lambda t: _fields(),
    ("workbench", "custom-orders-begin"): lambda t: ("/custom-orders/begin/", {"chosen": a_custom_line()}),
    ("workbench", "custom-orders-finish"): lambda t: ("/custom-orders/finish/", {"chosen": a_custom_line()}),
    ("workbench", "custom-order-begin"): lambda t: (f"/custom-orders/{a_custom_line()}/begin/", {}),
    ("workbench", "custom-order-finish"): lambda t: (f"/custom-orders/{a_custom_line()}/finish/", {}),
    ("workbench", "custom-order-ask"): lambda t: (f"/custom-orders/{a_custom_line()}/ask/", {"question_id": uuid4(), "text": "With a capital L?"}),
}
