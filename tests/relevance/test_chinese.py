"""Chinese questions as people write and miswrite them: is what they mean among the first three? By kind, on both backends."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from statistics import fmean

import pytest
from django.test import override_settings

from launch.paths import ROOT
from search.contract import Query
from search.evaluation.measure import own_indexes
from search.evaluation.metrics import succeeds
from tests.relevance.demo_docs import documents
from tests.relevance.make_pairs import FILE, RULES, SEED, derived
from tests.relevance.test_ranking import BACKENDS
from tests.search.catalogue import doc, key

AT = 3
LESS = 0.02  # a figure may be so much less than what was reached
# By kind, on the weaker of both backends.
REACHED = {
    "as written": 1.0, "traditional": 1.0, "pinyin": 0.96, "initials": 0.98, "dropped character": 1.0, "transposed characters": 1.0, "word order": 1.0,
    "same sound": 1.0, "mixed script": 1.0, "by hand": 0.92,
}  # fmt: skip


TAXONOMY = ROOT.parent / "shared" / "data" / "taxonomy" / "categories.jsonl.gz"
OF_TAXONOMY = 60  # questions of each kind
OF_NAMES = {
    "traditional": 1.0, "pinyin": 0.91, "initials": 0.46, "dropped character": 0.96, "transposed characters": 0.93, "word order": 1.0, "same sound": 0.95,
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


@pytest.mark.long
def test_among_ten_thousand_names_what_is_meant_is_still_found(own_database, elasticsearch_url, capsys):
    """The same rules on the names of the shared taxonomy: more words that a question may mean instead. Where it is not there, there is nothing to ask."""
    if not TAXONOMY.exists():
        pytest.skip("the shared taxonomy is not here")
    with gzip.open(TAXONOMY, "rt") as lines:
        names = sorted({json.loads(line)["zh"] for line in lines})
    dice = random.Random(SEED)
    asked = [(kind, text, name) for kind, rule in RULES.items() for text, name in derived(rule, dict.fromkeys(names, "there"), OF_TAXONOMY, dice)]
    told(asked, lambda: (doc(name) for name in names), elasticsearch_url, OF_NAMES, f"names of {len(names)} of the shared taxonomy", capsys)


def test_what_is_meant_is_among_the_first_three(own_database, elasticsearch_url, capsys):
    told([(kind, text, wanted) for kind, text, wanted, _name in pairs()], documents, elasticsearch_url, REACHED, "the demo's goods", capsys)


def told(asked, docs, url, least, of_what, capsys):
    found: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in BACKENDS}
    with override_settings(ELASTICSEARCH_URL=url, SEARCH_INDEX="test-chinese"), own_indexes(docs, BACKENDS) as backends:
        for kind, text, wanted in asked:
            for name, backend in backends.items():
                answer = backend.search(Query(text=text))
                found[name][kind].append(succeeds([*answer.ids, *answer.also], {key(wanted), *map(key, wanted.split())}, AT))
    means = {name: {kind: fmean(each) for kind, each in kinds.items()} for name, kinds in found.items()}
    whole = {name: fmean(hit for each in kinds.values() for hit in each) for name, kinds in found.items()}
    with capsys.disabled():
        print(f"\nAmong the first {AT}, {len(asked)} Chinese questions on {of_what} ({', '.join(BACKENDS)}):")
        for kind in means["postgres"]:
            print(f"  {kind:>21}: {'  '.join(f'{means[name][kind]:.3f}' for name in BACKENDS)}  of {len(found['postgres'][kind])}")
        print(f"  {'all':>21}: {'  '.join(f'{whole[name]:.3f}' for name in BACKENDS)}")
    assert means["postgres"].keys() == least.keys()
    assert all(means[name][kind] >= reached - LESS for name in BACKENDS for kind, reached in least.items())
    assert abs(whole["postgres"] - whole["elasticsearch"]) <= LESS
