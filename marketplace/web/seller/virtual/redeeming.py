"""The counter: a customer shows a voucher; somebody types or scans its code, looks, and redeems it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.hand_over import find_voucher, redeem_voucher
from marketplace.kernel.errors import MarketError
from marketplace.kernel.texts import localised
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.platform.virtual.kinds import last_day
from marketplace.platform.virtual.models import Voucher
from marketplace.platform.virtual.reading import clean_voucher, grouped
from tenants.access.actors import actor_of

SHOWN_LAST = 10


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_lazy("Code of the voucher"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "num", "enterkeyhint": "go"}),
        help_text=_lazy("Type it, or scan it with a hand scanner. Hyphens and small letters do not matter."),
    )


def redeem(request: HttpRequest) -> HttpResponse:
    """`?code=` is what the drawing of a voucher leads to. First it is shown what for; the second step redeems it."""
    if request.method != "POST":
        asked = request.GET.get("code", "")
        return _page(request, CodeForm({"code": asked}) if asked else CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid() or request.POST.get("then") != "redeem":
        return _page(request, form)
    try:
        row = redeem_voucher(by=actor_of(request), text=form.cleaned_data["code"])
    except MarketError as refusal:
        form.add_error("code", str(refusal))
        return _page(request, form, status=refusal.status)
    messages.success(request, _("Redeemed: {what}.").format(what=_what(row)))
    return HttpResponseRedirect(reverse("redeem"))


def _page(request: HttpRequest, form: CodeForm, status: int = 0) -> HttpResponse:
    found: Voucher | None = None
    if form.is_bound and not status and form.is_valid():
        try:
            found = find_voucher(form.cleaned_data["code"])
        except MarketError as refusal:
            form.add_error("code", str(refusal))
            status = refusal.status
    last: list[Any] = list(
        Voucher.objects.filter(merchant_id=request.merchant.pk, status=Voucher.Status.REDEEMED).order_by("-ended_at", "-id")[:SHOWN_LAST]  # type: ignore[attr-defined]
    )
    for row in last:
        row.what = _what(row)
    context: dict[str, Any] = {"title": _("Redeem vouchers"), "form": form, "found": found, "last": last}
    if found:
        order = Order.objects.get(pk=found.order_id)
        context |= {
            "what": _what(found),
            "order": order,
            "until": last_day(found.expires_at, request.market.tz),  # type: ignore[attr-defined]
            "code": grouped(clean_voucher(form.cleaned_data["code"])),
        }
    response = render(request, "seller/virtual/redeem.html", context, status=status or (422 if form.is_bound and form.errors else 200))
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _what(row: Voucher) -> str:
    line = OrderLine.objects.filter(pk=row.line_id).first()
    if line is None:
        return row.order_number
    return " · ".join([localised(line.titles).text, *(localised(value).text for _attribute, value in line.options)])
