"""Merchants: who trades here, and letting one in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.open_shop import open_shop
from marketplace.flows.shop_life import why_suspended
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.pinyin import folded, name_keys
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.models import Statement
from marketplace.platform.ledger.queries import balance, earned_on
from marketplace.platform.listings.models import Listing
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach, capped_count
from marketplace.web.operator.approvals import asked_about
from marketplace.web.operator.dossier import dossier_of
from marketplace.web.operator.subscribers import PackageChoice
from marketplace.web.readiness.assessed import readiness_of
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.contracts.models import Contract
from tenants.onboarding.market_rules import without_acceptance
from tenants.onboarding.models import Dossier, Qualification, SellerKind
from tenants.onboarding.opening import lacks_of
from tenants.packages.models import ServicePackage
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.hosts import shop_host, shop_url, workbench_url
from tenants.tenancy.models import Closing, Merchant, ShopChange

SOON = timedelta(days=30)
PAPERS = [("soon", _lazy("End within 30 days")), ("ended", _lazy("Ended, and not renewed"))]
CONTRACTS = [
    ("soon", _lazy("End within 30 days")),
    ("ended", _lazy("Ended, and not renewed")),
    ("waiting", _lazy("Wait for the market's signature")),
    ("none", pgettext_lazy("contracts of a merchant", "None in force")),
]


RULES = [("open", _lazy("Not accepted yet")), ("late", _lazy("Not accepted in time"))]


class MerchantFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=Merchant.Status.choices)

    own = django_filters.ChoiceFilter(
        field_name="is_own", choices=[("True", _lazy("Own shops")), ("False", _lazy("Shops of others"))], label=_lazy("Whose"), empty_label=_lazy("All")
    )
    kind = django_filters.ChoiceFilter(field_name="dossier__kind", choices=SellerKind.choices, label=_lazy("Kind"), empty_label=_lazy("All"))
    papers = django_filters.ChoiceFilter(method="with_papers", choices=PAPERS, label=_lazy("Qualifications"), empty_label=_lazy("All"))
    contracts = django_filters.ChoiceFilter(method="with_contract", choices=CONTRACTS, label=_lazy("Contract"), empty_label=_lazy("All"))
    rules = django_filters.ChoiceFilter(method="without_rules", choices=RULES, label=_lazy("Market rules"), empty_label=_lazy("All"))
    package = PackageChoice(method="with_package")
    since, until = Since("created_at"), Until("created_at")

    def search(self, queryset: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        """By name, also in pinyin or its initials, web address, e-mail, company or licence number. There are thousands of merchants at most:
        names are compared here."""
        text = value.strip()
        key = folded(text)
        named = [pk for pk, names in queryset.values_list("pk", "names") if key and _is_called(names, key)]
        said = Q(slug__icontains=text) | Q(contact_email__icontains=text)
        companies = Dossier.objects.filter(Q(company__icontains=text) | Q(licence_number__istartswith=text))
        return queryset.filter(Q(pk__in=named) | said | Q(pk__in=companies.values("merchant_id")))

    def with_papers(self, queryset: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        """Whose papers end within a month, or have ended with nothing in their place."""
        mine = Qualification.objects.filter(merchant_id=OuterRef("pk"))
        holds = Qualification.State.VALID
        if value == "soon":
            return queryset.filter(Exists(mine.filter(state=holds, valid_until__lt=clock.now() + SOON)))
        other = Qualification.objects.filter(merchant_id=OuterRef("merchant_id"), requirement_id=OuterRef("requirement_id"), state=holds)
        return queryset.filter(Exists(mine.filter(~Exists(other), state=Qualification.State.EXPIRED)))

    def with_contract(self, queryset: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        """Whose last contract ends within a month, whose has ended, who has signed first, and who has none that holds."""
        now, mine = clock.now(), Contract.objects.filter(merchant_id=OuterRef("pk"))
        holds = mine.filter(status=Contract.Status.IN_FORCE, ends_at__gt=now)
        match value:
            case "soon":
                return queryset.filter(Exists(holds.filter(ends_at__lte=now + SOON)), ~Exists(holds.filter(ends_at__gt=now + SOON)))
            case "ended":
                over = Q(status=Contract.Status.ENDED) | Q(status=Contract.Status.IN_FORCE, ends_at__lte=now)
                return queryset.filter(Exists(mine.filter(over)), ~Exists(holds))
            case "waiting":
                return queryset.filter(Exists(mine.filter(status=Contract.Status.SIGNED)))
        return queryset.filter(~Exists(holds.filter(starts_at__lte=now)), is_own=False)

    def without_rules(self, queryset: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        return without_acceptance(queryset, is_late=value == "late")

    def with_package(self, queryset: QuerySet[Merchant], name: str, value: ServicePackage) -> QuerySet[Merchant]:
        """Who has chosen nothing has the default; the market's own shops have none."""
        chosen = Q(subscription__version__package=value)
        return queryset.filter(chosen | Q(subscription=None, is_own=False) if value.is_default else chosen)


