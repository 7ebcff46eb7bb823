"""Under which keys encrypted values lie, and laying them under the current one: a batch at a time, while everything goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from marketplace.kernel.encrypted import BlindIndexField, EncryptedTextField, place_of
from marketplace.kernel.field_keys import MARK, current_key, keys, prefix_of, print_of, seal, unseal


@dataclass(frozen=True)
class Column:
    """An encrypted column of a table, and the fingerprints that follow it."""

    model: type[models.Model]
    field: EncryptedTextField
    prints: tuple[BlindIndexField, ...]

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    @property
    def quoted(self) -> tuple[str, str, str]:
        """Table, its key and the column, as they stand in SQL."""
        names = (self.model._meta.db_table, self.model._meta.pk.column, self.field.column)
        table, pk, column = (connection.ops.quote_name(str(name)) for name in names)
        return table, pk, column


def columns() -> list[Column]:
    """Every encrypted column of the public schema, by name."""
    found = [
        Column(model, field, tuple(each for each in model._meta.local_fields if isinstance(each, BlindIndexField) and each.of == field.name))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]
    return sorted(found, key=lambda column: column.name)


def keys_in_use() -> dict[str, int]:
    """Key id → how many values lie under it; "" for those that are not encrypted at all. In the public schema."""
    counted: dict[str, int] = {}
    with connection.cursor() as cursor:
        for column in columns():
            table, _pk, name = column.quoted
            cursor.execute(
                f"SELECT CASE WHEN {name} LIKE %s THEN split_part({name}, ':', 3) ELSE '' END AS key, count(*) FROM {table} WHERE {name} <> '' GROUP BY 1",  # noqa: S608
                [f"{MARK}:%"],
            )
            for key, n in cursor.fetchall():
                counted[key] = counted.get(key, 0) + n
    return counted


def missing_keys() -> list[str]:
    """Keys that values lie under and FIELD_KEYS does not have."""
    return sorted(key for key in keys_in_use() if key and key not in keys())


def renew(column: Column, most: int = 200) -> Iterator[int]:
    """Lay what lies under other keys under the current one. Yields how many of each batch were renewed.

    Each row by one statement that changes it only as it was read: no lock is held, and a value that somebody writes meanwhile is left to them.
    Stopped at any point, what was done is done. Raises KeyMissing, Unreadable.
    """
    table, pk, name = column.quoted
    current, last = prefix_of(current_key().id), None
    while True:
        after = f"AND {pk} > %s" if last is not None else ""
        asked: list[Any] = [last] if last is not None else []
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {pk}, {name} FROM {table} WHERE {name} <> '' AND NOT starts_with({name}, %s) {after} ORDER BY {pk} LIMIT %s",  # noqa: S608
                [current, *asked, most],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield sum(_renewed(column, row_key, sealed) for row_key, sealed in rows)
        last = rows[-1][0]


def _renewed(column: Column, row_key: Any, sealed: str) -> int:
    table, pk, name = column.quoted
    place = place_of(column.field, row_key)
    text = unseal(sealed, place)
    new = {str(column.field.column): seal(text, place)} | {str(each.column): print_of(text, column.name) for each in column.prints}
    sets = ", ".join(f"{connection.ops.quote_name(each)} = %s" for each in new)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE {pk} = %s AND {name} = %s", [*new.values(), row_key, sealed])  # noqa: S608
        return cursor.rowcount
