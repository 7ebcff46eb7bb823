"""Which listings are held back because their shop lacks a qualification: the rule of tenants/onboarding/standing.py, kept on the copies.

Writing copies and looking at a whole shop again exclude one another by a lock of the merchant's, so neither works with what the other
is about to change. Reading never waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q

from marketplace.kernel import clock
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from tenants.onboarding.models import Requirement
from tenants.onboarding.standing import Standing, Verdict, standing_of

NOT_HELD = ExpressionWrapper(Q(is_held=False), output_field=BooleanField())
LISTED = F("is_listed")


@dataclass
class Settled:
    """What looking at a shop again has changed."""

    held: list[UUID] = field(default_factory=list)
    released: list[UUID] = field(default_factory=list)


def judge(merchant_id: UUID, listings: list[Listing]) -> None:
    """Before copies are written: their wish is kept as `is_listed`, and `is_on_sale` is that of the market. In a transaction."""
    lock(merchant_id, shared=True)
    standing = standing_of(merchant_id, clock.now())
    paths = paths_of({listing.category_id for listing in listings}) if standing.asked else {}
    for listing in listings:
        verdict = standing.of(paths[listing.category_id]) if standing.asked else Verdict((), None)
        listing.is_listed, listing.is_held, listing.sellable_until = listing.is_on_sale, bool(verdict.lacks), verdict.until
        listing.is_on_sale = listing.is_listed and not listing.is_held


def settle_shop(merchant_id: UUID) -> Settled:
    """Hold back what the shop may not sell now, and let go what was held and may be sold again. Only listings that differ are written."""
    lock(merchant_id)
    found = Settled()
    for verdict, categories in verdicts_of(merchant_id, standing_of(merchant_id, clock.now())).items():
        is_held, until = verdict
        differing = Listing.objects.filter(merchant_id=merchant_id, category_id__in=categories).exclude(is_held=is_held, sellable_until=until)
        was_held = dict(differing.order_by("pk").select_for_update(of=("self",)).values_list("pk", "is_held"))
        if not was_held:
            continue
        Listing.objects.filter(pk__in=was_held).update(is_held=is_held, sellable_until=until, is_on_sale=False if is_held else LISTED, changed_at=clock.now())
        changed = [key for key, was in was_held.items() if was != is_held]
        (found.held if is_held else found.released).extend(changed)
    return found


def verdicts_of(merchant_id: UUID, standing: Standing) -> dict[tuple[bool, datetime | None], list[int]]:
    """The categories a shop has listings in, by whether these are held and until when they may be sold."""
    found: dict[tuple[bool, datetime | None], list[int]] = defaultdict(list)
    for category_id, path in paths_of(_categories_of(merchant_id)).items():
        verdict = standing.of(path)
        found[bool(verdict.lacks), verdict.until].append(category_id)
    return found


@dataclass
class Held:
    """Goods of a shop that are not sold for want of the same qualifications."""

    lacks: tuple[Requirement, ...]
    listings: list[Listing]


def held_of(merchant_id: UUID, standing: Standing) -> list[Held]:
    """What is held back of what the shop offers, by why."""
    rows = Listing.objects.filter(merchant_id=merchant_id, is_listed=True, is_held=True).order_by("-sold", "pk").defer("descriptions", "attributes")
    by_category: dict[int, list[Listing]] = defaultdict(list)
    for row in rows:
        by_category[row.category_id].append(row)
    found: dict[tuple[Requirement, ...], list[Listing]] = defaultdict(list)
    for category_id, path in paths_of(by_category).items():
        found[standing.of(path).lacks] += by_category[category_id]
    return [Held(lacks, listings) for lacks, listings in found.items()]


def _categories_of(merchant_id: UUID) -> set[int]:
    return set(Listing.objects.filter(merchant_id=merchant_id).order_by().values_list("category_id", flat=True).distinct())


def paths_of(category_ids: Iterable[int]) -> dict[int, list[int]]:
    """Category → its path from the root, itself included."""
    return {key: list(path) or [key] for key, path in Category.objects.filter(pk__in=list(category_ids)).values_list("pk", "path")}


def lock(merchant_id: UUID, *, shared: bool = False) -> None:
    """To the end of the transaction."""
    with connection.cursor() as cursor:
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {function}(hashtext('wanshang.sellable'), hashtext(%s))", [str(merchant_id)])
