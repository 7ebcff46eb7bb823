"""The shared goods as listings of a market, multiplied to a wanted number over a wanted number of shops, in a database of their own.

Later copies of a product have two words more in each title, another price, other sales and another shop; their attributes and variants are the same.
Only what search and its pages read is there: the shops that are added have no schema.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from bench import grounds, imports
from bench.measure import say
from launch import postgres

SPACE = UUID("3c2a4d57-5d43-47a2-b0a5-94b1f2a6c1d7")
AT_ONCE = 2_000


def grown(cluster: postgres.Cluster, size: int, shops: int, redis_url: str) -> bool:
    """Django on a database with so many listings, and its suggestions. False: there are no shared data."""
    from django.db import connections

    if not imports.shared_goods(cluster):
        return False
    connections.close_all()
    name = f"bench_search_{size}"
    cluster.psql("postgres", f'drop database if exists "{name}" with (force)')
    cluster.psql("postgres", f'create database "{name}" template "{imports.DATABASE}" strategy file_copy')
    grounds.enter(cluster, name, redis_url, is_new=False)
    say(f"{size:,} listings of {shops} shops")
    _grow(size, shops)
    return True


def _grow(size: int, shops: int) -> None:
    from marketplace.platform.listings.models import Listing, ListingVariant
    from search.suggestions.keeping import rebuild
    from tenants.tenancy.models import Merchant

    keys = _shops(shops)
    dice = random.Random(4)
    words = sorted({word for titles in Listing.objects.values_list("titles", flat=True)[:5_000] for word in titles.get("en", "").split() if word.isalpha()})
    originals = list(Listing.objects.filter(is_on_sale=True).order_by("pk").values_list("pk", flat=True))
    # Those that are there are spread over all shops, too.
    for start in range(0, len(originals), AT_ONCE):
        some = list(Listing.objects.filter(pk__in=originals[start : start + AT_ONCE]))
        for row in some:
            row.merchant_id = dice.choice(keys)
        Listing.objects.bulk_update(some, ["merchant"], batch_size=500)
    for around, chosen in _rounds(originals, size):
        copies: list[Any] = []
        variants: list[ListingVariant] = []
        for row in Listing.objects.filter(pk__in=chosen):
            copies.append(_copy_of(row, around, keys, words, dice))
        for variant in ListingVariant.objects.filter(listing__in=chosen):
            variant.pk, variant.listing_id = uuid5(SPACE, f"{around}/{variant.pk}"), uuid5(SPACE, f"{around}/{variant.listing_id}")
            variants.append(variant)
        Listing.objects.bulk_create(copies)
        ListingVariant.objects.bulk_create(variants, batch_size=AT_ONCE)
    extra = Listing.objects.filter(is_on_sale=True).order_by("pk").values_list("pk", flat=True)[size:]
    Listing.objects.filter(pk__in=list(extra)).update(is_on_sale=False)
    if (held := Listing.objects.filter(is_on_sale=True).count()) != size or Merchant.objects.count() < shops:
        raise RuntimeError(f"{held} listings")
    say(f"{rebuild():,} suggestions")


def _rounds(originals: list[UUID], size: int) -> Iterator[tuple[int, list[UUID]]]:
    left, around = size - len(originals), 0
    while left > 0:
        around += 1
        for start in range(0, len(originals), AT_ONCE):
            if some := originals[start : min(start + AT_ONCE, start + left)]:
                yield around, some
                left -= len(some)
            if left <= 0:
                return


def _copy_of(row: Any, around: int, shops: list[UUID], words: list[str], dice: random.Random) -> Any:
    from marketplace.platform.listings.models import Listing

    more = " ".join(dice.sample(words, 2))
    copy = Listing(**{field.attname: getattr(row, field.attname) for field in Listing._meta.concrete_fields})
    copy.pk, copy.merchant_id = uuid5(SPACE, f"{around}/{copy.pk}"), dice.choice(shops)
    copy.titles = {language: f"{title} {more}" for language, title in copy.titles.items()}
    copy.price_minor = max(1, int(copy.price_minor * dice.uniform(0.8, 1.2)))
    copy.price_to_minor = max(copy.price_minor, copy.price_to_minor)
    copy.sold = int(dice.paretovariate(0.8)) % 100_000
    return copy


def _shops(count: int) -> list[UUID]:
    """Keys of so many shops, the first ones or new ones."""
    from django.db.models import Max

    from tenants.tenancy.models import Merchant

    there = list(Merchant.objects.filter(status=Merchant.Status.OPEN).order_by("ordinal").values_list("pk", flat=True))[:count]
    last = Merchant.objects.aggregate(last=Max("ordinal"))["last"]
    new = [
        Merchant(
            id=uuid5(SPACE, f"shop {n}"), slug=f"grown-{n}", schema_name=f"m_grown_{n}", names={"zh-hans": f"万家店铺 {n}", "en": f"Shop of many {n}"},
            status=Merchant.Status.OPEN, contact_email=f"shop-{n}@bench.localhost", ordinal=last + n + 1,
        )
        for n in range(count - len(there))
    ]  # fmt: skip
    Merchant.objects.bulk_create(new)
    return [*there, *(row.pk for row in new)]
