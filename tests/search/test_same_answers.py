"""What a buyer would type, some hundred questions made by rule from what the demo sells: both backends answer alike, the ten best and every count."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import fmean

import pytest
from django.test import override_settings

from search.backends.postgres import PostgresBackend
from search.contract import Answer, Backend, Query
from search.evaluation.measure import own_indexes
from search.place import ASIDE
from search.words import Asked
from tests.relevance.demo_docs import documents
from tests.relevance.demo_goods import categories, goods
from tests.relevance.make_pairs import RULES, derived
from tests.relevance.test_misspelt import misspelt
from tests.relevance.test_ranking import BACKENDS

SEED = 8
OF_EACH = 40  # questions of a kind
FIRST, ALIKE = 10, 0.8
NARROWED = 4  # one question in so many is asked again with values chosen
COUNTED = ("total", "rung", "read_as", "dropped", "categories", "brands", "shops", "attributes", "price_from", "price_to", "prices", "is_estimate")


def questions() -> list[tuple[str, str]]:
    """Kind and text, each text once."""
    dice = random.Random(SEED)
    asked = {text: kind for kind, text in _by_rule(dice)}
    return [(kind, text) for text, kind in asked.items()]


def _by_rule(dice: random.Random) -> Iterator[tuple[str, str]]:
    sold = goods()
    yield from (("Chinese title", good.titles[0]) for good in dice.sample(sold, OF_EACH))
    yield from (("English title", good.titles[1]) for good in dice.sample(sold, OF_EACH))
    yield from (("two words of a title", " ".join(good.titles[1].split()[-2:])) for good in dice.sample(sold, OF_EACH))
    yield from (("words of two titles", f"{a.titles[1].split()[0]} {b.titles[1].split()[-1]}") for a, b in zip(*_two(dice), strict=True))
    yield from (("both languages", f"{good.titles[0][-2:]} {good.titles[1].split()[-1]}") for good in dice.sample(sold, OF_EACH))
    for _parent, zh, en in categories().values():
        yield "name of a category", zh
        yield "name of a category", en
    long = sorted({word for good in sold for word in good.titles[1].lower().split() if word.isalpha() and len(word) > 5})
    yield from (("misspelt", misspelt(word, dice)) for word in dice.sample(long, OF_EACH))
    names = {good.titles[0]: "there" for good in sold}
    for kind, rule in RULES.items():
        yield from ((kind, text) for text, _name in derived(rule, names, OF_EACH // 2, dice))


def _two(dice: random.Random) -> tuple[list, list]:
    sold = goods()
    return dice.sample(sold, OF_EACH), dice.sample(sold, OF_EACH)


@pytest.fixture(scope="module")
def both(own_database, elasticsearch_url) -> Iterator[dict[str, Backend]]:
    with override_settings(ELASTICSEARCH_URL=elasticsearch_url, SEARCH_INDEX="test-same"), own_indexes(documents, BACKENDS) as backends:
        yield backends


@pytest.fixture(scope="module")
def answers(both) -> dict[str, dict[str, Answer]]:
    """Of each backend by its name, by text."""
    return {name: {text: backend.search(Query(text=text)) for _kind, text in questions()} for name, backend in both.items()}


def shares(ours: Mapping[str, Answer], theirs: Mapping[str, Answer]) -> dict[str, float]:
    """For each question, how much of the first ten is the same."""
    found = {}
    for text, answer in ours.items():
        ten, other = ({*each.ids[:FIRST], *each.also[: FIRST - len(each.ids[:FIRST])]} for each in (answer, theirs[text]))
        found[text] = len(ten & other) / max(len(ten), len(other)) if ten or other else 1.0
    return found


def test_there_are_enough_questions_of_many_kinds():
    asked = questions()
    assert len(asked) >= 300
    assert len({kind for kind, _text in asked}) >= 12


def test_the_ten_best_are_the_same_but_for_two(answers, capsys):
    alike = shares(answers["postgres"], answers["elasticsearch"])
    with capsys.disabled():
        print(f"\nOf {len(alike)} questions the ten best of both backends are the same for {fmean(alike.values()):.3f}, at least {min(alike.values()):.1f}")
    assert min(alike.values()) >= ALIKE, {text: share for text, share in alike.items() if share < ALIKE}


def test_every_count_is_the_same(answers, both):
    for text, answer in answers["postgres"].items():
        assert counted(answer) == counted(answers["elasticsearch"][text]), text
    for text, answer in list(answers["postgres"].items())[::NARROWED]:
        for chosen in narrowed(answer):
            ours, theirs = (both[name].search(replace(chosen, text=text)) for name in BACKENDS)
            assert counted(ours) == counted(theirs), (text, chosen)


def counted(answer: Answer) -> list[object]:
    return [getattr(answer, part) for part in COUNTED]


def narrowed(answer: Answer) -> Iterator[Query]:
    """The last values of the first facets chosen together: options among them."""
    values = {attribute: frozenset({counts[-1].id}) for attribute, counts in list(answer.attributes.items())[:3] if counts}
    if len(values) > 1:
        yield Query(values=values, price_to=answer.price_to)


class Tilted(PostgresBackend):
    """Words count by one weight that is not theirs: as if each occurred in half of all listings."""

    def __init__(self) -> None:
        super().__init__(place=ASIDE)

    def holding_all(self, query: Query, asked: Asked) -> Answer:
        return super().holding_all(query, tilted(asked))

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        return super().holding_some(query, tilted(asked))


def tilted(asked: Asked) -> Asked:
    return replace(asked, df={term: df if term[0] == "~" else asked.docs // 2 for term, df in asked.df.items()})


def test_a_backend_that_weighs_words_otherwise_is_found_out(both, answers):
    """Negative control."""
    other = {text: Tilted().search(Query(text=text)) for kind, text in questions() if kind == "words of two titles"}
    assert min(shares(other, answers["elasticsearch"]).values()) < ALIKE


def test_where_more_is_found_than_is_ranked_the_same_stands_first(both, answers, monkeypatch):
    monkeypatch.setattr("search.backends.postgres.RANKED", 1)
    for text, ranked in list(answers["postgres"].items())[::5]:
        again = both["postgres"].search(Query(text=text))
        assert (again.total, again.ids) == (ranked.total, ranked.ids), text
