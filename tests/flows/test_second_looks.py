"""Money back to buyers by two people, where a shop wants it: no sequence of one person's requests brings it about; two people do.

The walk sends everything that one person with every right in the shop can send about a return and an order, request after request, state after
state; each state that is reached is walked on from until nothing new is found. Controls: with the rule off the same person gets there, and so
do two people with it on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from marketplace.flows.cancel_order import cancel_pieces
from marketplace.flows.return_goods import agree_return, confirm_return, inspect_return, open_for_buyer, request_return, withdraw_return
from marketplace.flows.second_looks import (
    approve_look,
    ask_for_one_person,
    ask_to_cancel,
    refuse_look,
    take_two_people,
    withdraw_look,
)
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.merchant.aftersales.errors import LookDecided, LookWaits, NobodyElse, SameHands
from marketplace.merchant.aftersales.models import Return, SecondLook
from marketplace.merchant.aftersales.second_looks import put_rule, takes_two
from marketplace.merchant.orders.models import Order
from marketplace.platform.approvals.errors import NotYourRequest, SamePerson
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.notices.models import Notice
from marketplace.platform.payments.models import Refund
from tenants.access.models import UserGroup
from tenants.access.rights import Right
from tenants.access.rules import RightMissing
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.test_back_office_writes import Filled, send, someone
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


def in_shop(call: Callable[[], Any]) -> Any:
    with merchant_schema(A):
        return call()


def two_people_only() -> None:
    in_shop(lambda: put_rule(by=SYSTEM, takes_two=True))


def colleague(role: str) -> Actor:
    user = make.a_buyer()
    give_role(by=SYSTEM, user_id=user.pk, role=role, merchant_id=A)
    return make.acting(user)


@pytest.fixture
def sold() -> OrderCopy:
    """A piece that the buyer has received."""
    make.commission()
    return make.a_completed_group(("a", make.a_product("a", stock=10), 1)).orders.get()


@pytest.fixture
def to_ship() -> OrderCopy:
    make.commission()
    return make.pay(make.a_placed_group(("a", make.a_product("a", stock=10), 2))).orders.get()


def line_of(copy: OrderCopy) -> UUID:
    return UUID(copy.lines[0]["id"])


# ── The walk ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Walk:
    """Everything that `user` can send about a return of `sold`, or about giving up `to_ship`, in every order."""

    def __init__(self, user: User, *, sold: OrderCopy | None = None, to_ship: OrderCopy | None = None, other: User | None = None):
        self.user, self.other, self.sold, self.to_ship = user, other, sold, to_ship
        self.before = set(Refund.objects.values_list("pk", flat=True))
        self.seen: set[Any] = set()
        self.reached: list[tuple[str, ...]] = []
        self.sent = 0

    def requests(self) -> dict[str, Filled]:
        looks = in_shop(lambda: list(SecondLook.objects.filter(status="waiting").values_list("pk", flat=True)))
        found = {
            f"{decision} {n}": Filled(f"/second-looks/{key}/decide/", {"decision": decision, "why": "w"})
            for n, key in enumerate(looks)
            for decision in ("approve", "refuse", "withdraw")
        }
        found["turn it off"] = Filled("/second-looks/rule/", {"then": "one", "look_id": uuid4(), "why": "w"})
        if self.to_ship:
            number, line = self.to_ship.number, line_of(self.to_ship).hex
            found["give up"] = Filled(f"/orders/{number}/cancel/", {f"line_{line}": 1, "reason": "r"})
        if self.sold:
            line = line_of(self.sold).hex
            found["open"] = Filled(f"/orders/{self.sold.number}/return/", {"return_id": uuid4(), f"line_{line}": 1, "cause": "damaged", "note": "n"})
            for row in in_shop(lambda: list(Return.objects.filter(order__number=self.sold.number).order_by("-requested_at").values_list("number", flat=True)))[
                :1
            ]:
                found |= {
                    f"agree {row}": Filled(f"/returns/{row}/answer/", {"decision": "agree", "answer": "a"}),
                    f"refuse {row}": Filled(f"/returns/{row}/answer/", {"decision": "refuse", "answer": "a"}),
                    f"inspect {row}": Filled(f"/returns/{row}/inspect/", {f"accepted_{line}": 1, f"restocked_{line}": 1, "report": "r"}),
                    f"confirm {row}": Filled(f"/returns/{row}/confirm/"),
                    f"approve {row}": Filled(f"/returns/{row}/approve/", {"decision": "approve", "answer": ""}),
                }
        return found

    def everybody(self) -> dict[str, tuple[User, Filled]]:
        mine = {name: (self.user, form) for name, form in self.requests().items()}
        theirs = {f"the other: {name}": (self.other, form) for name, form in self.requests().items() if name.startswith("approve")} if self.other else {}
        return mine | theirs

    def state(self) -> Any:
        with merchant_schema(A):
            looks = tuple(SecondLook.objects.order_by("asked_at").values_list("kind", "status"))
            backs = tuple(Return.objects.order_by("number").values_list("status", flat=True))
            left = tuple(Order.objects.order_by("number").values_list("status", "payment_status"))
            return looks[-1:], backs[-1:], left, takes_two()

    def run(self, path: tuple[str, ...] = ()) -> Walk:
        state = self.state()
        if self.reached or state in self.seen or len(path) > 8:
            return self
        self.seen.add(state)
        for name in self.everybody():
            with transaction.atomic():
                user, form = self.everybody()[name]
                assert send("workbench", user, form).status_code < 500, name
                self.sent += 1
                if set(Refund.objects.values_list("pk", flat=True)) != self.before:
                    self.reached.append((*path, name))
                else:
                    self.run((*path, name))
                transaction.set_rollback(True)
            if self.reached:
                break
        return self


def test_one_person_pays_nothing_back_for_a_return_in_any_order_of_requests(sold):
    two_people_only()
    walk = Walk(someone("workbench"), sold=sold).run()
    assert walk.reached == []
    assert len(walk.seen) > 6 and walk.sent > 40, "the walk goes somewhere"


def test_one_person_gives_up_nothing_of_a_paid_order_in_any_order_of_requests(to_ship):
    two_people_only()
    walk = Walk(someone("workbench"), to_ship=to_ship).run()
    assert walk.reached == []
    assert len(walk.seen) > 4 and walk.sent > 12, "the walk goes somewhere"


def test_without_the_rule_the_same_person_gets_there(sold, to_ship):
    user = someone("workbench")
    assert Walk(user, sold=sold).run().reached[0][-1].startswith(("confirm", "approve"))
    assert Walk(user, to_ship=to_ship).run().reached == [("give up",)]


def test_two_people_get_there(sold, to_ship):
    two_people_only()
    one, other = someone("workbench"), someone("workbench")
    assert Walk(one, sold=sold, other=other).run().reached[0][-1].startswith("the other: approve")
    assert Walk(one, to_ship=to_ship, other=other).run().reached[0][-1].startswith("the other: approve")


# ── Returns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clerk_opens_a_return_for_a_buyer_who_reads_it_and_may_withdraw_it(sold):
    clerk, line = colleague("after_sales"), line_of(sold)
    row = in_shop(lambda: open_for_buyer(by=clerk, number=sold.number, return_id=uuid4(), pieces={line: 1}, reason="damaged", note="A crack"))
    assert in_shop(lambda: open_for_buyer(by=clerk, number=sold.number, return_id=row.pk, pieces={line: 1}, reason="damaged")).pk == row.pk
    deliver_events()
    assert row.is_by_shop and Notice.objects.filter(kind="return_opened_for_you", person_id=sold.buyer_id).count() == 1
    withdraw_return(by=make.acting(sold.buyer), copy=ReturnCopy.objects.get(pk=row.pk))
    with merchant_schema(A), pytest.raises(InvalidInput):
        open_for_buyer(by=clerk, number=sold.number, return_id=uuid4(), pieces={line: 1}, reason="a whim")


def test_who_inspected_does_not_confirm_and_the_product_manager_does(sold):
    two_people_only()
    clerk, manager, line = colleague("after_sales"), colleague("product_manager"), line_of(sold)
    back = request_return(by=make.acting(sold.buyer), copy=sold, return_id=uuid4(), pieces={line: 1}, reason="damaged")
    with merchant_schema(A):
        agree_return(by=clerk, number=back.number)
        inspect_return(by=clerk, number=back.number, accepted={line: 1}, restocked={line: 1})
    deliver_events()
    with merchant_schema(A):
        with pytest.raises(SameHands):
            confirm_return(by=clerk, number=back.number)
        with pytest.raises(RightMissing):
            confirm_return(by=colleague("after_sales"), number=back.number)
        assert confirm_return(by=manager, number=back.number).status == "refunded"
    deliver_events()
    assert Notice.objects.filter(kind="return_to_approve", person_id=manager.user_id).exists()
    assert not Notice.objects.filter(kind="return_to_approve", person_id=clerk.user_id).exists()


def test_a_deadline_still_pays_the_buyer(sold):
    two_people_only()
    clerk, line = colleague("after_sales"), line_of(sold)
    back = request_return(by=make.acting(sold.buyer), copy=sold, return_id=uuid4(), pieces={line: 1}, reason="damaged")
    with merchant_schema(A):
        agree_return(by=clerk, number=back.number)
        inspect_return(by=clerk, number=back.number, accepted={line: 1}, restocked={})
    with clock.shifted(timedelta(days=30)):
        fire_due()
        deliver_events()
    assert ReturnCopy.objects.get(pk=back.pk).status == "refunded"


# ── What waits for a colleague ───────────────────────────────────────────────────────────────────────────────────────


def asked(by: Actor, copy: OrderCopy, n: int = 1) -> SecondLook:
    look: SecondLook = in_shop(lambda: ask_to_cancel(by=by, look_id=uuid4(), number=copy.number, pieces={line_of(copy): n}, why="broken"))
    return look


def test_giving_up_waits_for_a_colleague_who_decides_once(to_ship):
    two_people_only()
    clerk, manager = colleague("customer_care"), colleague("product_manager")
    with merchant_schema(A), pytest.raises(SecondPersonNeeded):
        cancel_pieces(by=clerk, number=to_ship.number, pieces=None, reason="broken")
    look = asked(clerk, to_ship)
    deliver_events()
    with merchant_schema(A):
        assert ask_to_cancel(by=clerk, look_id=look.pk, number=to_ship.number, pieces={line_of(to_ship): 1}, why="broken").pk == look.pk
        with pytest.raises(LookWaits):
            asked(clerk, to_ship, 2)
        with pytest.raises(SamePerson):
            approve_look(by=clerk, look_id=look.pk)
        with pytest.raises(NotYourRequest):
            withdraw_look(by=manager, look_id=look.pk)
        with pytest.raises(RightMissing):
            approve_look(by=colleague("customer_care"), look_id=look.pk)
        approve_look(by=manager, look_id=look.pk)
        approve_look(by=manager, look_id=look.pk)
        with pytest.raises(LookDecided):
            refuse_look(by=manager, look_id=look.pk, why="no")
    deliver_events()
    assert Refund.objects.filter(payment__group=to_ship.group).count() == 1
    assert Notice.objects.filter(kind="second_look_asked", person_id=manager.user_id).exists()
    assert Notice.objects.filter(kind="second_look_ended", person_id=clerk.user_id).exists()


def test_what_nobody_decides_expires_and_nothing_is_given_up(to_ship):
    two_people_only()
    look = asked(colleague("customer_care"), to_ship)
    with clock.shifted(timedelta(days=4)):
        fire_due()
        deliver_events()
    with merchant_schema(A):
        assert SecondLook.objects.get(pk=look.pk).status == "expired"
    assert not Refund.objects.filter(payment__group=to_ship.group).exists()


def test_the_database_refuses_an_approval_by_whoever_asked(to_ship):
    clerk = colleague("customer_care")
    look = asked(clerk, to_ship)
    with pytest.raises(IntegrityError), transaction.atomic(), merchant_schema(A):
        SecondLook.objects.filter(pk=look.pk).update(status="approved", decided_by=clerk.user_id)


def test_the_rule_goes_on_at_once_if_somebody_else_may_approve_and_off_by_two(to_ship):
    owner = make.acting(User.objects.get(email="owner-a@market.localhost"))
    with merchant_schema(A):
        with pytest.raises(NobodyElse):
            take_two_people(by=owner)
        manager = colleague("product_manager")
        take_two_people(by=owner)
        look = ask_for_one_person(by=owner, look_id=uuid4(), why="too slow")
        with pytest.raises(SamePerson):
            approve_look(by=owner, look_id=look.pk)
        assert takes_two()
        approve_look(by=manager, look_id=look.pk)
        assert not takes_two()


def test_an_owner_is_held_by_the_rule_as_everybody(sold):
    two_people_only()
    owner, line = make.acting(User.objects.get(email="owner-a@market.localhost")), line_of(sold)
    with merchant_schema(A):
        row = open_for_buyer(by=owner, number=sold.number, return_id=uuid4(), pieces={line: 1}, reason="damaged")
        agree_return(by=colleague("after_sales"), number=row.number)
        inspect_return(by=colleague("after_sales"), number=row.number, accepted={line: 1}, restocked={})
        with pytest.raises(SameHands):
            confirm_return(by=owner, number=row.number)


def test_roles_that_approve_returns_are_the_product_manager_and_the_owner():
    with merchant_schema(A):
        having = UserGroup.objects.filter(group__permissions__codename=Right.APPROVE_RETURNS.codename)
        assert set(having.values_list("group__name", flat=True)) == {"owner"}
        colleague("product_manager")
        assert set(having.all().values_list("group__name", flat=True)) == {"owner", "product_manager"}
