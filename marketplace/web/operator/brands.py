"""Brands in the console: the list, one with its names and logo, merging doubles, and which are sold with authorisation only."""

from __future__ import annotations

import hashlib
from datetime import datetime, time
from typing import IO, Any

import django_filters
from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.keep_attributes import merge_brands
from marketplace.flows.tree_preview import AskedOtherwise, preview_brand_merge
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.uploads import clean_picture, read_upload
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.brands import alike, keep_brand
from marketplace.platform.taxonomy.errors import BrandUnknown
from marketplace.platform.taxonomy.models import Brand, Merge
from marketplace.platform.taxonomy.tree import LONGEST_NAME
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.onboarding.brands import demand_authorisation, demanding_brands
from tenants.onboarding.models import Qualification
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market

SIDE = 400  # pixels of a logo
MOST_FOUND = 12


class BrandFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("demands", _lazy("With authorisation only"))])

    def search(self, queryset: QuerySet[Brand], name: str, value: str) -> QuerySet[Brand]:
        return queryset.filter(called(value))

    def tab(self, queryset: QuerySet[Brand], name: str, value: str) -> QuerySet[Brand]:
        return queryset.filter(pk__in=list(demanding_brands()))


def called(text: str) -> Q:
    """By name in either language, other name or code."""
    text = text.strip()
    return Q(**{"names__zh-hans__icontains": text}) | Q(names__en__icontains=text) | Q(aliases__contains=[text]) | Q(code=text)


def _with_counts(request: HttpRequest, rows: list[Any]) -> None:
    goods = dict(Listing.objects.filter(brand__in=[row.pk for row in rows]).order_by().values_list("brand_id").annotate(n=Count("pk")))
    demanding = demanding_brands()
    for row in rows:
        row.goods, row.demands = goods.get(row.pk, 0), row.pk in demanding


brands = ListPage(
    title=_lazy("Brands"),
    name="brands",
    right=Right.MANAGE_MARKET,
    columns=[
        Column(_lazy("Brand"), "brand", is_fixed=True),
        Column(_lazy("Other names"), "aliases"),
        Column(_lazy("Goods"), "goods", end=True),
    ],
    row_template="operator/_brand_row.html",
    rows=lambda request: Brand.objects.filter(merged_into=None),
    filters=BrandFilter,
    order=("-pk",),
    prepare=_with_counts,
    search_hint=_lazy("Name, other name or code"),
    empty=_lazy("No brand yet. Shops choose the brand of their goods from this list."),
    teach=Teach(_lazy("New brand"), "brand-new", Right.MANAGE_MARKET),
    export_name="brands",
    export_head=[_lazy("Code"), _lazy("Name in Chinese"), _lazy("Name in English"), _lazy("Other names"), _lazy("Goods"), _lazy("With authorisation only")],
    export=lambda row: [
        (row.code, row.names.get("zh-hans", ""), row.names.get("en", ""), "; ".join(row.aliases), row.goods, _("Yes") if row.demands else _("No"))
    ],
    base="operator/base.html",
    actions_template="operator/_brands_actions.html",
)


class BrandForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME, required=False)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME, required=False)
    aliases = forms.CharField(
        label=_lazy("Other names"),
        required=False,
        max_length=3000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_lazy("One a line; imports find it by these, too"),
    )
    logo = forms.FileField(
        label=pgettext_lazy("brand", "Logo"),
        required=False,
        help_text=_lazy("JPEG, PNG or WebP, up to 10 MB"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        logo = _stored(data["logo"]) if data["logo"] else None
        return {"names": {"zh-hans": data["name_zh"], "en": data["name_en"]}, "aliases": data["aliases"].splitlines(), "logo": logo}


class DemandForm(forms.Form):
    is_asked = forms.BooleanField(label=_lazy("Sold with authorisation only"), required=False)
    enforced_on = forms.DateField(
        label=_lazy("Goods on sale without it are held back from"),
        required=False,
        widget=DayInput(),
        help_text=_lazy("Empty: what is on sale stays. What is submitted needs it at once."),
    )
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=200)


def brand_new(request: HttpRequest) -> HttpResponse:
    form = BrandForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = keep_brand(by=actor_of(request), brand_id=None, seen=0, **form.given())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” is there. Shops can choose it at once.").format(name=row.name))
            return HttpResponseRedirect(f"/brands/{row.pk}/")
    return render(request, "operator/brand.html", {"title": _("New brand"), "form": form}, status=422 if form.errors else 200)


def brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    row = _brand(brand_id)
    kept = {"seen": row.version, "name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", ""), "aliases": "\n".join(row.aliases)}
    form = BrandForm(request.POST or None, request.FILES or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            keep_brand(by=actor_of(request), brand_id=row.pk, seen=form.cleaned_data["seen"] or 0, **form.given())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. Product forms and filters follow at once."))
            return HttpResponseRedirect(f"/brands/{row.pk}/")
    return _brand_page(request, row, form)


def _brand_page(request: HttpRequest, row: Brand, form: BrandForm | None = None, demand: DemandForm | None = None) -> HttpResponse:
    requirement = demanding_brands().get(row.pk)
    zone = Market.objects.get().tz
    enforced = requirement.enforced_from if requirement else None
    kept = {"seen": row.version, "name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", ""), "aliases": "\n".join(row.aliases)}
    now = {"is_asked": requirement is not None, "enforced_on": clock.day_of(enforced, zone) if enforced else None}
    goods = Listing.objects.filter(brand=row)
    context = {
        "title": row.name,
        "row": row,
        "form": form or BrandForm(initial=kept),
        "demand": demand or DemandForm(initial=now, auto_id="id_demand_%s"),
        "requirement": requirement,
        "goods": goods.count(),
        "shops": goods.order_by().values("merchant_id").distinct().count(),
        "allowed": list(
            Qualification.objects.filter(requirement=requirement, state=Qualification.State.VALID).select_related("merchant").order_by("-granted_at")[:20]
        )
        if requirement
        else [],
        "former": list(Brand.objects.filter(merged_into=row).order_by("-pk")[:20]),
        "alike": alike(row),
        "address": market_url(f"/b/{row.pk}/"),
        "working": Merge.objects.filter(kind=Merge.Kind.BRAND, into_key=row.pk, ended_at=None).exists(),
    }
    is_wrong = (form is not None and form.errors) or (demand is not None and demand.errors)
    return render(request, "operator/brand.html", context, status=422 if is_wrong else 200)


def brand_demand(request: HttpRequest, brand_id: int) -> HttpResponse:
    row = _brand(brand_id)
    form = DemandForm(request.POST, auto_id="id_demand_%s")
    if form.is_valid():
        data = form.cleaned_data
        day = data["enforced_on"]
        try:
            demand_authorisation(
                by=actor_of(request),
                brand_id=row.pk,
                names=row.names,
                is_asked=data["is_asked"],
                enforced_from=datetime.combine(day, time(), Market.objects.get().tz) if day else None,
                why=data["why"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. Shops are looked at within a minute."))
            return HttpResponseRedirect(f"/brands/{row.pk}/")
    return _brand_page(request, row, demand=form)


def brand_merge(request: HttpRequest, brand_id: int) -> HttpResponse:
    """Into which brand, what that touches, and doing it. `into` stands in the address."""
    row = _brand(brand_id)
    refusal: MarketError | None = None
    chosen = _number(request.POST.get("into") if request.method == "POST" else request.GET.get("into"))
    if request.method == "POST":
        try:
            merge_brands(
                by=actor_of(request),
                brand_id=row.pk,
                seen=_number(request.POST.get("seen")),
                into_id=chosen,
                seen_into=_number(request.POST.get("seen_into")),
                why=request.POST.get("why", "")[:200],
            )
        except BrandUnknown:
            raise
        except MarketError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("Merged. Its goods follow."))
            return HttpResponseRedirect(f"/brands/{chosen}/")
    into = Brand.objects.filter(pk=chosen, merged_into=None).exclude(pk=row.pk).first()
    preview: AskedOtherwise | None = None
    if into is not None:
        try:
            preview = preview_brand_merge(row, into)
        except MarketError as wrong:
            refusal = refusal or wrong
    text = request.GET.get("q", "")
    found = Brand.objects.filter(called(text), merged_into=None).exclude(pk=row.pk).order_by("code")[:MOST_FOUND] if text.strip() else alike(row)
    goods = Listing.objects.filter(brand=row)
    context = {
        "title": _("Merge “{name}”").format(name=row.name),
        "row": row,
        "into": into,
        "preview": preview,
        "goods": goods.count(),
        "shops": goods.order_by().values("merchant_id").distinct().count(),
        "q": text,
        "found": list(found),
        "why": request.POST.get("why", ""),
        "refusal": refusal,
    }
    return render(request, "operator/brand_merge.html", context, status=refusal.status if refusal else 200)


def _brand(brand_id: int) -> Brand:
    row = Brand.objects.filter(pk=brand_id, merged_into=None).first()
    if row is None:
        raise BrandUnknown
    return row


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _stored(upload: IO[bytes]) -> str:
    """The key in public media; the name follows from the content. Raises InvalidInput."""
    clean = clean_picture(read_upload(upload, "logo"), "logo", longest_side=SIDE, to="WEBP")
    key = f"brands/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return f"public/{key}"
