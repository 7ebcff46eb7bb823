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
from django.db.models import BooleanField, ExpressionWrapper, Q

from marketplace.kernel import clock
from marketplace.platform.listings.gaps import note_gaps
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category
from tenants.onboarding.models import Requirement
from tenants.onboarding.standing import Standing, Verdict, standing_of

NOT_HELD = ExpressionWrapper(Q(is_held=False, is_taken_off=False), output_field=BooleanField())
LISTED = ExpressionWrapper(Q(is_listed=True, is_taken_off=False), output_field=BooleanField())


@dataclass
class Settled:
    """What looking at a shop again has changed."""

    held: list[UUID] = field(default_factory=list)
    released: list[UUID] = field(default_factory=list)


def judge(merchant_id: UUID, listings: list[Listing]) -> None:
    """Before copies are written: their wish is kept as `is_listed`, and `is_on_sale` is that of the market. In a transaction."""
    lock(merchant_id, shared=True)
    standing = standing_of(merchant_id, clock.now())
    paths = {} if standing.is_plain else paths_of({listing.category_id for listing in listings})
    taken_off = set(Listing.objects.filter(pk__in=[listing.pk for listing in listings], is_taken_off=True).values_list("pk", flat=True))
    for listing in listings:
        verdict = Verdict((), None) if standing.is_plain else standing.of(paths[listing.category_id], listing.brand_id)
        listing.is_listed, listing.is_held, listing.sellable_until = listing.is_on_sale, bool(verdict.lacks), verdict.until
        listing.is_on_sale = listing.is_listed and not listing.is_held and listing.pk not in taken_off


def settle_shop(merchant_id: UUID) -> Settled:
    """Hold back what the shop may not sell now, and let go what was held and may be sold again. Only listings that differ are written."""
    lock(merchant_id)
    found = Settled()
    standing = standing_of(merchant_id, clock.now())
    for verdict, kinds in verdicts_of(merchant_id, standing).items():
        is_held, until = verdict
        differing = Listing.objects.filter(_of_kinds(kinds, standing), merchant_id=merchant_id).exclude(is_held=is_held, sellable_until=until)
        was_held = dict(differing.order_by("pk").select_for_update(of=("self",)).values_list("pk", "is_held"))
        if not was_held:
            continue
        Listing.objects.filter(pk__in=was_held).update(is_held=is_held, sellable_until=until, is_on_sale=False if is_held else LISTED, changed_at=clock.now())
        note_gaps(was_held)
        changed = [key for key, was in was_held.items() if was != is_held]
        (found.held if is_held else found.released).extend(changed)
    return found


Kind = tuple[int, int | None]  # category, and the brand if that is sold with authorisation only


def verdicts_of(merchant_id: UUID, standing: Standing) -> dict[tuple[bool, datetime | None], list[Kind]]:
    """The kinds of goods a shop has listings of, by whether these are held and until when they may be sold."""
    found: dict[tuple[bool, datetime | None], list[Kind]] = defaultdict(list)
    pairs = Listing.objects.filter(merchant_id=merchant_id).order_by().values_list("category_id", "brand_id").distinct()
    kinds = {(category_id, brand_id if brand_id in standing.of_brands else None) for category_id, brand_id in pairs}
    paths = paths_of({category_id for category_id, _brand in kinds})
    for category_id, brand_id in sorted(kinds, key=lambda kind: (kind[0], kind[1] or 0)):
        verdict = standing.of(paths[category_id], brand_id)
        found[bool(verdict.lacks), verdict.until].append((category_id, brand_id))
    return found


def _of_kinds(kinds: list[Kind], standing: Standing) -> Q:
    categories: dict[int | None, list[int]] = defaultdict(list)
    for category_id, brand_id in kinds:
        categories[brand_id].append(category_id)
    asked = Q()
    for brand_id, ids in categories.items():
        others = ~Q(brand_id__in=list(standing.of_brands)) if standing.of_brands else Q()
        asked |= Q(category_id__in=ids) & (Q(brand_id=brand_id) if brand_id is not None else others)
    return asked


@dataclass
class Held:
    """Goods of a shop that are not sold for want of the same qualifications."""

    lacks: tuple[Requirement, ...]
    listings: list[Listing]


def held_of(merchant_id: UUID, standing: Standing) -> list[Held]:
    """What is held back of what the shop offers, by why."""
    rows = Listing.objects.filter(merchant_id=merchant_id, is_listed=True, is_held=True).order_by("-sold", "pk").defer("descriptions", "attributes")
    by_kind: dict[tuple[int, int | None], list[Listing]] = defaultdict(list)
    for row in rows:
        by_kind[row.category_id, row.brand_id].append(row)
    found: dict[tuple[Requirement, ...], list[Listing]] = defaultdict(list)
    paths = paths_of({category_id for category_id, _brand in by_kind})
    for (category_id, brand_id), listings in by_kind.items():
        found[standing.of(paths[category_id], brand_id).lacks] += listings
    return [Held(lacks, listings) for lacks, listings in found.items()]


def paths_of(category_ids: Iterable[int]) -> dict[int, list[int]]:
    """Category → its path from the root, itself included."""
    return {key: list(path) or [key] for key, path in Category.objects.filter(pk__in=list(category_ids)).values_list("pk", "path")}


def lock(merchant_id: UUID, *, shared: bool = False) -> None:
    """To the end of the transaction."""
    with connection.cursor() as cursor:
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {function}(hashtext('wanshang.sellable'), hashtext(%s))", [str(merchant_id)])
