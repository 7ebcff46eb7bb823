"""The shop's package: what it holds and how much is used, larger and smaller ones, more for some days, services, and what was charged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.rent import change_package, give_up_add_on, give_up_plan, take_add_on
from marketplace.flows.services import move_service, order_service
from marketplace.flows.use_of_packages import too_much_for, use_of
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.money import Money
from marketplace.platform.ledger.models import Account
from marketplace.platform.ledger.queries import balance
from marketplace.web.seller.for_others import for_others
from marketplace.web.statements import fee_in_words
from tenants.access.actors import actor_of
from tenants.packages.models import AddOn, Extra, FeeCharge, Limit, PackageChange, PackageVersion, ServiceOrder, ServicePackage
from tenants.packages.queries import default_version, newest_version, price_for, subscription_of, today
from tenants.packages.sharing import month_of, share

SHOWN = 60


@dataclass(frozen=True)
class Offer:
    """A package as this shop can choose it. `due`: what it costs today, less what is left of the present one; None for one that waits for the next month."""

    package: ServicePackage
    version: PackageVersion
    price: Money
    holds: list[tuple[str, int | None]]
    is_now: bool
    is_next: bool
    due: Money | None
    too_much: str


def holds(version: PackageVersion) -> list[tuple[str, int | None]]:
    return [(str(name.label), version.limit(name)) for name in Limit]


def offers_to(merchant_id: UUID) -> list[Offer]:
    """Every package that is offered, and the one the shop has."""
    has, day = subscription_of(merchant_id), today()
    version_now = has.version if has else default_version()
    start, end = (has.period_start, has.period_end) if has else month_of(day)
    found = []
    for package in ServicePackage.objects.all():
        is_now = version_now is not None and version_now.package_id == package.pk
        version = version_now if is_now else newest_version(package)
        if version is None or not (package.is_offered or is_now):
            continue
        price = has.paid if has and is_now else price_for(merchant_id, version, day)
        paid = has.paid if has else Money.zero(price.currency)
        at_once = has is None or price >= paid
        due = share(price, start, day, end, end) - share(paid, start, day, end, end) if at_once and not is_now and start <= day < end else None
        is_next = has is not None and has.next_package_id == package.pk
        found.append(Offer(package, version, price, holds(version), is_now, is_next, due, "" if is_now else too_much_for(merchant_id, version)))
    return found


class AddOnForm(forms.Form):
    """The hidden key makes the same form sent twice one add-on."""

    add_on_id = forms.UUIDField(widget=forms.HiddenInput)
    extra = forms.ModelChoiceField(label=pgettext_lazy("extra", "Add-on"), queryset=Extra.objects.none(), empty_label=None)
    quantity = forms.IntegerField(label=_lazy("How often"), min_value=1, max_value=1000, initial=1)
    starts = forms.DateField(label=_lazy("First day"), widget=DayInput())
    ends = forms.DateField(label=_lazy("Last day"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extra"].queryset = Extra.objects.filter(kind=Extra.Kind.ADD_ON, is_offered=True).order_by("code")  # type: ignore[attr-defined]
        self.fields["extra"].label_from_instance = lambda row: row.name  # type: ignore[attr-defined]


class ServiceForm(forms.Form):
    service_id = forms.UUIDField(widget=forms.HiddenInput)
    extra = forms.ModelChoiceField(label=_lazy("Service"), queryset=Extra.objects.none(), empty_label=None)
    note = forms.CharField(label=_lazy("What it is about"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extra"].queryset = Extra.objects.filter(kind=Extra.Kind.SERVICE, is_offered=True).order_by("code")  # type: ignore[attr-defined]
        self.fields["extra"].label_from_instance = lambda row: row.name  # type: ignore[attr-defined]


@for_others
def package(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, refusal: MarketError | None = None, add_on: AddOnForm | None = None, service: ServiceForm | None = None) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    currency = request.market.currency  # type: ignore[attr-defined]
    day, has = today(), subscription_of(merchant.pk)
    fees = list(FeeCharge.objects.filter(merchant=merchant).order_by("-at", "-pk")[:SHOWN])
    extras = list(Extra.objects.filter(is_offered=True).order_by("code"))
    owed = -balance(Account.MERCHANT_PAYABLE, currency, merchant.pk)
    context = {
        "title": _("Package"),
        "has": has,
        "offers": offers_to(merchant.pk),
        "uses": use_of(merchant.pk),
        "is_unlimited": not ServicePackage.objects.exists(),
        "add_ons": list(AddOn.objects.filter(merchant=merchant, to_day__gt=day).select_related("extra").order_by("from_day", "pk")),
        "offered_add_ons": [row for row in extras if row.kind == Extra.Kind.ADD_ON],
        "offered_services": [row for row in extras if row.kind == Extra.Kind.SERVICE],
        "add_on_form": add_on or AddOnForm(initial={"add_on_id": uuid4(), "starts": day, "ends": day + timedelta(days=29)}),
        "service_form": service or ServiceForm(auto_id="service_%s", initial={"service_id": uuid4()}),
        "services": list(ServiceOrder.objects.filter(merchant=merchant).select_related("extra").order_by("-asked_at", "-pk")[:20]),
        "changes": list(PackageChange.objects.filter(merchant=merchant).select_related("before", "after").order_by("-at", "-pk")[:10]),
        "fees": [(fee, fee_in_words(fee), False) for fee in fees],
        "owed": owed,
        "owed_size": max(owed, -owed),
        "change_id": uuid4(),
        "refusal": refusal,
        "today": day,
    }
    wrong = refusal is not None or bool(add_on and add_on.errors) or bool(service and service.errors)
    return render(request, "seller/package.html", context, status=refusal.status if refusal else 422 if wrong else 200)


def _done(request: HttpRequest, do: Callable[[], object], said: str) -> HttpResponse:
    try:
        do()
    except MarketError as refusal:
        return _page(request, refusal)
    messages.success(request, said)
    return HttpResponseRedirect("/package/")


def _key(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound from None


def change(request: HttpRequest) -> HttpResponse:
    by, merchant_id, key = actor_of(request), request.merchant.pk, _key(request, "change_id")  # type: ignore[attr-defined]
    if request.POST.get("then") == "keep":
        return _done(request, lambda: give_up_plan(by=by, change_id=key, merchant_id=merchant_id), _("The package stays as it is."))
    package_id = _key(request, "package")
    return _done(request, lambda: change_package(by=by, change_id=key, merchant_id=merchant_id, package_id=package_id), _("Kept. What it costs stands below."))


def add_on(request: HttpRequest) -> HttpResponse:
    form = AddOnForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            take_add_on(
                by=actor_of(request),
                add_on_id=data["add_on_id"],
                merchant_id=request.merchant.pk,  # type: ignore[attr-defined]
                extra_id=data["extra"].pk,
                quantity=data["quantity"],
                from_day=data["starts"],
                to_day=_after(data["ends"]),
            )
        except MarketError as refusal:
            form.add_error({"to": "ends"}.get(refusal.field or "", refusal.field if refusal.field in form.fields else None), str(refusal))
        else:
            messages.success(request, _("Taken. It begins and ends by itself."))
            return HttpResponseRedirect("/package/")
    return _page(request, add_on=form)


def _after(day: date) -> date:
    """The day after, or the last there is."""
    return day + timedelta(days=1) if day < date.max else day


def add_on_give_up(request: HttpRequest, add_on_id: UUID) -> HttpResponse:
    by, merchant_id = actor_of(request), request.merchant.pk  # type: ignore[attr-defined]
    return _done(request, lambda: give_up_add_on(by=by, add_on_id=add_on_id, merchant_id=merchant_id), _("Given up. The days that are left are given back."))


def service(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST, auto_id="service_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            order_service(
                by=actor_of(request),
                order_id=data["service_id"],
                merchant_id=request.merchant.pk,  # type: ignore[attr-defined]
                extra_id=data["extra"].pk,
                note=data["note"],
            )
        except MarketError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked for. The market answers you; it is charged when it is done."))
            return HttpResponseRedirect("/package/")
    return _page(request, service=form)


def service_withdraw(request: HttpRequest, service_id: UUID) -> HttpResponse:
    by, merchant_id = actor_of(request), request.merchant.pk  # type: ignore[attr-defined]
    return _done(
        request,
        lambda: move_service(by=by, order_id=service_id, to=ServiceOrder.Status.WITHDRAWN, merchant_id=merchant_id),
        _("Withdrawn. Nothing is charged."),
    )
