"""Reading reviews, asking and answering on a product's pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError, NotFound
from marketplace.platform.listings.models import Listing
from marketplace.platform.reviews.actions import vote_helpful
from marketplace.platform.reviews.asking import answer_question, ask_question
from marketplace.platform.reviews.errors import QuestionUnknown
from marketplace.platform.reviews.models import Question
from marketplace.platform.reviews.queries import has_bought
from storefront.reviews import parts
from storefront.reviews.forms import AnswerForm, AskForm
from tenants.access.actors import actor_of, person_of


def _listing(listing_id: UUID) -> Listing:
    """Also of what is no longer on sale: what was said of it may still be read."""
    listing = Listing.objects.select_related("merchant").filter(pk=listing_id).first()
    if listing is None:
        raise NotFound
    return listing


def reviews(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """All reviews of a product, filtered and by page; for htmx the part of the product's page."""
    listing, asked = _listing(listing_id), parts.Asked.of(request)
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    context = parts.reviews_part(request, listing, asked, full=not is_part)
    return render(request, "shop/_reviews.html" if is_part else "shop/reviews.html", context)


def helpful(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """A vote, or its taking back; the button again for htmx."""
    wanted = request.POST.get("helpful") != "0"
    row = vote_helpful(by=actor_of(request), review_id=review_id, is_helpful=wanted)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "shop/_helpful.html", {"review": row, "voted": {row.pk} if wanted and row.buyer_id != person_of(request).pk else set()})
    return HttpResponseRedirect(f"/p/{row.listing_id}/reviews/#review-{row.pk}")


def questions(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    return _questions(request, _listing(listing_id))


def _questions(
    request: HttpRequest, listing: Listing, *, ask_form: AskForm | None = None, answer_form: AnswerForm | None = None, about: UUID | None = None
) -> HttpResponse:
    context = parts.questions_part(request, listing, full=True, form=ask_form)
    person = parts.person_id(request)
    context["can_answer"] = person is not None and has_bought(person, listing.pk)
    context["answered"] = {q.pk for q in context["questions"] if person and any(a.author_id == person for a in q.shown_answers)}
    context["answer_form"], context["answer_about"] = answer_form or AnswerForm(), about
    is_refused = any(form is not None and form.errors for form in (ask_form, answer_form))
    return render(request, "shop/questions.html", context, status=422 if is_refused else 200)


def ask(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """Ask; for htmx the part of the product's page comes back."""
    listing, form = _listing(listing_id), AskForm(request.POST)
    is_asked = False
    if form.is_valid():
        try:
            ask_question(by=actor_of(request), question_id=form.cleaned_data["question_id"], listing_id=listing.pk, text=form.cleaned_data["text"])
            is_asked = True
        except MarketError as refusal:
            form.add_error("text" if refusal.field == "text" else None, str(refusal))
    if request.htmx:  # type: ignore[attr-defined]
        context = parts.questions_part(request, listing, form=None if is_asked else form, asked=is_asked)
        return render(request, "shop/_questions.html", context, status=200 if is_asked else 422)
    if not is_asked:
        return _questions(request, listing, ask_form=form)
    messages.success(request, _("Your question is asked. The shop is told, and you get a letter when it answers."))
    return HttpResponseRedirect(f"/p/{listing.pk}/questions/")


def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Somebody who has the product answers."""
    question = Question.objects.filter(pk=question_id, is_shown=True).first()
    if question is None:
        raise QuestionUnknown
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_question(by=actor_of(request), question_id=question_id, text=form.cleaned_data["text"])
        except InvalidInput as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Thank you. Your answer stands below the question."))
            return HttpResponseRedirect(f"/p/{question.listing_id}/questions/#question-{question.pk}")
    return _questions(request, _listing(question.listing_id), answer_form=form, about=question.pk)
