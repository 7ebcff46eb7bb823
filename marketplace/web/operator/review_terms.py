"""How long reviews may take: working days, and the days of a year that are not as their weekday says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from tenants.access.actors import actor_of
from tenants.onboarding.models import CalendarDay
from tenants.onboarding.reviewing import MOST_DAYS, due_after, review_terms, set_review_terms
from tenants.tenancy.models import Market

LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:–|-|~|至|to)\s*(\d{4}-\d{2}-\d{2}))?\s*(.*)")
LONGEST_SPAN = 31


class DaysField(forms.CharField):
    """Days, one or a span a line, each with a note: `2027-02-15 – 2027-02-21 Spring Festival`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=20_000, widget=forms.Textarea({"rows": 8}), **kwargs)

    def clean(self, value: Any) -> list[tuple[date, str]]:
        return [found for line in super().clean(value).splitlines() if line.strip() for found in self._days(line.strip())]

    def _days(self, line: str) -> Iterator[tuple[date, str]]:
        match = LINE.fullmatch(line)
        try:
            first = date.fromisoformat(match[1]) if match else None
            last = date.fromisoformat(match[2]) if match and match[2] else first
        except ValueError:
            first = last = None
        if match is None or first is None or last is None or not timedelta() <= last - first < timedelta(days=LONGEST_SPAN):
            raise forms.ValidationError(_("Not a day or span of days: “{line}”. Write 2027-02-15 or 2027-02-15 – 2027-02-21.").format(line=line[:60]))
        for n in range((last - first).days + 1):
            yield first + timedelta(days=n), match[3].strip()


class ReviewTermsForm(forms.Form):
    working_days = forms.IntegerField(label=_lazy("Working days from handing in to a decision"), min_value=1, max_value=MOST_DAYS)
    off = DaysField(label=_lazy("Days off besides Saturdays and Sundays"), help_text=_lazy("A day or a span a line, with a note"))
    on = DaysField(label=_lazy("Saturdays and Sundays on which people work"), help_text=_lazy("Working days moved for a long holiday"))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


def as_lines(days: list[CalendarDay]) -> str:
    """Days as they are typed: neighbours with one note are a span."""
    spans: list[tuple[date, date, str]] = []
    for one in days:
        if spans and spans[-1][1] + timedelta(days=1) == one.day and spans[-1][2] == one.note and (one.day - spans[-1][0]).days < LONGEST_SPAN:
            spans[-1] = (spans[-1][0], one.day, one.note)
        else:
            spans.append((one.day, one.day, one.note))
    return "\n".join(f"{first}{f' – {last}' if last != first else ''} {note}".strip() for first, last, note in spans)


def review_terms_page(request: HttpRequest) -> HttpResponse:
    days = list(CalendarDay.objects.all())
    kept = {
        "working_days": review_terms().working_days,
        "off": as_lines([one for one in days if not one.is_working]),
        "on": as_lines([one for one in days if one.is_working]),
    }
    form = ReviewTermsForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = [(day, False, note) for day, note in data["off"]] + [(day, True, note) for day, note in data["on"]]
        try:
            set_review_terms(by=actor_of(request), working_days=data["working_days"], days=wanted, why=data["why"])
        except MarketError as refusal:
            field = {"days": "off"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. What is handed in from now on is due by it."))
            return HttpResponseRedirect("/review-terms/")
    zone = Market.objects.get().tz
    context = {"title": _("Review times"), "form": form, "example": due_after(clock.now(), zone)}
    return render(request, "operator/review_terms.html", context, status=422 if form.errors else 200)
