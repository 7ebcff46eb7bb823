"""Which facets a list shows first, where their values lead, and the ranges of prices it offers: pure functions."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from search.contract import Count
from storefront.shop.search_page import Group, PriceRange, Row, price_ranges, usefulness, with_links


def counts(*numbers: int) -> list[Count]:
    return [Count(key, number) for key, number in enumerate(numbers, 1)]


class TestUsefulness:
    def test_what_splits_evenly_helps_most(self):
        assert usefulness(counts(50, 50), 100) > usefulness(counts(90, 10), 100) > usefulness(counts(99, 1), 100) > usefulness(counts(100), 100) == 0

    def test_what_few_goods_say_helps_little(self):
        assert usefulness(counts(25, 25, 25, 25), 100) > usefulness(counts(3, 3, 2), 100) > 0

    def test_where_every_article_has_a_value_of_its_own_there_is_no_help(self):
        assert usefulness(counts(*[1] * 100), 100) < usefulness(counts(80, 20), 100)

    def test_what_all_variants_have_is_no_choice(self):
        assert usefulness(counts(100, 100, 100), 100) == 0 == usefulness([], 100) == usefulness(counts(1), 0)


class TestPriceRanges:
    def test_each_has_about_as_many(self):
        steps = [Count(low, count) for low, count in ((0, 10), (1_00, 10), (2_00, 10), (5_00, 10), (10_00, 10), (20_00, 10))]
        assert [each.count for each in price_ranges(steps)] == [20, 20, 20]
        many = price_ranges([Count(low, 1 + low % 3) for low in range(20)])
        assert len(many) == 5 and sum(each.count for each in many) == sum(1 + low % 3 for low in range(20))

    def test_they_lie_side_by_side_and_are_open_at_both_ends(self):
        ranges = price_ranges([Count(1_00, 5), Count(5_00, 5), Count(50_00, 1)])
        assert ranges == [PriceRange(0, 5_00, 5), PriceRange(5_00, 50_00, 5), PriceRange(50_00, None, 1)]

    @pytest.mark.parametrize("steps", [[], [Count(0, 9)]])
    def test_where_all_cost_alike_there_is_nothing_to_choose(self, steps):
        assert price_ranges(steps) == []


class TestLinks:
    @pytest.mark.parametrize(
        ("asked", "leads"),
        [
            ("", ["?a1=7", "?a1=8"]),
            ("q=red+cup&page=3", ["?q=red+cup&a1=7", "?q=red+cup&a1=8"]),
            ("a1=7", ["", "?a1=7&a1=8"]),
            ("a1=7&a1=8&sort=newest", ["?a1=8&sort=newest", "?a1=7&sort=newest"]),
            ("q=a%26b&a1=9&brand=2", ["?q=a%26b&a1=9&a1=7&brand=2", "?q=a%26b&a1=9&a1=8&brand=2"]),
        ],
    )
    def test_a_value_is_added_or_taken_away_and_all_else_stays_where_it_is(self, asked, leads):
        (group,) = with_links([Group("Colour", "a1", [Row(7, "red", 1), Row(8, "blue", 1)])], QueryDict(asked), "/search/")
        assert [row.href for row in group.rows] == [f"/search/{query}" for query in leads]
