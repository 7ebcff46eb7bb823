"""The menu of a back office: only what the person may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from marketplace.web.waiting import counted
from tenants.access.rights import Right


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    icon: str
    route: str
    right: Right | None
    href: str = ""
    is_now: bool = False
    waits: str = ""  # how much of it waits for somebody
    group: str | Promise = ""  # under which heading it stands; "": under none
    also: str = ""  # what addresses of further pages of it begin with


def grouped(*sections: tuple[str | Promise, list[Entry]]) -> list[Entry]:
    """All entries in their order, each with the heading of its section."""
    return [replace(entry, group=heading) for heading, entries in sections for entry in entries]


def menu_for(request: HttpRequest, entries: list[Entry], waiting: Mapping[str, QuerySet[Any]]) -> list[Entry]:
    """Entries the person has the right to, with their addresses, where one is, and how much waits."""
    mine = [entry for entry in entries if entry.right is None or request.user.has_perm(entry.right.full_name)]
    routes = {entry.route for entry in mine}
    waits = counted({route: rows for route, rows in waiting.items() if route in routes})
    shown = []
    for entry in mine:
        href = reverse(entry.route)
        is_now = request.path == href or any(begin not in ("", "/") and request.path.startswith(begin) for begin in (href, entry.also))
        shown.append(replace(entry, href=href, is_now=is_now, waits=waits.get(entry.route, "")))
    return shown
