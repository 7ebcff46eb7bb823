"""The menu of a back office: only what the person may use."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from tenants.access.rights import Right


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    icon: str
    route: str
    right: Right | None
    href: str = ""
    is_now: bool = False


def menu_for(request: HttpRequest, entries: list[Entry]) -> list[Entry]:
    """Entries the person has the right to, with their addresses and where one is."""
    shown = []
    for entry in entries:
        if entry.right is None or request.user.has_perm(entry.right.full_name):
            href = reverse(entry.route)
            is_now = request.path == href or (href != "/" and request.path.startswith(href))
            shown.append(Entry(entry.label, entry.icon, entry.route, entry.right, href, is_now))
    return shown
