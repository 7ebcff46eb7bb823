"""When the buyer changes their mind, or something is wrong: give up, cancel, return."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.cancel_order import cancel_paid_order
from marketplace.flows.pay import cancel_group
from marketplace.flows.return_goods import request_return, returnable_until, send_return, withdraw_return
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.merchant.aftersales.states import Reason, ReturnStatus, is_about_a_fault
from marketplace.merchant.customising.states import Making
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.access import copy_of_buyer, group_of_buyer, return_of_buyer
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.delivery.queries import carrier_choices
from marketplace.platform.virtual.kinds import GoodsKind
from storefront.account.tabs import tabs
from tenants.access.actors import actor_of, person_of

RETURNS_A_PAGE = 10
REASONS = (
    ("changed_mind", _lazy("I changed my mind")),
    ("wrong_choice", _lazy("I ordered the wrong thing")),
    ("too_slow", _lazy("It takes too long")),
    ("other", _lazy("Something else")),
)


def may_cancel(copy: OrderCopy) -> bool:
    """Whether cancelling is offered; the verb decides again under its lock."""
    if copy.status != OrderStatus.CONFIRMED:
        return False
    if copy.kind == GoodsKind.SERVICE:  # what was not used, at any time
        return any(line["quantity"] > line.get("shipped", 0) + line.get("cancelled", 0) for line in copy.lines)
    if any(line.get("shipped") for line in copy.lines):
        return False
    is_late = copy.ship_by is not None and clock.now() > copy.ship_by
    is_begun = any(line["custom"]["state"] != Making.TO_CONFIRM for line in copy.lines if "custom" in line and line["quantity"] > line["cancelled"])
    return is_late or not (copy.has_parcel or is_begun)


def pieces_to_return(copy: OrderCopy) -> list[dict[str, Any]]:
    """Lines of which something can come back, each with `left`: shipped, not come back, in no open return."""
    asked: dict[str, int] = {}
    for row in ReturnCopy.objects.filter(order=copy, ended_at=None):
        for part in row.lines:
            asked[part["id"]] = asked.get(part["id"], 0) + part["quantity"]
    found = []
    for line in copy.lines:
        left = line.get("shipped", 0) - line.get("returned", 0) - asked.get(line["id"], 0)
        if left > 0:
            found.append({**line, "left": left})
    return found


def may_return(copy: OrderCopy) -> bool:
    if copy.status not in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED):
        return False
    until = returnable_until(copy.completed_at)
    return (until is None or clock.now() <= until) and bool(pieces_to_return(copy))


def moment_of(text: str) -> datetime | None:
    """A moment from an address, or None for what is none."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def give_up(request: HttpRequest, number: str) -> HttpResponse:
    """An unpaid group is cancelled as a whole."""
    group = group_of_buyer(person_of(request).pk, number)
    cancel_group(by=actor_of(request), group_id=group.pk)
    messages.success(request, _("The order is cancelled. Nothing was paid."))
    return HttpResponseRedirect(f"/orders/{number}/")


class CancelForm(forms.Form):
    reason = forms.ChoiceField(label=_lazy("Why?"), choices=REASONS, widget=forms.RadioSelect)
    note = forms.CharField(label=_lazy("Anything the shop should know"), max_length=150, required=False)


def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """One paid order of a group that has not been packed."""
    copy = copy_of_buyer(person_of(request).pk, number)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = ": ".join(filter(None, [str(dict(REASONS)[form.cleaned_data["reason"]]), form.cleaned_data["note"].strip()]))
        try:
            cancel_paid_order(by=actor_of(request), copy=copy, reason=reason)
        except MarketError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The order is cancelled; the money is on its way back to you."))
            return HttpResponseRedirect(f"/orders/{copy.group.number}/#order-{copy.number}")
    return render(request, "orders/cancel.html", {"section": "orders", "order": copy, "form": form}, status=422 if form.errors else 200)


