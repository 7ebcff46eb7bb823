"""The check against the real API, played against the fake in its place: what needs no control really needs none."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from launch import stripe_live_check
from launch.paths import ROOT
from launch.stripe_live_check import LiveScene, Outcome, check, is_test_key
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe.behaviours import BEHAVIOURS, Behaviour, Scene


def outcomes(fake: FakeStripe, account: str, behaviours: list[Behaviour] = BEHAVIOURS) -> list[Outcome]:
    pause = lambda: fake.advance(120) and None
    scene = LiveScene(fake.client(), account=account, currency="usd", country="US", pause=pause, tries=3)
    return check(scene, behaviours, lambda _outcome: None)


def test_what_needs_no_control_holds_without_it():
    with FakeStripe() as fake:
        account = Scene(fake.client(), fake).ready_account()
        found = outcomes(fake, account)
    assert [f"{one.behaviour.name}: {one.why}" for one in found if one.word == "DIFFERS"] == []
    needs = Counter(one.needs for one in BEHAVIOURS)
    assert Counter(one.word for one in found) == {"holds": needs[""] + needs["account"], "fake only": needs["control"]}
    assert needs[""] + needs["account"] > 30


def test_without_an_account_those_that_need_one_are_left_out():
    with FakeStripe() as fake:
        found = outcomes(fake, "", [one for one in BEHAVIOURS if one.needs == "account"])
    assert {one.word for one in found} == {"no account"}


def test_a_difference_is_told():
    def differs(_scene: Scene) -> None:
        """The sun rises in the west."""
        assert "east" == "west", "it rose in the east"

    with FakeStripe() as fake:
        (found,) = outcomes(fake, "", [Behaviour(99, "", differs)])
    assert (found.word, "it rose in the east" in found.why) == ("DIFFERS", True)


@pytest.mark.parametrize("key", ["", "sk_live_51abc", "rk_live_51abc", "pk_test_51abc", "sk_test_", "xsk_test_51abc", "sk_test_51 abc"])
def test_keys_of_the_live_mode_are_refused(key):
    assert not is_test_key(key)
    done = subprocess.run(
        [sys.executable, "-m", "launch.stripe_live_check", "--yes"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "STRIPE_SECRET_KEY": key},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "sk_test_" in done.stderr and "made" not in done.stdout
    assert not key or key not in done.stderr + done.stdout or key == "sk_test_"


def test_keys_of_the_test_mode_are_taken():
    assert is_test_key("sk_test_51abcDEF") and is_test_key("rk_test_51abcDEF")


def test_it_says_what_it_will_make_before_it_does_anything(capsys, monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_51abc")
    monkeypatch.setattr(sys, "argv", ["stripe-live-check"])
    with pytest.raises(SystemExit, match="Nothing was done"):
        stripe_live_check.main()
    said = capsys.readouterr().out
    assert "no money moves" in said and "disputes" in said and f"{sum(one.needs == 'control' for one in BEHAVIOURS)} behaviours need" in said
