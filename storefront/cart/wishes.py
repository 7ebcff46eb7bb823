"""Wishes as forms of buyers send them."""

from __future__ import annotations

from django.http import QueryDict

PREFIX = "wish_"
REFUSED = "refused_wishes"  # in the session, until the page of the product has shown what is wrong with them
MOST_SENT = 16  # inputs that are looked at


def typed_wishes(data: QueryDict) -> dict[str, str]:
    """Field id → what was typed."""
    names = [name for name in data if name.startswith(PREFIX)][:MOST_SENT]
    return {name.removeprefix(PREFIX): str(data[name]) for name in names if data[name]}
