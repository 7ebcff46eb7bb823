"""Keeping the indexes and the suggestions: reactions to changed listings, and rebuilding.

Every refresh is by state: it reads the listings as they are and puts or removes their documents, so it may be late, repeated
or out of order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from marketplace.kernel import clock
from marketplace.kernel.breaker import Breaker
from marketplace.kernel.models import OutboxEvent
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.events import ListingsChanged
from marketplace.platform.listings.models import Listing, stamp_of
from marketplace.platform.reviews.events import ShopScoreMoved
from search.backends.choice import configured
from search.backends.postgres import PostgresBackend
from search.backends.postgres_writing import chunks
from search.contract import Backend, BackendAway, Doc, NotBuilt
from search.documents import AT_ONCE, all_documents, documents_of
from search.suggestions import keeping as suggestions
from tenants.tenancy.stamps import change_stamps

postgres = PostgresBackend()

TRIES = 5
# A rebuild reads what changed while it ran again; a change may have been stamped this long before it was committed.
LATE_COMMITS = timedelta(minutes=2)

# A server that hangs must not hold all workers: they come again later.
breaker = Breaker(pause_s=5)


class NotStill(BackendAway):
    """Listings change faster than they can be indexed. That is no failure of the server, and others are indexed meanwhile."""


class NotCaughtUp(BackendAway):
    """The index that was built is in use, but what changed meanwhile is not all in it."""


class RebuildRunning(RuntimeError):
    """Another process is rebuilding this index."""


def refresh_postgres(event: ListingsChanged) -> None:
    """Reaction: the PostgreSQL index and the suggestions follow, in this transaction. One refresh of a merchant at a time: the latest state is written last."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.search'), hashtext(%s))", [str(event.merchant_id)])
        followed = suggestions.follow_products(event.listing_ids)
        refresh(postgres, event.listing_ids)
        suggestions.follow_names(followed)
        change_stamps(map(stamp_of, event.listing_ids))  # of pages that asked the index before it knew


def refresh_elasticsearch(event: ListingsChanged) -> None:
    """Outward reaction: Elasticsearch follows, where one is configured and has an index. Raises BackendAway; the relay comes again."""
    server = configured()
    if server is None:
        return
    if not breaker.allows():
        raise BackendAway("Elasticsearch failed a moment ago")
    try:
        refresh_until_same(server, event.listing_ids)
    except NotStill:
        raise
    except NotBuilt:
        pass  # whoever builds it reads everything (catching_up.py), and what changed meanwhile once more
    except BackendAway:
        breaker.failed()
        raise
    breaker.succeeded()
    change_stamps(map(stamp_of, event.listing_ids))


def refresh(backend: Backend, listing_ids: Iterable[UUID]) -> None:
    """Put the documents of listings that have one, and remove those of the others."""
    ids = set(listing_ids)
    docs = documents_of(ids)
    backend.put(docs)
    backend.remove(ids - {doc.id for doc in docs})


def refresh_until_same(backend: Backend, listing_ids: Iterable[UUID]) -> None:
    """Refresh, and again those that changed meanwhile: two refreshes at once may otherwise end with the elder state.

    Raises NotStill if some listings do not stand still.
    """
    ids = list(listing_ids)
    seen = _state(ids)
    for _try in range(TRIES):
        refresh(backend, ids)
        before, now = seen, _state(ids)
        ids = [key for key in ids if before.get(key) != now.get(key)]
        if not ids:
            return
        seen = now
    raise NotStill("the listings change faster than they can be indexed")


def _state(ids: list[UUID]) -> dict[UUID, tuple[object, ...]]:
    rows = Listing.objects.filter(pk__in=ids)
    return {row[0]: row[1:] for row in rows.values_list("pk", "changed_at", "version", "is_on_sale", "merchant__status", "merchant__score__ranked")}


def follow_shop_score(event: ShopScoreMoved) -> None:
    """Reaction: all goods of the shop anew, as their documents hold its score."""
    announce(event.merchant_id, list(Listing.objects.filter(merchant_id=event.merchant_id, is_on_sale=True).order_by("pk").values_list("pk", flat=True)))


def rebuild(backend: Backend, note: Callable[[int], None] = lambda _done: None) -> int:
    """Build an index anew from all listings, beside its use. `note` is told how many documents went by. Returns how many it holds.

    Raises RebuildRunning where one is under way, BackendAway, NotCaughtUp. PostgreSQL keeps other writers out until it commits; what they
    had to do comes again through the relay. Elasticsearch takes their writes into the index that goes, so what changed
    meanwhile is read again: before readers see the new index, and once more after.
    """
    with _only_rebuild_of(backend):
        if backend is postgres:
            count = backend.rebuild(_noted(all_documents(), note))
            suggestions.rebuild()
            return count
        since = clock.now() - LATE_COMMITS

        def docs() -> Iterator[Doc]:
            yield from _noted(all_documents(), note)
            for ids in _changed_since(since):
                yield from documents_of(ids)

        total = backend.rebuild(docs())
        # All of them once more: what can be found no more had no document above, and nothing took the former one out.
        try:
            for ids in _changed_since(since):
                with suppress(NotStill):  # what goes on changing is told by events of its own, and these go into the new index
                    refresh_until_same(backend, ids)
            backend.refresh()
        except BackendAway as away:
            raise NotCaughtUp(str(away)) from away
        return total


def clear_away() -> None:
    """Rows that a rebuild of PostgreSQL's index replaced: readers step over them until the database clears them away by itself. Not in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE) public.search_searchdoc, public.search_searchterm, public.search_suggestion")
        cursor.execute("RESET statement_timeout")


def _noted(docs: Iterable[Doc], note: Callable[[int], None]) -> Iterator[Doc]:
    for doc in docs:
        note(1)
        yield doc


def _changed_since(moment: datetime) -> Iterator[list[UUID]]:
    """Listings that changed, and those that an event named: a shop's end, its score or a category's place changes documents and no row of a listing."""
    told = OutboxEvent.objects.filter(topic=ListingsChanged.topic, recorded_at__gte=moment).values_list("body__listing_ids", flat=True)
    named = {UUID(key) for keys in told.iterator() for key in keys}
    return chunks(sorted(named.union(Listing.objects.filter(changed_at__gte=moment).values_list("pk", flat=True))), AT_ONCE)


@contextmanager
def _only_rebuild_of(backend: Backend) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('wanshang.search.rebuilding'), hashtext(%s))", [backend.name])
        if not cursor.fetchone()[0]:
            raise RebuildRunning(f"another process is rebuilding the index of {backend.name}; try again when it has ended")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('wanshang.search.rebuilding'), hashtext(%s))", [backend.name])
