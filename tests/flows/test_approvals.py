"""Maker and checker: asked by one person, decided by another, carried out once, exactly as it was asked for, and never alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction

from marketplace.flows.approval_kinds import KINDS
from marketplace.flows.approvals import approve, ask_for, expire, refuse, withdraw
from marketplace.flows.pay_out import RELEASE, make_bank_file, release_payouts
from marketplace.flows.settle import preview, settle
from marketplace.flows.shop_life import reopen_shop, suspend_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import KeyReused, ReasonMissing
from marketplace.kernel.models import AuditEvent, Deadline
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.approvals.actions import LIMITS, set_limit
from marketplace.platform.approvals.errors import AlreadyAsked, NotYourRequest, RequestDecided, RequestOutdated, SamePerson
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.ledger.errors import AccountMissing, PayoutClosed
from marketplace.platform.ledger.models import CommissionRule, Payout
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.moving import note_paid_otherwise
from marketplace.platform.taxonomy.actions import set_tax_rate
from tenants.access.errors import OwnHands
from tenants.access.rights import Right
from tenants.access.rules import RightMissing
from tenants.accounts.actions import give_role
from tenants.accounts.models import Letter, Membership, User
from tenants.tenancy.errors import ShopNotOpen
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
SUSPENSION = {"merchant_id": str(A), "kind": "goods"}


def person(email: str) -> Actor:
    return make.acting(User.objects.get(email=email))


@pytest.fixture
def maker() -> Actor:
    return person("operator@market.localhost")


@pytest.fixture
def checker() -> Actor:
    return make.acting(make.a_second_operator())


def asked(by: Actor, kind: str = "shop.suspend", order: Any = SUSPENSION, why: str = "forged goods", **more: Any) -> ApprovalRequest:
    return ask_for(by=by, kind=kind, request_id=more.get("request_id") or uuid4(), order=order, why=why)


def status() -> str:
    return str(Merchant.objects.get(pk=A).status)


def test_nobody_carries_out_a_request_about_a_shop_they_work_for(maker, checker):
    row = asked(maker)
    give_role(by=SYSTEM, user_id=checker.user_id, role="product_editor", merchant_id=A)
    with pytest.raises(OwnHands):
        approve(by=checker, request_id=row.pk)
    row.refresh_from_db()
    assert (row.status, status()) == ("waiting", "open")
    Membership.objects.filter(user_id=checker.user_id, merchant_id=A).update(is_active=False)
    approve(by=checker, request_id=row.pk)
    assert status() == "suspended", "a control: it was for the work alone"


def a_payout_of_a_person(maker: Actor, price: str = "100") -> Payout:
    set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="62220001")
    make.a_completed_group(("a", make.a_product("a", price=price), 1))
    with clock.shifted(timedelta(days=30)):
        settle(by=maker, run_id=uuid4(), merchant_ids=[row.merchant.pk for row in preview()])
    return Payout.objects.latest("created_at")


class TestTwoPeople:
    def test_what_one_asks_and_another_approves_is_done(self, maker, checker):
        row = asked(maker)
        assert (row.status, status()) == ("waiting", "open")
        approve(by=checker, request_id=row.pk, why="I saw them")
        row.refresh_from_db()
        assert (row.status, row.decided_by_id, status()) == ("approved", checker.user_id, "suspended")
        steps = AuditEvent.objects.filter(subject_type__in=["request", "merchant"], at__gte=row.asked_at).order_by("at", "pk")
        assert [(step.action, step.actor_id) for step in steps] == [
            ("approval.asked", maker.user_id),
            ("merchant.suspended", checker.user_id),
            ("approval.approved", checker.user_id),
        ]
        assert not Deadline.objects.filter(subject_id=row.pk, status="waiting").exists()

    def test_who_asked_cannot_approve_or_refuse(self, maker):
        row = asked(maker)
        for decide in (approve, refuse):
            with pytest.raises(SamePerson):
                decide(by=maker, request_id=row.pk, why="x")
        assert status() == "open"

    def test_the_database_refuses_an_approval_by_who_asked(self, maker):
        row = asked(maker)
        with pytest.raises(IntegrityError, match="approved_by_another_person"), transaction.atomic():
            ApprovalRequest.objects.filter(pk=row.pk).update(status="approved", decided_by=maker.user_id)

    def test_it_is_approved_once(self, maker, checker):
        row = asked(maker)
        approve(by=checker, request_id=row.pk)
        approve(by=checker, request_id=row.pk)  # the same form sent twice
        third = make.a_buyer()
        give_role(by=SYSTEM, user_id=third.pk, role="operator", merchant_id=None)
        with pytest.raises(RequestDecided):
            approve(by=make.acting(third), request_id=row.pk)
        assert AuditEvent.objects.filter(action="merchant.suspended").count() == 1

    def test_refused_withdrawn_and_expired_requests_do_nothing(self, maker, checker):
        refused, withdrawn, expired = asked(maker), None, None
        refuse(by=checker, request_id=refused.pk, why="no proof")
        withdrawn = asked(maker)
        withdraw(by=maker, request_id=withdrawn.pk)
        expired = asked(maker)
        with clock.shifted(timedelta(days=3)):
            with pytest.raises(RequestDecided):  # even before the deadline engine has come by
                approve(by=checker, request_id=expired.pk)
            fire_due()
            deliver_events()
        for row, ended in ((refused, "refused"), (withdrawn, "withdrawn"), (expired, "expired")):
            row.refresh_from_db()
            assert row.status == ended
            with pytest.raises(RequestDecided):
                approve(by=checker, request_id=row.pk)
        assert status() == "open"
        assert expire(by=SYSTEM, request_id=expired.pk) is False

    def test_only_who_asked_withdraws(self, maker, checker):
        with pytest.raises(NotYourRequest):
            withdraw(by=checker, request_id=asked(maker).pk)

    def test_the_same_form_asks_once_and_its_key_is_nobody_elses(self, maker, checker):
        key = uuid4()
        assert asked(maker, request_id=key).pk == asked(maker, request_id=key).pk == key
        with pytest.raises(KeyReused):
            asked(checker, request_id=key)

    def test_one_request_about_a_thing_waits_at_a_time(self, maker, checker):
        first = asked(maker)
        with pytest.raises(AlreadyAsked, match=first.number):
            asked(checker)

    def test_reasons_are_needed(self, maker, checker):
        with pytest.raises(ReasonMissing):
            asked(maker, why=" ")
        with pytest.raises(ReasonMissing):
            refuse(by=checker, request_id=asked(maker).pk, why="")

    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_every_kind_names_a_right_of_the_market_to_ask_and_another_to_approve(self, kind):
        ask, right = KINDS[kind].ask, KINDS[kind].approve
        assert ask.scope == right.scope == "market" and ask is not right


class TestRights:
    def test_who_lacks_the_right_cannot_ask_or_approve(self, maker):
        reviewer = make.a_buyer()
        give_role(by=SYSTEM, user_id=reviewer.pk, role="reviewer", merchant_id=None)
        with pytest.raises(RightMissing):
            asked(make.acting(reviewer))
        row = asked(maker)
        for decide in (approve, refuse):
            with pytest.raises(RightMissing):
                decide(by=make.acting(reviewer), request_id=row.pk, why="x")

    def test_who_no_longer_works_here_cannot_approve(self, maker, checker):
        row = asked(maker)
        Membership.objects.filter(user_id=checker.user_id).update(is_active=False)
        with pytest.raises(RightMissing):
            approve(by=checker, request_id=row.pk)

    def test_rights_of_one_kind_do_not_reach_another(self, maker, checker):
        group = Group.objects.get(name="operator")
        group.permissions.remove(Permission.objects.get(codename=Right.APPROVE_SANCTIONS.codename))
        with pytest.raises(RightMissing):
            approve(by=checker, request_id=asked(maker).pk)
        rate = asked(maker, "tax.set", {"rate": "0.06", "tax_class": "reduced"})
        assert approve(by=checker, request_id=rate.pk).status == "approved"


class TestWhatIsCarriedOut:
    def test_a_rate(self, maker, checker):
        make.commission("0.05")
        order = {"rate": "0.08", "merchant_id": str(A), "category_id": None}
        row = asked(maker, "commission.set", order)
        assert CommissionRule.objects.count() == 1
        approve(by=checker, request_id=row.pk)
        assert CommissionRule.objects.get(merchant_id=A).rate == Decimal("0.08")

    def test_things_that_changed_meanwhile_are_not_overwritten(self, maker, checker):
        make.commission("0.05")
        row = asked(maker, "commission.set", {"rate": "0.08", "merchant_id": "", "category_id": None})
        set_commission(by=SYSTEM, rate=Decimal("0.06"))
        with pytest.raises(RequestOutdated):
            approve(by=checker, request_id=row.pk)
        refuse(by=checker, request_id=row.pk, why="ask anew")

    def test_a_shop_that_cannot_be_suspended(self, maker):
        suspend_shop(by=SYSTEM, merchant_id=A, kind="law", reason="x")
        with pytest.raises(ShopNotOpen):
            asked(maker)

    def test_payouts_are_released_into_a_bank_file(self, maker, checker):
        payout = a_payout_of_a_person(maker)
        assert payout.released_at is None
        key = uuid4()
        row = asked(maker, RELEASE, {"batch": str(key), "payouts": [str(payout.pk)]}, request_id=key)
        assert row.amount == payout.amount
        with pytest.raises(AlreadyAsked):
            asked(maker, RELEASE, {"batch": str(uuid4()), "payouts": [str(payout.pk)]})
        approve(by=checker, request_id=row.pk)
        payout.refresh_from_db()
        row.refresh_from_db()
        assert (payout.status, payout.batch.number) == ("sent", row.result["batch"])

    def test_an_account_that_changed_meanwhile_is_not_paid(self, maker, checker):
        payout = a_payout_of_a_person(maker)
        row = asked(maker, RELEASE, {"batch": str(uuid4()), "payouts": [str(payout.pk)]})
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Somebody", bank="Bank", number="99990001")
        with pytest.raises(RequestOutdated):
            approve(by=checker, request_id=row.pk)

    def test_what_cannot_be_paid_is_refused_when_asked(self, maker):
        payout = a_payout_of_a_person(maker)
        Payout.objects.update(status="sent")
        with pytest.raises(PayoutClosed):
            asked(maker, RELEASE, {"batch": str(uuid4()), "payouts": [str(payout.pk)]})
        Payout.objects.update(status="due", rail="stripe")
        with pytest.raises(AccountMissing):
            asked(maker, RELEASE, {"batch": str(uuid4()), "payouts": [str(payout.pk)]})


class TestLimit:
    def released(self, maker: Actor, amount: str) -> ApprovalRequest:
        payout = a_payout_of_a_person(maker, amount)
        return asked(maker, RELEASE, {"batch": str(uuid4()), "payouts": [str(payout.pk)]})

    def test_without_a_limit_everything_takes_two(self, maker):
        assert self.released(maker, "1").status == "waiting"

    def test_below_it_one_suffices_but_small_ones_of_a_day_add_up(self, maker):
        set_limit(by=SYSTEM, kind=RELEASE, limit=Money.parse("100", "CNY"), why="small ones")
        one, two = self.released(maker, "60"), self.released(maker, "60")
        assert (one.status, one.is_alone, two.status) == ("approved", True, "waiting")
        with clock.shifted(timedelta(days=1, seconds=1)):
            assert self.released(maker, "60").status == "approved"

    def test_the_limit_itself_takes_two(self, maker, checker):
        with pytest.raises(SecondPersonNeeded):
            set_limit(by=maker, kind=RELEASE, limit=Money.parse("100", "CNY"), why="x")
        row = asked(maker, LIMITS, {"of": RELEASE, "minor": 10_000})
        assert row.status == "waiting"
        approve(by=checker, request_id=row.pk)
        assert self.released(maker, "60").is_alone


def test_no_verb_that_pays_sanctions_or_changes_a_rate_takes_one_person(maker):
    alone = {
        "suspend": lambda: suspend_shop(by=maker, merchant_id=A, kind="goods", reason="x"),
        "reopen": lambda: reopen_shop(by=maker, merchant_id=A, reason="x"),
        "commission": lambda: set_commission(by=maker, rate=Decimal("0.5")),
        "tax": lambda: set_tax_rate(by=maker, tax_class="standard", rate=Decimal("0.5")),
        "file": lambda: make_bank_file(by=maker, batch_id=uuid4(), payout_ids=[]),
        "release": lambda: release_payouts(by=maker, batch_id=uuid4(), payout_ids=[]),
        "refund": lambda: note_paid_otherwise(by=maker, refund_id=uuid4(), reason="x"),
    }
    for name, do in alone.items():
        with pytest.raises(SecondPersonNeeded):
            do()
            pytest.fail(name)


def test_who_can_approve_and_who_asked_are_told(maker, checker):
    row = asked(maker)
    deliver_events()
    assert list(Letter.objects.filter(kind="approval_asked").values_list("email", flat=True)) == ["checker@market.localhost"]
    approve(by=checker, request_id=row.pk)
    deliver_events()
    assert list(Letter.objects.filter(kind="approval_approved").values_list("email", flat=True)) == ["operator@market.localhost"]
    assert list(Letter.objects.filter(kind="shop_suspended").values_list("email", flat=True)) == ["owner-a@market.localhost"]
