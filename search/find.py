"""Finding: Elasticsearch where one is configured and answers, else PostgreSQL, which is always kept up to date."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from marketplace.kernel.breaker import Breaker
from search.backends.choice import configured
from search.backends.postgres import PostgresBackend
from search.contract import Answer, BackendAway, Query

log = logging.getLogger("wanshang.search")

postgres = PostgresBackend()
breaker = Breaker(moment_s=1.0)
AT_ONCE = 100  # the largest page that both backends give


def find(query: Query) -> Answer:
    """The answer to a buyer's question; `backend` says whose. An Elasticsearch that is away, or slow at every step, costs at most its patience, and
    a page with several questions costs it once."""
    if (server := configured()) and breaker.allows():
        try:
            answer = server.search(query)
        except BackendAway as away:
            log.warning("PostgreSQL answers instead: %s", away)
            if breaker.failed():
                log.error("Elasticsearch failed %s times and is left alone for %.0f s", breaker.failures, breaker.pause_s)
        else:
            breaker.succeeded()
            return answer
    return postgres.search(query)


def find_in_order(query: Query, order: Sequence[UUID]) -> Answer:
    """The same, of listings that somebody has put into an order, in that order. `order` names a few hundred at most: all that is found of them is asked
    for, a hundred at a time."""
    whole = find(query.but(among=frozenset(order), page=1, size=AT_ONCE))
    found = list(whole.ids)
    for page in range(2, -(-min(whole.total, len(order)) // AT_ONCE) + 1):
        found += find(query.but(among=frozenset(order), page=page, size=AT_ONCE)).ids
    places = {key: place for place, key in enumerate(order)}
    found.sort(key=lambda key: places[key])
    return replace(whole, ids=found[query.start : query.end])
