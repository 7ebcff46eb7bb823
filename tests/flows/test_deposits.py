"""Deposits: who owes how much, money that is kept apart, deductions that can be objected to, and what goes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.flows.approvals import approve, ask_for, withdraw
from marketplace.flows.let_in import review_application
from marketplace.flows.publish_product import publish_product, put_on_sale, take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.approvals.errors import RequestOutdated, SamePerson
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.deposits.actions import (
    add_evidence,
    move_deposit,
    object_to_deduction,
    reject_objection,
    set_deposit_account,
    set_deposit_rule,
    settle_deposit,
)
from marketplace.platform.deposits.errors import DeductionFinal, DepositOverdue, DepositTooSmall, ObjectionAnswered
from marketplace.platform.deposits.models import Deposit, DepositMove
from marketplace.platform.deposits.queries import EVERYBODY, deposit_of, off_the_journal, reference_of, required_of, terms
from marketplace.platform.ledger.models import Account, JournalEntry
from marketplace.platform.ledger.queries import balance, trial_balance
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.onboarding.actions import missing_by_part, missing_of
from tenants.onboarding.models import Application, Dossier, Step
from tenants.tenancy.errors import ObligationsLeft
from tenants.tenancy.models import Merchant
from tenants.tenancy.obligations import obligations_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.letterbox import letters
from tests.tenants.test_onboarding import papers_root, written

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
OWNER = "owner-a@market.localhost"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def asked(amount: str | None, *, kind: str = "", category: int | None = None, merchant=None) -> None:
    """An amount that two people have set; what follows has followed."""
    set_deposit_rule(by=SYSTEM, target=(kind, category, merchant), amount_minor=None if amount is None else yuan(amount).minor, why="as agreed")
    deliver_events()


def moved(kind: str, amount: str, **how) -> DepositMove:
    how = {"reference": f"bank {uuid4().hex[:8]}", "why": "seen on the account"} | how
    return move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=A, kind=kind, amount=yuan(amount), **how)


def figures() -> tuple[str, str, str]:
    row = deposit_of(A)
    return tuple(str(each.decimal) for each in (row.required, row.held, row.short))


class TestHowMuch:
    def test_the_highest_amount_that_fits_counts_and_one_for_a_single_shop_stands_instead_of_all(self):
        food, cups = make.a_category("food"), make.a_category("cups")
        asked("1000")
        asked("3000", category=cups.pk)
        asked("9000", category=food.pk)
        assert figures()[0] == "1000.00"
        make.a_product("a", category=make.a_category("mugs", parent="cups"))
        assert required_of(Merchant.objects.get(pk=A)).amount == yuan("3000"), "goods below a category count for it"
        asked("5000", kind="manufacturer")
        make.a_dossier(Merchant.objects.get(pk=A))
        Dossier.objects.filter(merchant=A).update(kind="manufacturer")
        assert required_of(Merchant.objects.get(pk=A)).amount == yuan("5000")
        asked("0", merchant=A)
        assert figures()[0] == "0.00", "waived"
        asked(None, merchant=A)
        assert figures()[0] == "5000.00"
        asked("2000", category=cups.pk)
        asked(None, kind="manufacturer")
        assert figures()[0] == "2000.00", "of two for the same, the later"

    def test_an_applicant_says_what_it_will_sell_where_an_amount_depends_on_it(self):
        food = make.a_category("food")
        row = written()
        asked("1000")
        asked("2000", kind="manufacturer")
        assert missing_of(row) == [], "those do not depend on it"
        asked("9000", category=food.pk)
        assert missing_by_part(row)["seller"] == ["what you will sell"] == missing_of(row)
        Application.objects.filter(pk=row.pk).update(sells=[[food.pk]])
        assert missing_of(Application.objects.get(pk=row.pk)) == []
        asked(None, category=food.pk)
        assert missing_of(row) == []

    def test_an_amount_is_for_one_thing_and_what_is_not_there_is_not_taken_back(self):
        for target, minor in (
            (("retailer", 1, None), 5),
            (("thief", None, None), 5),
            (("", 999_999, None), 5),
            (EVERYBODY, -1),
            (EVERYBODY, None),
        ):
            with pytest.raises(InvalidInput):
                set_deposit_rule(by=SYSTEM, target=target, amount_minor=minor, why="x")

    def test_a_shop_that_closes_owes_nothing(self):
        asked("1000")
        Merchant.objects.filter(pk=A).update(status="closing")
        assert not required_of(Merchant.objects.get(pk=A)).amount


class TestTheMoney:
    def test_it_is_kept_apart_from_sales_in_a_balanced_entry_and_the_journal_agrees(self):
        asked("1000")
        moved("received", "1000")
        moved("deducted", "300")
        assert balance(Account.MERCHANT_DEPOSIT, "CNY", A) == yuan("-700")
        assert balance(Account.DEPOSIT_DEDUCTIONS, "CNY") == yuan("-300")
        assert balance(Account.OWN_BANK, "CNY") == yuan("1000")
        assert not balance(Account.MERCHANT_PAYABLE, "CNY", A)
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0
        assert figures() == ("1000.00", "700.00", "300.00")
        assert off_the_journal() == []
        Deposit.objects.filter(pk=A).update(held_minor=70001)
        assert off_the_journal() == [(A, 70001, 70000)], "a copy that is off is found"

    def test_the_same_movement_and_the_same_transfer_are_noted_once(self):
        key = uuid4()
        for _again in range(2):
            move_deposit(by=SYSTEM, move_id=key, merchant_id=A, kind="received", amount=yuan("10"), reference="T1", why="x")
        assert JournalEntry.objects.filter(kind="deposit_received").count() == 1
        with pytest.raises(InvalidInput, match="noted already"):
            moved("received", "10", reference="T1")
        assert figures()[1] == "10.00"

    def test_no_more_leaves_than_is_there_and_a_shop_that_goes_on_keeps_what_is_asked_of_it(self):
        asked("100")
        moved("received", "150")
        with pytest.raises(DepositTooSmall, match="50"):
            moved("returned", "50.01")
        with pytest.raises(DepositTooSmall):
            moved("deducted", "150.01")
        moved("returned", "50")
        Merchant.objects.filter(pk=A).update(status="closing")
        moved("returned", "100")
        assert figures()[1] == "0.00" and not balance(Account.OWN_BANK, "CNY")

    @pytest.mark.parametrize(
        ("kind", "amount", "how"), [("received", "0", {}), ("eaten", "1", {}), ("received", "1", {"reference": " "}), ("returned", "-1", {})]
    )
    def test_what_makes_no_sense_is_refused_and_changes_nothing(self, kind, amount, how):
        with pytest.raises(InvalidInput):
            moved(kind, amount, **how)
        assert not DepositMove.objects.exists() and not JournalEntry.objects.exists()

    def test_a_deduction_is_taken_back_once_and_whole(self):
        moved("received", "100")
        taken = moved("deducted", "40")
        with pytest.raises(NotFound):
            moved("given_back", "39", undoes_id=taken.pk)
        moved("given_back", "40", undoes_id=taken.pk)
        with pytest.raises(NotFound):
            moved("given_back", "40", undoes_id=taken.pk)
        assert figures()[1] == "100.00" and not balance(Account.DEPOSIT_DEDUCTIONS, "CNY")


class TestWhatIsMissing:
    def test_more_that_is_asked_for_has_a_day_reminders_and_then_nothing_more_goes_on_sale(self):
        product, draft = make.a_product("a"), make.a_product("a", title="Bowl", on_sale=False)
        asked("1000")
        row = deposit_of(A)
        assert row.due_at is not None and not row.is_overdue
        reference = reference_of(Merchant.objects.get(pk=A))
        assert reference.startswith("BZJ00") and any(reference in each.text for each in letters("deposit_short") if each.to == OWNER)
        for days, told in ((8, 2), (13.5, 3), (14.5, 4)):
            with clock.shifted(timedelta(days=days)):
                fire_due()
                assert len([each for each in letters("deposit_short") if each.to == OWNER]) == told
        with clock.shifted(timedelta(days=15)), merchant_schema(A):
            assert publish_product(by=SYSTEM, product_id=draft.pk).status == "off_sale", "a review that passes keeps what it found"
            with pytest.raises(DepositOverdue, match="1,000"):
                put_on_sale(by=SYSTEM, product_id=draft.pk)
            assert publish_product(by=SYSTEM, product_id=product.pk).status == "on_sale", "what is on sale stays"
            take_product_off_sale(by=SYSTEM, product_id=product.pk)
        with clock.shifted(timedelta(days=15)):
            moved("received", "1000")
            with merchant_schema(A):
                publish_product(by=SYSTEM, product_id=draft.pk)
        assert deposit_of(A).due_at is None

    def test_a_deduction_has_to_be_paid_again_and_the_day_does_not_move_with_the_next_one(self):
        asked("1000")
        moved("received", "1000")
        assert deposit_of(A).due_at is None
        moved("deducted", "100")
        due = deposit_of(A).due_at
        with clock.shifted(timedelta(days=3)):
            moved("deducted", "100")
        assert due is not None and deposit_of(A).due_at == due


class TestObjections:
    def test_the_owner_is_told_objects_once_in_time_and_reads_the_answer(self):
        moved("received", "100")
        first, second = moved("deducted", "40", why="sold fakes"), moved("deducted", "10")
        assert any("sold fakes" in each.text for each in letters("deposit_deducted"))
        owner = make.acting(User.objects.get(email=OWNER))
        object_to_deduction(by=owner, move=first, text="They are real.")
        with pytest.raises(DeductionFinal):
            object_to_deduction(by=owner, move=first, text="Again.")
        with clock.shifted(timedelta(days=15)), pytest.raises(DeductionFinal):
            object_to_deduction(by=owner, move=second, text="Too late.")
        reject_objection(by=SYSTEM, move=first, answer="The brand says no.")
        with pytest.raises(ObjectionAnswered):
            reject_objection(by=SYSTEM, move=first, answer="Twice.")
        assert "The brand says no." in letters("deposit_objection_rejected")[-1].text and "They are real." in letters("deposit_objected")[-1].text

    def test_one_that_is_right_is_answered_by_taking_the_deduction_back(self):
        moved("received", "100")
        taken = moved("deducted", "40")
        object_to_deduction(by=SYSTEM, move=taken, text="It was delivered.")
        moved("given_back", "40", undoes_id=taken.pk, why="The parcel has arrived.")
        taken.refresh_from_db()
        assert (taken.objection.status, taken.objection.answer) == ("upheld", "The parcel has arrived.")


class TestTwoPeople:
    def people(self):
        second = make.a_buyer("second@market.localhost")
        give_role(by=SYSTEM, user_id=second.pk, role="operator", merchant_id=None)
        return make.acting(User.objects.get(email="operator@market.localhost")), make.acting(second)

    def order(self, what: str, minor: int, **more) -> dict:
        return {"merchant_id": str(A), "what": what, "minor": minor, "reference": "", "undoes": "", "evidence": ""} | more

    def test_a_person_alone_moves_nothing_and_sets_nothing(self):
        alone, _second = self.people()
        with pytest.raises(SecondPersonNeeded):
            move_deposit(by=alone, move_id=uuid4(), merchant_id=A, kind="received", amount=yuan("1"), reference="x", why="x")
        with pytest.raises(SecondPersonNeeded):
            set_deposit_rule(by=alone, target=EVERYBODY, amount_minor=1, why="x")
        with pytest.raises(SecondPersonNeeded):
            set_deposit_account(by=alone, pay_to={"en": "My own bank"}, why="x")

    def test_where_deposits_are_paid_to_changes_when_a_second_person_agrees(self, client):
        first, second = self.people()
        client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
        page = lambda: client.get("/deposits/rules/", headers={"host": "ops.market.localhost"}).content.decode()
        send = lambda **form: client.post("/deposits/rules/", {"form": "account", "request_id": str(uuid4()), **form}, headers={"host": "ops.market.localhost"})
        assert send(pay_en="Bank A, 6222", pay_zh="甲银行 6222", why="opened").status_code == 302
        request = ApprovalRequest.objects.get(kind="deposit.account")
        assert terms().pay_to == {} and request.number in page(), "nothing holds yet, and the page says that it waits"
        shown = client.get(f"/approvals/{request.number}/", headers={"host": "ops.market.localhost"}).content.decode()
        assert "Bank A, 6222" in shown and "甲银行 6222" in shown
        with pytest.raises(SamePerson):
            approve(by=first, request_id=request.pk)
        approve(by=second, request_id=request.pk)
        assert terms().pay_to == {"en": "Bank A, 6222", "zh-hans": "甲银行 6222"}
        event = AuditEvent.objects.get(action="deposit.account_set")
        assert (event.before, event.after, event.why) == ({"pay_to": {}}, {"pay_to": terms().pay_to}, "opened")
        assert send(pay_en="Bank A, 6222", pay_zh="甲银行 6222", why="again").status_code == 422, "it is what shops read now"

    def test_an_account_that_was_asked_for_is_outdated_by_another(self):
        first, second = self.people()
        asked_for = ask_for(by=first, kind="deposit.account", request_id=uuid4(), order={"pay_to": {"en": "B"}}, why="x")
        set_deposit_account(by=SYSTEM, pay_to={"en": "C"}, why="x")
        with pytest.raises(RequestOutdated):
            approve(by=second, request_id=asked_for.pk)

    def test_a_deduction_names_what_shows_the_breach_and_is_outdated_by_another_movement(self):
        first, second = self.people()
        moved("received", "100")
        with pytest.raises(InvalidInput, match="breach"):
            ask_for(by=first, kind="deposit.move", request_id=uuid4(), order=self.order("deducted", 1000), why="fakes")
        key = uuid4()
        paper = add_evidence(by=first, move_id=key, merchant_id=A, name="letter.png", upload=make.a_picture())
        asked_for = ask_for(by=first, kind="deposit.move", request_id=key, order=self.order("deducted", 1000, evidence=str(paper.pk)), why="fakes")
        moved("received", "1")
        with pytest.raises(RequestOutdated):
            approve(by=second, request_id=asked_for.pk)
        again = uuid4()
        withdraw(by=first, request_id=asked_for.pk)
        request = ask_for(by=first, kind="deposit.move", request_id=again, order=self.order("deducted", 1000, reference="order 1"), why="fakes")
        approve(by=second, request_id=request.pk)
        move = DepositMove.objects.get(pk=again)
        assert (move.reason, move.reference, move.amount) == ("fakes", "order 1", yuan("10"))
        assert AuditEvent.objects.filter(action="deposit.deducted", merchant_id=A).exists()


class TestPages:
    def test_the_evidence_is_the_operators_until_something_was_deducted_and_then_the_owners_too(self):
        key = uuid4()
        paper = add_evidence(by=SYSTEM, move_id=key, merchant_id=A, name="letter.png", upload=make.a_picture())
        client = Client()
        client.force_login(User.objects.get(email=OWNER), backend=settings.AUTHENTICATION_BACKENDS[0])
        there = f"/deposit/evidence/{paper.pk}/"
        assert client.get(there, headers={"host": "kiln.seller.market.localhost"}).status_code == 404
        moved("received", "100")
        move_deposit(by=SYSTEM, move_id=key, merchant_id=A, kind="deducted", amount=yuan("10"), why="fakes")
        answer = client.get(there, headers={"host": "kiln.seller.market.localhost"})
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")


def test_of_whom_nothing_is_asked_nothing_is_kept():
    settle_deposit(by=SYSTEM, merchant_id=A)
    assert not Deposit.objects.filter(pk=A).exists()


class TestClosing:
    def test_a_shop_closes_when_its_deposit_is_returned_and_that_is_the_last_thing(self):
        first, _second = TestTwoPeople().people()
        order = {"merchant_id": str(A), "what": "returned", "minor": 10_000, "reference": "T9", "undoes": "", "evidence": ""}
        moved("received", "100")
        sold = make.a_completed_group(("a", make.a_product("a"), 1))
        assert sold.orders.exists()
        Merchant.objects.filter(pk=A).update(status="closing")
        shop = Merchant.objects.get(pk=A)
        assert "deposit_held" in {each.code for each in obligations_of(shop)}
        with pytest.raises(ObligationsLeft):
            ask_for(by=first, kind="deposit.move", request_id=uuid4(), order=order, why="closed")
        moved("returned", "100")
        assert "deposit_held" not in {each.code for each in obligations_of(shop)}


class TestBeforeOpening:
    def approved(self) -> Merchant:
        row = make.an_application(make.a_buyer("applicant@example.com"))
        for step in Step:
            review_application(by=SYSTEM, application_id=row.pk, step=step, decision="passed")
        deliver_events()
        return Merchant.objects.get(application=row)

    def test_an_approved_applicant_owes_it_is_told_and_the_shop_opens_when_it_is_there(self, client):
        asked("1000")
        merchant = self.approved()
        assert merchant.status == "opening" and deposit_of(merchant.pk).short == yuan("1000") and deposit_of(merchant.pk).due_at is None
        told = [each for each in letters("deposit_to_open") if each.to == "applicant@example.com"]
        assert len(told) == 1 and reference_of(merchant) in told[0].text
        client.force_login(User.objects.get(email="applicant@example.com"))
        there = f"/sell/applications/{merchant.application.number}/"
        assert f'href="{there}deposit/"' in client.get(there, headers={"host": "market.localhost"}).content.decode()
        assert reference_of(merchant) in client.get(f"{there}deposit/", headers={"host": "market.localhost"}).content.decode()
        for amount, status in (("400", "opening"), ("600", "open")):
            move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=merchant.pk, kind="received", amount=yuan(amount), reference=amount, why="seen")
            deliver_events()
            merchant.refresh_from_db()
            assert merchant.status == status

    def test_a_waiver_opens_it_too_and_without_amounts_nothing_is_in_the_way(self):
        asked("1000")
        merchant = self.approved()
        asked("0", merchant=merchant.pk)
        merchant.refresh_from_db()
        assert merchant.status == "open"
