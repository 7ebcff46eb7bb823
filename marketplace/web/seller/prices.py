"""The prices of a product: how they have moved, what is planned, and planning a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.offered_prices import periods_of, priors_now
from marketplace.flows.prices import schedule_prices, unschedule_prices
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError, NotFound
from marketplace.kernel.formats import format_day
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.errors import PlanUnknown
from marketplace.merchant.pricing.history import Paid, paid
from marketplace.merchant.pricing.models import Price, Reduction
from marketplace.merchant.pricing.periods import REGULAR, rates
from marketplace.platform.prices.resolving import ordinary
from marketplace.web.seller.reductions import MomentInput
from tenants.access.actors import actor_of

BEFORE, AFTER = timedelta(days=90), timedelta(days=30)
WIDTH, HEIGHT = 720, 140


@dataclass(frozen=True)
class Step:
    """A price as it is drawn: a flat line from `x` to `to`."""

    x: float
    to: float
    y: float
    is_reduced: bool
    is_to_come: bool
    told: str


@dataclass(frozen=True)
class PriceChart:
    steps: list[Step]
    rises: list[tuple[float, float, float]]  # x, from y, to y
    now: float
    top: Money
    bottom: Money
    marks: list[str]


def chart_of(history: list[Paid], now: datetime, currency: str) -> PriceChart | None:
    """Ninety days back and thirty ahead; None where there is no price in them."""
    begins, ends = now - BEFORE, now + AFTER
    shown = [one for one in history if one.starts_at < ends and (one.ends_at is None or one.ends_at > begins)]
    if not shown:
        return None
    low, high = min(one.minor for one in shown), max(one.minor for one in shown)
    spread = max(high - low, 1)

    def x(moment: datetime) -> float:
        return round((min(max(moment, begins), ends) - begins) / (ends - begins) * WIDTH, 1)

    def y(minor: int) -> float:
        return round(HEIGHT - 12 - (minor - low) / spread * (HEIGHT - 24), 1) if high > low else HEIGHT / 2

    steps = [
        Step(
            x(one.starts_at),
            x(one.ends_at or ends),
            y(one.minor),
            one.is_reduced,
            one.starts_at > now,
            _("{price} from {day}").format(price=Money(one.minor, currency).decimal, day=format_day(max(one.starts_at, begins))),
        )
        for one in shown
    ]
    rises = [(b.x, a.y, b.y) for a, b in pairwise(steps) if a.to == b.x]
    marks = [format_day(moment) for moment in (begins + (ends - begins) * n / 3 for n in range(4))]
    return PriceChart(steps, rises, x(now), Money(high, currency), Money(low, currency), marks)


class PlanForm(forms.Form):
    starts_at = forms.DateTimeField(label=_lazy("From"), widget=MomentInput())


def product_prices(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """The page; sent back, it plans other regular prices from a moment on."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    variants = list(product.variants.filter(is_active=True).order_by("position"))
    currency = request.market.currency  # type: ignore[attr-defined]
    form = PlanForm(request.POST if request.method == "POST" else None)
    written: dict[UUID, str] = {variant.pk: request.POST.get(f"price_{variant.pk.hex}", "").strip()[:20] for variant in variants}
    errors: dict[UUID, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            planned = schedule_prices(by=actor_of(request), prices=_written(written, variants, currency, errors), starts_at=form.cleaned_data["starts_at"])
        except MarketError as refusal:
            if isinstance(key := refusal.facts.get("variant_id"), UUID):
                errors[key] = str(refusal)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Planned for {n} variants.").format(n=planned))
            return HttpResponseRedirect(reverse("product-prices", args=[product.pk]))
    return _page(request, product, variants, form, written, errors)


def _written(written: dict[UUID, str], variants: list[Variant], currency: str, errors: dict[UUID, str]) -> dict[UUID, tuple[Money, Money | None]]:
    """Prices by variant as they were written; a market price that is above stays. Raises InvalidInput."""
    held = {row.variant_id: row.market for row in Price.objects.filter(REGULAR, variant__in=variants, ends_at=None)}
    found: dict[UUID, tuple[Money, Money | None]] = {}
    for key, text in written.items():
        if text:
            try:
                sale = Money.parse(text, currency)
            except MarketError as wrong:
                errors[key] = str(wrong)
            else:
                market = held.get(key)
                found[key] = (sale, market if market is not None and market >= sale else None)
    if errors:
        raise InvalidInput(field="prices", why=_("One of the prices is not an amount: see the marked field."))
    if not found:
        raise InvalidInput(field="prices", why=_("Write at least one price."))
    return found


def _page(request: HttpRequest, product: Product, variants: list[Variant], form: PlanForm, written: dict[UUID, str], errors: dict[UUID, str]) -> HttpResponse:
    now, currency = clock.now(), request.market.currency  # type: ignore[attr-defined]
    keys = [variant.pk for variant in variants]
    chosen = next((variant for variant in variants if str(variant.pk) == request.GET.get("variant")), variants[0] if variants else None)
    periods = periods_of(keys)
    histories = {key: paid(periods[key]) for key in keys}
    held, priors = rates(keys), priors_now(keys)
    rows: list[dict[str, Any]] = []
    for variant in variants:
        regular = next((rate for rate in held[variant.pk] if rate.price_list_id is None and not rate.is_reduction), None)
        price = ordinary(held[variant.pk])
        rows.append(
            {
                "variant": variant,
                "regular": regular and regular.sale,
                "market": Money(regular.market_minor, currency) if regular and regular.market_minor else None,
                "price": price and price.sale,
                "is_reduced": bool(price and regular and price.minor < regular.minor),
                "until": price.ends_at if price else None,
                "lowest": Money(priors[variant.pk].minor, currency) if variant.pk in priors else None,
                "name": f"price_{variant.pk.hex}",
                "written": written[variant.pk] if request.method == "POST" else "",
                "error": errors.get(variant.pk, ""),
            }
        )
    planned = Price.objects.filter(REGULAR, variant_id__in=keys, starts_at__gt=now).select_related("variant").order_by("starts_at", "variant__position")
    history = [(one, Money(one.minor, currency)) for one in reversed(histories[chosen.pk])][:40] if chosen else []
    context = {
        "title": _("Prices of {title}").format(title=product.title.text),
        "product": product,
        "rows": rows,
        "chosen": chosen,
        "chart": chart_of(histories[chosen.pk], now, currency) if chosen else None,
        "history": history,
        "planned": list(planned[:100]),
        "reductions": list(Reduction.objects.filter(lines__variant_id__in=keys).distinct().order_by("-starts_at", "-pk")[:10]),
        "form": form,
        "now": now,
    }
    return render(request, "seller/product_prices.html", context, status=422 if form.errors else 200)


def call_off(request: HttpRequest, product_id: UUID, price_id: UUID) -> HttpResponse:
    """A planned regular price is called off."""
    if not Price.objects.filter(pk=price_id, variant__product_id=product_id).exists():
        raise PlanUnknown
    unschedule_prices(by=actor_of(request), price_ids=[price_id])
    messages.success(request, _("Called off; the price of before goes on."))
    return HttpResponseRedirect(reverse("product-prices", args=[product_id]))
