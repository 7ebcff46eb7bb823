"""Elasticsearch was away and is back: what waits for it goes at once, and not after the pauses that its failures have earned it."""

from __future__ import annotations

from datetime import timedelta

from marketplace.kernel import clock
from marketplace.kernel.models import Delivery
from marketplace.kernel.registry import Reaction
from search import indexer
from search.backends.choice import configured

REACTION = Reaction(indexer.refresh_elasticsearch, outward=True).name
# By then every worker's breaker lets somebody ask.
SOON = timedelta(seconds=indexer.breaker.pause_s + 1)


class _Seen:
    """Of the process that does duties: whether Elasticsearch was away when it last looked. At first it may have been."""

    was_away = True


def hurry() -> None:
    """Duty. Once after each time away, so that what Elasticsearch refuses for reasons of its own still waits longer each time."""
    server, now = configured(), clock.now()
    late = Delivery.objects.filter(reaction=REACTION, status=Delivery.Status.WAITING, attempts__gt=0, sent_at=None, due_at__gt=now + SOON)
    if server is None or not (_Seen.was_away or late.exists()):
        return
    if not server.is_well():
        _Seen.was_away = True
    elif _Seen.was_away:
        late.update(due_at=now + SOON)
        _Seen.was_away = False
