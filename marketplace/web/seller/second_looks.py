"""Money back to buyers by two people: the shop's rule, what waits for a colleague, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.second_looks import approve_look, ask_for_one_person, refuse_look, take_two_people, who_may_approve, why_not, withdraw_look
from marketplace.kernel.errors import MarketError
from marketplace.merchant.aftersales.models import MoneyRule, Return, SecondLook
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.orders.models import OrderLine
from marketplace.web.overview import ToDo, capped
from tenants.access.actors import actor_of, person_of
from tenants.access.rights import Right

PAGE = "/second-looks/"
SHOWN = 30
DECISIONS: dict[str, Callable[..., SecondLook]] = {"approve": approve_look, "refuse": refuse_look, "withdraw": withdraw_look}


def todos(me: UUID) -> list[ToDo]:
    """For whoever may approve: what colleagues ask for, and returns that wait for a second person."""
    found: list[ToDo] = []
    asked = list(SecondLook.objects.filter(status=SecondLook.Status.WAITING).exclude(asked_by=me).order_by("expires_at").values_list("expires_at", flat=True))
    if n := len(asked):
        found.append(ToDo(capped(n), ngettext("request of a colleague waits for you", "requests of colleagues wait for you", n), PAGE, due=asked[0]))
    if takes_two():
        waits = Return.objects.filter(status=ReturnStatus.INSPECTED).exclude(changes__actor_id=me).order_by("due_at")
        if n := waits.count():
            label = ngettext("return waits for a second person", "returns wait for a second person", n)
            found.append(ToDo(capped(n), label, PAGE, due=waits[0].due_at))
    return found


class OnForm(forms.Form):
    then = forms.ChoiceField(choices=[("two", ""), ("one", "")])


class OffForm(OnForm):
    """The hidden key makes the same form sent twice one request."""

    look_id = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=_lazy("Why should one person suffice again?"), max_length=500)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(choices=[(name, "") for name in DECISIONS])
    why = forms.CharField(label=_lazy("Remark; to refuse, the reason"), max_length=500, required=False)


def second_looks(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, off: OffForm | None = None, refusal: str = "", about: UUID | None = None, status: int = 200) -> HttpResponse:
    me = person_of(request).pk
    rows: list[Any] = list(SecondLook.objects.select_related("order").order_by("-asked_at", "-pk")[:SHOWN])
    lines = {str(line.pk): line for line in OrderLine.objects.filter(order_id__in={row.order_id for row in rows if row.order_id})}
    for row in rows:
        row.lines = [(lines[key], n) for key, n in row.pieces.items() if key in lines]
        row.is_mine = row.asked_by == me
    waiting = [row for row in rows if row.status == SecondLook.Status.WAITING]
    for row in waiting:
        row.barred = why_not(me, {row.asked_by})
        row.refusal = refusal if row.pk == about else ""
    is_on = takes_two()
    asks_off = any(row.kind == SecondLook.Kind.ONE_PERSON for row in waiting)
    may_set = request.user.has_perm(Right.MANAGE_STAFF.full_name)  # type: ignore[union-attr]
    context = {
        "title": _("Second person"),
        "is_on": is_on,
        "rule": MoneyRule.objects.first(),
        "people": who_may_approve(),
        "waiting": waiting,
        "ended": [row for row in rows if row.status != SecondLook.Status.WAITING],
        "to_confirm": list(Return.objects.filter(status=ReturnStatus.INSPECTED).order_by("due_at")[:SHOWN]) if is_on else [],
        "off_form": (off or OffForm(initial={"look_id": uuid4()})) if is_on and may_set and not asks_off else None,
        "may_set": may_set,
        "refusal": refusal if about is None else "",
    }
    return render(request, "seller/second_looks.html", context, status=status)


def rule(request: HttpRequest) -> HttpResponse:
    """On at once; off is a request that a colleague decides over."""
    by, form = actor_of(request), OnForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422)
    if form.cleaned_data["then"] == "two":
        try:
            take_two_people(by=by)
        except MarketError as refusal:
            return _page(request, refusal=str(refusal), status=refusal.status)
        messages.success(request, _("From now on money goes back to buyers by two people."))
        return HttpResponseRedirect(PAGE)
    off = OffForm(request.POST)
    if off.is_valid():
        try:
            ask_for_one_person(by=by, look_id=off.cleaned_data["look_id"], why=off.cleaned_data["why"])
        except MarketError as refusal:
            off.add_error(refusal.field if refusal.field in off.fields else None, str(refusal))
        else:
            messages.success(request, _("Asked for. A colleague decides; until then it takes two."))
            return HttpResponseRedirect(PAGE)
    return _page(request, off=off, status=422)


def decide(request: HttpRequest, look_id: UUID) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, refusal=_("Approve it, refuse it, or withdraw your own."), about=look_id, status=422)
    decision = form.cleaned_data["decision"]
    try:
        DECISIONS[decision](by=actor_of(request), look_id=look_id, why=form.cleaned_data["why"])
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        return _page(request, refusal=str(refusal), about=look_id, status=refusal.status)
    said = {"approve": _("Approved and done."), "refuse": _("Refused; whoever asked is told."), "withdraw": _("Withdrawn.")}
    messages.success(request, said[decision])
    return HttpResponseRedirect(PAGE)
