"""Support access: the market's side, which asks, and the shop's, which answers and sees everything that was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.support_access import ANSWER_WITHIN, LEAST_MINUTES, MOST_MINUTES, answer_support, ask_for_support, end_support
from marketplace.kernel.errors import MarketError
from marketplace.kernel.models import AuditEvent
from marketplace.web.staff.office import office_of
from tenants.access.actors import actor_of, person_of
from tenants.accounts.models import SupportAccess
from tenants.tenancy.hosts import workbench_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import OPEN_TO_SUPPORT

SHOWN, PAGES_SHOWN = 20, 50


class AskForm(forms.Form):
    """The hidden key makes the same form sent twice one question."""

    visit_id = forms.UUIDField(widget=forms.HiddenInput)
    merchant = forms.ModelChoiceField(label=_lazy("Shop"), queryset=Merchant.objects.filter(status__in=OPEN_TO_SUPPORT).order_by("slug"))
    minutes = forms.IntegerField(label=_lazy("Minutes"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES)
    reason = forms.CharField(label=_lazy("Reason; the shop reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def of_market(request: HttpRequest) -> HttpResponse:
    """One's own questions, and a form for another."""
    form = AskForm(request.POST or None, initial={"visit_id": uuid4(), "minutes": 60})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            ask_for_support(by=actor_of(request), visit_id=data["visit_id"], merchant_id=data["merchant"].pk, reason=data["reason"], minutes=data["minutes"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Asked. Its owner gets a letter."))
            return HttpResponseRedirect(reverse("support"))
    mine: list[Any] = list(SupportAccess.objects.filter(supporter_id=person_of(request).pk).order_by("-asked_at")[:SHOWN])
    shops = Merchant.objects.in_bulk([row.merchant_id for row in mine])
    for row in mine:
        row.shop, row.address = shops.get(row.merchant_id), workbench_url(shops[row.merchant_id]) if row.is_on else ""
        row.answer_by = row.asked_at + ANSWER_WITHIN
    context = {"base": office_of(request).base, "title": _("Support access"), "form": form, "rows": mine}
    return render(request, "staff/support_market.html", context, status=422 if form.errors else 200)


def of_shop(request: HttpRequest) -> HttpResponse:
    """Who asks, who is in, and what was done."""
    office = office_of(request)
    found = SupportAccess.objects.filter(merchant_id=str(office.merchant_id)).select_related("supporter", "answered_by")
    rows: list[Any] = list(found.order_by("-asked_at")[:SHOWN])
    for row in rows:
        row.answer_by = row.asked_at + ANSWER_WITHIN
        done = AuditEvent.objects.filter(merchant_id=office.merchant_id, actor_id=row.supporter_id, on_behalf_of__isnull=False, at__gte=row.asked_at)
        row.done = list(done.filter(at__lte=row.ended_at or row.until).order_by("-pk")[:PAGES_SHOWN]) if row.until else []
    return render(request, "staff/support_shop.html", {"base": office.base, "title": _("Support access"), "rows": rows})


def answer(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    said = request.POST.get("answer", "")
    row = answer_support(
        by=actor_of(request),
        visit_id=visit_id,
        merchant_id=request.merchant.pk,  # type: ignore[attr-defined]
        is_granted=said in ("read", "write"),
        may_write=said == "write",
    )
    messages.success(request, _("Granted. It ends by itself.") if row.status == SupportAccess.Status.GRANTED else _("Refused."))
    return HttpResponseRedirect(reverse("support"))


def end(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    end_support(by=actor_of(request), visit_id=visit_id, merchant_id=office_of(request).merchant_id)
    messages.success(request, _("Ended. The next click there is refused."))
    return HttpResponseRedirect(reverse("support"))
