"""Reviews and questions of the whole market: what must not stand in it is hidden, with a reason, and shown again."""

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
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import ReasonMissing
from marketplace.platform.reviews.models import Answer, BuyerReview, Question
from marketplace.platform.reviews.moderating import hide_review, set_answer_shown, set_question_shown, show_review
from marketplace.web.lists.filters import of_person
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant

STARS = [(str(n), "★" * n) for n in (5, 4, 3, 2, 1)]


def shops(request: HttpRequest | None) -> QuerySet[Merchant]:
    return Merchant.objects.order_by("slug")


class ReviewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="tab", choices=[("low", _lazy("Two stars or fewer")), ("pictures", _lazy("With pictures")), ("hidden", _lazy("Hidden"))]
    )
    stars = django_filters.ChoiceFilter(choices=STARS, label=_lazy("Stars"), empty_label=_lazy("All"))
    merchant = django_filters.ModelChoiceFilter(queryset=shops, label=_lazy("Shop"), empty_label=_lazy("All"))
    person = of_person("buyer")

    def search(self, queryset: QuerySet[BuyerReview], name: str, value: str) -> QuerySet[BuyerReview]:
        """By words, or by the order's number."""
        text = value.strip()
        return queryset.filter(Q(order__number__startswith=text) | Q(text__icontains=text) | Q(addition__icontains=text) | Q(answer__icontains=text))

    def tab(self, queryset: QuerySet[BuyerReview], name: str, value: str) -> QuerySet[BuyerReview]:
        if value == "pictures":
            return queryset.exclude(pictures=[])
        return queryset.filter({"low": Q(stars__lte=2), "hidden": Q(is_shown=False)}[value])


buyer_reviews = ListPage(
    title=_lazy("Buyers' reviews"),
    name="buyer-reviews",
    right=Right.MODERATE_REVIEWS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True),
        Column(pgettext_lazy("by a buyer", "Review"), "review"),
        Column(_lazy("In the market"), "shown"),
        Column(pgettext_lazy("by a buyer", "Written"), "written", end=True, sort=("written_at", "pk")),
    ],
    row_template="operator/_buyer_review_row.html",
    rows=lambda request: BuyerReview.objects.select_related("listing", "order", "buyer", "merchant"),
    filters=ReviewFilter,
    order=("-written_at", "-pk"),
    base="operator/base.html",
    search_hint=_lazy("Words of the review, number of the order"),
    empty=_lazy("No reviews yet. What buyers write about their goods stands here."),
    teach=Teach(_lazy("To the orders"), "orders", Right.VIEW_MARKET_ORDERS),
)


class QuestionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("unanswered", _lazy("Unanswered")), ("hidden", _lazy("Hidden"))])
    merchant = django_filters.ModelChoiceFilter(queryset=shops, label=_lazy("Shop"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        """By words of the question or of an answer."""
        text = value.strip()
        return queryset.filter(Q(text__icontains=text) | Q(pk__in=Answer.objects.filter(text__icontains=text).values("question_id")))

    def tab(self, queryset: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        hidden = Q(is_shown=False) | Q(pk__in=Answer.objects.filter(is_shown=False).values("question_id"))
        return queryset.filter({"unanswered": Q(answered_at=None, is_shown=True), "hidden": hidden}[value])


def with_answers(request: HttpRequest, rows: list[Any]) -> None:
    """Gives each question `all_answers`, hidden ones too: one query."""
    answers = list(Answer.objects.filter(question__in=rows).select_related("author").order_by("at", "pk"))
    for row in rows:
        row.all_answers = [answer for answer in answers if answer.question_id == row.pk]


questions = ListPage(
    title=_lazy("Questions"),
    name="questions",
    right=Right.MODERATE_REVIEWS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True),
        Column(_lazy("Question and answers"), "question"),
        Column(_lazy("In the market"), "shown"),
        Column(_lazy("Asked"), "asked", end=True, sort=("asked_at", "pk")),
    ],
    row_template="operator/_question_row.html",
    rows=lambda request: Question.objects.select_related("listing", "asker", "merchant"),
    filters=QuestionFilter,
    order=("-asked_at", "-pk"),
    prepare=with_answers,
    base="operator/base.html",
    search_hint=_lazy("Words of the question or answer"),
    empty=_lazy("Nobody has asked yet. Questions about products and their answers stand here."),
    teach=Teach(_lazy("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
)


def review_shown(request: HttpRequest, review_id: UUID) -> HttpResponse:
    by = actor_of(request)
    if _is_shown(request):
        return _do(request, "/buyer-reviews/", lambda: show_review(by=by, review_id=review_id))
    return _do(request, "/buyer-reviews/", lambda: hide_review(by=by, review_id=review_id, reason=request.POST.get("reason", "")))


def question_shown(request: HttpRequest, question_id: UUID) -> HttpResponse:
    by, reason = actor_of(request), request.POST.get("reason", "")
    return _do(request, "/questions/", lambda: set_question_shown(by=by, question_id=question_id, is_shown=_is_shown(request), reason=reason))


def answer_shown(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    by, reason = actor_of(request), request.POST.get("reason", "")
    return _do(request, "/questions/", lambda: set_answer_shown(by=by, answer_id=answer_id, is_shown=_is_shown(request), reason=reason))


def _is_shown(request: HttpRequest) -> bool:
    return request.POST.get("then") == "show"


def _do(request: HttpRequest, back: str, do: Callable[[], object]) -> HttpResponse:
    """Hide or show, and show the list again as it was filtered."""
    try:
        do()
    except ReasonMissing as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It stands in the market again.") if _is_shown(request) else _("It is hidden, and the log keeps your reason."))
    query = request.POST.get("query", "")[:500]
    return HttpResponseRedirect(f"{back}?{query}" if query else back)
