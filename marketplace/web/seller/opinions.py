"""What buyers say and ask: the shop reads and answers in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.reviews.actions import answer_review
from marketplace.platform.reviews.asking import answer_as_shop
from marketplace.platform.reviews.models import Answer, BuyerReview, Question
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.overview import MOST_COUNTED, ToDo, capped
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant

STARS = [(str(n), "★" * n) for n in (5, 4, 3, 2, 1)]
UNANSWERED = Q(answered_at=None, is_shown=True)
LOW = 2


class ReviewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="tab",
        choices=[
            ("unanswered", _lazy("Unanswered")),
            ("low", _lazy("Two stars or fewer")),
            ("pictures", _lazy("With pictures")),
            ("hidden", _lazy("Hidden by the market")),
        ],
    )
    stars = django_filters.ChoiceFilter(choices=STARS, label=_lazy("Stars"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[BuyerReview], name: str, value: str) -> QuerySet[BuyerReview]:
        """By words of the review, or by the order's number."""
        text = value.strip()
        return queryset.filter(Q(order__number__startswith=text) | Q(text__icontains=text) | Q(addition__icontains=text))

    def tab(self, queryset: QuerySet[BuyerReview], name: str, value: str) -> QuerySet[BuyerReview]:
        if value == "pictures":
            return queryset.exclude(pictures=[])
        return queryset.filter({"unanswered": UNANSWERED, "low": Q(stars__lte=LOW), "hidden": Q(is_shown=False)}[value])


def told_review(row: BuyerReview) -> list[tuple[object, ...]]:
    return [
        (
            row.listing.title.text,
            row.order.number,
            row.stars,
            row.text,
            row.addition,
            len(row.pictures),
            row.helpful,
            row.answer,
            row.is_shown,
            row.written_at,
            row.answered_at,
        )
    ]


reviews = ListPage(
    title=_lazy("Reviews"),
    name="reviews",
    right=Right.ANSWER_BUYERS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True),
        Column(pgettext_lazy("by a buyer", "Review"), "review"),
        Column(_lazy("Answer"), "answer"),
        Column(pgettext_lazy("by a buyer", "Written"), "written", end=True, sort=("written_at", "pk")),
    ],
    row_template="seller/_review_row.html",
    rows=lambda request: BuyerReview.objects.filter(merchant_id=request.merchant.pk).select_related("listing", "order", "buyer"),  # type: ignore[attr-defined]
    filters=ReviewFilter,
    order=("-written_at", "-pk"),
    search_hint=_lazy("Words of the review, number of the order"),
    empty=_lazy("No reviews yet. Once buyers have received their goods they can review them; you read and answer it here."),
    teach=Teach(_lazy("To your orders"), "orders", Right.VIEW_ORDERS),
    export_name="reviews",
    export_head=[
        _lazy("Product"),
        _lazy("Order"),
        _lazy("Stars"),
        pgettext_lazy("by a buyer", "Review"),
        _lazy("Addition"),
        _lazy("Pictures"),
        _lazy("Helpful votes"),
        _lazy("Answer"),
        _lazy("Is shown"),
        pgettext_lazy("by a buyer", "Written"),
        _lazy("Answered"),
    ],
    export=told_review,
)


class QuestionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="text", lookup_expr="icontains")
    show = django_filters.ChoiceFilter(
        method="tab", choices=[("unanswered", _lazy("Unanswered")), ("answered", _lazy("Answered")), ("hidden", _lazy("Hidden by the market"))]
    )

    def tab(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return queryset.filter({"unanswered": UNANSWERED, "answered": Q(answered_at__isnull=False), "hidden": Q(is_shown=False)}[value])


def with_answers(request: HttpRequest, rows: list[Any]) -> None:
    """Gives each question `own_answer`, the shop's, and `others`, those of buyers: one query."""
    answers = list(Answer.objects.filter(question__in=rows).select_related("author").order_by("at", "pk"))
    for row in rows:
        row.own_answer = next((answer for answer in answers if answer.question_id == row.pk and answer.is_by_shop), None)
        row.others = [answer for answer in answers if answer.question_id == row.pk and not answer.is_by_shop]


def told_question(row: Any) -> list[tuple[object, ...]]:
    return [(row.listing.title.text, row.text, row.own_answer.text if row.own_answer else "", len(row.others), row.is_shown, row.asked_at, row.answered_at)]


questions = ListPage(
    title=_lazy("Questions"),
    name="questions",
    right=Right.ANSWER_BUYERS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True),
        Column(_lazy("Question"), "question"),
        Column(_lazy("Answer"), "answer"),
        Column(_lazy("Asked"), "asked", end=True, sort=("asked_at", "pk")),
    ],
    row_template="seller/_question_row.html",
    rows=lambda request: Question.objects.filter(merchant_id=request.merchant.pk).select_related("listing", "asker"),  # type: ignore[attr-defined]
    filters=QuestionFilter,
    order=("-asked_at", "-pk"),
    prepare=with_answers,
    search_hint=_lazy("Words of the question"),
    empty=_lazy("Nobody has asked yet. Questions about your products stand here; an answer within the day sells."),
    teach=Teach(_lazy("To your products"), "products", Right.VIEW_PRODUCTS),
    export_name="questions",
    export_head=[
        _lazy("Product"),
        _lazy("Question"),
        _lazy("Answer"),
        _lazy("Answers of buyers"),
        _lazy("Is shown"),
        _lazy("Asked"),
        _lazy("Answered"),
    ],
    export=told_question,
)


def review_answer(request: HttpRequest, review_id: UUID) -> HttpResponse:
    return _answer(request, "/reviews/", lambda text: answer_review(by=actor_of(request), review_id=review_id, merchant_id=_merchant(request).pk, text=text))


def question_answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    return _answer(
        request, "/questions/", lambda text: answer_as_shop(by=actor_of(request), question_id=question_id, merchant_id=_merchant(request).pk, text=text)
    )


def _answer(request: HttpRequest, back: str, do: Callable[[str], object]) -> HttpResponse:
    """Answer, and show the list again as it was filtered. What is refused for its words is told above it."""
    try:
        do(request.POST.get("text", ""))
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your answer stands below it for everybody to read."))
    query = request.POST.get("query", "")[:500]
    return HttpResponseRedirect(f"{back}?{query}" if query else back)


def _merchant(request: HttpRequest) -> Merchant:
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    return merchant


def todos(merchant_id: UUID) -> list[ToDo]:
    """What waits for an answer, for the workbench's first page: since when, as nothing has to be answered by a date."""
    found = []
    asked = list(Question.objects.filter(UNANSWERED, merchant_id=merchant_id).order_by("asked_at").values_list("asked_at", flat=True)[: MOST_COUNTED + 1])
    if n := len(asked):
        label = ngettext("question waits for your answer", "questions wait for your answer", n)
        found.append(ToDo(capped(n), label, "/questions/?show=unanswered", since=asked[0]))
    low = BuyerReview.objects.filter(UNANSWERED, merchant_id=merchant_id, stars__lte=LOW).order_by("written_at")
    said = list(low.values_list("written_at", flat=True)[: MOST_COUNTED + 1])
    if n := len(said):
        label = ngettext("buyer is not content and has no answer", "buyers are not content and have no answer", n)
        found.append(ToDo(capped(n), label, "/reviews/?show=low", since=said[0]))
    return found
