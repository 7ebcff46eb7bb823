"""Forms about payout accounts, filled in: each asks for what it needs first, because a shop has one change on its way at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account, stop_change
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.payments.models import AccountChange, AccountRules
from tenants.accounts.models import User
from tests import factories as make
from tests.databases import MERCHANTS

PASSWORD = {"password": "correct horse battery"}
WHY = {"why": "the bank asks"}


def no_change(letter: str = "a") -> None:
    """What is on its way is stopped; and who came just now may confirm."""
    AccountRules.objects.update_or_create(pk=1, defaults={"cooling_days": 0})
    for row in AccountChange.objects.filter(merchant_id=MERCHANTS[letter], status__in=AccountChange.OPEN):
        stop_change(by=SYSTEM, change_id=row.pk, why="another test")


def a_change(letter: str = "a") -> UUID:
    """One on its way, asked for by the owner."""
    no_change(letter)
    owner = make.acting(User.objects.get(email=f"owner-{letter}@market.localhost"))
    details = BankDetails(holder=f"Holder {letter}", form="company", bank="Bank", number=str(uuid4().int)[:20], holder_reason="a new name")
    row: AccountChange = ask_for_bank_account(by=owner, merchant_id=MERCHANTS[letter], change_id=uuid4(), details=details)
    return row.pk


def _asked(t: Any) -> tuple[str, dict[str, Any]]:
    no_change()
    asked = {"change_id": uuid4(), "form": "company", "holder": "Kiln", "bank": "Another bank", "number": "62220002"}
    return "/payout-account/", {**asked, "holder_reason": "a new name", **PASSWORD}


def _stripe(t: Any) -> tuple[str, dict[str, Any]]:
    no_change()
    return "/payout-account/stripe/", {"country": "US", **PASSWORD}


FORMS_OF_ACCOUNTS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "payout-account"): _asked,
    ("workbench", "payout-stripe"): _stripe,
    ("workbench", "account-show"): lambda t: ("/payout-account/show/", {**WHY, **PASSWORD}),
    ("workbench", "account-confirm"): lambda t: (f"/payout-account/changes/{a_change()}/confirm/", PASSWORD),
    ("workbench", "account-stop"): lambda t: (f"/payout-account/changes/{a_change()}/stop/", WHY),
    ("console", "account-change-decide"): lambda t: (
        f"/payout-accounts/{a_change('b')}/decide/",
        {**WHY, "name_why": "the parent company", "holder": "Holder b", "decision": "pass", **PASSWORD},
    ),
    ("console", "account-change-show"): lambda t: (f"/payout-accounts/{a_change('b')}/show/", {**WHY, **PASSWORD}),
    ("console", "merchant-account-show"): lambda t: (f"/merchants/{MERCHANTS['a']}/payout-account/show/", {**WHY, **PASSWORD}),
    ("console", "bank-file-download"): lambda t: (f"/payouts/files/{t.batch}/csv/", {**WHY, **PASSWORD}),
}
