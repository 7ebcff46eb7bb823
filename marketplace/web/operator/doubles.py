"""Accounts that may be one person's: the list, the two beside each other, and asking that one is merged into the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from marketplace.flows.approvals import ask_for
from marketplace.flows.consumers import ask_for_doubles
from marketplace.flows.merge_accounts import MERGE, check_mergeable, preview
from marketplace.kernel.errors import MarketError
from marketplace.kernel.masks import masked_email, masked_phone, masked_street
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.members.access import addresses_of
from marketplace.platform.members.doubles import double_with, set_double_aside
from marketplace.platform.members.models import Double, Profile
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.approvals import MOVING, asked, asked_about
from marketplace.web.operator.consumer import person_or_404
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.accounts.models import Closure, Membership, User
from tenants.accounts.sign_ins import last_sign_ins


class DoubleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("open", _lazy("To be looked at")), ("aside", _lazy("Set aside"))])
    why = django_filters.ChoiceFilter(method="with_reason", choices=Double.Why.choices, label=_lazy("What speaks for it"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Double], name: str, value: str) -> QuerySet[Double]:
        text = value.strip()
        people = User.objects.filter(Q(name__startswith=text) | Q(email__startswith=text.lower())).values("pk")
        return queryset.filter(Q(first__in=people) | Q(second__in=people))

    def tab(self, queryset: QuerySet[Double], name: str, value: str) -> QuerySet[Double]:
        return queryset.filter(set_aside_at__isnull=value == "open")

    def with_reason(self, queryset: QuerySet[Double], name: str, value: str) -> QuerySet[Double]:
        return queryset.filter(reasons__contains=[value])


def _dress(request: HttpRequest, rows: list[Any]) -> None:
    for row in rows:
        for person in (row.first, row.second):
            person.masked = masked_email(person.email)


doubles = ListPage(
    title=_lazy("Possible doubles"),
    name="doubles",
    right=Right.VIEW_CONSUMERS,
    columns=[
        Column(_lazy("Older account"), "first", is_fixed=True),
        Column(_lazy("Newer account"), "second"),
        Column(_lazy("What speaks for it"), "why"),
        Column(_lazy("Found"), "found", end=True, sort=("found_at", "pk")),
    ],
    row_template="operator/_double_row.html",
    rows=lambda request: Double.objects.select_related("first", "second"),
    filters=DoubleFilter,
    order=("-found_at", "-pk"),
    prepare=_dress,
    search_hint=_lazy("Beginning of name or e-mail"),
    empty=_lazy("No two accounts look like one person's. It is looked for every day."),
    teach=Teach(_lazy("To the consumers"), "consumers", Right.VIEW_CONSUMERS),
    export_name="doubles",
    export_right=Right.EXPORT_CONSUMERS,
    export_head=[
        _lazy("Older account"),
        _lazy("Its e-mail, masked"),
        _lazy("Newer account"),
        _lazy("That one's e-mail, masked"),
        _lazy("What speaks for it"),
        _lazy("Found"),
        _lazy("Set aside"),
    ],
    export=lambda row: [
        (
            row.first.name,
            masked_email(row.first.email),
            row.second.name,
            masked_email(row.second.email),
            pgettext("between names", ", ").join(row.why()),
            row.found_at,
            row.set_aside_at,
        )
    ],
    base="operator/base.html",
    actions_template="operator/_doubles_actions.html",
)


def looked_again(request: HttpRequest) -> HttpResponse:
    ask_for_doubles(by=actor_of(request))
    messages.success(request, _("It is being looked for. Load the list anew in a moment."))
    return HttpResponseRedirect(reverse("doubles"))


def set_aside(request: HttpRequest, double_id: UUID) -> HttpResponse:
    """They are two people; `undo` takes the pair up again."""
    row = set_double_aside(by=actor_of(request), double_id=double_id, is_aside=request.POST.get("undo") != "1")
    messages.success(request, _("Set aside. The pair stands under “Set aside”.") if row.set_aside_at else _("Taken up again."))
    return HttpResponseRedirect(f"{reverse('doubles')}?show=open")


class MergeForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("request_id", "why")


def double(request: HttpRequest, double_id: UUID) -> HttpResponse:
    """A pair that was found, side by side."""
    row = double_with(double_id)
    return _beside(request, row.first, row.second, row)


def merge(request: HttpRequest, loser_id: UUID, winner_id: UUID) -> HttpResponse:
    """What would move, and asking a second person."""
    loser, winner = person_or_404(loser_id), person_or_404(winner_id)
    form = MergeForm(request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data, order = form.cleaned_data, {"loser_id": str(loser_id), "winner_id": str(winner_id)}
        try:
            row = ask_for(by=actor_of(request), kind=MERGE, request_id=data["request_id"], order=order, why=data["why"])
        except MarketError as refusal:
            form.add_error(None, str(refusal))
        else:
            return asked(request, row)
    context = {
        "title": _("Merge two accounts"),
        "loser": _facts(loser),
        "winner": _facts(winner),
        "moving": [(MOVING[row.kind], row.count) for row in preview(loser_id)],
        "refusal": _refusal(loser_id, winner_id),
        "form": form,
    }
    return render(request, "operator/merge.html", context, status=422 if form.errors else 200)


def pick(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """An account beside another that somebody names by e-mail or number: doubles that nothing gives away."""
    first = person_or_404(user_id)
    text = request.GET.get("with", "").strip()
    second = User.objects.filter(email__iexact=text).exclude(pk=first.pk).first() if text else None
    if second is None:
        if text:
            messages.error(request, _("There is no other account with this e-mail address."))
        return HttpResponseRedirect(reverse("consumer", args=[first.pk]))
    older, newer = sorted((first, second), key=lambda person: person.joined_at)
    return _beside(request, older, newer, None)


def _beside(request: HttpRequest, first: User, second: User, row: Double | None) -> HttpResponse:
    pair = [_facts(first), _facts(second)]
    waiting = [each for person in (first, second) for each in asked_about("person", person.pk)]
    context = {
        "title": _("Two accounts side by side"),
        "row": row,
        "pair": pair,
        "asked": waiting,
        "refusals": {_refusal(first.pk, second.pk), _refusal(second.pk, first.pk)} - {""} if not waiting else (),
        "same": {name for name in ("name", "phone", "addresses", "language") if pair[0][name] and pair[0][name] == pair[1][name]},
        "reasons": row.why() if row else [],
    }
    return render(request, "operator/double.html", context)


def _refusal(loser_id: UUID, winner_id: UUID) -> str:
    try:
        check_mergeable(loser_id, winner_id)
    except MarketError as refusal:
        return str(refusal)
    return ""


def _facts(person: User) -> dict[str, Any]:
    """What two accounts are compared by."""
    profile = Profile.objects.filter(pk=person.pk).first()
    seen = last_sign_ins([person.pk]).get(person.pk)
    addresses = addresses_of(person.pk)
    phones = dict.fromkeys(phone for phone in (profile.phone if profile else "", *(row.phone for row in addresses)) if phone)
    return {
        "person": person,
        "name": person.name,
        "email": masked_email(person.email),
        "phone": pgettext("between names", ", ").join(masked_phone(phone) for phone in list(phones)[:3]),
        "language": person.language,
        "addresses": [f"{row.recipient} · {row.province} {row.city} {masked_street(row.street)}" for row in addresses[:5]],
        "orders": OrderCopy.objects.filter(buyer=person).count(),
        "newest": OrderCopy.objects.filter(buyer=person).order_by("-placed_at").values_list("placed_at", flat=True).first(),
        "seen": seen.at if seen else None,
        "works": Membership.objects.filter(user=person, is_active=True).exists(),
        "closure": Closure.objects.filter(user=person).first(),
        "joined": person.joined_at,
    }
