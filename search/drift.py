"""What an index holds otherwise than the listings are, in both directions and on both backends: found, said, and mended.

Indexes follow by events, so they should never differ for longer than an event takes. They do after a dead letter, a backup that was put back
for one of them alone, or rows that were changed past the verbs. Compared is what an index notes for it (contract.type_state). Words, categories, values
and variants are not: they are as old as the rest of a document, unless something else than the product has changed them, as when a category is moved
or values are merged. If the delivery of that was given up, it has to be sent again (catching_up.py). What an event that waits will bring is no drift.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.models import Delivery, OutboxEvent
from marketplace.kernel.registry import Reaction
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.models import Listing, expected_stars
from marketplace.platform.reviews.events import ShopScoreMoved
from search import indexer
from search.backends.choice import configured
from search.backends.postgres_writing import chunks
from search.contract import UNRATED, Backend, BackendAway, type_state
from search.documents import AT_ONCE, on_sale, share_of, shop_scores
from tenants.tenancy.jobs import long_market_task

log = logging.getLogger("wanshang.search")

MOST_MENDED = 5_000  # listings, one by one: an index that differs in more is built anew
NOBODY = UUID(int=0)
NOTED = ("version", "price_minor", "sold", "published_at", "in_stock", "merchant__ordinal", "brand_id", "rating_sum", "rating_count", "merchant_id")


@dataclass
class Drift:
    """Keys of listings that an index lacks, holds although nobody may find them, and holds otherwise than they are; `newer`: those of the last that it
    has in a version which the listing has yet to reach, as after a backup was put back."""

    lacking: set[UUID] = field(default_factory=set)
    ghosts: set[UUID] = field(default_factory=set)
    stale: set[UUID] = field(default_factory=set)
    newer: set[UUID] = field(default_factory=set)

    @property
    def keys(self) -> set[UUID]:
        return self.lacking | self.ghosts | self.stale

    def add(self, other: Drift) -> None:
        self.lacking |= other.lacking
        self.ghosts |= other.ghosts
        self.stale |= other.stale
        self.newer |= other.newer

    def without(self, keys: set[UUID]) -> Drift:
        return Drift(self.lacking - keys, self.ghosts - keys, self.stale - keys, self.newer - keys)

    def counts(self) -> dict[str, int]:
        return {"lacking": len(self.lacking), "ghosts": len(self.ghosts), "stale": len(self.stale)}


def drift_of(backend: Backend, ids: Collection[UUID] | None = None) -> Drift:
    """Of the whole index, or of these listings. Both sides are read by key, a batch at a time. What changes meanwhile may stand in it: look at its
    keys again. Raises BackendAway."""
    drift = Drift()
    sides = merge(((key, True, state) for key, state in _listed(ids)), ((key, False, state) for key, state in backend.states(ids)), key=itemgetter(0))
    for key, found in groupby(sides, key=itemgetter(0)):
        (_key, is_listed, state), *other = found
        if not other:
            (drift.lacking if is_listed else drift.ghosts).add(key)
            continue
        ((_key, _is_listed, indexed),) = other
        if indexed != state:
            drift.stale.add(key)
        if indexed[0] > state[0]:
            drift.newer.add(key)
    return drift


def _listed(ids: Collection[UUID] | None) -> Iterator[tuple[UUID, type_state]]:
    """What an index should note, by key."""
    last = NOBODY
    rows = on_sale() if ids is None else on_sale().filter(pk__in=ids)
    while True:
        some = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", *NOTED)[:AT_ONCE])
        scores = shop_scores(row[-1] for row in some)
        for key, version, price, sold, published, is_in_stock, shop, brand, stars, ratings, merchant_id in some:
            rated = share_of(expected_stars(stars, ratings)), scores.get(merchant_id, UNRATED)
            yield key, (version, price, float(sold), int(published.timestamp()), is_in_stock, shop, brand or 0, *rated)
        if len(some) < AT_ONCE:
            return
        last = some[-1][0]


def _on_their_way(backend: Backend) -> set[UUID]:
    """Listings of events that wait: their reaction will bring them."""
    run = indexer.refresh_postgres if backend is indexer.postgres else indexer.refresh_elasticsearch
    waits = Q(deliveries__reaction=Reaction(run).name, deliveries__status=Delivery.Status.WAITING)
    bodies = OutboxEvent.objects.filter(Q(fanned_out_at=None) | waits, topic=ListingsChanged.topic).values_list("body", flat=True)
    moved = Q(fanned_out_at=None) | Q(deliveries__status=Delivery.Status.WAITING)
    shops = OutboxEvent.objects.filter(moved, topic=ShopScoreMoved.topic).values_list("body__merchant_id", flat=True)
    theirs = Listing.objects.filter(merchant_id__in=list(shops)).values_list("pk", flat=True)
    return {*(UUID(key) for body in bodies.iterator() for key in body["listing_ids"]), *theirs}


@verb
def mend(*, by: Actor, backend: Backend) -> Drift:
    """Compare an index with the listings and mend what still differs at a second look. What was found is returned, said in the process's log and
    kept in the market's. Safe to repeat and to break off. Raises BackendAway, RebuildRunning."""
    drift = Drift()
    if suspects := drift_of(backend).keys - _on_their_way(backend):
        backend.refresh()
        for some in chunks(sorted(suspects), AT_ONCE):
            drift.add(drift_of(backend, some))
        drift = drift.without(_on_their_way(backend))  # of these something has changed since
    if not drift.keys:
        return drift
    if drift.newer or len(drift.keys) > MOST_MENDED:
        indexer.rebuild(backend)  # an index takes nothing that is older than what it has
    else:
        _put_right(backend, drift.keys)
    log.error("the index of %s differed from the listings: %s", backend.name, drift.counts())
    with transaction.atomic():
        audit(by=by, action="search_index.mended", subject="search_index", subject_id=backend.name, after=drift.counts())
    return drift


def _put_right(backend: Backend, keys: set[UUID]) -> None:
    """As the reactions to a change of these listings would, with their locks."""
    if backend is not indexer.postgres:
        for some in chunks(sorted(keys), AT_ONCE):
            indexer.refresh_until_same(backend, some)
        return
    owners = dict(Listing.objects.filter(pk__in=keys).values_list("pk", "merchant_id"))
    for merchant_id, of_one in groupby(sorted(keys, key=lambda key: (owners.get(key, NOBODY), key)), key=lambda key: owners.get(key, NOBODY)):
        for some in chunks(of_one, AT_ONCE):
            indexer.refresh_postgres(ListingsChanged(merchant_id=merchant_id, listing_ids=some))


@long_market_task
def mend_all() -> None:
    """Job: every index in turn. One that is away, or being built anew, is left for the next time."""
    server = configured()
    backends: list[Backend] = [indexer.postgres, *([server] if server and server.is_well() else [])]
    for backend in backends:
        try:
            mend(by=SYSTEM, backend=backend)
        except (BackendAway, indexer.RebuildRunning) as why:
            log.warning("the index of %s was not compared: %s", backend.name, why)


def ask_to_mend_indexes() -> None:
    """Duty."""
    with transaction.atomic():
        mend_all.request()
