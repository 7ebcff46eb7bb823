"""Forms about money that goes back by two people, as a person would send them: path and data, from what a shop has (`Things`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.second_looks import ask_to_cancel
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.waiting import waiting_order, waiting_return
from tests.databases import MERCHANTS


def _to_open() -> tuple[str, dict[str, Any]]:
    copy = make.a_completed_group(("a", make.a_product("a", stock=5), 1)).orders.get()
    line = UUID(copy.lines[0]["id"]).hex
    return f"/orders/{copy.number}/return/", {"return_id": uuid4(), f"line_{line}": 1, "cause": "damaged", "note": "It broke."}


def _to_decide() -> tuple[str, dict[str, Any]]:
    order, by = waiting_order(make.a_product("a", stock=5)), make.acting(User.objects.get(email="owner-a@market.localhost"))
    with merchant_schema(MERCHANTS["a"]):
        look = ask_to_cancel(by=by, look_id=uuid4(), number=order.number, pieces={order.line: 1}, why="broken")
    return f"/second-looks/{look.pk}/decide/", {"decision": "approve", "why": "I saw it"}


FORMS_OF_SECOND_LOOKS: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "order-return"): lambda t: _to_open(),
    ("workbench", "return-approve"): lambda t: (f"/returns/{waiting_return(make.a_product('a', stock=5), 2)}/approve/", {"decision": "approve"}),
    ("workbench", "second-look-decide"): lambda t: _to_decide(),
    ("workbench", "money-rule"): lambda t: ("/second-looks/rule/", {"then": "two"}),
    ("workbench", "assessment"): lambda t: (
        "/guide/assessment/",
        {"assessment_id": uuid4(), "product": 3, "stock": 2, "orders": 4, "settlement": 1, "members": 2, "partner": "sales"},
    ),
}
