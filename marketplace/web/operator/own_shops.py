"""The market opens a shop of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.own_shops import open_own_shop
from marketplace.kernel.errors import MarketError
from tenants.access.actors import actor_of
from tenants.accounts.models import User
from tenants.tenancy.hosts import shop_host
from tenants.tenancy.models import Merchant


class OwnShopForm(forms.Form):
    """The hidden key makes the same form sent twice one shop."""

    merchant_id = forms.UUIDField(widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_lazy("Shop's name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_lazy("Shop's name in English"), max_length=60, required=False)
    slug = forms.CharField(label=_lazy("Web address"), max_length=40, help_text=_lazy("Small letters, digits and hyphens; the shop's host begins with it"))
    owner = forms.ModelChoiceField(
        label=_lazy("Who runs it"),
        queryset=User.objects.none(),
        empty_label=_lazy("Choose somebody of the market"),
        help_text=_lazy("Becomes the shop's first owner and invites who works there, each with a role"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, memberships__merchant_id=None, memberships__is_active=True)
        self.fields["owner"].queryset = people.order_by("name", "email").distinct()  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda person: f"{person.get_full_name()} · {person.email}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not any(name in self.errors or cleaned[name].strip() for name in ("name_zh", "name_en")):
            self.add_error("name_zh", _("Give the shop a name in at least one language."))
        return cleaned


def own_shop_new(request: HttpRequest) -> HttpResponse:
    form = OwnShopForm(request.POST or None, initial={"merchant_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            merchant: Merchant = open_own_shop(
                by=actor_of(request),
                merchant_id=data["merchant_id"],
                slug=data["slug"],
                names={"zh-hans": data["name_zh"], "en": data["name_en"]},
                owner_id=data["owner"].pk,
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” is being opened.").format(name=merchant.name))
            return HttpResponseRedirect(f"/merchants/{merchant.pk}/")
    context = {"title": _("Open a shop of our own"), "form": form, "host_tail": shop_host("")}
    return render(request, "operator/own_shop_new.html", context, status=422 if form.errors else 200)
