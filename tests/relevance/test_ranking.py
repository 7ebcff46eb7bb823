"""How good the first ten are, by nDCG: unjudged counted as bad, and only the judged looked at. docs/decisions/search.md says what the goals mean."""

from __future__ import annotations

from statistics import fmean

import pytest

from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.postgres import PostgresBackend
from search.contract import Backend, Query
from tests.relevance.judged import SHARED, Judged, ndcg, only_judged, own_sample, quick, whole
from tests.search.conftest import UNHURRIED_S, index_name

OF_OUR_SAMPLE = 0.93


def measure(backend: Backend, judged: Judged) -> tuple[float, float]:
    """nDCG@10 with what nobody judged counted as bad, and of the judged alone, over the hundred best."""
    plain, condensed = [], []
    for text, grades in judged.grades.items():
        answer = backend.search(Query(text=text, size=100))
        found = answer.ids + answer.also
        plain.append(ndcg(found, grades))
        condensed.append(ndcg(only_judged(found, grades), grades))
    return fmean(plain), fmean(condensed)


def both_backends(judged: Judged, elasticsearch_url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[float, float]]:
    elastic = ElasticsearchBackend(elasticsearch_url, index_name(), timeout_s=UNHURRIED_S)
    measured = {}
    for backend in (PostgresBackend(), elastic):
        backend.rebuild(judged.docs)
        measured[backend.name] = measure(backend, judged)
    elastic.drop()
    with capsys.disabled():
        print(f"\nnDCG@10, {len(judged.grades)} questions on {len(judged.docs)} documents ({judged.source}):")
        for name, (plain, condensed) in measured.items():
            print(f"  {name}: {plain:.3f} with unjudged as bad, {condensed:.3f} of the judged")
    return measured


def test_the_first_ten_of_few_documents(own_database, elasticsearch_url, capsys):
    judged = quick()
    # Fewer documents distract less, so the floor is above the goal of the whole.
    check(both_backends(judged, elasticsearch_url, capsys), plain=0.80 if SHARED.exists() else OF_OUR_SAMPLE)


def test_the_first_ten_of_our_own_sample(own_database, elasticsearch_url, capsys):
    check(both_backends(own_sample(), elasticsearch_url, capsys), plain=OF_OUR_SAMPLE)


@pytest.mark.long
def test_the_first_ten_of_all_documents(own_database, elasticsearch_url, capsys):
    check(both_backends(whole(), elasticsearch_url, capsys), plain=0.76 if SHARED.exists() else OF_OUR_SAMPLE)


def check(measured: dict[str, tuple[float, float]], plain: float) -> None:
    for with_unjudged, of_judged in measured.values():
        assert with_unjudged >= plain
        assert of_judged >= 0.85
    assert abs(measured["postgres"][0] - measured["elasticsearch"][0]) <= 0.02
