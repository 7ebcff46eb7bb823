"""Filters and counts are what counting by hand gives, for any catalogue and any choice, on both backends; options are held by one and the same variant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from search.contract import LOOSE, Answer, Count, Doc, Query
from search.options import values_of
from tests.search.catalogue import ATTRIBUTES, doc, key
from tests.search.conftest import an_index

COLOUR, MATERIAL, SIZE = ATTRIBUTES
RED, BLUE, CERAMIC, STEEL, S, M, L = 103, 104, 201, 202, 301, 302, 303


@pytest.fixture(scope="module", params=["postgres", "elasticsearch"])
def index(request, own_database):
    index = an_index(request)
    yield index
    index.forget()


class TestOneVariant:
    @pytest.fixture
    def shirts(self, index):
        index.rebuild([
            doc("shirt in two", name="two", values=[(MATERIAL, CERAMIC)], options=[{COLOUR: RED, SIZE: S}, {COLOUR: BLUE, SIZE: L}]),
            doc("shirt in all", name="all", values=[(MATERIAL, CERAMIC)], options=[{COLOUR: c, SIZE: s} for c in (RED, BLUE) for s in (S, L)]),
            doc("shirt in red", name="red", values=[(SIZE, L)], options=[{COLOUR: RED}]),
            doc("shirt in three ways", name="three", options=[
                {COLOUR: RED, MATERIAL: CERAMIC, SIZE: S}, {COLOUR: RED, MATERIAL: STEEL, SIZE: L}, {COLOUR: BLUE, MATERIAL: CERAMIC, SIZE: L}]),
        ])  # fmt: skip
        return index

    def found(self, shirts, **values: set[int]):
        names = {"colour": COLOUR, "size": SIZE, "material": MATERIAL}
        answer = shirts.ask("shirt", values={names[name]: frozenset(chosen) for name, chosen in values.items()})
        assert answer.total == len(answer.ids)
        return {name for name in ("two", "all", "red", "three") if key(name) in answer.ids}, answer

    def test_red_in_s_and_blue_in_l_is_no_red_l(self, shirts):
        assert self.found(shirts, colour={RED}, size={L})[0] == {"all", "red", "three"}
        assert self.found(shirts, colour={RED}, size={S})[0] == {"two", "all", "three"}
        assert self.found(shirts, colour={BLUE}, size={S})[0] == {"all"}
        assert self.found(shirts, colour={RED, BLUE}, size={L})[0] == {"two", "all", "red", "three"}

    def test_each_option_alone_is_found_as_ever(self, shirts):
        assert self.found(shirts, colour={RED})[0] == {"two", "all", "red", "three"}
        assert self.found(shirts, size={L})[0] == {"two", "all", "red", "three"}

    def test_what_is_described_holds_for_every_variant(self, shirts):
        assert self.found(shirts, colour={RED}, material={CERAMIC}, size={S})[0] == {"two", "all", "three"}
        assert self.found(shirts, colour={RED}, material={CERAMIC}, size={L})[0] == {"all"}

    def test_three_options_are_held_by_one_variant_though_every_two_of_them_are(self, shirts):
        assert self.found(shirts, material={CERAMIC}, size={L})[0] == {"two", "all", "three"}
        assert self.found(shirts, colour={RED}, material={STEEL}, size={L})[0] == {"three"}

    def test_counts_are_of_what_the_variants_have_beside_the_choice(self, shirts):
        _names, answer = self.found(shirts, colour={RED})
        assert answer.attributes[SIZE] == [Count(S, 3), Count(L, 3)]
        assert answer.attributes[COLOUR] == [Count(RED, 4), Count(BLUE, 3)]
        _names, answer = self.found(shirts, colour={BLUE})
        assert answer.attributes[SIZE] == [Count(L, 3), Count(S, 1)]
        _names, answer = self.found(shirts, colour={RED}, size={L})
        assert answer.attributes[COLOUR] == [Count(RED, 3), Count(BLUE, 3)]
        assert answer.attributes[MATERIAL] == [Count(CERAMIC, 1), Count(STEEL, 1)]

    def test_whatever_is_counted_is_found(self, shirts):
        for colour in (RED, BLUE):
            for counts in self.found(shirts, colour={colour})[1].attributes[SIZE]:
                assert self.found(shirts, colour={colour}, size={counts.id})[1].total == counts.count


class TestValues:
    """What documents carry of variants."""

    def test_a_whole_table_of_variants_is_not_carried_along(self):
        table = [frozenset({(1, colour), (3, size)}) for colour in (101, 102) for size in (301, 302)]
        assert values_of([(2, 201)], table) == ([(2, 201), (1, 101), (1, 102), (3, 301), (3, 302)], [])
        assert values_of([], table[:3])[1] == table[:3]
        assert values_of([], [frozenset({(1, 101)}), frozenset({(1, 102)})])[1] == []
        assert values_of([(2, 201)], []) == ([(2, 201)], [])

    def test_an_option_says_what_a_variant_has_and_not_what_is_described(self):
        described = [(1, 105), (1, 101)]
        assert values_of(described, [frozenset({(1, 101)})])[0] == [(1, 101)]
        said, variants = values_of(described, [frozenset({(1, 102), (3, 301)}), frozenset({(3, 302)})])
        assert said == [(1, 101), (1, 102), (1, 105), (3, 301), (3, 302)]
        assert variants == [frozenset({(1, 102), (3, 301)}), frozenset({(3, 302), (1, 105), (1, 101)})]


# ── Any catalogue, any choice ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Goods:
    """Goods as one would note them down, without knowing how they are searched."""

    number: int
    words: frozenset[str]
    path: tuple[int, ...]
    brand: int
    shop: int
    described: Mapping[int, frozenset[int]]
    variants: tuple[Mapping[int, int], ...]
    price: int
    in_stock: bool

    def doc(self) -> Doc:
        values = [(attribute, value) for attribute, chosen in self.described.items() for value in sorted(chosen)]
        return doc(
            " ".join(sorted(self.words)), name=self.number, path=self.path, brand=self.brand, shop=self.shop, values=values, options=self.variants,
            price=self.price, in_stock=self.in_stock, popularity=self.number % 7,
        )  # fmt: skip

    def kinds(self) -> list[dict[int, frozenset[int]]]:
        """What one can have of it: attribute → values, of each variant."""
        apart = {attribute for variant in self.variants for attribute in variant}
        every = {attribute: values for attribute, values in self.described.items() if attribute not in apart}
        return [
            {**every, **{a: frozenset({variant[a]}) if a in variant else self.described.get(a, frozenset()) for a in apart}}
            for variant in self.variants or ({},)
        ]


@dataclass
class ByHand:
    """The answer of somebody who looks at every article."""

    goods: list[Goods]
    query: Query
    words: frozenset[str] = field(default_factory=frozenset)

    def fitting(self, but: object = None) -> list[Goods]:
        return [each for each in self.goods if self._fits(each, but) and self._kinds(each, but)]

    def _fits(self, each: Goods, but: object) -> bool:
        asked = self.query
        return (
            self.words <= each.words
            and (asked.category is None or asked.category in each.path)
            and (not asked.in_stock or each.in_stock)
            and (but == "brand" or not asked.brands or each.brand in asked.brands)
            and (but == "shop" or not asked.shops or each.shop in asked.shops)
            and (but == "price" or (asked.price_from or 0) <= each.price <= (10**9 if asked.price_to is None else asked.price_to))
        )

    def _kinds(self, each: Goods, but: object) -> list[dict[int, frozenset[int]]]:
        return [
            kind
            for kind in each.kinds()
            if all(attribute == but or kind.get(attribute, frozenset()) & chosen for attribute, chosen in self.query.values.items())
        ]

    def attribute(self, attribute: int) -> Counter[int]:
        but = attribute if attribute in self.query.values else None
        found = self.fitting(but)
        return Counter(value for each in found for value in {value for kind in self._kinds(each, but) for value in kind.get(attribute, ())})

    def check(self, answer: Answer) -> None:
        every = self.fitting()
        assert (answer.total, set(answer.ids)) == (len(every), {key(each.number) for each in every})
        assert answer.brands == ordered(Counter(each.brand for each in self.fitting("brand") if each.brand))
        assert answer.shops == ordered(Counter(each.shop for each in self.fitting("shop")))
        assert answer.categories == ordered(Counter(step for each in every if (step := below(each.path, self.query.category))))
        counted = {attribute: ordered(self.attribute(attribute)) for attribute in ATTRIBUTES}
        assert answer.attributes == {attribute: counts for attribute, counts in counted.items() if counts}
        prices = [each.price for each in self.fitting("price")]
        assert (answer.price_from, answer.price_to) == (min(prices, default=None), max(prices, default=None))


def ordered(counts: Counter[int]) -> list[Count]:
    return [Count(each, count) for each, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def below(path: tuple[int, ...], category: int | None) -> int | None:
    steps = (0, *path)
    return next((lower for upper, lower in zip(steps, path, strict=False) if upper == (category or 0)), None)


WORDS = ["mug", "lamp", "chair"]
ABOVE = {13: (1,), 131: (13, 1)}
PATHS = [(1, 11), (1, 12), (1, 13, 131), (2, 21), (2,)]
some_of = {attribute: st.frozensets(st.sampled_from(sorted(values)[:3]), max_size=2) for attribute, values in ATTRIBUTES.items()}


@st.composite
def article(draw: st.DrawFn, number: int) -> Goods:
    apart = draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True, max_size=3))
    one = st.fixed_dictionaries({attribute: st.sampled_from(sorted(ATTRIBUTES[attribute])[:3]) for attribute in apart})
    return Goods(
        number,
        draw(st.frozensets(st.sampled_from(WORDS), min_size=1)),
        draw(st.sampled_from(PATHS)),
        draw(st.integers(0, 3)),
        draw(st.integers(1, 3)),
        draw(st.fixed_dictionaries(some_of)),
        tuple(draw(st.lists(one, min_size=1, max_size=5))) if apart else (),
        draw(st.sampled_from([10_00, 20_00, 20_01, 500_00])),
        draw(st.booleans()),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> list[Goods]:
    return [draw(article(number)) for number in range(draw(st.integers(1, 14)))]


questions = st.builds(
    dict,
    words=st.frozensets(st.sampled_from(WORDS), max_size=2),
    category=st.sampled_from([None, None, 1, 2, 13, 131]),
    brands=st.frozensets(st.integers(1, 3), max_size=2),
    shops=st.frozensets(st.integers(1, 3), max_size=1),
    values=st.dictionaries(st.sampled_from(sorted(ATTRIBUTES)), st.integers(0, 5), max_size=3),
    price_from=st.sampled_from([None, None, 20_00]),
    price_to=st.sampled_from([None, None, 20_00, 20_01]),
    in_stock=st.sampled_from([False, False, False, True]),
)
MOST = 90  # articles at once: what is found fits on a page


def as_query(asked: dict[str, object]) -> tuple[Query, frozenset[str]]:
    rest = dict(asked)
    words = frozenset(rest.pop("words"))  # type: ignore[arg-type]
    values = {attribute: frozenset(_picked(attribute, choice)) for attribute, choice in rest.pop("values").items()}  # type: ignore[attr-defined]
    return Query(text=" ".join(sorted(words)), values=values, size=MOST, **rest), words  # type: ignore[arg-type]


def _picked(attribute: int, choice: int) -> Iterator[int]:
    """One of three values, or two."""
    values = sorted(ATTRIBUTES[attribute])[:3]
    yield values[choice % 3]
    if choice > 2:
        yield values[(choice + 1) % 3]


def compare(index, goods, asked) -> None:
    index.rebuild(each.doc() for each in goods)
    for each in asked:
        query, words = as_query(each)
        by_hand, answer = ByHand(goods, query, words), index.backend.search(query)
        if answer.rung == 0 and not answer.read_as:
            by_hand.check(answer)
        else:  # no article holds all words under these filters
            assert by_hand.fitting() == []
        same_when_narrowed(index, query.but(may_loosen=LOOSE, above=ABOVE.get(query.category, ())))


def same_when_narrowed(index, query: Query) -> None:
    """Whatever was given up to find something: a choice more of what was not chosen from finds what was counted, with the same given up.

    Of up to three filters: where there are many, not every way to take some of them off is tried.
    """
    filters = [*query.values, *(each for each in (query.brands, query.shops, query.category, query.in_stock) if each)]
    if len(filters) + (query.price_from is not None or query.price_to is not None) > 3:
        return
    free = index.backend.search(query)
    narrower = [(count, query.but(brands=frozenset({count.id}))) for count in free.brands[:1] if not query.brands]
    for attribute, counts in free.attributes.items():
        if attribute not in query.values:
            narrower.append((counts[-1], query.but(values={**query.values, attribute: frozenset({counts[-1].id})})))
    for count, chosen in narrower:
        answer = index.backend.search(chosen)
        assert (answer.total, answer.rung, answer.dropped, answer.freed, answer.category) == (count.count, free.rung, free.dropped, free.freed, free.category)


STEADY = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@given(catalogues(), st.lists(questions, min_size=8, max_size=8))
@settings(max_examples=8, derandomize=True, phases=[Phase.explicit, Phase.generate], **STEADY)
def test_every_count_is_what_counting_by_hand_gives(index, goods, asked):
    compare(index, goods, asked)


@pytest.mark.long
@given(catalogues(), st.lists(questions, min_size=20, max_size=20))
@settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate], **STEADY)
def test_every_count_is_what_counting_by_hand_gives_for_many_catalogues(index, goods, asked):
    compare(index, goods, asked)


def test_counting_by_hand_tells_apart_what_matching_by_article_does_not(index):
    """Negative control: the same goods put in as if every variant had everything are not what was counted."""
    goods = [Goods(1, frozenset({"mug"}), (1,), 0, 1, {}, ({COLOUR: RED, SIZE: S}, {COLOUR: BLUE, SIZE: L}), 10_00, True)]
    (right,) = [each.doc() for each in goods]
    index.rebuild([doc("mug", name=1, values=right.values)])
    query = Query(text="mug", values={COLOUR: frozenset({RED}), SIZE: frozenset({L})}, size=MOST)
    with pytest.raises(AssertionError):
        ByHand(goods, query, frozenset({"mug"})).check(index.backend.search(query))
