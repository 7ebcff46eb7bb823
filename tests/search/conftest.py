from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from search import find as finding
from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Answer, Backend, Doc, Query
from tests import servers

_numbers = itertools.count(1)
# A cold server on busy cores: what is tested here is the answer, not its speed.
UNHURRIED_S = 30


def index_name() -> str:
    """Of an Elasticsearch index that no other test, worker or run has."""
    return f"test-{os.environ['TEST_RUN']}-{servers.WORKER or 'main'}-{next(_numbers)}"


@dataclass
class Index:
    """A backend as the product uses it: PostgreSQL is always kept too, and both weigh words by its vocabulary."""

    backend: Backend
    postgres: PostgresBackend

    def put(self, *docs: Doc) -> None:
        for backend in self._both():
            backend.put(docs)
        self.backend.refresh()

    def remove(self, *ids: UUID) -> None:
        for backend in self._both():
            backend.remove(ids)
        self.backend.refresh()

    def rebuild(self, docs: Iterable[Doc]) -> int:
        docs = list(docs)
        return [backend.rebuild(docs) for backend in self._both()][-1]

    def ask(self, text: str = "", **asked: object) -> Answer:
        return self.backend.search(Query(text=text, **asked))  # type: ignore[arg-type]

    def forget(self) -> None:
        if isinstance(self.backend, ElasticsearchBackend):
            self.backend.drop()

    def _both(self) -> list[Backend]:
        return [self.postgres] if self.backend is self.postgres else [self.postgres, self.backend]


def an_index(request: pytest.FixtureRequest) -> Index:
    """An index of the backend that is the fixture's parameter; forget() it at the end."""
    postgres = PostgresBackend()
    if request.param == "postgres":
        return Index(postgres, postgres)
    server = ElasticsearchBackend(request.getfixturevalue("elasticsearch_url"), index_name(), timeout_s=UNHURRIED_S)
    server.rebuild([])
    return Index(server, postgres)


@pytest.fixture(params=["postgres", "elasticsearch"])
def index(request: pytest.FixtureRequest, db: None) -> Iterator[Index]:
    """Each backend in turn, empty."""
    index = an_index(request)
    yield index
    index.forget()


@pytest.fixture
def breaker() -> Iterator[None]:
    """The breaker of this process closed, before and after."""
    finding.breaker.succeeded()
    pause_s, moment_s = finding.breaker.pause_s, finding.breaker.moment_s
    yield
    finding.breaker.pause_s, finding.breaker.moment_s = pause_s, moment_s
    finding.breaker.succeeded()


@pytest.fixture
def use_elasticsearch(settings: object, breaker: None) -> Iterator[Callable[[str], str]]:
    """Point the product at an address; returns the name of the index it will use."""

    def use(url: str) -> str:
        settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX = url, index_name()  # type: ignore[attr-defined]
        return settings.SEARCH_INDEX  # type: ignore[attr-defined,no-any-return]

    return use
