"""One consumer as the operator sees them, and what may be done with the account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.approvals import ask_for
from marketplace.flows.close_account import ERASE, hindrances
from marketplace.flows.consumers import deactivate_person, reactivate_person
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.masks import masked_email, masked_phone, masked_street
from marketplace.kernel.models import AuditEvent
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.members.access import addresses_of
from marketplace.platform.members.models import ConsumerNote, Double, Profile
from marketplace.platform.members.notes import MOST_SIGNS, note_contact_shown, note_on_consumer
from marketplace.platform.payments.models import Refund
from marketplace.platform.reviews.models import BuyerReview, Question
from marketplace.web.lists.pages import capped_count
from marketplace.web.operator.approvals import asked, asked_about
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.accounts.errors import PersonUnknown
from tenants.accounts.models import Closure, Membership, User
from tenants.accounts.sign_ins import sign_ins_of
from tenants.tenancy.models import Merchant

SHOWN_FOR = timedelta(minutes=10)
SHOWN, SIGN_INS_SHOWN, LOG_SHOWN = 8, 10, 10


class WhyForm(forms.Form):
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CloseForm(WhyForm):
    why = forms.CharField(label=_lazy("Reason; the person reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class EraseForm(WhyForm):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("request_id", "why")


class NoteForm(forms.Form):
    note_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_lazy("Note; only the market's staff reads it"), max_length=MOST_SIGNS, widget=forms.Textarea(attrs={"rows": 2}))


def person_or_404(user_id: UUID) -> User:
    """Raises PersonUnknown."""
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise PersonUnknown
    return found


def consumer(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(user_id)
    return _page(request, person, shows=_has_looked(request, person))


def _has_looked(request: HttpRequest, person: User) -> bool:
    """Whether whoever asks gave a reason just now, and so sees everything without giving it again."""
    if request.GET.get("contact") != "shown":
        return False
    looks = AuditEvent.objects.filter(subject_type="person", subject_id=str(person.pk), action="person.contact_shown", actor_id=request.user.pk)
    return looks.filter(at__gte=clock.now() - SHOWN_FOR).exists()


def contact(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Mail, phone and addresses in full, for ten minutes, to who gives a reason."""
    person, form = person_or_404(user_id), WhyForm(request.POST, prefix="look")
    if form.is_valid():
        note_contact_shown(by=actor_of(request), user_id=person.pk, why=form.cleaned_data["why"])
        return HttpResponseRedirect(reverse("consumer", args=[person.pk]) + "?contact=shown#contact")
    return _page(request, person, forms_={"look": form})


