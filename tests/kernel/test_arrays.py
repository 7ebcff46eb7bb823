"""Arrays reach the database as they are, whatever stands in them."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

pytestmark = pytest.mark.django_db

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


def _there_and_back(values: list[object], kind: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [values])
        return cursor.fetchone()[0]


def test_the_connection_uses_it() -> None:
    with connection.cursor() as cursor:
        assert cursor.mogrify("%s", [["a b"]]) == "'{\"a b\"}'"
        assert cursor.mogrify("%s", [["a"]]) == "'{\"a\"}'"  # psycopg's own leaves this one bare


@given(st.lists(texts) | st.lists(st.none() | texts))
@example(["", "NULL", "null", "{}", '"', "\\", '\\"', "a,b", " a ", "\u3000", "'", "$1", "%s"])
def test_texts(values: list[str | None]) -> None:
    assert _there_and_back(list(values), "text") == values


@given(st.lists(st.dictionaries(texts, texts | st.lists(texts)), min_size=1))
def test_json(values: list[dict[str, object]]) -> None:
    held = _there_and_back([Jsonb(value) for value in values], "jsonb")
    assert [json.loads(each) if isinstance(each, str) else each for each in held] == values  # type: ignore[attr-defined]


@given(st.integers(1, 3), st.integers(1, 4))
def test_numbers_in_two_dimensions(rows: int, columns: int) -> None:
    values = [[row * 10 + column for column in range(columns)] for row in range(rows)]
    assert _there_and_back(list(values), "int") == values


def test_other_types() -> None:
    key = UUID(int=7)
    assert _there_and_back([key, None], "uuid") == [key, None]
    assert _there_and_back([True, False], "bool") == [True, False]
    assert _there_and_back([b'"\\\x00', b""], "bytea") == [b'"\\\x00', b""]
    assert _there_and_back([], "int") == []
