"""The shop's holiday: planned by day, with what buyers read, and ended early."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.holidays import end_holiday, holiday_of, plan_holiday
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from tenants.access.actors import actor_of


class HolidayForm(forms.Form):
    """The hidden key makes the same form sent twice one holiday."""

    holiday_id = forms.UUIDField(widget=forms.HiddenInput)
    starts = forms.DateField(label=_lazy("First day"), widget=DayInput())
    ends = forms.DateField(label=_lazy("Last day"), widget=DayInput())
    note_zh = forms.CharField(label=_lazy("What buyers read, in Chinese"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note_en = forms.CharField(label=_lazy("What buyers read, in English"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


def holiday(request: HttpRequest) -> HttpResponse:
    """One is planned or runs, and can be ended; or the form for the next."""
    merchant, market = request.merchant, request.market  # type: ignore[attr-defined]
    known = holiday_of(merchant.pk)
    if request.method == "POST" and request.POST.get("then") == "end" and known:
        end_holiday(by=actor_of(request), holiday_id=known.pk)
        messages.success(request, _("The holiday has ended. Buyers can order again."))
        return HttpResponseRedirect("/holiday/")
    form = HolidayForm(request.POST or None, initial={"holiday_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            plan_holiday(
                by=actor_of(request),
                merchant_id=merchant.pk,
                holiday_id=data["holiday_id"],
                starts_at=datetime.combine(data["starts"], time.min, tzinfo=market.tz),
                ends_at=datetime.combine(data["ends"] + timedelta(days=1), time.min, tzinfo=market.tz),
                notes={"zh-hans": data["note_zh"], "en": data["note_en"]},
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Planned. It begins and ends by itself."))
            return HttpResponseRedirect("/holiday/")
    context = {"title": _("Holiday"), "known": known, "form": form}
    return render(request, "seller/holiday.html", context, status=422 if form.errors else 200)
