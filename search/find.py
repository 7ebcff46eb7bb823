"""Finding: Elasticsearch where one is configured and answers, else PostgreSQL, which is always kept up to date."""

from __future__ import annotations

import logging

from marketplace.kernel.breaker import Breaker
from search.backends.choice import configured
from search.backends.postgres import PostgresBackend
from search.contract import Answer, BackendAway, Query

log = logging.getLogger("wanshang.search")

postgres = PostgresBackend()
breaker = Breaker()


def find(query: Query) -> Answer:
    """The answer to a buyer's question; `backend` says whose. An Elasticsearch that is away costs at most its patience."""
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
