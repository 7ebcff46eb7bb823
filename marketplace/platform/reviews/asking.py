"""Questions about products and their answers: verbs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.access import locked_question
from marketplace.platform.reviews.errors import AlreadyAnswered, NotBought, QuestionUnknown
from marketplace.platform.reviews.events import QuestionAnswered, QuestionAsked
from marketplace.platform.reviews.models import Answer, Question
from marketplace.platform.reviews.queries import has_bought
from marketplace.platform.reviews.words import clean_text, language_of

MOST_ASKED, MOST_ANSWERED = 300, 500


@verb
def ask_question(*, by: Actor, question_id: UUID, listing_id: UUID, text: str) -> Question:
    """Ask about a product on sale, for everybody to read. The same `question_id` asks once. Raises NotOnSale, InvalidInput, QuestionUnknown."""
    text = clean_text(text, "text", least=4, most=MOST_ASKED)
    with transaction.atomic():
        listing = Listing.objects.filter(pk=listing_id, is_on_sale=True).first()
        if listing is None:
            raise NotOnSale
        said = {"listing": listing, "merchant_id": listing.merchant_id, "asker_id": by.person, "text": text, "language": language_of(text)}
        row, is_new = Question.objects.get_or_create(pk=question_id, defaults=said)
        if row.asker_id != by.person or row.listing_id != listing_id:
            raise QuestionUnknown
        if is_new:
            audit(by=by, action="question.asked", subject="question", subject_id=row.pk, after={"listing": listing_id})
            record(QuestionAsked(merchant_id=row.merchant_id, question_id=row.pk))
    return row


@verb
def answer_question(*, by: Actor, question_id: UUID, text: str) -> Answer:
    """Answer as somebody who has the product, once; the same words again do nothing. Raises QuestionUnknown, NotBought, AlreadyAnswered, InvalidInput."""
    text = clean_text(text, "text", least=1, most=MOST_ANSWERED)
    with transaction.atomic():
        question = locked_question(question_id, shown=True)
        if not has_bought(by.person, question.listing_id):
            raise NotBought
        there = Answer.objects.filter(question=question, author_id=by.person).first()
        if there is not None:
            if there.text == text:
                return there
            raise AlreadyAnswered
        row = Answer.objects.create(question=question, author_id=by.person, text=text, language=language_of(text))
        audit(by=by, action="question.answered", subject="question", subject_id=question.pk, after={"answer": text})
        record(QuestionAnswered(merchant_id=question.merchant_id, question_id=question.pk, answer_id=row.pk))
    return row


@verb
def answer_as_shop(*, by: Actor, question_id: UUID, merchant_id: UUID, text: str) -> Answer:
    """The shop's answer to a question about its goods. Another one takes its place; the asker is told of the first.

    Raises QuestionUnknown, InvalidInput.
    """
    text = clean_text(text, "text", least=1, most=MOST_ANSWERED)
    with transaction.atomic():
        question = locked_question(question_id, merchant_id=merchant_id)
        row = Answer.objects.filter(question=question, author=None).first()
        before = row.text if row else ""
        if row is None:
            row = Answer.objects.create(question=question, author=None, text=text, language=language_of(text))
            question.answered_at = clock.now()
            question.save(update_fields=["answered_at"])
            record(QuestionAnswered(merchant_id=merchant_id, question_id=question.pk, answer_id=row.pk))
        else:
            row.text, row.language = text, language_of(text)
            row.save(update_fields=["text", "language"])
        audit(
            by=by,
            action="question.answered",
            subject="question",
            subject_id=question.pk,
            merchant_id=merchant_id,
            before={"answer": before},
            after={"answer": text},
        )
    return row
