"""How good the first ten are, by nDCG: unjudged counted as bad, and only the judged looked at. docs/decisions/search.md says what the figures mean.

Nothing is fitted here, neither on all questions nor on some: the five folds show how far a figure depends on which questions are
asked, and the interval how sure the mean is.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

import pytest
from django.test import override_settings

from search.evaluation.measure import Report, measure, own_indexes
from search.evaluation.metrics import folds, interval
from tests.relevance.judged import SHARED, Judged, own_sample, quick, whole

BACKENDS = ("postgres", "elasticsearch")
FIGURES = {"plain": "unjudged as bad", "condensed": "of the judged"}
FOLDS, LESS, APART = 5, 0.02, 0.02  # a figure may be so much less than what was reached, and the two backends so far apart

# What was reached, by the weaker of both backends.
OF_OUR_SAMPLE = {"plain": 0.96, "condensed": 0.96}
OF_ALL = {"plain": 0.778, "condensed": 0.862}
OF_FEWER = {"plain": 0.812, "condensed": 0.858}  # fewer products distract less


def measured(judged: Judged, url: str) -> Iterator[Report]:
    """Both backends, on one build of the index each."""
    with override_settings(ELASTICSEARCH_URL=url, SEARCH_INDEX="test-relevance"), own_indexes(lambda: judged.docs, BACKENDS) as backends:
        for backend in backends.values():
            yield measure(backend, judged.queries, judged.grades)


def told(reports: list[Report], judged: Judged, of_whom: str) -> None:
    asked = len(reports[0].scored)
    print(
        f"\nnDCG@10, {asked} questions on {len(judged.docs)} products ({of_whom}); mean, 95 % of {asked} questions drawn anew, least and most of {FOLDS} folds:"
    )
    for report in reports:
        for figure, words in FIGURES.items():
            value = {each.qid: getattr(each, figure) for each in report.scored}
            low, high = interval(list(value.values()))
            parts = [fmean(value[qid] for qid in fold) for fold in folds(value, FOLDS)]
            print(f"  {report.backend:>13}, {words:<15}: {report.mean(figure):.3f}, {low:.3f} to {high:.3f}, {min(parts):.3f} to {max(parts):.3f}")


def check(judged: Judged, url: str, reached: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    reports = list(measured(judged, url))
    with capsys.disabled():
        told(reports, judged, "shared ratings" if reached is not OF_OUR_SAMPLE else "our own sample")
    for figure, value in reached.items():
        means = [report.mean(figure) for report in reports]
        assert min(means) >= value - LESS, figure
        assert max(means) - min(means) <= APART, figure


def test_the_first_ten_of_few_documents(own_database, elasticsearch_url, capsys):
    check(quick(), elasticsearch_url, OF_FEWER if SHARED.exists() else OF_OUR_SAMPLE, capsys)


def test_the_first_ten_of_our_own_sample(own_database, elasticsearch_url, capsys):
    check(own_sample(), elasticsearch_url, OF_OUR_SAMPLE, capsys)


@pytest.mark.long
def test_the_first_ten_of_all_documents(own_database, elasticsearch_url, capsys):
    check(whole(), elasticsearch_url, OF_ALL if SHARED.exists() else OF_OUR_SAMPLE, capsys)
