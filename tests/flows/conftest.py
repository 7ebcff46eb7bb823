from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.at_stripe import AtStripe, at_stripe


@pytest.fixture
def stripe(db: None) -> Iterator[AtStripe]:
    """The market takes payments by Stripe: its stand-in, with our two webhook addresses."""
    with at_stripe() as there:
        yield there
