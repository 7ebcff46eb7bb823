"""Where a shop is paid takes two people: no sequence of one person's requests changes it, in the shop, at the market, or in both; two people do.

The walk sends everything that one person with every right can send about a change, to both back offices, and lets time pass; each state that is
reached is walked on from until nothing new is found. Controls: a colleague, or the market, gets there with them, and so does one person where the
verb forgets to compare and the database's own guard is gone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from marketplace.flows import account_changes
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.relay import deliver_events
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import AccountChange, PayoutAccount
from tenants.accounts.actions import give_role
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.architecture.test_back_office_writes import Filled, send, someone
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
COMPANY, OLD, NEW = "景德镇窑火陶瓷有限公司", "6222021234567890", "310066661018800012345"
PASSWORD = {"password": "correct horse battery"}
SHORT, LONG = 3, 5


@pytest.fixture(autouse=True)
def dossier() -> None:
    make.a_dossier(Merchant.objects.get(pk=A), COMPANY)


@pytest.fixture
def old() -> None:
    set_bank_account(by=SYSTEM, merchant_id=A, holder=COMPANY, bank="工商银行", number=OLD)


@pytest.fixture
def colleague() -> User:
    """Somebody else of the shop with every right, who has worked there for a month."""
    user = someone("workbench")
    Membership.objects.filter(user=user).update(since=clock.now() - timedelta(days=30))
    return user


def of_both() -> User:
    """Somebody with every right in the shop who runs the market besides."""
    user = someone("workbench")
    give_role(by=SYSTEM, user_id=user.pk, role="operator", merchant_id=None)
    return user


class Walk:
    """Everything that `user` can send about the shop's account, in every order; `helps` looks at it for the shop or the market."""

    def __init__(self, user: User, *, depth: int = SHORT, helps: tuple[str, User] | None = None) -> None:
        self.user, self.depth, self.helps, self.key = user, depth, helps, uuid4()
        self.before = self.account()
        self.seen: dict[Any, int] = {}
        self.reached: list[tuple[str, ...]] = []
        self.sent = 0

    def account(self) -> Any:
        row = PayoutAccount.objects.filter(merchant_id=A).exclude(kind="").first()
        return row and (row.version, row.number.plain())

    def requests(self) -> dict[str, tuple[str, User, Filled] | None]:
        found: dict[str, tuple[str, User, Filled] | None] = {}
        for n, key in enumerate(AccountChange.objects.filter(merchant_id=A).order_by("-asked_at", "-pk").values_list("pk", flat=True)[:2]):
            if self.helps:
                place, other = self.helps
                found[f"the other looks at {n}"] = (place, other, self._looked(place, key, "pass"))
            found[f"confirm {n}"] = ("workbench", self.user, self._looked("workbench", key))
            found[f"stop {n}"] = ("workbench", self.user, Filled(f"/payout-account/changes/{key}/stop/", {"why": "w"}))
            for decision in ("pass", "refuse"):
                found[f"{decision} {n} for the market"] = ("console", self.user, self._looked("console", key, decision))
        return found | {
            "ask": ("workbench", self.user, self._asked(uuid4(), COMPANY)),
            "ask with the same key": ("workbench", self.user, self._asked(self.key, COMPANY)),
            "ask in another name": ("workbench", self.user, self._asked(self.key, "Somebody else")),
            "shorten the wait": ("console", self.user, Filled("/settings/", {"form": "accounts", "days": "0", "why": "w"})),
            "time passes": None,
        }

    def _asked(self, key: UUID, holder: str) -> Filled:
        asked = {"change_id": key, "form": "company", "holder": holder, "bank": "招商银行", "number": NEW, "holder_reason": "a new name"}
        return Filled("/payout-account/", asked | PASSWORD)

    def _looked(self, place: str, key: UUID, decision: str = "") -> Filled:
        if place == "workbench":
            return Filled(f"/payout-account/changes/{key}/confirm/", PASSWORD)
        return Filled(f"/payout-accounts/{key}/decide/", {"decision": decision, "why": "w", "name_why": "w"} | PASSWORD)

    def _state(self) -> Any:
        changes = AccountChange.objects.filter(merchant_id=A).order_by("-asked_at", "-pk")
        looked = [(row.status, row.name_is, row.confirmed_by_id is None, row.looked_by_id is None) for row in changes[:2]]
        return tuple(looked), min(changes.count(), 3)

    def _do(self, what: tuple[str, User, Filled] | None) -> None:
        if what is not None:
            assert send(*what).status_code < 500, what
            return
        with clock.shifted(timedelta(days=8)):
            fire_due()
            deliver_events()

    def run(self, path: tuple[str, ...] = ()) -> Walk:
        state, left = self._state(), self.depth - len(path)
        if self.reached or left == 0 or self.seen.get(state, 0) >= left:
            return self
        self.seen[state] = left
        for name in self.requests():
            with transaction.atomic():
                self._do(self.requests()[name])
                self.sent += 1
                if self.account() != self.before:
                    self.reached.append((*path, name))
                else:
                    self.run((*path, name))
                transaction.set_rollback(True)
            if self.reached:
                break
        return self


def goes_nowhere(walk: Walk) -> None:
    assert walk.reached == []
    assert len(walk.seen) > walk.depth and walk.sent > 12 * walk.depth, "the walk goes somewhere"


DEPTHS = pytest.mark.parametrize("depth", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])


@DEPTHS
def test_one_person_of_a_shop_changes_no_account_in_any_order_of_requests(old, colleague, depth):
    goes_nowhere(Walk(someone("workbench"), depth=depth).run())


@DEPTHS
def test_nor_does_somebody_who_runs_the_market_besides(old, depth):
    goes_nowhere(Walk(of_both(), depth=depth).run())


@DEPTHS
def test_nor_does_one_of_them_enter_a_shops_first_account(colleague, depth):
    goes_nowhere(Walk(of_both(), depth=depth).run())


# ── Controls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_with_a_colleague_they_get_there_once_the_days_are_over(old, colleague):
    path = Walk(someone("workbench"), helps=("workbench", colleague)).run().reached[0]
    assert path == ("ask", "the other looks at 0", "time passes")


def test_with_the_market_they_enter_a_first_account(old):
    PayoutAccount.objects.all().delete()
    path = Walk(someone("workbench"), helps=("console", someone("console"))).run().reached[0]
    assert path == ("ask", "the other looks at 0")


def test_one_person_is_found_where_verb_and_database_forget_to_compare(old, monkeypatch):
    locked = account_changes._locked

    def forgetful(*args: Any) -> AccountChange:
        row = locked(*args)
        row.asked_by_id = uuid4()
        return row

    monkeypatch.setattr(account_changes, "_locked", forgetful)
    monkeypatch.setattr(account_changes, "check_other_hands", lambda by, merchant_id: None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE platform_payments_accountchange DROP CONSTRAINT account_change_was_confirmed_by_another")
    path = Walk(of_both()).run().reached[0]
    assert path == ("ask", "pass 0 for the market", "time passes")
