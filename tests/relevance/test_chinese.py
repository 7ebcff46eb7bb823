"""Chinese questions as people write and miswrite them: is what they mean among the first three? By kind, on both backends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from statistics import fmean

from django.test import override_settings

from launch.paths import ROOT
from search.contract import Query
from search.evaluation.measure import own_indexes
from search.evaluation.metrics import succeeds
from tests.relevance.demo_docs import documents
from tests.relevance.make_pairs import FILE
from tests.relevance.test_ranking import BACKENDS
from tests.search.catalogue import key

AT = 3
LESS = 0.02  # a figure may be so much less than what was reached
# By kind, on the weaker of both backends.
REACHED = {
    "as written": 1.0, "traditional": 1.0, "pinyin": 0.0, "initials": 0.0, "dropped character": 0.91, "transposed characters": 0.83, "word order": 1.0,
    "same sound": 0.98, "mixed script": 1.0, "by hand": 0.80,
}  # fmt: skip


def pairs() -> list[list[str]]:
    """Kind, question, names of the products that answer it, and what it was made from."""
    return [line.split("\t") for line in FILE.read_text().splitlines()[1:]]


def test_there_are_enough_and_most_are_made_by_rule():
    kinds = [kind for kind, *_rest in pairs()]
    assert len(kinds) >= 500
    assert len(kinds) - kinds.count("by hand") - kinds.count("as written") >= 400


def test_the_file_is_what_its_script_makes():
    own = {name: value for name, value in os.environ.items() if name != "PYPINYIN_NO_PHRASES"}  # which the product sets for itself
    made = subprocess.run(
        [sys.executable, "-c", "from tests.relevance.make_pairs import text; print(text(), end='')"], cwd=ROOT, env=own, capture_output=True, text=True
    )
    assert made.stdout == FILE.read_text(), made.stderr


def test_what_is_meant_is_among_the_first_three(own_database, elasticsearch_url, capsys):
    reached: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in BACKENDS}
    with override_settings(ELASTICSEARCH_URL=elasticsearch_url, SEARCH_INDEX="test-chinese"), own_indexes(documents, BACKENDS) as backends:
        for kind, text, wanted, _made_from in pairs():
            for name, backend in backends.items():
                answer = backend.search(Query(text=text))
                reached[name][kind].append(succeeds([*answer.ids, *answer.also], {key(good) for good in wanted.split()}, AT))
    means = {name: {kind: fmean(each) for kind, each in kinds.items()} for name, kinds in reached.items()}
    whole = {name: fmean(found for each in kinds.values() for found in each) for name, kinds in reached.items()}
    with capsys.disabled():
        print(f"\nAmong the first {AT}, {len(pairs())} Chinese questions on the demo's goods ({', '.join(BACKENDS)}):")
        for kind in means["postgres"]:
            print(f"  {kind:>21}: {'  '.join(f'{means[name][kind]:.3f}' for name in BACKENDS)}  of {len(reached['postgres'][kind])}")
        print(f"  {'all':>21}: {'  '.join(f'{whole[name]:.3f}' for name in BACKENDS)}")
    assert means["postgres"].keys() == REACHED.keys()
    assert all(means[name][kind] >= least - LESS for name in BACKENDS for kind, least in REACHED.items())
