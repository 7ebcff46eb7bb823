"""Columns of a list: which there are, which a person wants in which order, and which heads sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from marketplace.web.lists.keyset import flipped

Text = str | Promise


@dataclass(frozen=True)
class Column:
    """A head. Its cell is drawn by the list's row template: the one between {% cell "key" %} and {% endcell %}.

    `sort`: fields by which pressing the head sorts, rising, the last one unique, all in an index; `sort_in`: the tabs in which it does.
    `is_fixed`: what a row is known by, and cannot be taken away. `is_extra`: seen only by who asks for it.
    """

    label: Text
    key: str = ""
    end: bool = False
    wide_only: bool = False
    sort: tuple[str, ...] = ()
    sort_in: tuple[str, ...] = ()
    is_fixed: bool = False
    is_extra: bool = False

    def sorts_in(self, tab: str) -> bool:
        return bool(self.sort) and (not self.sort_in or tab in self.sort_in)


@dataclass(frozen=True)
class Head:
    """A column as it stands over a page: where pressing it leads, and how it is sorted now ("", ascending or descending)."""

    column: Column
    href: str = ""
    direction: str = ""


def chosen_columns(columns: Sequence[Column], wanted: Sequence[str]) -> list[Column]:
    """What is shown: `wanted` in its order, or, where that names nothing, all that are not extra. What cannot be taken away stays."""
    if not all(column.key for column in columns):
        return list(columns)
    by_key = {column.key: column for column in columns}
    named = [by_key[key] for key in dict.fromkeys(wanted) if key in by_key]
    if not named:
        return [column for column in columns if not column.is_extra]
    first = [column for column in columns if column.is_fixed and column not in named and column.label]
    last = [column for column in columns if column.is_fixed and column not in named and not column.label]
    return [*first, *named, *last]


def order_of(request: HttpRequest, columns: Sequence[Column], default: tuple[str, ...], tab: str) -> tuple[str, ...]:
    """What `?sort=` names, where the head sorts; else as the list comes."""
    asked = request.GET.get("sort", "")
    for column in columns:
        if column.key and column.key == asked.lstrip("-") and column.sorts_in(tab):
            return flipped(column.sort) if asked.startswith("-") else column.sort
    return default


def heads_of(request: HttpRequest, columns: Sequence[Column], order: tuple[str, ...], tab: str) -> list[Head]:
    """Pressed once a head sorts falling, pressed again rising."""
    heads = []
    for column in columns:
        if not column.key or not column.sorts_in(tab):
            heads.append(Head(column))
            continue
        now = "ascending" if order == column.sort else "descending" if order == flipped(column.sort) else ""
        query = request.GET.copy()
        for name in ("after", "before", "all", "removed"):
            query.pop(name, None)
        query["sort"] = column.key if now == "descending" else f"-{column.key}"
        heads.append(Head(column, f"{request.path}?{query.urlencode()}", now))
    return heads
