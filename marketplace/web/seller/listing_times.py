"""When it is on sale: the same times for everything that was ticked in the list of products."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.listing_times import Moment, set_listing_times
from marketplace.kernel.errors import MarketError
from marketplace.merchant.catalogue.models import Product
from marketplace.web.seller.ticked import ticked_products
from tenants.access.actors import actor_of

TO_THE_MINUTE = "%Y-%m-%dT%H:%M"


class TimesForm(forms.Form):
    listed_from = forms.DateTimeField(
        label=_lazy("On sale from"),
        required=False,
        help_text=_lazy("Empty: at once, when its review has passed."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, TO_THE_MINUTE),
    )
    keeps_from = forms.BooleanField(label=_lazy("If empty, leave each beginning as it is"), required=False)
    listed_until = forms.DateTimeField(
        label=_lazy("On sale until"), required=False, help_text=_lazy("Empty: for ever."), widget=forms.DateTimeInput({"type": "datetime-local"}, TO_THE_MINUTE)
    )
    keeps_until = forms.BooleanField(label=_lazy("If empty, leave each end as it is"), required=False)

    def moment(self, name: str, keeps: str) -> Moment:
        """A moment that was written counts, whatever is ticked."""
        at = self.cleaned_data[name]
        return Moment(at, stays=at is None and self.cleaned_data[keeps])


def listing_times(request: HttpRequest) -> HttpResponse:
    """A form over what was ticked; where all of it has the same times, the form begins with them."""
    try:
        rows = ticked_products(request)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("products"))
    form = TimesForm(request.POST) if request.method == "POST" else TimesForm(initial=_shared(rows))
    if request.method == "POST" and form.is_valid():
        begins, ends = form.moment("listed_from", "keeps_from"), form.moment("listed_until", "keeps_until")
        try:
            n = set_listing_times(by=actor_of(request), product_ids=[row.pk for row in rows], begins=begins, ends=ends)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _told(n))
            return HttpResponseRedirect(reverse("products"))
    context = {"title": _("When it is on sale"), "rows": rows, "form": form}
    return render(request, "seller/listing_times.html", context, status=422 if form.errors else 200)


def _shared(rows: list[Product]) -> dict[str, Any]:
    """The times that all have; where they differ, each begins as left alone."""
    begins, ends = {row.listed_from for row in rows}, {row.listed_until for row in rows}
    return {
        "listed_from": begins.pop() if len(begins) == 1 else None,
        "keeps_from": bool(begins),
        "listed_until": ends.pop() if len(ends) == 1 else None,
        "keeps_until": bool(ends),
    }


def _told(n: int) -> str:
    if not n:
        return _("Nothing was to be changed.")
    return ngettext(
        "The times of {n} product are set. What began by that is on sale; the calendar shows what is to come.",
        "The times of {n} products are set. What began by that is on sale; the calendar shows what is to come.",
        n,
    ).format(n=n)
