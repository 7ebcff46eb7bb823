"""Announced reductions: verbs. They run in the merchant's schema that is open; flows/prices.py copies what buyers read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.formats import format_money
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.pricing.errors import NoReduction, ReductionOver, ReductionUnknown
from marketplace.merchant.pricing.models import Reduction, ReductionLine
from marketplace.merchant.pricing.periods import in_force, lay_reductions, lock
from tenants.tenancy.schemas import current_merchant_id

MOST_VARIANTS = 5_000
OVER = (Reduction.State.OVER, Reduction.State.STOPPED)


def reduction_here(reduction_id: UUID, *, locked: bool = False) -> Reduction:
    """A reduction of the open shop. Raises ReductionUnknown, also for another shop's."""
    rows = Reduction.objects.select_for_update(of=("self",)) if locked else Reduction.objects.all()
    row: Reduction | None = rows.filter(pk=reduction_id).first()
    if row is None:
        raise ReductionUnknown
    return row


def reduced(regular: Money, percent: Decimal) -> Money:
    """So many per cent off, rounded half up to whole minor units."""
    return regular.times(100 - percent, per=100)


@verb
def plan_reduction(
    *,
    by: Actor,
    reduction_id: UUID,
    name: str,
    starts_at: datetime,
    ends_at: datetime | None,
    prices: Mapping[UUID, Money],
    percent: Decimal | None = None,
) -> Reduction:
    """Announce lower prices of variants (by id) from a moment, or at once, until another. The same key plans one.

    Where several reductions of a variant hold, the lowest price counts. Raises InvalidInput, NoReduction.
    """
    with transaction.atomic():
        variants = lock(prices)
        if same := Reduction.objects.filter(pk=reduction_id).first():
            return same
        now = clock.now()
        row = Reduction(pk=reduction_id, name=_named(name), percent=percent, starts_at=max(starts_at, now), ends_at=ends_at, planned_by=by.label)
        _check_times(row, now)
        _check_lines(prices, {key: variant.sku for key, variant in variants.items()}, row.starts_at)
        row.save(force_insert=True)
        _put_lines(row, prices)
        lay_reductions(prices.keys(), now)
        _audit(by, row, "reduction.planned", after={**_facts(row), "variants": len(prices)})
    return row


@verb
def change_reduction(
    *, by: Actor, reduction_id: UUID, name: str, starts_at: datetime, ends_at: datetime | None, prices: Mapping[UUID, Money] | None = None
) -> tuple[Reduction, set[UUID]]:
    """Another name, other times, other prices (None: as they were). What has begun keeps its beginning.

    Returns the reduction and every variant it held or holds. Raises ReductionUnknown, ReductionOver, InvalidInput, NoReduction.
    """
    with transaction.atomic():
        row = reduction_here(reduction_id, locked=True)
        now = clock.now()
        if row.state_at(now) in OVER:
            raise ReductionOver
        before = {line.variant_id: line.sale for line in row.lines.all()}
        wanted = before if prices is None else dict(prices)
        touched = {*before, *wanted}
        variants = lock(touched)
        was = _facts(row)
        has_begun = row.starts_at <= now
        row.name, row.ends_at = _named(name), ends_at
        row.starts_at = row.starts_at if has_begun else max(starts_at, now)
        _check_times(row, now)
        if prices is not None or not has_begun:
            _check_lines(wanted, {key: variant.sku for key, variant in variants.items()}, now if has_begun else row.starts_at)
        row.save(update_fields=["name", "starts_at", "ends_at"])
        if wanted != before:
            row.lines.all().delete()
            _put_lines(row, wanted)
        lay_reductions(touched, now)
        _audit(by, row, "reduction.changed", before={**was, "variants": len(before)}, after={**_facts(row), "variants": len(wanted)})
    return row, touched


