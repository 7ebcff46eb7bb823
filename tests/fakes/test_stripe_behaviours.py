"""What our code may rely on, held by the fake through the real SDK: one test for each row of BEHAVIOUR.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.fakes.stripe.behaviours")

from tests.fakes.stripe import FakeStripe  # noqa: E402
from tests.fakes.stripe.behaviours import BEHAVIOURS, Behaviour, Scene  # noqa: E402


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with FakeStripe() as started:
        yield started


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda one: one.name)
def test_behaviour(behaviour: Behaviour, fake: FakeStripe) -> None:
    behaviour.play(Scene(fake.client(), fake))