def noted(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person, form = person_or_404(user_id), NoteForm(request.POST)
    if form.is_valid() and _done(form, lambda: note_on_consumer(by=actor_of(request), user_id=person.pk, **form.cleaned_data)):
        messages.success(request, _("Kept."))
        return _back(person)
    return _page(request, person, forms_={"note": form})


def deactivated(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person, form = person_or_404(user_id), CloseForm(request.POST, prefix="close")
    if form.is_valid() and _done(form, lambda: deactivate_person(by=actor_of(request), user_id=person.pk, why=form.cleaned_data["why"])):
        messages.success(request, _("Deactivated: nobody signs in with this account, and open sessions are over."))
        return _back(person)
    return _page(request, person, forms_={"close": form})


def reactivated(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person, form = person_or_404(user_id), WhyForm(request.POST, prefix="open")
    if form.is_valid() and _done(form, lambda: reactivate_person(by=actor_of(request), user_id=person.pk, why=form.cleaned_data["why"])):
        messages.success(request, _("Open again: the person signs in as before."))
        return _back(person)
    return _page(request, person, forms_={"open": form})


def erase(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Ask a second person that the account is erased; what is open is named first."""
    person = person_or_404(user_id)
    form = EraseForm(request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            row = ask_for(by=actor_of(request), kind=ERASE, request_id=data["request_id"], order={"user_id": str(person.pk)}, why=data["why"])
        except MarketError as refusal:
            form.add_error(None, str(refusal))
        else:
            return asked(request, row)
    context = {"title": _("Erase this account"), "person": person, "masked": masked_email(person.email), "form": form, "in_the_way": hindrances(person.pk)}
    return render(request, "operator/consumer_erase.html", context, status=422 if form.errors else 200)


def _done(form: forms.Form, act: Any) -> bool:
    try:
        act()
    except MarketError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def _back(person: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("consumer", args=[person.pk]))


def _page(request: HttpRequest, person: User, *, shows: bool = False, forms_: dict[str, forms.Form] | None = None) -> HttpResponse:
    may = {right: bool(request.user.has_perm(right.full_name)) for right in (Right.VIEW_MARKET_ORDERS, Right.VIEW_MARKET_LOG, Right.MANAGE_CONSUMERS)}
    closure = Closure.objects.select_related("into").filter(user=person).first()
    bound = forms_ or {}
    waiting = asked_about("person", person.pk)
    context = {
        "title": person.name or _shown(person, shows),
        "person": person,
        "shows": shows,
        "email": _shown(person, shows),
        "language": get_language_info(person.language)["name_local"] if person.language in dict(settings.LANGUAGES) else person.language,
        "is_confirmed": EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists(),
        "closure": closure,
        "merged": list(Closure.objects.filter(into=person).select_related("user")[:SHOWN]),
        "asked": waiting,
        "works": _works(person),
        "doubles": _doubles(person),
        "notes": list(ConsumerNote.objects.filter(user=person).order_by("-at")[:SHOWN]),
        "sign_ins": sign_ins_of(person.pk, SIGN_INS_SHOWN),
        "forms": {
            "look": bound.get("look") or WhyForm(prefix="look"),
            "note": bound.get("note") or NoteForm(initial={"note_id": uuid4()}),
            "close": bound.get("close") or CloseForm(prefix="close"),
            "open": bound.get("open") or WhyForm(prefix="open"),
        },
        "opened": next(iter(bound), ""),
        "is_me": person.pk == request.user.pk,
        **_contact(person, shows),
        **(_trade(person) if may[Right.VIEW_MARKET_ORDERS] else {}),
        "log": _log(person) if may[Right.VIEW_MARKET_LOG] else None,
    }
    return render(request, "operator/consumer.html", context, status=422 if any(form.errors for form in bound.values()) else 200)


def _shown(person: User, shows: bool) -> str:
    return person.email if shows else masked_email(person.email)


def _contact(person: User, shows: bool) -> dict[str, Any]:
    profile = Profile.objects.filter(pk=person.pk).first()
    rows: list[Any] = addresses_of(person.pk)
    for row in rows:
        row.phone_shown, row.street_shown = (row.phone, row.street) if shows else (masked_phone(row.phone), masked_street(row.street))
    phone = profile.phone if profile else ""
    return {"phone": phone if shows else masked_phone(phone), "addresses": rows}


def _trade(person: User) -> dict[str, Any]:
    """Orders, returns, refunds and opinions of all shops, a few of each and how many there are."""
    orders, returns = OrderCopy.objects.filter(buyer=person), ReturnCopy.objects.filter(buyer=person)
    reviews = BuyerReview.objects.filter(buyer=person)
    return {
        "orders": list(orders.select_related("merchant").order_by("-placed_at", "-pk")[:SHOWN]),
        "order_count": capped_count(orders),
        "returns": list(returns.select_related("merchant").order_by("-requested_at", "-pk")[:SHOWN]),
        "return_count": capped_count(returns),
        "refunds": list(Refund.objects.filter(payment__group__buyer=person).select_related("payment__group").order_by("-created_at")[:SHOWN]),
        "reviews": list(reviews.select_related("merchant", "listing").order_by("-written_at", "-pk")[:SHOWN]),
        "review_count": capped_count(reviews),
        "questions": capped_count(Question.objects.filter(asker=person)),
    }


def _works(person: User) -> list[tuple[Merchant | None, Membership]]:
    """Where the person works, shops by name; None stands for the market."""
    rows = list(Membership.objects.filter(user=person, is_active=True))
    shops = Merchant.objects.in_bulk([row.merchant_id for row in rows if row.merchant_id])
    return sorted(((shops.get(row.merchant_id), row) for row in rows), key=lambda pair: pair[0].name if pair[0] else "")


def _doubles(person: User) -> list[Any]:
    """Pairs that this account may be one of, with the other one's name."""
    rows: list[Any] = list(Double.objects.filter(Q(first=person) | Q(second=person), set_aside_at=None).select_related("first", "second")[:SHOWN])
    for row in rows:
        row.other = row.second if row.first_id == person.pk else row.first
    return rows


def _log(person: User) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(subject_type="person", subject_id=str(person.pk)).order_by("-pk")[:LOG_SHOWN])