def _is_called(names: dict[str, str], key: str) -> bool:
    return any(key in folded(name) or name_keys(name).begin_with(key) for name in names.values())


def _with_companies(request: HttpRequest, rows: list[Any]) -> None:
    known = {row.merchant_id: row for row in Dossier.objects.filter(merchant__in=rows)}
    for row in rows:
        row.known = known.get(row.pk)


def _exported(row: Any) -> list[tuple[object, ...]]:
    facts = (row.known.company, row.known.licence_number, row.known.get_kind_display()) if row.known else ("", "", "")
    return [(row.name, shop_host(row.slug), row.contact_email, row.get_status_display(), row.opened_at, *facts)]


merchants = ListPage(
    title=_lazy("Merchants"),
    name="merchants",
    right=Right.VIEW_MERCHANTS,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(_lazy("Web address"), "address", sort=("slug",)),
        Column(_lazy("Contact"), "contact", wide_only=True),
        Column(_lazy("Company"), "company", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Since"), "since", end=True, sort=("created_at", "pk")),
    ],
    row_template="operator/_merchant_row.html",
    rows=lambda request: Merchant.objects.all(),
    filters=MerchantFilter,
    prepare=_with_companies,
    search_hint=_lazy("Name, web address, e-mail, company or licence number"),
    empty=_lazy("No merchant yet. Let the first one in; its shop opens within seconds."),
    export_name="merchants",
    export_head=[
        *(_lazy("Shop"), _lazy("Web address"), _lazy("Contact"), _lazy("Status"), _lazy("Since")),
        *(_lazy("Company"), _lazy("Licence number"), _lazy("Kind")),
    ],
    export=_exported,
    base="operator/base.html",
    actions_template="operator/_merchants_actions.html",
    teach=Teach(_lazy("Let a merchant in"), "merchant-new", Right.OPEN_MERCHANTS),
)


class MerchantForm(forms.Form):
    """The hidden key makes the same form sent twice one merchant."""

    merchant_id = forms.UUIDField(widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_lazy("Shop's name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_lazy("Shop's name in English"), max_length=60, required=False)
    slug = forms.CharField(label=_lazy("Web address"), max_length=40, help_text=_lazy("Small letters, digits and hyphens; the shop's host begins with it"))
    owner_email = forms.EmailField(label=_lazy("Owner's e-mail"), help_text=_lazy("Who has no account yet sets a password by “Forgotten?” at sign-in"))
    owner_name = forms.CharField(label=_lazy("Owner's name"), max_length=80, required=False)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not any(name in self.errors or cleaned[name].strip() for name in ("name_zh", "name_en")):
            self.add_error("name_zh", _("Give the shop a name in at least one language."))
        return cleaned


def merchant_new(request: HttpRequest) -> HttpResponse:
    form = MerchantForm(request.POST or None, initial={"merchant_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            merchant = open_shop(
                by=actor_of(request),
                merchant_id=data["merchant_id"],
                slug=data["slug"],
                names={"zh-hans": data["name_zh"], "en": data["name_en"]},
                owner_email=data["owner_email"],
                owner_name=data["owner_name"],
            )
        except MarketError as refusal:
            field = {"email": "owner_email", "contact_email": "owner_email"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” is being opened.").format(name=merchant.name))
            return HttpResponseRedirect(f"/merchants/{merchant.pk}/")
    context = {"title": _("Let a merchant in"), "form": form, "host_tail": shop_host("")}
    return render(request, "operator/merchant_new.html", context, status=422 if form.errors else 200)


def merchant(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    found = Merchant.objects.filter(pk=merchant_id).first()
    if found is None:
        raise MerchantUnknown
    currency = request.market.currency  # type: ignore[attr-defined]
    context = {
        "title": found.name,
        "merchant": found,
        "asked": asked_about("merchant", found.pk),
        "suspension": why_suspended(found),
        "history": list(ShopChange.objects.filter(merchant=found).order_by("-at", "-pk")[:10]),
        "may_suspend": found.status in (Merchant.Status.OPEN, Merchant.Status.HOLIDAY),
        "may_reopen": found.status == Merchant.Status.SUSPENDED or Closing.objects.filter(merchant=found, status="running", is_owners=False).exists(),
        "is_opening": found.status == Merchant.Status.OPENING,
        "lacks": lacks_of(found),
        "shop_address": shop_url(found),
        "workbench_address": workbench_url(found),
        "readiness": None if found.status == Merchant.Status.OPENING else readiness_of(found),
        **dossier_of(request, found),
        "on_sale": capped_count(Listing.objects.filter(merchant=found, is_on_sale=True)),
        "orders": list(OrderCopy.objects.filter(merchant=found).select_related("merchant").order_by("-placed_at")[:10]),
        "owed": -balance(earned_on(found.pk), currency, found.pk),  # of an own shop: what it has earned
        "statements": list(Statement.objects.filter(merchant=found).order_by("-created_at")[:5]),
    }
    template = "operator/_merchant.html" if request.htmx else "operator/merchant.html"  # type: ignore[attr-defined]
    return render(request, template, context)
