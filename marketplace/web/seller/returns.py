"""Goods that come back: answer, inspect, confirm."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.return_goods import agree_return, confirm_return, inspect_return, refuse_return
from marketplace.flows.second_looks import why_not
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.merchant.aftersales.access import return_for_staff
from marketplace.merchant.aftersales.actions import backs_for, hands_of
from marketplace.merchant.aftersales.models import Return, ReturnLine
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.merchant.bundles.queries import with_bundles
from marketplace.merchant.customising.queries import with_wishes
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of, person_of
from tenants.access.rights import Right


class ReturnFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=ReturnStatus.choices)
    reason = django_filters.ChoiceFilter(choices=Reason.choices, label=_lazy("Reason"), empty_label=_lazy("All"))

    def search(self, queryset: QuerySet[Return], name: str, value: str) -> QuerySet[Return]:
        """By number of the return or its order, or by tracking number."""
        text = value.strip()
        return queryset.filter(Q(number__startswith=text) | Q(tracking_number__iexact=text))


returns = ListPage(
    title=_lazy("Returns"),
    name="returns",
    right=Right.VIEW_ORDERS,
    columns=[
        Column(_lazy("Return"), "number", is_fixed=True, sort=("requested_at", "pk")),
        Column(_lazy("Reason"), "reason"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("To be answered by"), "due", wide_only=True),
        Column(_lazy("Amount"), "amount", end=True),
    ],
    row_template="seller/_return_row.html",
    rows=lambda request: Return.objects.select_related("order"),
    filters=ReturnFilter,
    order=("-requested_at", "-pk"),
    search_hint=_lazy("Number of the return or order, tracking number"),
    empty=_lazy("Nothing came back yet. When a buyer asks to return something, it stands here, with the time by which to answer."),
    teach=Teach(_lazy("To your orders"), "orders", Right.VIEW_ORDERS),
    export_name="returns",
    export_head=[
        _lazy("Return"),
        _lazy("Order"),
        _lazy("Reason"),
        _lazy("Note"),
        _lazy("Status"),
        _lazy("Amount"),
        _lazy("Currency"),
        _lazy("Carrier"),
        _lazy("Tracking number"),
        _lazy("Requested"),
        _lazy("Ended"),
    ],
    export=lambda row: [
        (
            row.number,
            row.order.number,
            row.get_reason_display(),
            row.note,
            row.get_status_display(),
            row.amount,
            row.currency,
            row.carrier,
            row.tracking_number,
            row.requested_at,
            row.ended_at,
        )
    ],
)


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_lazy("To the buyer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class InspectionForm(forms.Form):
    report = forms.CharField(label=_lazy("What the inspection found"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, parts: list[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            for name, label in (("accepted", _("accepted")), ("restocked", _("can be sold again"))):
                self.fields[f"{name}_{part.line_id.hex}"] = forms.IntegerField(min_value=0, max_value=part.quantity, initial=part.quantity, label=label)

    def rows(self) -> list[tuple[ReturnLine, Any, Any]]:
        return [(part, self[f"accepted_{part.line_id.hex}"], self[f"restocked_{part.line_id.hex}"]) for part in self.parts]

    def pieces(self, name: str) -> dict[Any, int]:
        return {part.line_id: self.cleaned_data[f"{name}_{part.line_id.hex}"] for part in self.parts}


def return_page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def _page(request: HttpRequest, number: str, *, answer: AnswerForm | None = None, inspection: InspectionForm | None = None) -> HttpResponse:
    found = return_for_staff(number)
    parts = list(found.lines.select_related("line").order_by("line__position"))
    with_wishes(with_bundles([part.line for part in parts]))
    pieces = {part.line_id: part.quantity if part.accepted is None else part.accepted for part in parts}
    backs = backs_for(found.order, pieces, found.reason) if found.is_open else []
    is_to_confirm = found.status == ReturnStatus.INSPECTED and any(pieces.values())
    two = is_to_confirm and takes_two()
    waits_for_goods = found.status in (ReturnStatus.AGREED, ReturnStatus.SENT_BACK)
    context = {
        "title": found.number,
        "row": found,
        "parts": parts,
        "changes": list(found.changes.order_by("at", "pk")),
        "answer_form": (answer or AnswerForm()) if found.status in (ReturnStatus.REQUESTED, ReturnStatus.INSPECTED) else None,
        "inspection_form": (inspection or InspectionForm(parts=parts)) if waits_for_goods else None,
        "goods_back": Money.sum((back.goods for back in backs), found.currency),
        "freight_back": Money.sum((back.freight for back in backs), found.currency),
        "commission_back": Money.sum((back.commission for back in backs), found.currency),
        "amount_back": Money.sum((back.amount for back in backs), found.currency),
        "nothing_accepted": found.status == ReturnStatus.INSPECTED and not is_to_confirm,
        "two": two,
        "barred": why_not(person_of(request).pk, hands_of(found)) if two else None,
    }
    refused = any(form and form.errors for form in (answer, inspection))
    return render(request, "seller/return.html", context, status=422 if refused else 200)


def answer_return(request: HttpRequest, number: str) -> HttpResponse:
    """Agree, or refuse with a reason."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        decide = refuse_return if request.POST.get("decision") == "refuse" else agree_return
        try:
            decide(by=actor_of(request), number=number, answer=form.cleaned_data["answer"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The buyer is told."))
            return HttpResponseRedirect(f"/returns/{number}/")
    return _page(request, number, answer=form)


def inspect(request: HttpRequest, number: str) -> HttpResponse:
    found = return_for_staff(number)
    form = InspectionForm(request.POST, parts=list(found.lines.select_related("line").order_by("line__position")))
    if form.is_valid():
        try:
            inspect_return(
                by=actor_of(request),
                number=number,
                accepted=form.pieces("accepted"),
                restocked=form.pieces("restocked"),
                report=form.cleaned_data["report"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            kept = _("The inspection is kept. A colleague confirms it.") if takes_two() else _("The inspection is kept. Confirm it to send the money back.")
            messages.success(request, kept)
            return HttpResponseRedirect(f"/returns/{number}/")
    return _page(request, number, inspection=form)


def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """By one person, where the shop does not want two."""
    confirm_return(by=actor_of(request), number=number)
    messages.success(request, _("The money goes back to the buyer."))
    return HttpResponseRedirect(f"/returns/{number}/")


def approve(request: HttpRequest, number: str) -> HttpResponse:
    """The second person: the money goes back, or, with a reason that the buyer reads, nothing does."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        is_refused = request.POST.get("decision") == "refuse"
        try:
            if is_refused:
                refuse_return(by=actor_of(request), number=number, answer=form.cleaned_data["answer"])
            else:
                confirm_return(by=actor_of(request), number=number)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The buyer is told.") if is_refused else _("The money goes back to the buyer."))
            return HttpResponseRedirect(f"/returns/{number}/")
    return _page(request, number, answer=form)
