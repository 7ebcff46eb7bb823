"""A question back about wishes: asked before it is made, answered on the order, and the time to ship stands still meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from marketplace.flows.cancel_order import cancel_paid_order, cancel_pieces
from marketplace.flows.close_account import close_account
from marketplace.flows.custom_lines import answer_shop, ask_buyer, begin_making, finish_making
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.customising.errors import AskedTooLate, CannotAsk, CustomLineUnknown, QuestionEnded, QuestionOpen
from marketplace.merchant.customising.models import WishQuestion
from marketplace.merchant.customising.questions import ship_by_after
from marketplace.merchant.orders.models import Order
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.notices.models import Notice
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.customised import FOR_LIN, a_custom_order, a_custom_product, custom_lines, key_of

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
DAY = timedelta(days=1)
MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


def asked(copy: OrderCopy, text: str = "With a capital L?", line: int = 0) -> WishQuestion:
    key = uuid4()
    with merchant_schema(A):
        ask_buyer(by=SYSTEM, question_id=key, key=custom_lines(copy)[line].pk, text=text)
        return WishQuestion.objects.get(pk=key)


def now_of(copy: OrderCopy) -> OrderCopy:
    return OrderCopy.objects.get(pk=copy.pk)


def told(kind: str) -> list[str]:
    deliver_events()
    return list(Notice.objects.filter(kind=kind).values_list("person__email", flat=True))


def test_the_buyer_is_asked_and_answers_and_both_hear_of_it():
    copy = a_custom_order()
    buyer = User.objects.get(pk=copy.buyer_id)
    question = asked(copy)
    assert told("wish_asked") == [buyer.email]
    answer_shop(by=make.acting(buyer), copy=copy, question_id=question.pk, text=" A capital, please. ")
    assert "owner-a@market.localhost" in told("wish_answered")
    (said,) = now_of(copy).lines[0]["custom"]["questions"]
    assert (said["text"], said["answer"], said["waits"]) == ("With a capital L?", "A capital, please.", False)
    log = {row.action: row.after for row in AuditEvent.objects.filter(subject_id=copy.number, action__startswith="custom_line.")}
    assert log["custom_line.asked"]["question"] == "With a capital L?" and log["custom_line.answered"]["answer"] == "A capital, please."


def test_the_letter_holds_the_question_and_the_new_day_and_leads_to_the_order():
    copy = a_custom_order()
    deliver_events()
    mail.outbox.clear()
    asked(copy, "<b>Capital</b> or small?")
    deliver_events()
    (letter,) = [one for one in mail.outbox if "asks you about order" in one.subject]
    assert "Capital" in letter.body and f"/orders/{copy.group.number}/" in letter.body


def test_the_time_to_ship_stands_still_while_the_shop_waits():
    copy = a_custom_order()
    first = copy.ship_by
    question = asked(copy)
    assert now_of(copy).ship_by == first + 7 * DAY
    with clock.shifted(2 * DAY):
        answer_shop(by=SYSTEM, copy=copy, question_id=question.pk, text="Yes")
    assert first + 2 * DAY <= now_of(copy).ship_by < first + 2 * DAY + timedelta(minutes=1)
    with merchant_schema(A):
        assert Order.objects.get(pk=copy.pk).ship_by == now_of(copy).ship_by
    answer_shop(by=SYSTEM, copy=copy, question_id=question.pk, text="Yes")  # the same form twice
    with pytest.raises(QuestionEnded):
        answer_shop(by=SYSTEM, copy=copy, question_id=question.pk, text="No")


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([], 0),
        ([(0, 2)], 2),
        ([(0, None)], 7),
        ([(0, 2), (3, 4)], 3),
        ([(0, 4), (1, 2)], 4),  # two at once count once
        ([(1, 3), (0, 2)], 3),
        ([(0, 30)], 7),
        ([(0, 5), (6, 12)], 7),
        ([(0, 5), (6, None)], 7),
    ],
)
def test_it_stands_still_for_seven_days_at_most(spans, days):
    asked = [(MONDAY + a * DAY, None if b is None else MONDAY + b * DAY) for a, b in spans]
    assert ship_by_after(MONDAY + 10 * DAY, asked) == MONDAY + (10 + days) * DAY


def test_two_lines_are_asked_about_at_once_and_the_day_comes_back_with_the_last_answer():
    copy = a_custom_order(FOR_LIN, {"engrave1": "Two"})
    first = copy.ship_by
    one, two = asked(copy), asked(copy, line=1)
    with clock.shifted(DAY):
        answer_shop(by=SYSTEM, copy=copy, question_id=one.pk, text="Yes")
    assert now_of(copy).ship_by == first + 7 * DAY
    with clock.shifted(DAY), merchant_schema(A):
        cancel_pieces(by=SYSTEM, number=copy.number, pieces={custom_lines(copy)[1].line_id: 1}, reason="cannot be made")
        assert WishQuestion.objects.get(pk=two.pk).ended_at is not None
    assert abs(now_of(copy).ship_by - first - DAY) < timedelta(minutes=1)


def test_the_shop_goes_on_without_an_answer():
    copy = a_custom_order()
    first, question = copy.ship_by, asked(copy)
    with merchant_schema(A):
        begin_making(by=SYSTEM, key=key_of(copy))
    assert abs(now_of(copy).ship_by - first) < timedelta(minutes=1)
    with pytest.raises(QuestionEnded):
        answer_shop(by=SYSTEM, copy=copy, question_id=question.pk, text="Yes")
    assert AuditEvent.objects.filter(action="custom_line.unanswered", subject_id=copy.number).exists()


def test_the_buyer_may_cancel_while_asked():
    copy = a_custom_order()
    asked(copy)
    cancel_paid_order(by=SYSTEM, copy=copy, reason="never mind")
    assert now_of(copy).status == "cancelled"


def test_what_cannot_be_asked_is_refused_by_name():
    copy, begun, late = a_custom_order(), a_custom_order(), a_custom_order()
    question = asked(copy)
    with merchant_schema(A):
        key = key_of(copy)
        ask_buyer(by=SYSTEM, question_id=question.pk, key=key, text=question.text)  # the same form twice
        with pytest.raises(KeyReused):
            ask_buyer(by=SYSTEM, question_id=question.pk, key=key, text="Other")
        with pytest.raises(QuestionOpen):
            ask_buyer(by=SYSTEM, question_id=uuid4(), key=key, text="And?")
        for text in (" ", "x" * 501):
            with pytest.raises(InvalidInput) as refusal:
                ask_buyer(by=SYSTEM, question_id=uuid4(), key=key_of(begun), text=text)
            assert refusal.value.field == "text"
        begin_making(by=SYSTEM, key=key_of(begun))
        with pytest.raises(CannotAsk):
            ask_buyer(by=SYSTEM, question_id=uuid4(), key=key_of(begun), text="And?")
        with pytest.raises(CustomLineUnknown):
            ask_buyer(by=SYSTEM, question_id=uuid4(), key=uuid4(), text="And?")
    with clock.shifted(late.ship_by - clock.now() + DAY), merchant_schema(A), pytest.raises(AskedTooLate):
        ask_buyer(by=SYSTEM, question_id=uuid4(), key=key_of(late), text="And?")
    assert now_of(late).ship_by == late.ship_by


def test_a_question_of_another_order_is_unknown():
    question, other = asked(a_custom_order()), a_custom_order()
    with pytest.raises(CustomLineUnknown):
        answer_shop(by=SYSTEM, copy=other, question_id=question.pk, text="Yes")
    with merchant_schema(A):
        assert WishQuestion.objects.get(pk=question.pk).answer == ""


def test_one_open_question_a_line_is_held_by_the_database():
    question = asked(a_custom_order())
    with merchant_schema(A), pytest.raises(IntegrityError, match="one_open_question_a_line"), transaction.atomic():
        WishQuestion.objects.create(line_id=question.line_id, text="And?", ship_by=question.ship_by)


def test_the_buyer_hears_when_it_is_ready_and_not_when_that_was_taken_back():
    copy, other = a_custom_order(), a_custom_order()
    deliver_events()
    with merchant_schema(A):
        finish_making(by=SYSTEM, key=key_of(copy))
        finish_making(by=SYSTEM, key=key_of(other))
        begin_making(by=SYSTEM, key=key_of(other))
    assert told("custom_ready") == [User.objects.get(pk=copy.buyer_id).email]


def test_an_answer_goes_with_the_account_and_stays_in_the_record_of_the_shop():
    product = a_custom_product()
    copy = a_custom_order(product=product)
    question = asked(copy)
    answer_shop(by=SYSTEM, copy=copy, question_id=question.pk, text="Call me on 13800138000")
    with merchant_schema(A):
        finish_making(by=SYSTEM, key=key_of(copy))
    make.ship(copy)
    make.receive(now_of(copy))
    close_account(by=make.acting(User.objects.get(pk=copy.buyer_id)), password="correct horse battery")
    assert now_of(copy).lines[0]["custom"]["questions"][0]["answer"] == ""
    with merchant_schema(A):
        assert WishQuestion.objects.get().answer == "Call me on 13800138000"
