"""Tabs of a page in the personal centre: links that hold the choice in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import urlencode


@dataclass
class Tab:
    key: str
    name: str
    href: str
    is_now: bool
    count: int | None = None


def tabs(request: HttpRequest, parameter: str, names: Mapping[str, str], counts: Mapping[str, int] | None = None) -> list[Tab]:
    """One tab a key; the first is the default. An unknown choice is the default."""
    first = next(iter(names))
    asked = request.GET.get(parameter, "")
    now = asked if asked in names else first
    return [
        Tab(key, name, f"{request.path}?{urlencode({parameter: key})}" if key else request.path, key == now, (counts or {}).get(key))
        for key, name in names.items()
    ]
