"""Reductions: the list, planning one for many variants at once, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.offered_prices import priors_now
from marketplace.flows.prices import change_reduction, plan_reduction, resume_reduction, stop_reduction
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.history import Prior
from marketplace.merchant.pricing.models import Reduction
from marketplace.merchant.pricing.periods import in_force
from marketplace.merchant.pricing.reductions import MOST_VARIANTS, reduced, reduction_here
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.older_forms import changed_texts
from tenants.access.actors import actor_of
from tenants.access.rights import Right

SHOWN = 100  # variants with a field each
MOMENT = "%Y-%m-%dT%H:%M"


class ReductionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="by_state", choices=Reduction.State.choices)
    since, until = Since("starts_at"), Until("starts_at")

    def search(self, queryset: QuerySet[Reduction], name: str, value: str) -> QuerySet[Reduction]:
        """By its name, or the SKU of something in it."""
        text = value.strip()
        return queryset.filter(Q(name__icontains=text) | Q(lines__variant__sku=text)).distinct()

    def by_state(self, queryset: QuerySet[Reduction], name: str, value: str) -> QuerySet[Reduction]:
        now = clock.now()
        ended = Q(ends_at__lte=now)
        return queryset.filter(
            {
                "planned": Q(stopped_at=None, starts_at__gt=now),
                "running": Q(stopped_at=None, starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now)),
                "over": Q(stopped_at=None) & ended,
                "stopped": Q(stopped_at__isnull=False),
            }[value]
        )


def _count_lines(request: HttpRequest, rows: list[Any]) -> None:
    found = dict(Reduction.objects.filter(pk__in=[row.pk for row in rows]).annotate(n=Count("lines")).values_list("pk", "n"))
    for row in rows:
        row.variants = found.get(row.pk, 0)


reductions = ListPage(
    title=_lazy("Reductions"),
    name="reductions",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Reduction"), "name", is_fixed=True),
        Column(_lazy("Status"), "state"),
        Column(_lazy("From"), "from", sort=("starts_at", "pk")),
        Column(_lazy("Until"), "until"),
        Column(_lazy("Variants"), "variants", end=True),
        Column(_lazy("Planned by"), "by", is_extra=True),
    ],
    row_template="seller/_reduction_row.html",
    rows=lambda request: Reduction.objects.all(),
    filters=ReductionFilter,
    order=("-starts_at", "-pk"),
    search_hint=_lazy("Name, or a whole SKU"),
    empty=_lazy("No reduction yet. Plan one: it begins and ends by itself, and buyers read the lowest price of the 30 days before."),
    teach=Teach(_lazy("Plan a reduction"), "reduction-new", Right.EDIT_PRODUCTS),
    actions_template="seller/_reductions_actions.html",
    export_name="reductions",
    export_head=[_lazy("Reduction"), _lazy("Status"), _lazy("From"), _lazy("Until"), _lazy("Variants"), _lazy("Planned by")],
    export=lambda row: [(row.name, row.state.label, row.starts_at, row.until, row.variants, row.planned_by)],
    prepare=_count_lines,
)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=MOMENT)


class ReductionForm(forms.Form):
    """Name and times; the prices stand beside it, a field a variant."""

    reduction_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_lazy("Name, for your team"), max_length=80)
    starts_at = forms.DateTimeField(label=_lazy("From"), required=False, widget=MomentInput(), help_text=_lazy("Empty: at once."))
    ends_at = forms.DateTimeField(label=_lazy("Until"), required=False, widget=MomentInput(), help_text=_lazy("Empty: until you end it."))


class Choice:
    """Which variants a reduction is for, and the prices that were written: read from what was sent, drawn again as it was."""

    def __init__(self, data: QueryDict | Mapping[str, str], currency: str, at: datetime) -> None:
        self.query = str(data.get("q", ""))[:100].strip()
        self.product = str(data.get("product", ""))[:36]
        self.percent_text = str(data.get("percent", ""))[:8].strip()
        self.takes_all = data.get("take") == "all"
        self.currency, self.at = currency, at
        self.found = self._variants()
        self.number = self.found.count()
        self.variants = list(self.found[:SHOWN])
        self.regular = {row.variant_id: row.sale for row in in_force(at).filter(variant_id__in=self.found.values("pk"))}
        self.written = {variant.pk: str(data.get(f"price_{variant.pk.hex}", ""))[:20].strip() for variant in self.variants}
        self.errors: dict[UUID, str] = {}

    def _variants(self) -> QuerySet[Variant]:
        rows = Variant.objects.filter(is_active=True).exclude(product__status=Product.Status.DRAFT).select_related("product")
        if self.product:
            try:
                rows = rows.filter(product_id=UUID(self.product))
            except ValueError:
                return rows.none()
        text = self.query
        if text:
            rows = rows.filter(Q(sku__icontains=text) | Q(**{"product__titles__zh-hans__icontains": text}) | Q(product__titles__en__icontains=text))
        return rows.order_by("-product__created_at", "-product_id", "position")

    def percent(self) -> Decimal | None:
        """Raises InvalidInput."""
        if not self.percent_text:
            return None
        try:
            share = Decimal(self.percent_text.rstrip("%％ "))
        except InvalidOperation:
            share = Decimal(0)
        if not (share.is_finite() and 0 < share < 100):
            raise InvalidInput(field="percent", why=_("Write how many per cent are taken off: more than 0, less than 100."))
        return share.quantize(Decimal("0.01"))

    def fill(self, share: Decimal) -> None:
        """Write what so many per cent off make of each regular price that is shown."""
        for variant in self.variants:
            if variant.pk in self.regular:
                self.written[variant.pk] = str(reduced(self.regular[variant.pk], share).decimal)

    def prices(self) -> dict[UUID, Money]:
        """Sale price by variant; of the whole search by the percentage, else as written. Raises InvalidInput."""
        if self.takes_all:
            share = self.percent()
            if share is None:
                raise InvalidInput(field="percent", why=_("Write how many per cent are taken off: more than 0, less than 100."))
            if self.number > MOST_VARIANTS:
                raise InvalidInput(field="prices", why=_("At most {most} variants in one reduction.").format(most=MOST_VARIANTS))
            return {key: reduced(regular, share) for key, regular in self.regular.items()}
        found = {}
        for key, text in self.written.items():
            if text:
                try:
                    found[key] = Money.parse(text, self.currency)
                except MarketError as wrong:
                    self.errors[key] = str(wrong)
        if self.errors:
            raise InvalidInput(field="prices", why=_("One of the prices is not an amount: see the marked field."))
        return found

    def _is_called(self, key: UUID, prior: Prior | None) -> bool:
        """Whether what is written would be called a reduction; nothing is said of what is no amount."""
        try:
            price = Money.parse(self.written[key], self.currency) if self.written[key] else None
        except MarketError:
            return True
        return price is None or (prior is not None and price.minor < prior.minor)

    def rows(self) -> list[dict[str, Any]]:
        priors = priors_now([variant.pk for variant in self.variants], self.at)
        return [
            {
                "variant": variant,
                "regular": self.regular.get(variant.pk),
                "lowest": Money(priors[variant.pk].minor, self.currency) if variant.pk in priors else None,
                "is_called": self._is_called(variant.pk, priors.get(variant.pk)),
                "written": self.written[variant.pk],
                "error": self.errors.get(variant.pk, ""),
                "name": f"price_{variant.pk.hex}",
            }
            for variant in self.variants
        ]


def reduction_new(request: HttpRequest) -> HttpResponse:
    """Choose variants, work out prices, plan."""
    currency = request.market.currency  # type: ignore[attr-defined]
    now = clock.now()
    if request.method != "POST":
        choice = Choice(request.GET, currency, now)
        return _plan_page(request, ReductionForm(initial={"reduction_id": uuid4()}), choice)
    form, then = ReductionForm(request.POST), request.POST.get("then", "")
    is_valid = form.is_valid()
    choice = Choice(request.POST, currency, max(form.cleaned_data.get("starts_at") or now, now))
    try:
        if then in ("find", "fill"):
            share = choice.percent()
            if then == "fill" and share is not None:
                choice.fill(share)
            form = ReductionForm(initial={name: request.POST.get(name, "") for name in form.fields})
            return _plan_page(request, form, choice)
        if is_valid:
            data = form.cleaned_data
            row = plan_reduction(
                by=actor_of(request),
                reduction_id=data["reduction_id"],
                name=data["name"],
                starts_at=data["starts_at"] or now,
                ends_at=data["ends_at"],
                prices=choice.prices(),
                percent=choice.percent(),
            )
            messages.success(request, _("“{name}” is planned. It begins and ends by itself.").format(name=row.name))
            return HttpResponseRedirect(reverse("reduction", args=[row.pk]))
    except MarketError as refusal:
        _show(form, choice, refusal)
    return _plan_page(request, form, choice)


def _show(form: ReductionForm, choice: Choice, refusal: MarketError) -> None:
    """Say a refusal beside its field; of a variant beside its price."""
    key = refusal.facts.get("variant_id")
    if isinstance(key, UUID) and key in choice.written:
        choice.errors[key] = str(refusal)
    if not form.is_bound:
        form.is_bound, form.data = True, {}  # type: ignore[assignment]
    form.is_valid()
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _plan_page(request: HttpRequest, form: ReductionForm, choice: Choice) -> HttpResponse:
    rows = choice.rows()
    context = {"title": _("Plan a reduction"), "form": form, "choice": choice, "rows": rows, "more": choice.number - len(rows)}
    return render(request, "seller/reduction_new.html", context, status=422 if form.errors else 200)


def reduction(request: HttpRequest, reduction_id: UUID) -> HttpResponse:
    """What a reduction is for; name, times and prices can be changed while it is not over."""
    row = reduction_here(reduction_id)
    lines = list(row.lines.select_related("variant__product").order_by("variant__product_id", "variant__position"))
    currency = request.market.currency  # type: ignore[attr-defined]
    errors: dict[UUID, str] = {}
    written = {line.variant_id: str(line.sale.decimal) for line in lines[:SHOWN]}
    form = ReductionForm(
        request.POST if request.method == "POST" else None,
        initial={"reduction_id": row.pk, "name": row.name, "starts_at": row.starts_at, "ends_at": row.ends_at},
    )
    if request.method == "POST":
        written = {key: request.POST.get(f"price_{key.hex}", text).strip()[:20] for key, text in written.items()}
    if request.method == "POST" and form.is_valid():
        try:
            prices = {line.variant_id: line.sale for line in lines}
            for key in changed_texts(request, "price", written):
                if not written[key]:
                    del prices[key]
                    continue
                try:
                    prices[key] = Money.parse(written[key], currency)
                except MarketError as wrong:
                    errors[key] = str(wrong)
            if errors:
                raise InvalidInput(field="prices", why=_("One of the prices is not an amount: see the marked field."))
            data = form.cleaned_data
            same = prices == {line.variant_id: line.sale for line in lines}
            change_reduction(
                by=actor_of(request),
                reduction_id=row.pk,
                name=data["name"],
                starts_at=data["starts_at"] or row.starts_at,
                ends_at=data["ends_at"],
                prices=None if same else prices,
            )
        except MarketError as refusal:
            if isinstance(named := refusal.facts.get("variant_id"), UUID):
                errors[named] = str(refusal)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("reduction", args=[row.pk]))
    regular = {price.variant_id: price.sale for price in in_force(max(row.starts_at, clock.now())).filter(variant_id__in=[line.variant_id for line in lines])}
    priors = priors_now([line.variant_id for line in lines[:SHOWN]], max(row.starts_at, clock.now()))
    shown = [
        {
            "line": line,
            "regular": regular.get(line.variant_id),
            "lowest": Money(priors[line.variant_id].minor, currency) if line.variant_id in priors else None,
            "is_passed": line.variant_id in regular and regular[line.variant_id].minor <= line.sale_minor,
            "is_called": line.variant_id in priors and line.sale_minor < priors[line.variant_id].minor,
            "name": f"price_{line.variant_id.hex}",
            "written": written[line.variant_id],
            "shown": request.POST.get(f"shown_{line.variant_id.hex}", str(line.sale.decimal)),
            "error": errors.get(line.variant_id, ""),
        }
        for line in lines[:SHOWN]
    ]
    state = row.state
    context = {
        "title": row.name,
        "row": row,
        "form": form,
        "shown": shown,
        "more": len(lines) - len(shown),
        "is_open": state in (Reduction.State.PLANNED, Reduction.State.RUNNING),
        "has_begun": row.starts_at <= clock.now(),
        "can_resume": state == Reduction.State.STOPPED and (row.ends_at is None or row.ends_at > clock.now()),
    }
    return render(request, "seller/reduction.html", context, status=422 if form.errors else 200)


def stop(request: HttpRequest, reduction_id: UUID) -> HttpResponse:
    row = stop_reduction(by=actor_of(request), reduction_id=reduction_id)
    messages.success(request, _("“{name}” is called off; the other prices hold from now on.").format(name=row.name))
    return HttpResponseRedirect(reverse("reduction", args=[row.pk]))


def resume(request: HttpRequest, reduction_id: UUID) -> HttpResponse:
    row = resume_reduction(by=actor_of(request), reduction_id=reduction_id)
    messages.success(request, _("“{name}” holds again.").format(name=row.name))
    return HttpResponseRedirect(reverse("reduction", args=[row.pk]))