class ReturnForm(forms.Form):
    """Pieces of each line, and why. The hidden key makes the same form sent twice one return."""

    return_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_lazy("Why does it come back?"), choices=Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_lazy("What is wrong, in a sentence"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, lines: list[dict[str, Any]], is_virtual: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        if is_virtual:
            self.fields["reason"].label = _("What is wrong with it?")
            self.fields["reason"].choices = [(key, label) for key, label in Reason.choices if is_about_a_fault(key)]  # type: ignore[attr-defined]
        for line in lines:
            initial = line["left"] if len(lines) == 1 else 0
            self.fields[f"line_{UUID(line['id']).hex}"] = forms.IntegerField(min_value=0, max_value=line["left"], initial=initial, label=_("Pieces"))

    def line_fields(self) -> list[tuple[dict[str, Any], Any]]:
        return [(line, self[f"line_{UUID(line['id']).hex}"]) for line in self.lines]

    def pieces(self) -> dict[UUID, int]:
        return {UUID(line["id"]): self.cleaned_data[f"line_{UUID(line['id']).hex}"] for line in self.lines}


def ask_back(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the shop to take something back."""
    copy = copy_of_buyer(person_of(request).pk, number)
    form = ReturnForm(request.POST or None, lines=pieces_to_return(copy), is_virtual=copy.is_virtual, initial={"return_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if not any(form.pieces().values()):
            form.add_error(None, _("Say how many pieces come back."))
        else:
            try:
                row = request_return(
                    by=actor_of(request), copy=copy, return_id=data["return_id"], pieces=form.pieces(), reason=data["reason"], note=data["note"]
                )
            except MarketError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                return HttpResponseRedirect(f"/returns/{row.number}/")
    context = {"section": "orders", "order": copy, "form": form, "until": returnable_until(copy.completed_at), "can_return": may_return(copy)}
    return render(request, "orders/ask_back.html", context, status=422 if form.errors else 200)


def returns(request: HttpRequest) -> HttpResponse:
    """The buyer's returns, newest first."""
    mine = ReturnCopy.objects.filter(buyer_id=person_of(request).pk).select_related("merchant").order_by("-requested_at", "-pk")
    shown = tabs(request, "show", {"": _("All"), "open": _("Under way")})
    if shown[1].is_now:
        mine = mine.filter(ended_at=None)
    if after := moment_of(request.GET.get("after", "")):
        mine = mine.filter(requested_at__lt=after)
    page = list(mine[: RETURNS_A_PAGE + 1])
    older = page[RETURNS_A_PAGE - 1].requested_at.isoformat() if len(page) > RETURNS_A_PAGE else ""
    return render(request, "orders/returns.html", {"section": "returns", "rows": page[:RETURNS_A_PAGE], "older": older, "tabs": shown, "show": shown[1].is_now})


class ParcelForm(forms.Form):
    carrier = forms.ChoiceField(label=_lazy("Carrier"))
    tracking_number = forms.CharField(label=_lazy("Tracking number"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].choices = carrier_choices()  # type: ignore[attr-defined]


def one_return(request: HttpRequest, number: str) -> HttpResponse:
    return _return_page(request, number)


def _return_page(request: HttpRequest, number: str, form: ParcelForm | None = None) -> HttpResponse:
    row = return_of_buyer(person_of(request).pk, number)
    steps = [ReturnStatus.REQUESTED, ReturnStatus.AGREED, ReturnStatus.SENT_BACK, ReturnStatus.INSPECTED, ReturnStatus.REFUNDED]
    if row.order.is_virtual:
        steps = [ReturnStatus.REQUESTED, ReturnStatus.AGREED, ReturnStatus.REFUNDED]
    is_on_the_way = row.status in steps
    context = {
        "section": "returns",
        "row": row,
        "steps": [(step.label, steps.index(step) <= steps.index(ReturnStatus(row.status))) for step in steps] if is_on_the_way else [],
        "form": (form or ParcelForm()) if row.status == ReturnStatus.AGREED else None,
        "can_withdraw": row.status in (ReturnStatus.REQUESTED, ReturnStatus.AGREED),
    }
    return render(request, "orders/return.html", context, status=422 if form and form.errors else 200)


def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    withdraw_return(by=actor_of(request), copy=return_of_buyer(person_of(request).pk, number))
    messages.success(request, _("You keep the goods; the return is withdrawn."))
    return HttpResponseRedirect(f"/returns/{number}/")


def send(request: HttpRequest, number: str) -> HttpResponse:
    row = return_of_buyer(person_of(request).pk, number)
    form = ParcelForm(request.POST)
    if form.is_valid():
        try:
            send_return(by=actor_of(request), copy=row, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The shop is told that the parcel is on its way."))
            return HttpResponseRedirect(f"/returns/{number}/")
    return _return_page(request, number, form)
