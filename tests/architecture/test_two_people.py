"""No sequence of requests of one person pays, suspends, or changes a rate: the console is walked, request after request, state after state.

For every kind of request the walk sends everything that one person with every right could send about it, from two sessions: ask, ask again with
other content, the same form again, approve, refuse, withdraw, let time pass, and the forms that did it alone before. Each state that is reached
is walked on from, until nothing new is found; what has been done is undone by a savepoint. Controls: a second person reaches the goal, and so
does one person where a guard is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseRedirect
from django.test import Client

from marketplace.flows import approvals
from marketplace.flows.approval_kinds import KINDS
from marketplace.flows.shop_life import suspend_shop
from marketplace.kernel import clock
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import MarketError
from marketplace.kernel.relay import deliver_events
from marketplace.platform.approvals.models import ApprovalLimit, ApprovalRequest
from marketplace.platform.deposits.models import DepositMove, DepositRule
from marketplace.platform.deposits.queries import terms
from marketplace.platform.ledger.models import CommissionRule, JournalEntry, Payout, PayoutBatch
from marketplace.platform.taxonomy.models import TaxRate
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.access.rules import operator, route
from tenants.accounts.models import Closure, Membership, User
from tenants.packages.models import Extra, FeeCharge, OwnPrice, PackageVersion
from tenants.packages.queries import today
from tenants.tenancy.models import Market, Merchant
from tests.architecture.test_back_office_writes import FORMS, HOSTS, Filled, Things, posting, someone
from tests.databases import MERCHANTS
from tests.planting import planted

SHORT, DEPTH, LONG = 2, 4, 7
PAID = (Payout.Status.SENT, Payout.Status.PAID)
# What each kind is asked for by: the address, and two different forms.
ASKS: dict[str, Callable[[Things], tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "shop.suspend": lambda t: (f"/merchants/{MERCHANTS['b']}/suspend/", {"kind": "goods", "why": "x"}, {"kind": "law", "why": "y"}),
    "shop.reopen": lambda t: (f"/merchants/{MERCHANTS['c']}/reopen/", {"why": "x"}, {"why": "y"}),
    "shop.close": lambda t: (f"/merchants/{MERCHANTS['b']}/close/", {"why": "x"}, {"why": "y"}),
    "shop.owner": lambda t: (
        f"/merchants/{MERCHANTS['b']}/owner/",
        {"email": User.objects.get(pk=t.accounts.people["winner"]).email, "why": "x"},
        {"email": User.objects.get(pk=t.accounts.people["loser"]).email, "why": "y"},
    ),
    "rail.set": lambda t: ("/settings/", {"form": "rail", "rail": "stripe", "why": "x"}, {"form": "rail", "rail": "sandbox", "why": "y"}),
    "commission.set": lambda t: ("/settings/", {"form": "commission", "rate": "7", "why": "x"}, {"form": "commission", "rate": "0", "why": "y"}),
    "tax.set": lambda t: (
        "/settings/",
        {"form": "tax", "tax_class": "zero", "rate": "7", "why": "x"},
        {"form": "tax", "tax_class": "zero", "rate": "1", "why": "y"},
    ),
    "payouts.release": lambda t: (
        "/payouts/files/new/",
        {"payout": str(t.payouts["bank-file-new"]), "why": "x"},
        {"payout": [str(key) for key in Payout.objects.filter(status="due").values_list("pk", flat=True)], "why": "y"},
    ),
    "payouts.limit": lambda t: ("/approvals/limit/", {"limit": "1000000", "why": "x"}, {"limit": "5", "why": "y"}),
    "person.erase": lambda t: (f"/consumers/{t.accounts.people['consumer-erase']}/erase/", {"why": "x"}, {"why": "y"}),
    "person.merge": lambda t: (f"/consumers/{t.accounts.people['loser']}/into/{t.accounts.people['winner']}/", {"why": "x"}, {"why": "y"}),
    "deposit.set": lambda t: (
        "/deposits/rules/",
        {"form": "rule", "amount": "900", "why": "x"},
        {"form": "rule", "amount": "7", "why": "y"},
    ),
    "deposit.account": lambda t: (
        "/deposits/rules/",
        {"form": "account", "pay_zh": "甲银行 6222", "pay_en": "Bank A, 6222", "why": "x"},
        {"form": "account", "pay_en": "Bank B, 6333", "why": "y"},
    ),
    "deposit.move": lambda t: (
        f"/deposits/{MERCHANTS['a']}/move/?what=received",
        {"amount": "50", "reference": "T2", "why": "x"},
        {"amount": "5000", "reference": "T3", "why": "y"},
    ),
    "package.price": lambda t: (
        "/packages/new/",
        {"code": "huge", "name_en": "Huge", "price": "9", "existing_from": today(), "why": "x"},
        {"code": "huge", "name_en": "Huge", "price": "0", "existing_from": today(), "why": "y"},
    ),
    "fee.book": lambda t: (f"/subscribers/{MERCHANTS['a']}/fee/?waive={t.offers.fee}", {"why": "x"}, {"why": "y"}),
    "refund.otherwise": lambda t: (f"/refunds/{t.refunds['refund-otherwise']}/otherwise/", {"reason": "x"}, {"reason": "y"}),
}


def done() -> dict[str, set[Any]]:
    """What only two people may bring about, as it is."""
    return {
        "shops": set(Merchant.objects.values_list("slug", "status")),
        "owners": set(Membership.objects.filter(merchant_id=MERCHANTS["b"]).values_list("user_id", "is_active")),
        "rail": set(Market.objects.values_list("pk", "rail")),
        "commission": set(CommissionRule.objects.values_list("pk", "rate")),
        "tax": set(TaxRate.objects.values_list("pk", "rate")),
        "limits": set(ApprovalLimit.objects.values_list("pk", "amount_minor")),
        "files": set(PayoutBatch.objects.values_list("pk", flat=True)),
        "paid": set(Payout.objects.filter(status__in=PAID).values_list("pk", flat=True)),
        "released": set(Payout.objects.exclude(released_at=None).values_list("pk", flat=True)),
        "accounts": set(Closure.objects.exclude(kind="deactivated").values_list("user_id", "kind")),  # deactivating takes one person, and is undone
        "deposits": set(DepositMove.objects.values_list("pk", "amount_minor")),
        "deposit rules": set(DepositRule.objects.values_list("pk", "amount_minor")),
        "account for deposits": {str(terms().pay_to)},
        "packages": set(PackageVersion.objects.values_list("pk", "monthly_minor")) | set(OwnPrice.objects.values_list("pk", "monthly_minor")),
        "extras": set(Extra.objects.values_list("pk", "price_minor")),
        "fees": set(FeeCharge.objects.filter(ref__startswith="by_hand").values_list("pk", "amount_minor")),
        "refunds": set(JournalEntry.objects.filter(kind="refund_paid_otherwise").values_list("pk", flat=True)),
    }


@dataclass
class Walk:
    """Everything that `user` can send about a kind, in every order."""

    things: Things
    user: User
    kind: str
    depth: int = DEPTH
    second: User | None = None  # joins in as another person
    more: dict[str, Filled] = field(default_factory=dict)
    seen: dict[Any, int] = field(default_factory=dict)
    sent: int = 0
    reached: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = done()
        self.known = set(ApprovalRequest.objects.values_list("pk", flat=True))
        self.key = uuid4()
        self.path, self.first, self.other = ASKS[self.kind](self.things)

    def run(self) -> Walk:
        self._from((), self.depth)
        return self

    def requests(self) -> dict[str, Callable[[], Any]]:
        mine = list(ApprovalRequest.objects.exclude(pk__in=self.known).order_by("-asked_at", "-pk")[:2])
        found: dict[str, Callable[[], Any]] = {}
        if self.second:
            for n, row in enumerate(mine):
                found[f"the other approves {n}"] = lambda row=row: self._send(self.second, f"/approvals/{row.number}/decide/", {"decision": "approve"})
        for name, form in self.more.items():
            found[name] = lambda form=form: self._send(self.user, form.path, form.data)
        for n, row in enumerate(mine):
            for decision in ("approve", "refuse", "withdraw", "anything"):
                form = {"decision": decision, "why": "w", "kind": self.kind, "asked_by": str(uuid4()), "is_alone": "1"}
                found[f"{decision} {n}"] = lambda row=row, form=form: self._send(self.user, f"/approvals/{row.number}/decide/", form)
        found |= {
            "ask": lambda: self._send(self.user, self.path, self.first | self._key(uuid4())),
            "ask with the same key": lambda: self._send(self.user, self.path, self.first | self._key(self.key)),
            "ask for something else with the same key": lambda: self._send(self.user, self.path, self.other | self._key(self.key)),
            "time passes": self._wait,
        }
        return found

    def _key(self, key: UUID) -> dict[str, str]:
        return {"request_id": str(key), "batch_id": str(key)}

    def _send(self, user: User | None, path: str, data: dict[str, Any]) -> None:
        """From a session of its own: nothing is remembered in one."""
        client = Client(raise_request_exception=False)
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        assert client.post(path, data, headers={"host": HOSTS["console"]}).status_code < 500, (path, data)

    def _wait(self) -> None:
        with clock.shifted(timedelta(days=4)):
            fire_due()
            deliver_events()

    def _state(self) -> Any:
        mine = ApprovalRequest.objects.exclude(pk__in=self.known).order_by("-asked_at", "-pk")
        return tuple((status, str(after)) for status, after in mine.values_list("status", "after")[:2]), min(mine.count(), 3)

    def _from(self, path: tuple[str, ...], left: int) -> None:
        state = self._state()
        if left == 0 or self.seen.get(state, 0) >= left:
            return
        self.seen[state] = left
        for name in self.requests():
            with transaction.atomic():
                self.requests()[name]()
                self.sent += 1
                if done() != self.before:
                    self.reached.append((*path, name))
                else:
                    self._from((*path, name), left - 1)
                transaction.set_rollback(True)
            if self.reached:
                return


@pytest.fixture
def ready(things: Things) -> Things:
    """What has come in is worked off, so that only what is sent here has effects."""
    deliver_events()
    return things


@pytest.mark.parametrize("depth", [SHORT, pytest.param(DEPTH, marks=pytest.mark.long), pytest.param(LONG, marks=pytest.mark.long)])
def test_one_person_with_every_right_never_gets_there(ready, depth):
    user = someone("console")
    for kind in sorted(KINDS):
        walk = Walk(ready, user, kind, depth=depth).run()
        assert walk.reached == [], kind
        assert len(walk.seen) >= min(depth, 4) and walk.sent > 5 * depth, f"the walk about {kind} goes somewhere"


def test_every_kind_is_walked():
    assert set(ASKS) == set(KINDS)


def test_no_form_of_the_console_gets_there_either(ready):
    """Every form that the console takes, twice over, by one person who has asked for everything."""
    user = someone("console")
    walk = Walk(ready, user, "shop.suspend")
    for kind in ASKS:
        each = Walk(ready, user, kind)
        each._send(user, each.path, each.first | each._key(uuid4()))
    assert ApprovalRequest.objects.filter(asked_by=user).count() == len(ASKS)
    sent = set()
    for name in [*posting("console"), *posting("console")]:
        if ("console", name) in FORMS and name != "approval-decide":  # that one is a colleague's request: approving it is the second person's part
            try:
                form = FORMS["console", name](ready)
            except MarketError:  # what an earlier form has changed leaves nothing to fill this one with a second time
                assert name in sent
                continue
            walk._send(user, form.path, form.data)
            sent.add(name)
    deliver_events()
    now, then = done(), walk.before
    now["shops"] = {(slug, status) for slug, status in now["shops"] if slug != "tea-house" and not slug.startswith("own-")}  # let in by one of the forms
    assert now["paid"] <= then["paid"], "what the bank sent back is paid no longer, and nothing else is paid"
    assert now | {"paid": then["paid"]} == then and len(sent) > 30


# ── Controls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_people_get_there(ready):
    one, other = someone("console"), someone("console")
    for kind in sorted(KINDS):
        walk = Walk(ready, one, kind, second=other).run()
        assert walk.reached and walk.reached[0][-1].startswith("the other approves"), kind


def test_a_limit_that_lets_everything_pass_is_found(ready, monkeypatch):
    monkeypatch.setattr(approvals, "is_for_one", lambda kind, amount: True)
    assert Walk(ready, someone("console"), "payouts.release").run().reached[0] == ("ask",)


@contextmanager
def without_the_constraint() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE platform_approvals_approvalrequest DROP CONSTRAINT approved_by_another_person")
    yield


def test_an_approval_by_who_asked_is_found(ready, monkeypatch):
    """The verb forgets to compare, and the database's own guard is gone, too."""
    waiting = approvals._waiting

    def forgetful(by: Any, request_id: UUID, *, ends: str) -> Any:
        row, kind = waiting(by, request_id, ends=ends)
        row.asked_by_id = uuid4()
        return row, kind

    monkeypatch.setattr(approvals, "_waiting", forgetful)
    with without_the_constraint():
        assert Walk(ready, someone("console"), "tax.set").run().reached[0] == ("ask", "approve 0")


def test_a_route_around_it_is_stopped_by_the_verb_and_found_where_the_verb_forgets_to_ask(ready, monkeypatch):
    def around(request):
        suspend_shop(by=actor_of(request), merchant_id=MERCHANTS["b"], kind="goods", reason="x")
        return HttpResponseRedirect("/")

    with planted("console", route("around/", around, may=operator(Right.VIEW_MERCHANTS), name="around", methods="POST")):
        user, way = someone("console"), {"around": Filled("/around/", {})}
        assert Walk(ready, user, "shop.suspend", more=way).run().reached == []
        for place in ("marketplace.flows.shop_life.needs_two", "tenants.tenancy.life.needs_two"):
            monkeypatch.setattr(place, lambda by, kind: None)
        assert Walk(ready, user, "shop.suspend", more=way).run().reached[0] == ("around",)
