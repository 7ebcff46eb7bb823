"""Measures of a ranking, by vectors that were worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from search.evaluation.metrics import folds, interval, ndcg, only_judged, recall, succeeds

GRADES = {"best": 3, "good": 2, "fair": 1, "bad": 0}
# Gains 7, 3, 1 and 0; discounts 1, log2(3), 2, log2(5).
IDEAL = 7 + 3 / log2(3) + 1 / 2


class TestNdcg:
    def test_the_best_order_is_worth_one(self):
        assert ndcg(["best", "good", "fair", "bad"], GRADES) == 1
        assert ndcg(["best", "good", "fair"], GRADES) == 1

    def test_other_orders_are_worth_what_their_gains_are_at_their_places(self):
        assert ndcg(["good", "best"], GRADES) == pytest.approx((3 + 7 / log2(3)) / IDEAL)
        assert ndcg(["bad", "fair", "good", "best"], GRADES) == pytest.approx((1 / log2(3) + 3 / 2 + 7 / log2(5)) / IDEAL)

    def test_what_was_not_judged_holds_its_place_and_is_bad(self):
        assert ndcg(["unknown", "best"], GRADES) == pytest.approx(7 / log2(3) / IDEAL)
        assert ndcg(["unknown"], GRADES) == ndcg([], GRADES) == 0

    def test_equal_grades_may_change_places(self):
        tied = {"a": 2, "b": 2, "c": 1}
        assert ndcg(["a", "b", "c"], tied) == ndcg(["b", "a", "c"], tied) == 1
        assert ndcg(["a", "c", "b"], tied) == pytest.approx((3 + 1 / log2(3) + 3 / 2) / (3 + 3 / log2(3) + 1 / 2))

    def test_only_the_first_ones_count_of_the_ranking_and_of_the_best_order(self):
        assert ndcg(["x"] * 10 + ["best"], GRADES) == 0
        assert ndcg(["best", "bad"], GRADES, at=1) == 1
        many = dict.fromkeys(range(30), 1)
        assert ndcg(list(range(10)), many) == 1

    def test_a_key_that_comes_again_holds_its_place_and_counts_for_nothing(self):
        assert ndcg(["best", "best", "good"], GRADES) == pytest.approx((7 + 3 / 2) / IDEAL)
        assert ndcg(["best"] * 10, GRADES) == pytest.approx(7 / IDEAL)

    @pytest.mark.parametrize("grades", [{}, {"bad": 0}, {"bad": 0, "worse": 0}])
    def test_without_anything_good_no_order_can_be_told_from_another(self, grades):
        assert ndcg(["bad", "worse"], grades) is None
        assert recall(["bad"], grades, at=10) is None


def test_the_condensed_list_holds_each_judged_key_once():
    assert only_judged(["x", "good", "y", "best", "good", "bad"], GRADES) == ["good", "best", "bad"]
    assert only_judged(["x"], GRADES) == []
    assert ndcg(only_judged(["x"] * 40 + ["best", "good", "fair"], GRADES), GRADES) == 1


def test_recall_is_of_everything_good():
    assert recall(["bad", "fair", "x"], GRADES, at=3) == pytest.approx(1 / 3)
    assert recall(["bad", "fair", "best"], GRADES, at=2) == pytest.approx(1 / 3)
    assert recall(["best", "best", "good"], GRADES, at=3) == pytest.approx(2 / 3)


def test_it_succeeds_where_one_of_the_wanted_is_among_the_first():
    assert succeeds(["x", "y", "a"], {"a", "b"}, at=3)
    assert not succeeds(["x", "y", "z", "a"], {"a", "b"}, at=3)
    assert not succeeds(["a"], set(), at=3)


def test_folds_hold_every_name_once_and_do_not_depend_on_their_order():
    names = [f"q{n}" for n in range(61)]
    parts = folds(names, 5)
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert sorted(map(len, parts)) == [12, 12, 12, 12, 13]
    assert folds(reversed(names), 5) == parts
    assert folds(["b", "a"], 2) != [["a", "b"], []]


def test_the_interval_holds_the_mean_and_narrows_with_more_values():
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    # The mean of 1,000 throws of a coin lies within 1.96 * 0.5 / sqrt(1000) = 0.031 of one half.
    assert many == (pytest.approx(0.469, abs=0.003), pytest.approx(0.531, abs=0.003))
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert interval([0.4, 0.4]) == (pytest.approx(0.4), pytest.approx(0.4))
    assert interval([0.1, 0.9, 0.3]) == interval([0.1, 0.9, 0.3])
    with pytest.raises(ValueError, match="at least one"):
        interval([])
