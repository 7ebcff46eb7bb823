"""Every question waits some seconds for an Elasticsearch that does not answer, however often it did not."""

from __future__ import annotations

from functools import cache


def apply():
    from marketplace.kernel.breaker import Breaker
    from search import find
    from search.backends import choice
    from search.backends.elasticsearch import ElasticsearchBackend

    find.breaker = Breaker(failures=10**9)
    choice._of_process = cache(lambda _pid, url, alias: ElasticsearchBackend(url, alias, timeout_s=3))
