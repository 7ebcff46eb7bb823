"""Forms about deposits, as a person would send them: path and data, from what a shop has (`Things`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from marketplace.kernel.actors import SYSTEM
from marketplace.platform.deposits.actions import move_deposit, object_to_deduction
from tests import factories as make
from tests.databases import MERCHANTS


def some_deposit() -> dict[str, str]:
    """Merchant a's deposit: two deductions from it by the form they wait for, one of them objected to."""

    def moved(kind: str, amount: str) -> Any:
        return move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=MERCHANTS["a"], kind=kind, amount=make.yuan(amount), reference="T1", why="as agreed")

    moved("received", "900")
    objected, other = moved("deducted", "100"), moved("deducted", "50")
    object_to_deduction(by=SYSTEM, move=objected, text="They are real.")
    return {"deposit-objection": objected.number, "deposit-object": other.number}


FORMS_OF_MONEY: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "deposit-object"): lambda t: (f"/deposit/{t.deposit['deposit-object']}/object/", {"text": "It was delivered."}),
    ("console", "deposit-rules"): lambda t: ("/deposits/rules/", {"form": "terms", "days": "20", "pay_en": "Bank, 62220000", "why": "a new bank"}),
    ("console", "deposit-objection"): lambda t: (f"/deposits/objections/{t.deposit['deposit-objection']}/", {"answer": "The brand says no."}),
    ("console", "deposit-move"): lambda t: (
        f"/deposits/{MERCHANTS['a']}/move/?what=received",
        {"request_id": uuid4(), "amount": "10", "reference": "T9", "why": "seen on the account"},
    ),
    ("console", "deposit-amount"): lambda t: (f"/deposits/{MERCHANTS['a']}/amount/", {"request_id": uuid4(), "amount": "10", "why": "long known"}),
}
