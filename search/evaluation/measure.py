"""How good a backend's answers to judged questions are, on an index of its own: the market's is never touched.

PostgreSQL keeps that index in temporary tables of this connection (place.py), Elasticsearch under a name that nobody else has;
both are gone afterwards. Elasticsearch weighs words by the temporary vocabulary, as it does by the market's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID, uuid4

from search.backends.choice import apart
from search.backends.postgres import PostgresBackend
from search.contract import REACH, Backend, BackendAway, Doc, Query
from search.evaluation.metrics import TEN, ndcg, only_judged, recall
from search.place import ASIDE, close_aside, open_aside

PAGE = 100
RECALLED = 100  # how many of the first are looked through for what is good
PATIENCE_S = 30.0  # what is measured here is the order, not the time


@contextmanager
def own_indexes(documents: Callable[[], Iterable[Doc]], names: Collection[str]) -> Iterator[dict[str, Backend]]:
    """The backends that are named, each holding the documents and nothing else. Raises BackendAway."""
    backends: dict[str, Backend] = {"postgres": PostgresBackend(place=ASIDE)}
    server = None
    if "elasticsearch" in names:
        server = apart(f"eval-{uuid4().hex[:12]}", PATIENCE_S, ASIDE)
        if server is None:
            raise BackendAway("no Elasticsearch is configured: set ELASTICSEARCH_URL")
        backends[server.name] = server
    open_aside()
    try:
        for backend in backends.values():
            backend.rebuild(documents())
        yield {name: backends[name] for name in names}
    finally:
        close_aside()
        if server is not None:
            server.drop()


@dataclass(frozen=True)
class Scored:
    """A question and what its ranking is worth. `judged`: how many of the first ten somebody judged."""

    qid: str
    text: str
    plain: float  # nDCG@10, unjudged = 0
    condensed: float  # nDCG@10 of the judged only
    recall: float  # of the first RECALLED
    judged: int
    total: int


@dataclass(frozen=True)
class Report:
    """`left_out`: questions for which nobody judged anything good, so that no order of theirs can be told from another."""

    backend: str
    scored: list[Scored]
    left_out: list[str]

    def mean(self, figure: str) -> float:
        return fmean(getattr(each, figure) for each in self.scored)

    def worst(self, count: int) -> list[Scored]:
        return sorted(self.scored, key=lambda each: (each.plain, each.condensed, each.qid))[:count]


def measure(backend: Backend, queries: Mapping[str, str], grades: Mapping[str, Mapping[UUID, int]]) -> Report:
    """Every question asked once, as a buyer asks it. Raises BackendAway."""
    scored, left_out = [], []
    for qid, text in queries.items():
        judged = grades.get(qid, {})
        if max(judged.values(), default=0) <= 0:
            left_out.append(qid)
            continue
        found, total = ranking(backend, text, judged)
        figures = ndcg(found, judged), ndcg(only_judged(found, judged), judged), recall(found, judged, RECALLED)
        plain, condensed, recalled = (figure or 0.0 for figure in figures)
        scored.append(Scored(qid, text, plain, condensed, recalled, sum(key in judged for key in found[:TEN]), total))
    return Report(backend.name, scored, left_out)


def ranking(backend: Backend, text: str, judged: Collection[UUID]) -> tuple[list[UUID], int]:
    """What is shown, page after page, until ten of the judged have come or there is no more; and how many were found."""
    first = backend.search(Query(text=text, size=PAGE))
    found = [*first.ids, *first.also]
    for page in range(2, -(-min(first.total, REACH) // PAGE) + 1):
        if sum(key in judged for key in found) >= min(TEN, len(judged)):
            break
        found += backend.search(Query(text=text, size=PAGE, page=page)).ids
    return found, first.total
