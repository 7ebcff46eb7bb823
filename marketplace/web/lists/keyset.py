"""Pages by key: page 200 costs what page 1 costs, and nothing is shown twice while rows are added."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from marketplace.kernel.plain import plain


@dataclass(frozen=True)
class KeysetPage:
    """Rows of a page, and cursors to its neighbours ("" where there is none)."""

    rows: list[Any]
    before: str
    after: str


def keyset_page(queryset: QuerySet[Any], order: tuple[str, ...], *, size: int, after: str = "", before: str = "") -> KeysetPage:
    """A page of `queryset` in `order` (field names, all descending or all ascending, the last one unique).

    A cursor that cannot be read gives the first page.
    """
    names, descending = _direction(order)
    values = read_cursor(queryset.model, names, after or before)
    backwards = bool(before and values and not after)
    if values:
        queryset = queryset.filter(_beyond(names, values, less=descending != backwards))
    rows = list(queryset.order_by(*(flipped(order) if backwards else order))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (bool(values), more)
    return KeysetPage(rows, cursor(rows[0], names) if rows and has_before else "", cursor(rows[-1], names) if rows and has_after else "")


def first_cursor(queryset: QuerySet[Any], order: tuple[str, ...]) -> str:
    """Where the list begins now; "" for an empty one."""
    names, _descending = _direction(order)
    row = queryset.order_by(*order).first()
    return cursor(row, names) if row else ""


def from_cursor(queryset: QuerySet[Any], order: tuple[str, ...], start: str) -> QuerySet[Any]:
    """The rows from the one at `start` on, itself included: what was added before it since is left out. Without a start: none."""
    names, descending = _direction(order)
    values = read_cursor(queryset.model, names, start)
    return queryset.filter(_beyond(names, values, less=descending, inclusive=True)) if values else queryset.none()


def chunks(queryset: QuerySet[Any], order: tuple[str, ...], *, size: int, place: str = "") -> Iterator[tuple[list[Any], str]]:
    """All rows beyond `place`, some at a time, each time by a short statement of its own, with the cursor of the last of them."""
    names, _descending = _direction(order)
    while rows := keyset_page(queryset, order, size=size, after=place).rows:
        place = cursor(rows[-1], names)
        yield rows, place
        if len(rows) < size:
            return


def flipped(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _direction(order: tuple[str, ...]) -> tuple[list[str], bool]:
    descending = order[0].startswith("-")
    if any(name.startswith("-") != descending for name in order):
        raise ValueError("a keyset runs in one direction")
    return [name.lstrip("-") for name in order], descending


def _beyond(names: list[str], values: list[Any], *, less: bool, inclusive: bool = False) -> Q:
    """(a, b) < (x, y), written as a ≤ x and (a < x or (a = x and b < y)): of the first part an index makes a place to begin at."""
    than = "lt" if less else "gt"
    where = Q()
    for i, name in enumerate(names):
        same = dict(zip(names[:i], values, strict=False))
        is_last = i == len(names) - 1
        where |= Q(**same, **{f"{name}__{than}{'e' if inclusive and is_last else ''}": values[i]})
    return Q(**{f"{names[0]}__{than}e": values[0]}) & where if len(names) > 1 else where


def cursor(row: Any, names: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([plain(getattr(row, name)) for name in names]).encode()).decode().rstrip("=")


def read_cursor(model: type[models.Model], names: list[str], text: str) -> list[Any] | None:
    """The values of a cursor, by the fields' own types; None for anything that is no cursor of this list."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not text or not isinstance(values, list) or len(values) != len(names):
            return None
        return [_typed(model, name, value) for name, value in zip(names, values, strict=True)]
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return None


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    match field:
        case models.DateTimeField():
            return datetime.fromisoformat(value)
        case models.UUIDField():
            return UUID(value)
        case models.IntegerField():
            return int(value)
    return str(value)
