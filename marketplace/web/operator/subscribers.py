"""Who has which package: the list, one shop with what it uses and was charged, a price of its own, and fees booked by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.approvals import ask_for
from marketplace.flows.package_kinds import OWN
from marketplace.flows.rent import BOOK_FEE
from marketplace.flows.use_of_packages import use_of
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.money import Money
from marketplace.platform.approvals.queries import waiting
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import balance
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.approvals import asked, named
from marketplace.web.operator.sanctions import other_merchant_or_404
from marketplace.web.statements import fee_in_words
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.packages.actions import SET_PRICE
from tenants.packages.models import AddOn, FeeCharge, OwnPrice, PackageChange, ServicePackage, Subscription
from tenants.packages.queries import default_version, subscription_of, today

SHOWN = 100


class PackageChoice(django_filters.ModelChoiceFilter):
    """Packages by the name of their newest version."""

    def __init__(self, **where: str) -> None:
        super().__init__(
            **where,
            queryset=lambda request: ServicePackage.objects.all(),
            label=_lazy("Package"),
            empty_label=_lazy("All"),
            to_field_name="code",
        )

    @property
    def field(self) -> Any:
        found = super().field
        found.label_from_instance = lambda package: package.name
        return found


class SubscriberFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="stands",
        choices=[
            ("paying", pgettext_lazy("subscribers", "Pay something")),
            ("free", pgettext_lazy("subscribers", "Free")),
            ("leaving", pgettext_lazy("subscribers", "Take a smaller one next")),
        ],
    )
    package = PackageChoice(field_name="version__package")

    def search(self, queryset: QuerySet[Subscription], name: str, value: str) -> QuerySet[Subscription]:
        text = value.strip()
        return queryset.filter(Q(merchant__slug__icontains=text) | Q(merchant__names__icontains=text))

    def stands(self, queryset: QuerySet[Subscription], name: str, value: str) -> QuerySet[Subscription]:
        return {
            "paying": queryset.filter(paid_minor__gt=0),
            "free": queryset.filter(paid_minor=0),
            "leaving": queryset.exclude(next_package=None),
        }[value]


subscribers = ListPage(
    title=_lazy("Shops and their packages"),
    name="subscribers",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("Shop"), "shop", is_fixed=True),
        Column(_lazy("Package"), "package"),
        Column(_lazy("Since"), "since", wide_only=True),
        Column(_lazy("Paid until"), "until"),
        Column(_lazy("A month"), "monthly", end=True),
        Column(_lazy("Changed"), "changed", end=True, wide_only=True, sort=("changed_at", "pk")),
    ],
    row_template="operator/_subscriber_row.html",
    rows=lambda request: Subscription.objects.select_related("merchant", "version"),
    filters=SubscriberFilter,
    order=("-changed_at", "-pk"),
    search_hint=_lazy("Name or web address"),
    empty=_lazy("No shop has chosen a package yet. Offer one that costs something; shops choose it in their workbench."),
    teach=Teach(_lazy("To the packages"), "packages", Right.VIEW_LEDGER),
    export_name="subscribers",
    export_head=[
        _lazy("Shop"),
        _lazy("Web address"),
        _lazy("Package"),
        _lazy("Version"),
        _lazy("Since"),
        _lazy("Paid until"),
        _lazy("A month"),
        _lazy("Currency"),
    ],
    export=lambda row: [(row.merchant.name, row.merchant.slug, row.version.name, row.version.number, row.since, row.last_day, row.paid, row.currency)],
    base="operator/base.html",
)


def subscriber(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    merchant = other_merchant_or_404(merchant_id)
    has, currency = subscription_of(merchant.pk), request.market.currency  # type: ignore[attr-defined]
    owed = -balance(Account.MERCHANT_PAYABLE, currency, merchant.pk)
    waits = named(waiting().filter(kind__in=(SET_PRICE, BOOK_FEE), merchant=merchant).order_by("asked_at"))
    fees = list(FeeCharge.objects.filter(merchant=merchant).select_related("waived").order_by("-at", "-pk")[:SHOWN])
    context = {
        "title": merchant.name,
        "merchant": merchant,
        "has": has,
        "version": has.version if has else default_version(),
        "uses": use_of(merchant.pk),
        "add_ons": list(AddOn.objects.filter(merchant=merchant, to_day__gt=today()).select_related("extra").order_by("from_day")),
        "own": [(row, row.package.name) for row in OwnPrice.objects.filter(merchant=merchant).select_related("package").order_by("-at")[:10]],
        "changes": list(PackageChange.objects.filter(merchant=merchant).select_related("before", "after").order_by("-at", "-pk")[:20]),
        "fees": [(fee, fee_in_words(fee), fee.amount_minor > 0 and not hasattr(fee, "waived")) for fee in fees],
        "owed": owed,
        "owed_size": max(owed, -owed),
        "asked": waits,
    }
    return render(request, "operator/subscriber.html", context)


class OwnPriceForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    package = forms.ModelChoiceField(label=_lazy("Package"), queryset=ServicePackage.objects.all(), empty_label=None)
    price = forms.DecimalField(label=_lazy("Price a month"), min_value=0, max_digits=12, decimal_places=2)
    starts = forms.DateField(label=_lazy("For months that begin on or after"), widget=DayInput())
    until = forms.DateField(label=_lazy("Until; empty: without end"), widget=DayInput(), required=False)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["package"].label_from_instance = lambda package: package.name  # type: ignore[attr-defined]


def own_price(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    merchant = other_merchant_or_404(merchant_id)
    has = subscription_of(merchant_id)
    form = OwnPriceForm(request.POST or None, initial={"request_id": uuid4(), "starts": today(), "package": has.version.package_id if has else None})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = {
            "what": OWN,
            "merchant_id": str(merchant_id),
            "package_id": str(data["package"].pk),
            "minor": Money.parse(str(data["price"]), request.market.currency).minor,  # type: ignore[attr-defined]
            "from": data["starts"].isoformat(),
            "until": data["until"].isoformat() if data["until"] else "",
        }
        try:
            return asked(request, ask_for(by=actor_of(request), kind=SET_PRICE, request_id=data["request_id"], order=order, why=data["why"]))
        except MarketError as refusal:
            form.add_error({"from": "starts"}.get(refusal.field or "", refusal.field if refusal.field in form.fields else None), str(refusal))
    what = [
        _("It counts for the months that begin in these days, instead of the price of the package. Zero waives it."),
        _("What was charged already stays; waive it on the page of the shop."),
    ]
    return _form(request, merchant, _("A price for this shop alone"), form, what)


class FeeForm(forms.Form):
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(label=_lazy("Amount"), min_value=0, max_digits=12, decimal_places=2)
    name_zh = forms.CharField(label=_lazy("What for, in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_lazy("What for, in English"), max_length=80, required=False)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)


class WaiveForm(forms.Form):
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)


def fee_book(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """Ask that a fee is booked: `waive` names the charge that is waived, else `kind` is service or paid."""
    merchant, number = other_merchant_or_404(merchant_id), request.GET.get("waive", "")
    waives = FeeCharge.objects.filter(merchant=merchant, number=number).first() if number else None
    if number and waives is None:
        raise NotFound
    kind = FeeCharge.Kind.WAIVED if waives else FeeCharge.Kind.PAID if request.GET.get("kind") == "paid" else FeeCharge.Kind.SERVICE
    form_class = WaiveForm if waives else FeeForm
    form = form_class(request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = {
            "merchant_id": str(merchant_id),
            "kind": str(kind),
            "minor": Money.parse(str(data["amount"]), request.market.currency).minor if "amount" in data else 0,  # type: ignore[attr-defined]
            "names": {"zh-hans": data.get("name_zh", ""), "en": data.get("name_en", "")},
            "waives": number,
        }
        try:
            return asked(request, ask_for(by=actor_of(request), kind=BOOK_FEE, request_id=data["request_id"], order=order, why=data["why"]))
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    title, what = {
        FeeCharge.Kind.WAIVED: (_("Waive this charge"), [fee_in_words(waives) if waives else "", _("The whole amount is given back on the next statement.")]),
        FeeCharge.Kind.PAID: (
            _("Note what the shop has paid"),
            [_("A shop that owes more than it earns pays by bank transfer: note it once it is on the market's account.")],
        ),
        FeeCharge.Kind.SERVICE: (_("Charge a service"), [_("At a price you have agreed with the shop. It stands on its next statement.")]),
    }[kind]
    return _form(request, merchant, title, form, what)


def _form(request: HttpRequest, merchant: Any, title: str, form: forms.Form, what: list[str]) -> HttpResponse:
    context = {"title": title, "merchant": merchant, "form": form, "what": what}
    return render(request, "operator/subscriber_form.html", context, status=422 if form.errors else 200)
