"""Phone numbers as people read them."""

from __future__ import annotations

import pytest

from marketplace.kernel.formats import format_phone


@pytest.mark.parametrize(
    ("kept", "read"),
    [("+8613800138000", "138 0013 8000"), ("+862164078899", "021 6407 8899"), ("+442079460958", "+44 20 7946 0958"), ("", ""), ("none", "none")],
)
def test_a_number_is_grouped_as_where_it_belongs(kept: str, read: str):
    assert format_phone(kept) == read
