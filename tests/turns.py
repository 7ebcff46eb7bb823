"""Short forms of tests about everything: each of many rows meets one of several values, in turns; `make proofs` has every pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def in_turns(rows: Sequence[tuple[str, ...]], values: Sequence[str]) -> list[Any]:
    """Every row with every value, as parameters; all but one value of each row are marked as long."""
    return [
        pytest.param(*row, value, marks=() if (n - m) % len(values) == 0 else (pytest.mark.long,))
        for n, row in enumerate(rows)
        for m, value in enumerate(values)
    ]
