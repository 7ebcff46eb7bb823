"""Whom a breaker lets ask, and when."""

from __future__ import annotations

from marketplace.kernel.breaker import Breaker

LONG_S = 3600


def test_one_failure_holds_nobody_up_where_no_moment_was_asked_for():
    breaker = Breaker(pause_s=LONG_S)
    assert not breaker.failed()
    assert breaker.allows() and breaker.allows() and not breaker.is_open()


def test_the_second_failure_in_a_row_keeps_all_away_for_the_pause():
    breaker = Breaker(pause_s=LONG_S)
    assert [breaker.failed(), breaker.failed(), breaker.failed()] == [False, True, False]
    assert breaker.is_open() and not breaker.allows()
    breaker.succeeded()
    assert breaker.allows() and not breaker.is_open()


def test_after_a_pause_one_may_ask_in_the_next():
    breaker = Breaker(failures=1, pause_s=0)
    breaker.failed()
    breaker.pause_s = LONG_S
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_a_moment_after_one_failure_keeps_all_away_and_opens_nothing():
    breaker = Breaker(pause_s=0, moment_s=LONG_S)
    breaker.failed()
    assert not breaker.allows() and not breaker.is_open()
    breaker.failed()
    assert breaker.allows()


def test_a_success_between_two_failures_begins_anew():
    breaker = Breaker(pause_s=LONG_S)
    breaker.failed()
    breaker.succeeded()
    assert not breaker.failed() and breaker.allows()
