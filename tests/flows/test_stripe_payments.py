"""Paying by Stripe, from the page to the refund: what its word decides, and what a lost, late, false or repeated word does not."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.pay import cancel_group, expire_group
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.ledger.models import Account, JournalEntry
from marketplace.platform.ledger.queries import balance, trial_balance
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.payments.models import PaymentAttempt, RailNotice, Refund
from marketplace.platform.payments.moving import note_paid_otherwise, note_refund_failed, retry_refund
from marketplace.platform.payments.rails.port import RailAway
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.factories import yuan
from tests.fakes.stripe import signature
from tests.faults.mutants import keys_made_anew
from tests.flows.at_stripe import SIGNING, AtStripe

pytestmark = pytest.mark.django_db
FOREIGN_ACCOUNT = {"type": "account.updated", "account": "acct_foreign", "data": {"object": {"id": "acct_foreign", "object": "account"}}}


@pytest.fixture
def three_shops():
    """Three orders of 100.00, 33.33 and 899.00 in one payment."""
    return [
        ("a", make.a_product("a", title="Mug", price="100"), 1),
        ("b", make.a_product("b", title="Bag", price="33.33"), 1),
        ("c", make.a_product("c", title="Speaker", price="899"), 1),
    ]


@pytest.fixture
def mug():
    return make.a_product("a", title="Mug", price="100")


def attempts(group) -> list[str]:
    return list(PaymentAttempt.objects.filter(payment__group=group).order_by("n").values_list("status", flat=True))


class TestThePage:
    def test_stripes_page_shows_every_line_and_the_delivery_of_each_shop_in_the_buyers_language(self, stripe: AtStripe, three_shops):
        group = stripe.placed(*three_shops)
        session = stripe.fake.client().v1.checkout.sessions.retrieve(stripe.page_of(group), params={"expand": ["line_items"]})
        assert session.amount_total == group.total_minor
        assert (session.currency, session.locale, session.client_reference_id) == ("cny", "zh", str(group.payment.attempts.get().pk))
        assert [line.description for line in session.line_items.data] == ["Mug（中文）", "Bag（中文）", "Speaker（中文）"]

    def test_going_to_pay_twice_leads_to_the_same_page(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        assert start_payment(by=SYSTEM, group_id=group.pk) == start_payment(by=SYSTEM, group_id=group.pk)
        assert len(stripe.fake.objects("checkout.session")) == 1

    def test_a_page_whose_answer_was_lost_is_asked_for_again_and_is_the_same(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        stripe.fake.fault("lose", "POST", "/v1/checkout/sessions")
        with pytest.raises(RailAway):
            start_payment(by=SYSTEM, group_id=group.pk)
        stripe.paid(group)
        assert len(stripe.fake.objects("checkout.session")) == 1
        assert (group.status, attempts(group)) == ("paid", ["succeeded"])

    def test_a_key_that_only_brings_an_error_is_left_for_another(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        stripe.fake.fault("error", "POST", "/v1/checkout/sessions")
        with pytest.raises(RailAway):
            start_payment(by=SYSTEM, group_id=group.pk)
        stripe.paid(group)
        assert group.status == "paid"
        assert attempts(group)[-1] == "succeeded"

    def test_a_buyer_who_comes_back_is_told_by_the_rail_not_by_the_address(self, stripe: AtStripe, mug):
        buyer = make.a_buyer()
        group = make.a_placed_group(("a", mug, 1), buyer=buyer)
        session = stripe.page_of(group)
        client = Client(headers={"host": "market.localhost"})
        client.force_login(buyer, backend=settings.AUTHENTICATION_BACKENDS[0])
        assert client.get(f"/pay/{group.number}/back/", {"session": session}).headers["Location"] == f"/orders/{group.number}/"
        assert attempts(group) == ["sent"]
        deliver_events()
        group.refresh_from_db()
        assert (group.status, attempts(group)) == ("awaiting_payment", ["open"])
        stripe.fake.pay(session)
        client.get(f"/pay/{group.number}/back/", {"session": session})
        deliver_events()
        group.refresh_from_db()
        assert group.status == "paid"

    def test_a_page_that_cannot_be_had_leaves_the_order_and_says_so(self, stripe: AtStripe, mug):
        buyer = make.a_buyer()
        group = make.a_placed_group(("a", mug, 1), buyer=buyer)
        client = Client(headers={"host": "market.localhost"})
        client.force_login(buyer, backend=settings.AUTHENTICATION_BACKENDS[0])
        stripe.fake.down()
        answer = client.get(f"/pay/{group.number}/", follow=True)
        assert answer.redirect_chain == [(f"/orders/{group.number}/", 302)]
        assert "支付机构" in answer.content.decode() or "payment provider" in answer.content.decode()
        stripe.fake.up()
        group.refresh_from_db()
        assert group.status == "awaiting_payment"


class TestPaid:
    def test_one_payment_pays_every_order_of_the_group(self, stripe: AtStripe, three_shops):
        group = stripe.paid(stripe.placed(*three_shops))
        assert group.status == "paid"
        assert {(copy.payment_status, copy.status) for copy in group.orders.all()} == {("paid", "confirmed")}
        assert balance(Account.BUYER_ESCROW, "CNY") == -yuan("1032.33")
        assert stripe.charge_of(group).startswith("ch_")

    def test_notices_that_come_ten_times_and_in_any_order_have_one_effect(self, stripe: AtStripe, three_shops):
        groups = [stripe.placed(*three_shops) for _ in range(3)]
        for group in groups:
            stripe.fake.pay(stripe.page_of(group))
        stripe.tell(shuffle=7, copies=10)
        assert {group.status for group in _fresh(groups)} == {"paid"}
        assert JournalEntry.objects.filter(kind="payment_received").count() == 3
        assert not RailNotice.objects.filter(is_quarantined=True)
        assert set(stripe.answers) == {200}

    def test_a_declined_card_leaves_the_page_open_and_the_next_card_pays(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        page = stripe.page_of(group)
        stripe.fake.decline(page)
        stripe.tell()
        assert attempts(group) == ["open"]
        stripe.fake.pay(page)
        stripe.tell()
        assert attempts(group) == ["succeeded"]

    @pytest.mark.parametrize("is_paid", [True, False])
    def test_a_slow_way_to_pay_is_decided_when_its_bank_has_decided(self, stripe: AtStripe, mug, is_paid):
        group = stripe.placed(("a", mug, 1))
        page = stripe.page_of(group)
        stripe.fake.pay_later(page)
        stripe.tell()
        assert attempts(group) == ["sent"]
        stripe.fake.settle_later(page, is_paid)
        stripe.tell()
        group.refresh_from_db()
        assert (group.status, attempts(group)) == (("paid", ["succeeded"]) if is_paid else ("awaiting_payment", ["failed"]))

    def test_a_page_of_which_we_never_heard_is_found_by_the_name_we_gave_it(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        stripe.fake.fault("lose", "POST", "/v1/checkout/sessions")
        with pytest.raises(RailAway):
            start_payment(by=SYSTEM, group_id=group.pk)
        stripe.fake.pay(stripe.fake.objects("checkout.session")[0]["id"])
        stripe.tell()
        group.refresh_from_db()
        assert group.status == "paid"

    def test_another_sum_than_the_orders_is_set_aside(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        page = stripe.page_of(group)
        stripe.fake.pay(page)
        group.payment.amount_minor -= 1
        group.payment.save()
        stripe.tell()
        group.refresh_from_db()
        assert group.status == "awaiting_payment"
        assert RailNotice.objects.filter(is_quarantined=True, note__contains="10000").exists()


class TestTooLate:
    def test_when_a_group_expires_its_page_is_closed(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        page = stripe.page_of(group)
        expire_group(by=SYSTEM, group_id=group.pk)
        stripe.tell()
        assert stripe.fake.client().v1.checkout.sessions.retrieve(page).status == "expired"
        assert attempts(group) == ["failed"]

    def test_what_was_paid_before_the_page_was_closed_goes_back_by_itself(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        page = stripe.page_of(group)
        stripe.fake.pay(page)
        cancel_group(by=SYSTEM, group_id=group.pk)
        stripe.tell()
        refund = Refund.objects.get()
        assert (refund.status, refund.reason, refund.amount) == ("done", "paid_too_late", yuan("100"))
        assert [row["amount"] for row in stripe.fake.objects("refund")] == [10_000]
        assert balance(Account.REFUNDS_DUE, "CNY") == yuan("0")

    def test_a_page_that_was_made_while_the_group_ended_is_closed_too(self, stripe: AtStripe, mug):
        group = stripe.placed(("a", mug, 1))
        stripe.fake.fault("lose", "POST", "/v1/checkout/sessions")
        with pytest.raises(RailAway):
            start_payment(by=SYSTEM, group_id=group.pk)
        expire_group(by=SYSTEM, group_id=group.pk)
        session = stripe.fake.objects("checkout.session")[0]["id"]
        stripe.fake.pay(session)
        stripe.tell()
        assert [(refund.status, refund.reason) for refund in Refund.objects.all()] == [("done", "paid_too_late")]


class TestRefunds:
    def test_a_cancelled_order_gets_its_share_back_and_the_siblings_stay_paid(self, stripe: AtStripe, three_shops):
        group = stripe.paid(stripe.placed(*three_shops))
        cancelled(group, "b")
        stripe.tell()
        assert [(row["amount"], row["status"]) for row in stripe.fake.objects("refund")] == [(3_333, "succeeded")]
        assert {copy.merchant.slug: copy.payment_status for copy in group.orders.select_related("merchant")} == {
            "kiln": "paid",
            "trail": "refunded",
            "mono": "paid",
        }

    def test_a_refund_whose_answer_was_lost_is_not_sent_twice(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        stripe.fake.fault("lose", "POST", "/v1/refunds", times=2)
        cancelled(group, "a")
        deliver_events()
        assert Refund.objects.get().status == "due"
        stripe.fake.advance(25 * 3600)  # the key is forgotten by then
        again()
        stripe.tell()
        assert Refund.objects.get().status == "done"
        assert len(stripe.fake.objects("refund")) == 1

    def test_without_looking_first_the_buyer_would_be_paid_twice(self, stripe: AtStripe, mug):
        """The control of the one before: the key alone does not hold for ever."""
        group = stripe.paid(stripe.placed(("a", mug, 2)))
        client, intent = stripe.fake.client(), PaymentAttempt.objects.get(payment__group=group).rail_ref
        for _try in range(2):
            client.v1.refunds.create(params={"payment_intent": intent, "amount": 10_000}, options={"idempotency_key": "the same"})
            stripe.fake.advance(25 * 3600)
        assert len(stripe.fake.objects("refund")) == 2

    def test_a_refund_that_takes_its_time_is_done_when_it_has_arrived(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        stripe.fake.next_refund()
        cancelled(group, "a")
        stripe.tell()
        assert Refund.objects.get().status == "sent"
        stripe.fake.finish_refund(stripe.fake.objects("refund")[0]["id"])
        stripe.tell()
        assert Refund.objects.get().status == "done"

    def test_a_refund_that_fails_is_owed_again_and_a_person_can_have_it_tried_again(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        cancelled(group, "a")
        stripe.tell()
        stripe.fake.finish_refund(stripe.fake.objects("refund")[0]["id"], is_succeeded=False)
        stripe.tell()
        refund = Refund.objects.get()
        assert (refund.status, refund.failure) == ("failed", "expired_or_canceled_card")
        assert balance(Account.REFUNDS_DUE, "CNY") == -yuan("100")
        retry_refund(by=SYSTEM, refund_id=refund.pk)
        stripe.tell()
        refund.refresh_from_db()
        assert (refund.status, refund.failure) == ("done", "")
        assert balance(Account.REFUNDS_DUE, "CNY") == yuan("0")
        assert {amount for _account, amount in trial_balance("CNY") if amount and _account in (Account.REFUNDS_DUE, Account.BUYER_ESCROW)} == set()

    def test_a_refund_that_left_and_came_back_before_we_heard_of_it_is_posted_both_ways(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        stripe.fake.fault("lose", "POST", "/v1/refunds", times=1)
        cancelled(group, "a")
        deliver_events()
        stripe.fake.finish_refund(stripe.fake.objects("refund")[0]["id"], is_succeeded=False)
        stripe.tell()
        assert Refund.objects.get().status == "failed"
        kinds = JournalEntry.objects.filter(ref=stripe.fake.objects("refund")[0]["id"]).values_list("kind", flat=True)
        assert sorted(kinds) == ["refund_came_back", "refund_sent"]
        assert balance(Account.REFUNDS_DUE, "CNY") == -yuan("100")

    def test_what_was_paid_otherwise_stays_paid_when_its_failure_is_told_again(self, stripe: AtStripe, mug):
        group = stripe.paid(stripe.placed(("a", mug, 1)))
        cancelled(group, "a")
        stripe.tell()
        refund, ref = Refund.objects.get(), stripe.fake.objects("refund")[0]["id"]
        stripe.fake.finish_refund(ref, is_succeeded=False)
        stripe.tell()
        note_paid_otherwise(by=SYSTEM, refund_id=refund.pk, reason="by bank transfer")
        note_refund_failed(by=SYSTEM, refund_id=refund.pk, why="told again", came_back=ref)
        refund.refresh_from_db()
        assert refund.status == "done"
        assert balance(Account.REFUNDS_DUE, "CNY") == yuan("0")


class TestWhatIsNotStripes:
    def post(self, body: bytes, sign: str, path: str = "/hooks/stripe/") -> int:
        return Client().post(path, data=body, content_type="application/json", headers={"stripe-signature": sign, "host": "market.localhost"}).status_code

    def event(self, **changes) -> bytes:
        return json.dumps(
            {"id": "evt_1", "object": "event", "type": "charge.succeeded", "data": {"object": {"id": "ch_1", "object": "charge"}}, **changes}
        ).encode()

    def test_a_forged_signature_is_refused_and_nothing_is_kept(self, stripe: AtStripe):
        body = self.event()
        assert self.post(body, signature(body, "whsec_other", int(time.time()))) == 400
        assert self.post(body, "") == 400
        assert self.post(body + b" ", signature(body, SIGNING[0], int(time.time()))) == 400
        assert RailNotice.objects.count() == 0
        assert self.post(body, signature(body, SIGNING[0], int(time.time()))) == 200, "the control: with the right one it is taken"
        assert RailNotice.objects.count() == 1

    def test_a_signature_of_ten_minutes_ago_is_refused(self, stripe: AtStripe):
        body = self.event()
        assert self.post(body, signature(body, SIGNING[0], int(time.time()) - 600)) == 400
        assert RailNotice.objects.count() == 0

    def test_the_two_addresses_have_secrets_of_their_own(self, stripe: AtStripe):
        body = self.event()
        now = int(time.time())
        assert self.post(body, signature(body, SIGNING[1], now)) == 400
        assert self.post(body, signature(body, SIGNING[0], now), "/hooks/stripe/connect/") == 400

    @pytest.mark.parametrize(
        ("changes", "path", "secret"),
        [
            ({"type": "moon.risen"}, "/hooks/stripe/", SIGNING[0]),
            (FOREIGN_ACCOUNT, "/hooks/stripe/connect/", SIGNING[1]),
            ({"type": "charge.dispute.created", "account": "acct_foreign"}, "/hooks/stripe/connect/", SIGNING[1]),
            ({"type": "checkout.session.completed", "data": {"object": {"id": "cs_foreign", "object": "checkout.session"}}}, "/hooks/stripe/", SIGNING[0]),
            ({"type": "refund.updated", "data": {"object": {"id": "re_foreign", "object": "refund"}}}, "/hooks/stripe/", SIGNING[0]),
        ],
    )  # fmt: skip
    def test_what_is_signed_and_nobody_knows_is_set_aside_without_effect(self, stripe: AtStripe, changes, path, secret):
        body = self.event(**changes)
        assert self.post(body, signature(body, secret, int(time.time())), path) == 200
        deliver_events()
        notice = RailNotice.objects.get()
        assert notice.is_quarantined and notice.note
        assert JournalEntry.objects.count() == 0

    def test_without_a_secret_there_is_no_such_address(self, settings):
        settings.STRIPE_SECRET_KEY = ""
        body = self.event()
        assert self.post(body, signature(body, SIGNING[0], int(time.time()))) == 404


def _fresh(rows):
    for row in rows:
        row.refresh_from_db()
    return rows


def cancelled(group, shop: str) -> None:
    cancel_paid_order(by=SYSTEM, copy=make.order_of(group, shop), reason="changed my mind")


def again() -> None:
    """The relay's next try, at once."""
    Delivery.objects.filter(status="waiting").update(due_at=clock.now() - timedelta(seconds=1), claimed_until=None)
    deliver_events()


def test_with_keys_made_anew_lost_answers_would_be_sent_again(stripe: AtStripe, mug, monkeypatch):
    """The control of R4: what holds is the stored key, and looking first."""
    keys_made_anew.apply(monkeypatch)
    group = stripe.paid(stripe.placed(("a", mug, 2)))
    stripe.fake.fault("lose", "POST", "/v1/refunds", times=2)
    with merchant_schema(make.order_of(group).merchant_id):
        line = OrderLine.objects.get(order_id=make.order_of(group).pk)
        cancel_pieces(by=SYSTEM, number=make.order_of(group).number, pieces={line.pk: 1}, reason="none left")
    deliver_events()
    again()
    assert len(stripe.fake.objects("refund")) > Refund.objects.count() == 1
