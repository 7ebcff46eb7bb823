"""A rebuild beside its use: readers see the old or the new, and what changed meanwhile is in the new."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import BackendAway, Query
from tests.search.catalogue import doc, key
from tests.search.conftest import UNHURRIED_S, index_name


@pytest.mark.parametrize("name", ["postgres", "elasticsearch"])
def test_readers_of_a_rebuild_see_the_old_or_the_new(own_database, request, name):
    backend = PostgresBackend() if name == "postgres" else ElasticsearchBackend(request.getfixturevalue("elasticsearch_url"), index_name(), UNHURRIED_S)
    mugs, lamps = ([doc(title, name=f"{title}{n}", path=[path]) for n in range(400)] for title, path in (("mug", 1), ("lamp", 2)))
    backend.rebuild(mugs)
    seen: list[tuple[int, int]] = []
    ends, failed = threading.Event(), []

    def read() -> None:
        try:
            while not ends.is_set():
                answer = backend.search(Query())
                seen.append((answer.total, answer.categories[0].id if len(answer.categories) == 1 else 0))
        except Exception as error:  # told to the test below
            failed.append(error)
        finally:
            connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for docs in (lamps, mugs, lamps):
            backend.rebuild(docs)
        ended, wanted = len(seen), time.monotonic() + 20
        while len(seen) < ended + 2 and not failed and time.monotonic() < wanted:  # one read may be under way, the next began after the last rebuild
            ends.wait(0.02)
    finally:
        ends.set()
        reader.join()
        if isinstance(backend, ElasticsearchBackend):
            backend.drop()
    assert not failed
    assert set(seen) <= {(400, 1), (400, 2)}
    assert seen[-1] == (400, 2)


def test_a_rebuild_that_fails_half_way_leaves_the_index_as_it_was(own_database, elasticsearch_url):
    def broken():
        yield from (doc("lamp", name=f"new{n}") for n in range(2500))
        raise BackendAway("the listings could not be read")

    for backend in (PostgresBackend(), ElasticsearchBackend(elasticsearch_url, index_name(), UNHURRIED_S)):
        backend.rebuild([doc("mug", name=1), doc("mug", name=2)])
        with pytest.raises(BackendAway):
            backend.rebuild(broken())
        assert set(backend.search(Query()).ids) == {key(1), key(2)}
        assert backend.rebuild([doc("desk", name=3)]) == 1
        assert backend.search(Query()).ids == [key(3)]
        if isinstance(backend, ElasticsearchBackend):
            assert len(backend.indices()) == 1
            backend.drop()
