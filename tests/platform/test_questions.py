"""Questions about products: asked by anybody who is signed in, answered by the shop and by people who have the product."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.reviews.asking import answer_as_shop, answer_question, ask_question
from marketplace.platform.reviews.errors import AlreadyAnswered, NotBought, QuestionUnknown
from marketplace.platform.reviews.models import Answer, Question
from marketplace.platform.reviews.moderating import set_answer_shown, set_question_shown
from marketplace.platform.reviews.queries import questions_of
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


def ask(product, text="Is it dishwasher safe?", person=None, key=None) -> Question:
    return ask_question(by=make.acting(person or make.a_buyer()), question_id=key or uuid4(), listing_id=product.pk, text=text)


def test_the_same_form_asks_once_and_nobody_takes_anothers_key():
    product, person, key = make.a_product(), make.a_buyer(), uuid4()
    assert ask(product, person=person, key=key).pk == ask(product, person=person, key=key).pk
    with pytest.raises(QuestionUnknown):
        ask(product, key=key)
    assert Question.objects.count() == OutboxEvent.objects.filter(topic="question.asked").count() == 1
    assert AuditEvent.objects.get(action="question.asked").merchant_id is None  # the shop's log does not name who asks


def test_a_question_needs_words_and_goods_on_sale():
    with pytest.raises(InvalidInput):
        ask(make.a_product(), text="?")
    with pytest.raises(NotOnSale):
        ask(make.a_product(title="Draft", on_sale=False))


def test_only_who_has_it_answers_as_a_buyer_and_once():
    product = make.a_product()
    question, buyer = ask(product), make.a_buyer()
    with pytest.raises(NotBought):
        answer_question(by=make.acting(buyer), question_id=question.pk, text="Yes")
    make.a_placed_group(("a", product, 1), buyer=buyer)
    with pytest.raises(NotBought):
        answer_question(by=make.acting(buyer), question_id=question.pk, text="Yes")
    make.a_completed_group(("a", product, 1), buyer=buyer)
    answer_question(by=make.acting(buyer), question_id=question.pk, text="Yes")
    answer_question(by=make.acting(buyer), question_id=question.pk, text="Yes")
    with pytest.raises(AlreadyAnswered):
        answer_question(by=make.acting(buyer), question_id=question.pk, text="No")
    assert Answer.objects.get().text == "Yes"


def test_the_shop_answers_its_own_questions_and_may_answer_better():
    question = ask(make.a_product())
    with pytest.raises(QuestionUnknown):
        answer_as_shop(by=SYSTEM, question_id=question.pk, merchant_id=MERCHANTS["b"], text="Yes")
    for text in ("Yes", "Yes, at 60 °C"):
        answer_as_shop(by=SYSTEM, question_id=question.pk, merchant_id=MERCHANTS["a"], text=text)
    assert Answer.objects.get().text == "Yes, at 60 °C"
    assert OutboxEvent.objects.filter(topic="question.answered").count() == 1


def test_the_answered_stand_first_and_the_shop_before_buyers():
    product, buyer = make.a_product(), make.a_buyer()
    make.a_completed_group(("a", product, 1), buyer=buyer)
    older, newer = ask(product, "Older question"), ask(product, "Newer question")
    answer_question(by=make.acting(buyer), question_id=older.pk, text="By a buyer")
    answer_as_shop(by=SYSTEM, question_id=older.pk, merchant_id=MERCHANTS["a"], text="By the shop")
    found = list(questions_of(product.pk))
    assert [question.pk for question in found] == [older.pk, newer.pk]
    assert [answer.text for answer in found[0].shown_answers] == ["By the shop", "By a buyer"]


def test_hidden_questions_and_answers_are_not_read():
    product = make.a_product()
    first, second = ask(product, "First question"), ask(product, "Second question")
    answer = answer_as_shop(by=SYSTEM, question_id=second.pk, merchant_id=MERCHANTS["a"], text="Call me at …")
    set_question_shown(by=SYSTEM, question_id=first.pk, is_shown=False, reason="an advertisement")
    set_answer_shown(by=SYSTEM, answer_id=answer.pk, is_shown=False, reason="a telephone number")
    assert [(question.pk, question.shown_answers) for question in questions_of(product.pk)] == [(second.pk, [])]
    set_question_shown(by=SYSTEM, question_id=first.pk, is_shown=True)
    assert questions_of(product.pk).count() == 2
