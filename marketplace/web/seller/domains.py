"""Under which addresses the shop answers: its host at the market, and domains of its own."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from tenants.access.actors import actor_of
from tenants.domains.actions import MOST, add_domain, ask_for_look, make_primary, remove_domain
from tenants.domains.models import OwnDomain
from tenants.tenancy.hosts import origin, shop_host


class DomainForm(forms.Form):
    """The hidden key makes the same form sent twice one wish."""

    domain_id = forms.UUIDField(widget=forms.HiddenInput)
    host = forms.CharField(
        label=_lazy("Your domain"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"placeholder": "shop.example.com", "autocapitalize": "none", "autocomplete": "off", "inputmode": "url", "spellcheck": "false"}
        ),
    )


def domains(request: HttpRequest) -> HttpResponse:
    """The addresses with what DNS says of each, and the form for one more."""
    merchant = request.merchant  # type: ignore[attr-defined]
    form = DomainForm(request.POST or None, initial={"domain_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            row = add_domain(by=actor_of(request), merchant_id=merchant.pk, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Added. Put the record where “{host}” is registered; we look for it by ourselves.").format(host=row.readable))
            return HttpResponseRedirect("/domains/")
    here = shop_host(merchant.slug)
    rows = list(OwnDomain.objects.filter(merchant_id=merchant.pk))
    context = {
        "title": _("Domains"),
        "form": form,
        "rows": rows,
        "here": here,
        "here_address": origin(here),
        "primary": merchant.own_host or here,
        "target": settings.BASE_HOST,
        "most": MOST,
        "waits": any(row.state == OwnDomain.State.WAITING for row in rows),
    }
    return render(request, "seller/domains.html", context, status=422 if form.errors else 200)


def look(request: HttpRequest, domain_id: UUID) -> HttpResponse:
    ask_for_look(by=actor_of(request), merchant_id=request.merchant.pk, domain_id=domain_id)  # type: ignore[attr-defined]
    messages.success(request, _("DNS is being asked. Reload the page in a moment."))
    return HttpResponseRedirect("/domains/")


def primary(request: HttpRequest) -> HttpResponse:
    make_primary(by=actor_of(request), merchant_id=request.merchant.pk, host=request.POST.get("host", ""))  # type: ignore[attr-defined]
    messages.success(request, _("This is the shop's address now. All others lead there."))
    return HttpResponseRedirect("/domains/")


def remove(request: HttpRequest, domain_id: UUID) -> HttpResponse:
    remove_domain(by=actor_of(request), merchant_id=request.merchant.pk, domain_id=domain_id)  # type: ignore[attr-defined]
    messages.success(request, _("Removed. The shop answers there no longer."))
    return HttpResponseRedirect("/domains/")
