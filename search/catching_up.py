"""Elasticsearch was away and is back: what waits for it goes at once, and not after the pauses that its failures have earned it, and what was given up
goes again. One that is new, or has lost its disk, has its index built."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.models import DeadLetter, Delivery
from marketplace.kernel.registry import Reaction
from marketplace.kernel.relay import replay_all
from search import indexer
from search.backends.choice import configured
from search.contract import BackendAway
from tenants.tenancy.jobs import long_market_task

log = logging.getLogger("wanshang.search")

REACTION = Reaction(indexer.refresh_elasticsearch, outward=True).name
# By then every worker's breaker lets somebody ask.
SOON = timedelta(seconds=indexer.breaker.pause_s + 1)
# For so long after it was last seen away: until then workers whose breaker still rests fail what was under way, and that earns a long pause too.
AFTERWARDS = timedelta(seconds=45)


class _Seen:
    """Of the process that does duties: until when it hurries what waits. None before it has looked: Elasticsearch may have been away."""

    hurries_until: datetime | None = None


def hurry() -> None:
    """Duty. For a while after each time away, and after its first look, and no longer: what Elasticsearch refuses for reasons of its own still waits
    longer each time, and is given up in the end."""
    server, now = configured(), clock.now()
    _Seen.hurries_until = _Seen.hurries_until or now + AFTERWARDS
    failed = Delivery.objects.filter(reaction=REACTION, status=Delivery.Status.WAITING, attempts__gt=0, sent_at=None)
    given_up = DeadLetter.objects.filter(replayed_at=None, delivery__reaction=REACTION)
    if server is None or not (failed.exists() or given_up.exists()):
        return
    if not server.is_well():
        _Seen.hurries_until = now + AFTERWARDS
    elif now < _Seen.hurries_until:
        # What failed because it was away, or was left alone, is no nearer to being given up.
        failed.filter(due_at__gt=now + SOON).update(due_at=now + SOON, attempts=1)
        if count := replay_all(REACTION, due_at=now + SOON):
            log.warning("Elasticsearch is back: %s changes that were given up are sent to it again", count)


def ask_to_build() -> None:
    """Duty. Where Elasticsearch answers and has no index."""
    if _lacks_its_index():
        with transaction.atomic():
            build_lacking.request()


@long_market_task
def build_lacking() -> None:
    """Job: the index that Elasticsearch lacks, of everything. Until it is there PostgreSQL answers."""
    server = configured()
    if server is None or not _lacks_its_index():
        return
    try:
        log.warning("Elasticsearch had no index: %s listings are in it now", indexer.rebuild(server))
    except indexer.RebuildRunning:
        log.info("the index that Elasticsearch lacks is being built")
    except indexer.NotCaughtUp as why:  # the hourly comparison mends it (drift.py)
        log.warning("the index that Elasticsearch lacked is in use, but lacks some of what changed meanwhile: %s", why)
    except BackendAway as why:
        log.warning("the index that Elasticsearch lacks was not built: %s", why)


def _lacks_its_index() -> bool:
    server = configured()
    try:
        return server is not None and not server.is_built()
    except BackendAway:
        return False
