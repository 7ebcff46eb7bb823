"""The periods of variants: read as they hold at a moment, and cut where something new begins. Called by verbs, with the variants locked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.pricing.models import LinePrice, Price, ReductionLine
from marketplace.platform.prices.resolving import RATES, Rate, Rates, ask

REGULAR = Q(price_list=None, is_reduction=False)
OWN = RATES.format(
    price="merchant_pricing_price",
    list="merchant_pricing_pricelist",
    buyer="merchant_pricing_listbuyer",
    asked="coalesce(list.name, ''), price.reduction_id, NULL::bigint, NULL::timestamptz",
)


def rates(variant_ids: Iterable[UUID], buyer_id: UUID | None = None, at: datetime | None = None) -> Rates:
    """What holds for a buyer in the schema that is open, by variant. One statement."""
    return ask(OWN, variant_ids, buyer_id, at)


def price_of_line(order_id: UUID, line_id: UUID, rate: Rate, held: Sequence[Rate], *, surcharge_minor: int = 0) -> LinePrice:
    """What is kept of a line whose price a list or a reduction made; `held` is everything that held for its variant.

    What the buyer's wishes cost is part of the line's price, and so of the regular one beside it.
    """
    shown = max((one.minor for one in held if one.price_list_id is None and not one.is_reduction), default=None)
    return LinePrice(
        order_id=order_id,
        order_line_id=line_id,
        price_list_id=rate.price_list_id,
        reduction_id=rate.reduction_id,
        name=rate.list_name,
        from_quantity=rate.from_quantity,
        currency=rate.currency,
        ordinary_minor=None if shown is None else shown + surcharge_minor,
    )


def in_force(at: datetime | None = None) -> QuerySet[Price]:
    """The regular prices that hold at a moment: at most one of a variant."""
    return holding(at or clock.now()).filter(REGULAR)


def holding(at: datetime) -> QuerySet[Price]:
    return Price.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


def not_over(at: datetime) -> QuerySet[Price]:
    """What holds or is to come."""
    return Price.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at))


def lock(variant_ids: Collection[UUID]) -> dict[UUID, Variant]:
    """Two changes of one price follow each other. Products before variants, as a product's form locks them; its copies hold the product, too."""
    list(Product.objects.filter(variants__in=variant_ids).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return {row.pk: row for row in Variant.objects.filter(pk__in=variant_ids).order_by("pk").select_for_update(of=("self",))}


def begin(at: datetime, prices: Mapping[UUID, tuple[Money, Money | None]], of: Q = REGULAR, **about: object) -> None:
    """From `at` on these prices hold, until what was planned next for the same variant begins. `of` says of which kind of period."""
    running: dict[UUID, Price] = {}
    next_start: dict[UUID, datetime] = {}
    for row in not_over(at).filter(of, variant_id__in=prices).order_by("starts_at"):
        if row.starts_at <= at:
            running[row.variant_id] = row
        else:
            next_start.setdefault(row.variant_id, row.starts_at)
    replaced = [row.pk for row in running.values() if row.starts_at == at]
    Price.objects.filter(pk__in=replaced).delete()
    Price.objects.filter(pk__in=[row.pk for row in running.values() if row.starts_at < at]).update(ends_at=at)
    Price.objects.bulk_create(
        [
            Price(
                variant_id=key,
                currency=sale.currency,
                sale_minor=sale.minor,
                market_minor=market.minor if market else None,
                starts_at=at,
                ends_at=running[key].ends_at if key in running else next_start.get(key),
                **about,
            )
            for key, (sale, market) in prices.items()
        ]
    )


def give_up(rows: Collection[Price]) -> None:
    """Regular prices that have not begun are gone; what held before goes on in their place."""
    for row in sorted(rows, key=lambda one: one.starts_at):  # so that of two of one variant what held before goes on over both
        row.delete()
        Price.objects.filter(REGULAR, variant_id=row.variant_id, currency=row.currency, ends_at=row.starts_at).update(ends_at=row.ends_at)


@dataclass(frozen=True)
class Stretch:
    """A time in which a reduction makes the price of a variant."""

    starts_at: datetime
    ends_at: datetime | None
    minor: int
    currency: str
    reduction_id: UUID


def lay_reductions(variant_ids: Collection[UUID], now: datetime) -> None:
    """Make the reduced periods from now on what the reductions say, the lowest where several hold. What has been stays."""
    lines: dict[UUID, list[ReductionLine]] = defaultdict(list)
    found = ReductionLine.objects.filter(variant_id__in=variant_ids, reduction__stopped_at=None).select_related("reduction")
    for line in found.filter(Q(reduction__ends_at=None) | Q(reduction__ends_at__gt=now)):
        lines[line.variant_id].append(line)
    held: dict[UUID, list[Price]] = defaultdict(list)
    for row in not_over(now).filter(variant_id__in=variant_ids, is_reduction=True):
        held[row.variant_id].append(row)
    gone: list[UUID] = []
    ended: list[Price] = []
    made: list[Price] = []
    for key in variant_ids:
        wanted = stretches(lines[key], now)
        for row in held[key]:
            if row.starts_at >= now:
                gone.append(row.pk)
                continue
            first = wanted[0] if wanted else None
            goes_on = first is not None and first.starts_at == now and (first.reduction_id, first.minor) == (row.reduction_id, row.sale_minor)
            row.ends_at = wanted.pop(0).ends_at if goes_on else now
            ended.append(row)
        made += [
            Price(
                variant_id=key,
                is_reduction=True,
                reduction_id=one.reduction_id,
                currency=one.currency,
                sale_minor=one.minor,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
            for one in wanted
        ]
    Price.objects.filter(pk__in=gone).delete()
    # Shortened before lengthened: no two of a variant overlap in between, because at most one of each is kept.
    Price.objects.bulk_update(ended, ["ends_at"], batch_size=500)
    Price.objects.bulk_create(made, batch_size=1000)


def stretches(lines: Collection[ReductionLine], now: datetime) -> list[Stretch]:
    """From now on, in order, without overlap: where several reductions hold the lowest price counts, of equals the one that began first."""
    spans = [(max(line.reduction.starts_at, now), line.reduction.ends_at, line) for line in lines]
    marks = sorted({start for start, _end, _line in spans} | {end for _start, end, _line in spans if end is not None and end > now})
    found: list[Stretch] = []
    for n, mark in enumerate(marks):
        until = marks[n + 1] if n + 1 < len(marks) else None
        here = [line for start, end, line in spans if start <= mark and (end is None or end > mark)]
        if not here:
            continue
        best = min(here, key=lambda line: (line.sale_minor, line.reduction.starts_at, line.reduction_id))
        last = found[-1] if found else None
        if last and last.ends_at == mark and (last.reduction_id, last.minor) == (best.reduction_id, best.sale_minor):
            found[-1] = Stretch(last.starts_at, until, last.minor, last.currency, last.reduction_id)
        else:
            found.append(Stretch(mark, until, best.sale_minor, best.currency, best.reduction_id))
    return found
