"""Forms that may be older than what they write (docs/decisions/older-forms.md)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest


def changed_texts(request: HttpRequest, prefix: str, keys: Iterable[UUID]) -> dict[UUID, str]:
    """`<prefix>_<key>` where it says something else than the form showed (`shown_<key>`): what others have entered since then stays."""
    found = {}
    for key in keys:
        text, shown = (request.POST.get(f"{name}_{key.hex}", "").strip() for name in (prefix, "shown"))
        if text != shown:
            found[key] = text
    return found
