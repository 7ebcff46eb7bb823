"""Where a shop is paid changes only after another person has looked and days have passed; everybody is told and can stop it; never to the new one before."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.flows import account_changes
from marketplace.flows.account_changes import (
    BankDetails,
    ask_for_bank_account,
    confirm_change,
    pass_change,
    put_in_force,
    refuse_change,
    set_cooling_days,
    stop_change,
)
from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.connect import begin_account
from marketplace.flows.letters_about_accounts import change_of, stop_by_link
from marketplace.flows.pay_out import RELEASE, make_bank_file
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.approvals.errors import RequestOutdated
from marketplace.platform.ledger.errors import AccountMissing
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.actions import set_bank_account, show_account_number, take_bank_file
from marketplace.platform.payments.errors import (
    AccountChangeEnded,
    AccountChangeUnknown,
    AccountChangeWaits,
    AccountSame,
    ConfirmedByAsker,
    HolderDiffers,
    TooNewToConfirm,
)
from marketplace.platform.payments.models import AccountChange, PayoutAccount
from tenants.access.errors import OwnHands
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.models import Membership, User
from tenants.onboarding.dossiers import decide_dossier_change, hand_in_dossier
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.letterbox import letters

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
COMPANY, OLD, NEW, CARD = "景德镇窑火陶瓷有限公司", "6222021234567890", "310066661018800012345", "6222021234567890128"


@pytest.fixture(autouse=True)
def dossier():
    return make.a_dossier(Merchant.objects.get(pk=A), COMPANY)


@pytest.fixture
def owner():
    return make.acting(User.objects.get(email="owner-a@market.localhost"))


@pytest.fixture
def operator():
    return make.acting(User.objects.get(email="operator@market.localhost"))


@pytest.fixture
def colleague():
    return a_colleague()


@pytest.fixture
def old():
    return set_bank_account(by=SYSTEM, merchant_id=A, holder=COMPANY, bank="工商银行", number=OLD)


def a_colleague(email="second@kiln.example", days=30):
    """Somebody else of the shop who may say where its money goes, and has worked there for days."""
    person = ensure_person(by=SYSTEM, email=email, name="Second")
    with transaction.atomic():
        give_role(by=SYSTEM, user_id=person.pk, role="owner", merchant_id=A)
    Membership.objects.filter(user=person).update(since=clock.now() - timedelta(days=days))
    return make.acting(person)


def ask(by, **changed):
    key = changed.pop("change_id", None) or uuid4()
    details = {"holder": COMPANY, "form": "company", "bank": "招商银行", "branch": "上海分行", "number": NEW, **changed}
    return ask_for_bank_account(by=by, merchant_id=A, change_id=key, details=BankDetails(**details))


def told():
    """Every letter to the shop about its account."""
    return [letter for status in ("asked", "confirmed", "in_force", "stopped", "refused", "expired") for letter in letters(f"payout_account_{status}")]


def later(days):
    """Time passes, and deadlines with it."""
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()


def in_force() -> PayoutAccount:
    return PayoutAccount.objects.get(merchant_id=A)


class TestWhoConfirms:
    def test_a_colleague_confirms_and_after_three_days_it_is_in_force(self, old, owner, colleague):
        row = ask(owner)
        assert (row.status, row.needs_colleague, row.needs_market) == ("asked", True, False)
        with pytest.raises(ConfirmedByAsker):
            confirm_change(by=owner, merchant_id=A, change_id=row.pk)
        row = confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        assert row.status == "cooling" and row.in_force_at - clock.now() > timedelta(days=2, hours=23)
        later(2.9)
        assert in_force().number.plain() == OLD
        later(3.1)
        account = in_force()
        assert (account.number.plain(), account.where, account.holder, account.version) == (NEW, "招商银行 上海分行", COMPANY, 2)
        assert AccountChange.objects.get().status == "in_force"

    def test_where_nobody_else_may_the_market_looks(self, old, owner, operator):
        row = ask(owner)
        assert (row.status, row.needs_colleague, row.needs_market) == ("looked_at", False, True)
        assert [letter.to for letter in letters("payout_account_look")] == ["operator@market.localhost"]
        with pytest.raises(ReasonMissing):
            pass_change(by=operator, change_id=row.pk, why=" ")
        assert pass_change(by=operator, change_id=row.pk, why="the licence says so").status == "cooling"

    def test_a_colleague_who_came_just_now_does_not_count(self, old, owner):
        newcomer = a_colleague(days=1)
        row = ask(owner)
        assert row.status == "looked_at", "one stolen account invites another"
        old_one = a_colleague("third@kiln.example")
        stop_change(by=owner, change_id=row.pk, why="again")
        row = ask(owner)
        with pytest.raises(TooNewToConfirm):
            confirm_change(by=newcomer, merchant_id=A, change_id=row.pk)
        assert confirm_change(by=old_one, merchant_id=A, change_id=row.pk).status == "cooling"

    def test_the_first_account_is_confirmed_too_and_then_in_force_at_once(self, owner, operator):
        row = ask(owner)
        assert not PayoutAccount.objects.filter(merchant_id=A).exists()
        pass_change(by=operator, change_id=row.pk, why="compared")
        assert in_force().number.plain() == NEW

    def test_another_name_needs_a_reason_and_the_markets_look_besides_the_colleagues(self, old, owner, colleague, operator):
        with pytest.raises(HolderDiffers) as refused:
            ask(owner, holder="某某贸易有限公司")
        assert COMPANY in str(refused.value) and not AccountChange.objects.exists()
        row = ask(owner, holder="某某贸易有限公司", holder_reason="our parent company collects for us")
        assert (row.status, row.name_is) == ("asked", "other")
        row = confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        assert row.status == "looked_at"
        row = refuse_change(by=operator, change_id=row.pk, why="no paper says so")
        assert (row.status, row.ended_why) == ("refused", "no paper says so")
        assert any("no paper says so" in letter.all for letter in told())

    def test_the_name_is_compared_with_what_was_last_reviewed(self, old, owner, colleague, operator):
        def hand_in():
            return hand_in_dossier(by=owner, merchant_id=A, fields={"company": "景德镇新窑陶瓷有限公司"})

        decide_dossier_change(by=operator, change_id=hand_in().pk, approves=False, note="The licence is missing.")
        assert ask(owner, holder=COMPANY).name_is == "same", "a change that was refused is none"
        AccountChange.objects.update(status="stopped")
        decide_dossier_change(by=operator, change_id=hand_in().pk, approves=True)
        with pytest.raises(HolderDiffers):
            ask(owner, holder=COMPANY)
        row = ask(owner, holder="景德镇新窑陶瓷有限公司")
        assert (row.name_is, row.needs_market) == ("same", False)

    def test_who_works_for_a_shop_passes_no_account_of_it_for_the_market(self, old, owner, operator):
        row = ask(owner, holder="某某贸易有限公司", holder_reason="our parent company collects for us")
        AccountChange.objects.filter(pk=row.pk).update(status="looked_at")
        give_role(by=SYSTEM, user_id=operator.user_id, role="owner", merchant_id=A)
        with pytest.raises(OwnHands):
            pass_change(by=operator, change_id=row.pk, why="I know them.")
        assert in_force().number.plain() == OLD

    def test_a_card_may_be_the_legal_representatives_a_company_account_not(self, old, owner, colleague):
        with pytest.raises(HolderDiffers):
            ask(owner, holder="陈窑")
        assert ask(owner, holder="陈 窑", form="card", number=CARD).name_is == "same"

    def test_a_shop_without_a_dossier_is_looked_at_by_the_market(self, dossier, old, owner, colleague):
        dossier.delete()
        row = ask(owner)
        assert (row.name_is, row.needs_market) == ("unknown", True)

    def test_the_database_itself_lets_no_account_change_by_one_person(self, old, owner, colleague):
        row = ask(owner)
        for changed in ({"needs_colleague": False}, {"status": "cooling"}, {"status": "cooling", "confirmed_by": row.asked_by}, {"status": "in_force"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                AccountChange.objects.filter(pk=row.pk).update(**changed)

    def test_a_person_cannot_set_an_account_past_all_that(self, owner):
        with pytest.raises(SecondPersonNeeded):
            set_bank_account(by=owner, merchant_id=A, holder=COMPANY, bank="Bank", number=NEW)
        row = ask(owner)
        assert put_in_force(by=owner, change_id=row.pk) is False

    @pytest.mark.parametrize("days", [-1, 0, 2, 31])
    def test_one_person_of_the_market_cannot_shorten_the_wait_below_three_days(self, old, owner, colleague, operator, days):
        with pytest.raises(InvalidInput):
            set_cooling_days(by=operator, days=days, why="a trial")
        assert not AuditEvent.objects.filter(action="payout_account.rules_set").exists()
        set_cooling_days(by=operator, days=5, why="a holiday")
        confirm_change(by=colleague, merchant_id=A, change_id=ask(owner).pk)
        later(4.9)
        assert in_force().number.plain() == OLD
        later(5.1)
        assert in_force().number.plain() == NEW


class TestStopping:
    def test_everybody_who_may_is_told_at_once_with_a_link_that_stops_it_without_signing_in(self, old, owner, colleague):
        row = ask(owner)
        sent = told()
        assert sorted(letter.to for letter in sent) == ["owner-a@market.localhost", "second@kiln.example"]
        assert all(NEW not in letter.all and OLD not in letter.all and "2345" in letter.all for letter in sent)
        token = next(letter.address for letter in sent if letter.to == "second@kiln.example").partition("token=")[2]
        visitor = make.acting(make.a_buyer())
        with translation.override("en"):
            stopped = stop_by_link(by=visitor, token=token.replace("%3A", ":"))
        assert (stopped.pk, stopped.status, stopped.ended_label) == (row.pk, "stopped", "second@kiln.example")
        assert len(told()) == 4
        later(10)
        assert in_force().number.plain() == OLD
        event = AuditEvent.objects.get(action="payout_account.change_stopped")
        assert event.actor_label == "second@kiln.example"

    def test_the_shops_own_address_is_told_too_when_it_is_nobodys(self, old, owner, colleague):
        from tenants.tenancy.models import Merchant

        Merchant.objects.filter(pk=A).update(contact_email="office@kiln.example")
        ask(owner)
        assert "office@kiln.example" in [letter.to for letter in told()]

    def test_a_made_up_link_stops_nothing(self):
        # Signatures carry the second they were made in: as parameters they would name the test differently in every process.
        for token in ("", "x", "W10:1abc:def", signing.dumps(["x", "y"]), signing.dumps(["x", "y"], salt="stop a change of a payout account")):
            with pytest.raises(AccountChangeUnknown):
                change_of(token)

    def test_after_it_was_confirmed_it_can_still_be_stopped_and_after_it_is_in_force_not(self, old, owner, colleague):
        row = ask(owner)
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        stop_change(by=owner, merchant_id=A, change_id=row.pk, why="this was not me")
        later(4)
        assert in_force().number.plain() == OLD
        row = ask(owner)
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        later(4)
        with pytest.raises(AccountChangeEnded):
            stop_change(by=owner, merchant_id=A, change_id=row.pk, why="too late")

    def test_what_nobody_confirms_expires(self, old, owner, colleague):
        row = ask(owner)
        later(8)
        row.refresh_from_db()
        assert (row.status, in_force().number.plain()) == ("expired", OLD)
        with pytest.raises(AccountChangeEnded):
            confirm_change(by=colleague, merchant_id=A, change_id=row.pk)

    def test_another_shops_people_reach_it_not(self, old, owner, colleague):
        row = ask(owner)
        for act in (
            lambda: confirm_change(by=colleague, merchant_id=B, change_id=row.pk),
            lambda: stop_change(by=colleague, merchant_id=B, change_id=row.pk, why="x"),
        ):
            with pytest.raises(AccountChangeUnknown):
                act()

    def test_one_change_at_a_time_the_same_form_asks_once_and_the_same_account_is_no_change(self, old, owner, colleague):
        key = uuid4()
        assert ask(owner, change_id=key).pk == ask(owner, change_id=key).pk == key
        with pytest.raises(AccountChangeWaits):
            ask(owner, number="310066661018800099999")
        stop_change(by=owner, change_id=key, why="no")
        with pytest.raises(AccountSame):
            ask(owner, holder=COMPANY, bank="工商银行", branch="", number=OLD)


class TestPayingMeanwhile:
    @pytest.fixture
    def due(self, old):
        Market.objects.update(settle_days=0)
        mug = make.a_product("a", title="Mug", price="100", stock=10)
        make.a_completed_group(("a", mug, 1))
        make.settled("a")
        return Payout.objects.get()

    def test_while_a_change_waits_the_old_account_is_paid(self, due, owner, colleague):
        row = ask(owner)
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        batch = make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[due.pk])
        text = take_bank_file(by=SYSTEM, batch=batch, why="test")
        assert OLD in text and NEW not in text
        due.refresh_from_db()
        assert due.destination == {"holder": COMPANY, "bank": "工商银行", "number": "•••• 7890"}
        later(4)
        assert take_bank_file(by=SYSTEM, batch=batch, why="test") == text, "the same bytes for ever"

    def test_a_shops_first_account_is_not_paid_before_it_is_confirmed(self, due, owner):
        PayoutAccount.objects.all().delete()
        ask(owner)
        with pytest.raises(AccountMissing):
            make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[due.pk])

    def test_what_was_asked_to_be_released_to_the_old_account_is_not_released_to_the_new(self, due, owner, colleague, operator):
        row = ask(owner, number="99" + OLD)  # the same last digits
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        batch = uuid4()
        with clock.shifted(timedelta(days=1)):  # requests wait for three days as the change does
            asked = ask_for(by=operator, kind=RELEASE, request_id=batch, order={"batch": str(batch), "payouts": [str(due.pk)]}, why="the week")
        assert OLD not in str(asked.before) and "7890" in str(asked.before)
        later(3.1)
        assert in_force().masked == "•••• 7890"
        with clock.shifted(timedelta(days=3.1)), pytest.raises(RequestOutdated):
            approve(by=make.acting(make.a_second_operator()), request_id=batch)


class TestStripe:
    def test_going_to_stripe_is_a_change_like_any_other(self, stripe, old, owner, colleague):
        begin_account(by=owner, merchant_id=A, country="US", back="http://kiln.seller.market.localhost/payout-account/")
        row, account = AccountChange.objects.get(), in_force()
        assert (row.kind, row.name_is, row.needs_market, account.kind, account.switches_when_ready) == ("stripe", "unknown", True, "bank", False)
        stripe.fake.onboard(account.stripe_account)
        stripe.tell()
        assert in_force().kind == "bank", "filling in Stripe's form alone moves no money"
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        pass_change(by=make.acting(make.a_second_operator()), change_id=row.pk, why="compared", name_why="Stripe knows none yet")
        assert in_force().kind == "bank"
        later(4)
        account = in_force()
        assert (account.kind, account.is_at_stripe) == ("stripe", True)

    def test_what_is_confirmed_before_stripe_is_ready_switches_when_it_is(self, stripe, owner, operator):
        begin_account(by=owner, merchant_id=A, country="US", back="http://kiln.seller.market.localhost/payout-account/")
        pass_change(by=operator, change_id=AccountChange.objects.get().pk, why="compared", name_why="Stripe knows none yet")
        account = in_force()
        assert (account.kind, account.switches_when_ready) == ("", True)
        stripe.fake.onboard(account.stripe_account)
        stripe.tell()
        assert in_force().is_at_stripe

    def test_while_a_bank_account_waits_nothing_is_opened_at_stripe(self, stripe, old, owner, colleague):
        ask(owner)
        with pytest.raises(AccountChangeWaits):
            begin_account(by=owner, merchant_id=A, country="US", back="http://kiln.seller.market.localhost/payout-account/")
        assert not stripe.fake.objects("account")


class TestTheLog:
    def test_each_step_says_who_before_after_and_never_a_whole_number(self, old, owner, colleague):
        row = ask(owner)
        confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
        later(4)
        rows = list(AuditEvent.objects.filter(subject_type="payout_account", merchant_id=A).order_by("at", "pk"))
        assert [event.action.partition(".")[2] for event in rows] == ["set", "change_asked", "change_confirmed", "set"]
        assert rows[1].before == {"holder": COMPANY, "bank": "工商银行", "number": "•••• 7890"}
        assert rows[3].after == {"holder": COMPANY, "bank": "招商银行 上海分行", "number": "•••• 2345"}
        assert not [event for event in rows if OLD in str((event.before, event.after, event.why)) or NEW in str((event.before, event.after, event.why))]

    def test_who_looks_at_the_whole_number_says_why_and_the_shop_reads_it(self, old, operator):
        with pytest.raises(ReasonMissing):
            show_account_number(by=operator, merchant_id=A, why="")
        assert show_account_number(by=operator, merchant_id=A, why="the bank asks") == OLD
        (event,) = AuditEvent.objects.filter(action="payout_account.shown")
        assert (event.merchant_id, event.actor_label, event.why, event.after) == (A, "operator@market.localhost", "the bank asks", {"number": "•••• 7890"})


def test_control_without_the_wait_the_new_account_would_be_paid_at_once(old, owner, colleague, monkeypatch):
    """The test above that waits three days would fail: it is the wait that keeps the old account in force."""
    monkeypatch.setattr(account_changes, "cooling_days", lambda: 0)
    row = ask(owner)
    confirm_change(by=colleague, merchant_id=A, change_id=row.pk)
    assert in_force().number.plain() == NEW
