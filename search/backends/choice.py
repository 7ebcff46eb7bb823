"""Whether there is an Elasticsearch, and the one backend of this process that speaks to it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from search.place import Place

if TYPE_CHECKING:
    from search.backends.elasticsearch import ElasticsearchBackend


def configured() -> ElasticsearchBackend | None:
    """The backend that the settings name, one a process: connections do not survive a fork."""
    if not settings.ELASTICSEARCH_URL:
        return None
    return _of_process(os.getpid(), settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX)


def apart(name: str, timeout_s: float, place: Place) -> ElasticsearchBackend | None:
    """The server that the settings name, with an index that is not the market's: called after it and `name`. Whoever asks drops it."""
    if not settings.ELASTICSEARCH_URL:
        return None
    from search.backends.elasticsearch import ElasticsearchBackend

    return ElasticsearchBackend(settings.ELASTICSEARCH_URL, f"{settings.SEARCH_INDEX}-{name}", timeout_s, place)


@lru_cache(maxsize=4)
def _of_process(_pid: int, url: str, alias: str) -> ElasticsearchBackend:
    # Loaded where it is used: the client costs every process half a second and some memory.
    from search.backends.elasticsearch import ElasticsearchBackend

    return ElasticsearchBackend(url, alias)
