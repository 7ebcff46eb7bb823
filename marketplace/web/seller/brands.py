"""Brands that are sold with authorisation only: what this shop may sell, and asking for one with a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.brand_rights import ask_for_brand
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, BrandClaim
from tenants.access.actors import actor_of
from tenants.onboarding.brands import code_of_brand, demanding_brands
from tenants.onboarding.models import Decision, Paper
from tenants.onboarding.papers import FILES
from tenants.onboarding.qualifications import last_day_of
from tenants.onboarding.standing import standing_of


class BrandRightForm(forms.Form):
    brand = forms.ModelChoiceField(label=_lazy("Brand"), queryset=Brand.objects.none(), empty_label=None)
    role = forms.ChoiceField(label=_lazy("Your shop is"), choices=BrandClaim.Role.choices)
    file = forms.FileField(
        label=pgettext_lazy("brand", "Document that shows it"), help_text=_lazy("JPEG, PNG, WebP or PDF, up to 10 MB"), widget=forms.FileInput(FILES)
    )
    ends_on = forms.DateField(label=_lazy("Last day it holds"), required=False, widget=DayInput(), help_text=_lazy("Empty: without end"))

    def __init__(self, *args: Any, demanding: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand"].queryset = Brand.objects.filter(pk__in=demanding, merged_into=None).order_by("code")  # type: ignore[attr-defined]


@dataclass
class Held:
    """A brand as it stands for this shop. `state`: allowed, waiting, refused or lacking."""

    brand: Brand
    state: str
    goods: int = 0
    last_day: Any = None
    note: str = ""
    roles: list[str] = field(default_factory=list)


def brands(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    demanding = demanding_brands()
    form = BrandRightForm(request.POST or None, request.FILES or None, demanding=list(demanding), initial={"brand": request.GET.get("for", "")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        upload = data["file"]
        try:
            ask_for_brand(
                by=actor_of(request),
                merchant_id=merchant.pk,
                brand_id=data["brand"].pk,
                role=data["role"],
                name=upload.name,
                upload=upload,
                ends_on=data["ends_on"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Handed in. You can sell the brand as soon as the market has accepted it."))
            return HttpResponseRedirect("/brands/")
    context = {"title": _("Brands"), "rows": _held(merchant.pk, list(demanding)), "form": form if demanding else None}
    return render(request, "seller/brands.html", context, status=422 if form.errors else 200)


def _held(merchant_id: UUID, demanding: list[int]) -> list[Held]:
    """Of the brands that demand it those this shop has goods of, or has asked for."""
    requirements = demanding_brands()
    standing = standing_of(merchant_id, clock.now())
    goods = dict(Listing.objects.filter(merchant_id=merchant_id, brand__in=demanding).order_by().values_list("brand_id").annotate(n=Count("pk")))
    papers: dict[str, list[Paper]] = {}
    for paper in Paper.objects.filter(merchant_id=merchant_id, kind__in=[code_of_brand(key) for key in demanding]).order_by("-added_at"):
        papers.setdefault(paper.kind, []).append(paper)
    claims: dict[int, list[str]] = {}
    for claim in BrandClaim.objects.filter(merchant_id=merchant_id).order_by("-at"):
        claims.setdefault(claim.brand_id, []).append(claim.get_role_display())
    found = []
    for row in Brand.objects.filter(pk__in=demanding, merged_into=None).order_by("code"):
        handed_in = papers.get(code_of_brand(row.pk), [])
        is_covered, until = standing.cover(requirements[row.pk])
        if not (is_covered or handed_in or row.pk in goods):
            continue
        latest = handed_in[0] if handed_in else None
        is_waiting, is_refused = (latest is not None and latest.decision == decision for decision in (Decision.WAITING, Decision.MORE))
        state = "allowed" if is_covered else "waiting" if is_waiting else "refused" if is_refused else "lacking"
        note = latest.note if latest is not None and is_refused and not is_covered else ""
        last_day = last_day_of(until) if is_covered and until else None
        found.append(Held(row, state, goods.get(row.pk, 0), last_day, note, claims.get(row.pk, [])[:1]))
    return found
