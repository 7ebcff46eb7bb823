"""How many rows, counted up to a thousand: nobody waits for an exact million."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from marketplace.kernel.formats import format_count

MOST_COUNTED = 1000


def capped_count(queryset: QuerySet[Any]) -> str:
    return capped(queryset.order_by()[: MOST_COUNTED + 1].count())


def capped(found: int) -> str:
    return f"{format_count(MOST_COUNTED)}+" if found > MOST_COUNTED else format_count(found)


def capped_counts(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """Of several, in one statement; each at most MOST_COUNTED + 1."""
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for queryset in querysets:
        if check := getattr(queryset, "_check", None):
            check()  # a merchant's rows are counted in its own schema only
        try:
            parts.append(queryset.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params())
        except EmptyResultSet:
            parts.append(("SELECT 1 WHERE false", ()))
    if not parts:
        return []
    text = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _params in parts)  # noqa: S608  what the querysets say
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {text}", [value for _sql, params in parts for value in params])
        return [int(found) for found in cursor.fetchone()]
