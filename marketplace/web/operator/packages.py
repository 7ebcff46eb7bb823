"""Packages in the console: what is offered, another version, add-ons and services, and the services that shops ask for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.approvals import ask_for
from marketplace.flows.package_kinds import EXTRA, VERSION
from marketplace.flows.services import move_service
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.kernel.money import Money
from marketplace.web.operator.approvals import asked
from marketplace.web.seller.package import holds
from tenants.access.actors import actor_of
from tenants.packages.actions import NOTICE, SET_PRICE, offer_package
from tenants.packages.models import Extra, Limit, ServiceOrder, ServicePackage, Subscription
from tenants.packages.queries import newest_version, today
from tenants.tenancy.models import Merchant

SHOWN = 100
WAITING = (ServiceOrder.Status.ASKED, ServiceOrder.Status.ACCEPTED)


def packages(request: HttpRequest) -> HttpResponse:
    """Every package with its newest version, how many have it, and what they pay a month together."""
    currency = request.market.currency  # type: ignore[attr-defined]
    open_ones = Subscription.objects.exclude(merchant__status=Merchant.Status.CLOSED)
    counted = {row["version__package"]: row for row in open_ones.values("version__package").annotate(n=Count("pk"), sum=Sum("paid_minor"))}
    rows = []
    for package in ServicePackage.objects.all():
        version, of = newest_version(package), counted.get(package.pk, {"n": 0, "sum": 0})
        if version is not None:
            rows.append((package, version, holds(version), of["n"], Money(of["sum"], currency)))
    together = Money(sum(row["sum"] for row in counted.values()), currency)
    context = {
        "title": _("Packages"),
        "rows": rows,
        "together": together,
        "subscribers": sum(row["n"] for row in counted.values()),
        "extras": list(Extra.objects.filter(is_offered=True).order_by("kind", "code")),
        "waiting": ServiceOrder.objects.filter(status__in=WAITING).count(),
    }
    return render(request, "operator/packages.html", context)


class NamedForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.SlugField(label=_lazy("Code"), max_length=40, help_text=_lazy("Small letters and hyphens; it stays"))
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=80, required=False)
    text_zh = forms.CharField(label=_lazy("What is included, in Chinese"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    text_en = forms.CharField(label=_lazy("What is included, in English"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    why = forms.CharField(label=_lazy("Reason; it is kept in the log"), max_length=500)

    def limits(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in Limit.values}

    def texts_of(self, name: str) -> dict[str, str]:
        return {"zh-hans": self.cleaned_data[f"{name}_zh"], "en": self.cleaned_data[f"{name}_en"]}


def _limit_fields(form: forms.Form, hint: str) -> None:
    for name in Limit:
        form.fields[str(name)] = forms.IntegerField(label=str(name.label), min_value=0, max_value=10**7, required=False, help_text=hint)


class VersionForm(NamedForm):
    price = forms.DecimalField(label=_lazy("Price a month"), min_value=0, max_digits=12, decimal_places=2)
    existing_from = forms.DateField(label=_lazy("Shops that have it already: from the first month that begins on or after"), widget=DayInput())
    is_default = forms.BooleanField(label=_lazy("The free package of shops that have chosen none"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_fields(self, _("Empty: as many as one likes"))


class ExtraForm(NamedForm):
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=Extra.Kind.choices)
    price = forms.DecimalField(label=_lazy("Price: of an add-on a day, of a service once"), min_value=0, max_digits=12, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_fields(self, "")


def package_new(request: HttpRequest) -> HttpResponse:
    """A version of a package; `of` names the one it is a version of."""
    package = ServicePackage.objects.filter(code=request.GET.get("of", "")).first()
    former = newest_version(package) if package else None
    initial: dict[str, Any] = {"request_id": uuid4(), "existing_from": today() + NOTICE}
    if package and former:
        initial |= {"code": package.code, "price": former.monthly.decimal, "is_default": package.is_default, **former.limits}
        initial |= {"name_zh": former.names.get("zh-hans"), "name_en": former.names.get("en")}
        initial |= {"text_zh": former.texts.get("zh-hans"), "text_en": former.texts.get("en")}
    form = VersionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = {
            "what": VERSION,
            "code": data["code"],
            "minor": _minor(request, data["price"]),
            "names": form.texts_of("name"),
            "texts": form.texts_of("text"),
            "limits": form.limits(),
            "existing_from": data["existing_from"].isoformat(),
            "is_default": data["is_default"],
        }
        if (answer := _asked(request, form, order)) is not None:
            return answer
    groups = [["code", "name_zh", "name_en"], ["price", "existing_from", "is_default"], list(Limit.values), ["text_zh", "text_en"], ["why"]]
    return _form(request, _("Another version of a package") if package else _("New package"), form, groups)


def extra_new(request: HttpRequest) -> HttpResponse:
    """An add-on or a service; `of` names the one that gets another price."""
    former = Extra.objects.filter(code=request.GET.get("of", ""), is_offered=True).first()
    initial: dict[str, Any] = {"request_id": uuid4()}
    if former:
        initial |= {"code": former.code, "kind": former.kind, "price": former.price.decimal, **former.adds}
        initial |= {"name_zh": former.names.get("zh-hans"), "name_en": former.names.get("en")}
        initial |= {"text_zh": former.texts.get("zh-hans"), "text_en": former.texts.get("en")}
    form = ExtraForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = {
            "what": EXTRA,
            "code": data["code"],
            "kind": data["kind"],
            "minor": _minor(request, data["price"]),
            "names": form.texts_of("name"),
            "texts": form.texts_of("text"),
            "adds": form.limits(),
        }
        if (answer := _asked(request, form, order)) is not None:
            return answer
    groups = [["code", "name_zh", "name_en"], ["kind", "price"], list(Limit.values), ["text_zh", "text_en"], ["why"]]
    return _form(request, _("Add-on or service"), form, groups)


def _minor(request: HttpRequest, amount: Any) -> int:
    return Money.parse(str(amount), request.market.currency).minor  # type: ignore[attr-defined]


def _asked(request: HttpRequest, form: forms.Form, order: dict[str, Any]) -> HttpResponse | None:
    try:
        row = ask_for(by=actor_of(request), kind=SET_PRICE, request_id=form.cleaned_data["request_id"], order=order, why=form.cleaned_data["why"])
    except MarketError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    return asked(request, row)


def _form(request: HttpRequest, title: str, form: forms.Form, groups: list[list[str]]) -> HttpResponse:
    context = {"title": title, "form": form, "groups": [[form[name] for name in names] for names in groups]}
    return render(request, "operator/package_form.html", context, status=422 if form.errors else 200)


def package_offered(request: HttpRequest, package_key: UUID) -> HttpResponse:
    """Offer it, or no longer."""
    offer_package(by=actor_of(request), package_id=package_key, is_offered=request.POST.get("on") == "1", why=request.POST.get("why", ""))
    messages.success(request, _("Kept. Shops that have it keep it."))
    return HttpResponseRedirect("/packages/")


def services(request: HttpRequest) -> HttpResponse:
    return _services(request)


def _services(request: HttpRequest, refusal: MarketError | None = None) -> HttpResponse:
    rows = ServiceOrder.objects.select_related("merchant", "extra").order_by("-asked_at", "-pk")
    context = {
        "title": _("Services for shops"),
        "waiting": list(rows.filter(status__in=WAITING)[:SHOWN]),
        "ended": list(rows.exclude(status__in=WAITING)[:50]),
        "refusal": refusal,
    }
    return render(request, "operator/services.html", context, status=refusal.status if refusal else 200)


def service_move(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Accepted, done or declined, with an answer that the shop reads."""
    to = {"accept": "accepted", "done": "done", "decline": "declined"}.get(request.POST.get("to", ""), "")
    try:
        move_service(by=actor_of(request), order_id=service_id, to=to, answer=request.POST.get("answer", ""))
    except MarketError as refusal:
        return _services(request, refusal)
    messages.success(request, _("Kept. The shop's owner is told."))
    return HttpResponseRedirect("/services/")