@verb
def stop_reduction(*, by: Actor, reduction_id: UUID) -> tuple[Reduction, set[UUID]]:
    """Call one off before it begins, or end one that runs: from now on the other prices hold. Repeating it changes nothing.

    Raises ReductionUnknown, ReductionOver.
    """
    with transaction.atomic():
        row = reduction_here(reduction_id, locked=True)
        keys = set(row.lines.values_list("variant_id", flat=True))
        now = clock.now()
        if row.state_at(now) == Reduction.State.OVER:
            raise ReductionOver
        if row.stopped_at is None:
            lock(keys)
            row.stopped_at = now
            row.save(update_fields=["stopped_at"])
            lay_reductions(keys, now)
            _audit(by, row, "reduction.stopped", before={"ends_at": row.ends_at}, after={"name": row.name, "ends_at": now, "variants": len(keys)})
    return row, keys


@verb
def resume_reduction(*, by: Actor, reduction_id: UUID) -> tuple[Reduction, set[UUID]]:
    """Undo that it was called off, as long as its time is not over; what was not reduced meanwhile stays so.

    Raises ReductionUnknown, ReductionOver, NoReduction.
    """
    with transaction.atomic():
        row = reduction_here(reduction_id, locked=True)
        prices = {line.variant_id: line.sale for line in row.lines.all()}
        now = clock.now()
        if row.ends_at is not None and row.ends_at <= now:
            raise ReductionOver
        if row.stopped_at is not None:
            variants = lock(prices)
            stopped, row.stopped_at = row.stopped_at, None
            _check_lines(prices, {key: variant.sku for key, variant in variants.items()}, max(now, row.starts_at))
            row.save(update_fields=["stopped_at"])
            lay_reductions(prices.keys(), now)
            _audit(by, row, "reduction.resumed", before={"ends_at": stopped}, after={"name": row.name, "ends_at": row.ends_at, "variants": len(prices)})
    return row, set(prices)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise InvalidInput(field="name", why=_("Write a name of at most {most} characters.").format(most=80))
    return name


def _check_times(row: Reduction, now: datetime) -> None:
    if row.ends_at is not None and row.ends_at <= max(row.starts_at, now):
        raise InvalidInput(field="ends_at", why=_("It ends after it begins, and later than now."))


def _check_lines(prices: Mapping[UUID, Money], skus: Mapping[UUID, str], at: datetime) -> None:
    """Raises InvalidInput, NoReduction: every price is below the regular one of the moment it begins."""
    if not prices:
        raise InvalidInput(field="prices", why=_("Choose at least one variant and say what it costs."))
    if len(prices) > MOST_VARIANTS:
        raise InvalidInput(field="prices", why=_("At most {most} variants in one reduction.").format(most=MOST_VARIANTS))
    if missing := prices.keys() - skus.keys():
        raise InvalidInput(field="prices", why=_("One of these variants does not exist. Load the page anew."), variant_id=min(missing))
    regular = {row.variant_id: row for row in in_force(at).filter(variant_id__in=prices)}
    for key, sale in prices.items():
        if sale.minor <= 0:
            raise InvalidInput(field="price", why=_("A price is more than zero."), variant_id=key)
        if key not in regular:
            raise InvalidInput(field="price", why=_("“{sku}” has no price then that could be reduced.").format(sku=skus[key]), variant_id=key)
        if sale >= regular[key].sale:
            raise NoReduction(sku=skus[key], regular=format_money(regular[key].sale), price=format_money(sale), variant_id=key)


def _put_lines(row: Reduction, prices: Mapping[UUID, Money]) -> None:
    ReductionLine.objects.bulk_create(
        [ReductionLine(reduction=row, variant_id=key, currency=sale.currency, sale_minor=sale.minor) for key, sale in prices.items()], batch_size=1000
    )


def _facts(row: Reduction) -> dict[str, object]:
    return {"name": row.name, "starts_at": row.starts_at, "ends_at": row.ends_at}


def _audit(by: Actor, row: Reduction, action: str, *, after: dict[str, object], before: dict[str, object] | None = None) -> None:
    audit(by=by, action=action, subject="reduction", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after)


def variants_of(reduction_ids: Collection[UUID]) -> set[UUID]:
    return set(ReductionLine.objects.filter(reduction_id__in=reduction_ids).values_list("variant_id", flat=True))
