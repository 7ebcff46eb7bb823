"""A table that goes along: its name, its columns, and its rows, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from marketplace.web.lists.keyset import chunks
from tenants.tenancy.models import Merchant

Row = dict[str, Any]
AT_ONCE = 500


@dataclass(frozen=True)
class Part:
    """`name` is its file's; `columns` are the heads of the CSV and the keys of the JSON, the same in every language."""

    name: str
    about: str | Promise
    columns: tuple[str, ...]
    rows: Callable[[Merchant], Iterator[Row]]


def part(name: str, about: str | Promise, columns: str, rows: Callable[[Merchant], Iterator[Row]]) -> Part:
    """A table whose rows a function makes."""
    return Part(name, about, tuple(columns.split()), rows)


def table(name: str, about: str | Promise, found: Callable[[Merchant], QuerySet[Any]], fields: str) -> Part:
    """A table of a model's own fields; `a__b` is followed and called `a_b`."""
    names = fields.split()

    def rows(merchant: Merchant) -> Iterator[Row]:
        return each(found(merchant), lambda some: lambda row: {_called(name): _get(row, name) for name in names})

    return Part(name, about, tuple(map(_called, names)), rows)


def each(found: QuerySet[Any], prepare: Callable[[list[Any]], Callable[[Any], Row]]) -> Iterator[Row]:
    """In the order of keys, which were made one after the other. `prepare` gets some rows and gives what makes each."""
    for some, _place in chunks(found, ("pk",), size=AT_ONCE):
        make = prepare(some)
        for row in some:
            yield make(row)


def _called(name: str) -> str:
    return name.replace("__", "_")


def _get(row: Any, name: str) -> Any:
    for step in name.split("__"):
        row = getattr(row, step, None)
    return row
