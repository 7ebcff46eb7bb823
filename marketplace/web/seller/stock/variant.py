"""One variant: how much lies where, how that came about, and correcting it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.merchant.inventory.moves import CAUSES, adjust_stock
from marketplace.merchant.inventory.restocking import needs_of
from marketplace.platform.analytics.figures import start_of
from marketplace.web.chart import in_words
from marketplace.web.seller.stock.shared import location_choices, with_labels, with_places
from tenants.access.actors import actor_of
from tenants.tenancy.models import Market

DAYS, SHOWN = 90, 15
WIDE, HIGH = 720, 120  # of the drawing, in its own units


class AdjustForm(forms.Form):
    """The hidden key makes the same form sent twice one correction."""

    movement_id = forms.UUIDField(widget=forms.HiddenInput)
    cause = forms.ChoiceField(label=_lazy("Cause"))
    location = forms.ChoiceField(label=_lazy("Location"))
    quantity = forms.IntegerField(label=_lazy("Pieces"), help_text=_lazy("A correction may also be less than 0."), min_value=-9_999_999, max_value=9_999_999)
    note = forms.CharField(label=_lazy("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(StockMovement.Kind.choices)
        self.fields["cause"].choices = [(cause, names[cause]) for cause in CAUSES]  # type: ignore[attr-defined]
        self.fields["location"].choices = location_choices()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Line:
    """On hand over time as a line of steps, with what stands beside it."""

    points: str
    area: str
    top: int
    middle: int
    marks: list[str]
    least: int
    most: int
    safety_y: float | None


def variant(request: HttpRequest, variant_id: UUID) -> HttpResponse:
    return _page(request, _variant_here(variant_id))


def adjust(request: HttpRequest, variant_id: UUID) -> HttpResponse:
    row, form = _variant_here(variant_id), AdjustForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            adjust_stock(
                by=actor_of(request),
                movement_id=data["movement_id"],
                variant_id=row.pk,
                location_id=UUID(data["location"]),
                cause=data["cause"],
                quantity=data["quantity"],
                note=data["note"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Noted. Buyers see the new stock at once."))
            return HttpResponseRedirect(reverse("stock-variant", args=[row.pk]))
    return _page(request, row, form)


def _variant_here(variant_id: UUID) -> Variant:
    row: Variant | None = Variant.objects.select_related("product").filter(pk=variant_id).first()
    if row is None:
        raise NotFound
    return row


def _page(request: HttpRequest, row: Variant, form: AdjustForm | None = None) -> HttpResponse:
    market: Market = request.market  # type: ignore[attr-defined]
    with_labels([row])
    levels: list[Any] = list(StockLevel.objects.filter(variant=row).select_related("location").order_by("location__preference", "pk"))
    levels = [level for level in levels if level.location.closed_at is None or level.on_hand]
    needs = needs_of(levels)
    for level in levels:
        level.need = needs[level.pk]
    movements = list(StockMovement.objects.filter(level__variant=row).select_related("level__location").order_by("-at", "-pk")[:SHOWN])
    with_places(movements)
    context = {
        "title": row.sku,
        "variant": row,
        "levels": levels,
        "on_hand": sum(level.on_hand for level in levels),
        "held": sum(level.held for level in levels),
        "free": sum(level.available for level in levels if level.location.sells),
        "coming": sum(level.need.coming for level in levels),
        "sold": sum(level.need.sold for level in levels),
        "movements": movements,
        "line": line_of(row, sum(level.on_hand for level in levels), sum(level.wanted for level in levels), market),
        "form": form or AdjustForm(initial={"movement_id": uuid4()}),
    }
    return render(request, "seller/stock/variant.html", context, status=422 if form is not None and form.errors else 200)


def line_of(row: Variant, now: int, safety: int, market: Market) -> Line:
    """What lay at the end of each of the last 90 days, at all places, worked out backwards from what lies there now."""
    today = clock.day_of(clock.now(), market.tz)
    first = today - timedelta(days=DAYS - 1)
    moved: dict[date, int] = defaultdict(int)
    since = StockMovement.objects.filter(level__variant=row, at__gte=start_of(first, market.tz))
    for day, n in since.annotate(day=TruncDate("at", tzinfo=market.tz)).order_by().values_list("day").annotate(n=Sum("quantity")):
        moved[day] = n
    ends, balance = [], now
    for n in range(DAYS):
        ends.append(balance)
        balance -= moved[today - timedelta(days=n)]
    ends.reverse()
    top = _round(max(*ends, safety, 1))
    step = WIDE / DAYS

    def height(number: int) -> float:
        return round(HIGH - max(number, 0) * HIGH / top, 1)

    points = " ".join(f"{round(n * step, 1)},{height(end)} {round((n + 1) * step, 1)},{height(end)}" for n, end in enumerate(ends))
    marks = [in_words(first + timedelta(days=n), market.tz) for n in (0, DAYS // 3, 2 * DAYS // 3, DAYS - 1)]
    area = f"0,{HIGH} {points} {WIDE},{HIGH}"
    return Line(points, area, top, top // 2, marks, min(ends), max(ends), height(safety) if safety else None)


def _round(number: int) -> int:
    """The round number, with a round half, that the highest line stands for."""
    power: int = 10 ** (len(str(number)) - 1)
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= number) if number > 1 else 2
