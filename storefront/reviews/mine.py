"""A buyer's own: writing reviews, what was written, what was asked."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.platform.checkout.access import copy_of_buyer
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.reviews.actions import add_to_review, review_order
from marketplace.platform.reviews.errors import NotReceivedYet, ReviewUnknown
from marketplace.platform.reviews.models import BuyerReview, Question
from marketplace.platform.reviews.queries import is_rated, reviews_by, shown_answers, to_review
from storefront.account.views import Tab
from storefront.pages import Pages, page_number
from storefront.reviews.forms import AdditionForm, ReviewForm
from tenants.access.actors import actor_of, person_of

A_PAGE = 10


def write(request: HttpRequest, number: str) -> HttpResponse:
    """Review what of an order has no review yet, and rate its shop."""
    order = copy_of_buyer(person_of(request).pk, number)
    if order.completed_at is None:
        raise NotReceivedYet(number=order.number)
    left = to_review(order.buyer_id, [order])
    lines = left[0].lines if left else []
    if request.method == "GET" and not lines:
        return HttpResponseRedirect("/account/reviews/?show=written")
    if request.method == "POST":
        # Of all lines: the form that is sent twice, or was opened twice, is answered by the verb.
        form = ReviewForm(request.POST, request.FILES, lines=_asked_about(request, order), rates_shop="goods" in request.POST or not is_rated(order))
        if form.is_valid():
            try:
                review_order(
                    by=actor_of(request),
                    key=form.cleaned_data["key"],
                    order_id=order.pk,
                    opinions=form.opinions(),
                    marks=form.marks(),
                    is_anonymous=form.cleaned_data["is_anonymous"],
                )
            except MarketError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("Thank you. Your review stands in the market."))
                return HttpResponseRedirect("/account/reviews/?show=written")
    else:
        form = ReviewForm(lines=lines, rates_shop=not is_rated(order), initial={"key": uuid4(), "is_anonymous": True})
    sent_pictures = request.method == "POST" and bool(request.FILES)
    context = {"section": "my-reviews", "order": order, "form": form, "sent_pictures": sent_pictures}
    return render(request, "reviews/write.html", context, status=422 if form.errors else 200)


def _asked_about(request: HttpRequest, order: OrderCopy) -> list[dict[str, object]]:
    """The lines that the sent form asked about."""
    return [line for line in order.lines if line.get("shipped") and f"text_{UUID(line['id']).hex}" in request.POST]


def mine(request: HttpRequest) -> HttpResponse:
    """What waits for a review, what was written, what was asked."""
    person = person_of(request)
    show = request.GET.get("show", "")
    show = show if show in ("written", "questions") else ""
    names = {"": _("To review"), "written": _("Written"), "questions": _("My questions")}
    context: dict[str, object] = {
        "section": "my-reviews",
        "show": show,
        "tabs": [Tab(name, f"?show={key}" if key else "?", key == show) for key, name in names.items()],
    }
    if not show:
        context["waiting"] = to_review(person.pk)
        return render(request, "reviews/mine.html", context)
    asked = Question.objects.filter(asker=person).select_related("listing", "merchant").order_by("-asked_at", "-pk")
    rows = reviews_by(person.pk) if show == "written" else asked
    pages = Pages(page_number(request.GET.get("page")), -(-rows.count() // A_PAGE))
    shown = rows if show == "written" else rows.prefetch_related(shown_answers())
    start = (pages.now - 1) * A_PAGE
    return render(request, "reviews/mine.html", {**context, "rows": list(shown[start : start + A_PAGE]), "pages": pages, "addition_form": AdditionForm()})


def add(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Add to a review."""
    form = AdditionForm(request.POST)
    if form.is_valid():
        try:
            add_to_review(by=actor_of(request), review_id=review_id, text=form.cleaned_data["text"])
        except ReviewUnknown:
            raise
        except MarketError as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Added to your review."))
            return HttpResponseRedirect(f"/account/reviews/?show=written#review-{review_id}")
    row = BuyerReview.objects.select_related("listing", "merchant").filter(pk=review_id, buyer_id=person_of(request).pk).first()
    if row is None:
        raise ReviewUnknown
    return render(request, "reviews/add.html", {"section": "my-reviews", "row": row, "form": form}, status=422)
