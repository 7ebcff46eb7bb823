"""Writing the PostgreSQL index: rows of SearchDoc, and the vocabulary kept in step with them.

Readers wait for nobody. Writers share a lock that a rebuild takes alone. A second lock is held from the change of the
vocabulary to the commit, because all writers meet there in the same common words. A place that nobody shares needs no lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection, transaction

from search.backends.packing import RECORD, facets_of, forward_of, lexemes_of, nodes_of, options_of, tsvector_of
from search.contract import Doc
from search.place import MARKET, Place
from search.rules import STAMP
from search.words import DOCS, LENGTH

AT_ONCE, COPIED_AT_ONCE = 500, 2000
COLUMNS = {
    "id": "uuid", "tsv": "tsvector", "facets": "bytea", "forward": "bytea", "nodes": "int[]", "options": "int[]", "category": "int", "brand": "int",
    "shop": "int", "price": "bigint", "popularity": "float8", "published": "bigint", "version": "int",
    "rating": "float8", "shop_score": "float8",
}  # fmt: skip
# Of a statement with arrays: one that would hold arrays goes as text.
_ARRAYS = ", ".join(f"%s::{'text' if kind in ('int[]', 'tsvector') else kind}[]" for kind in COLUMNS.values())
_UPSERT = f"""
    INSERT INTO {{docs}} AS old ({", ".join(COLUMNS)})
    SELECT {", ".join(f"{name}::{kind}" for name, kind in COLUMNS.items())} FROM unnest({_ARRAYS}) AS new ({", ".join(COLUMNS)})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "id")}
    WHERE old.version <= excluded.version
"""  # noqa: S608  names of ours


_BRACES = str.maketrans("[]", "{}")
_PENDING = """
    SELECT gin_clean_pending_list(indexrelid::regclass) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = %s::regclass AND amname = 'gin'
"""


def beside_rebuilds(place: Place = MARKET) -> None:
    """From here to the end of the transaction no rebuild writes; other writers do."""
    _lock(place, "SELECT pg_advisory_xact_lock_shared(hashtext('wanshang.search.rebuild'))")


def put(docs: Iterable[Doc], place: Place = MARKET) -> None:
    with transaction.atomic():
        beside_rebuilds(place)
        change: Counter[str] = Counter()
        for some in chunks(docs, AT_ONCE):
            change.update(_put_some(some, place))
        _change_vocabulary(change, place)


def remove(ids: Iterable[UUID], place: Place = MARKET) -> None:
    keys = sorted(ids)
    if not keys:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        beside_rebuilds(place)
        cursor.execute(f"DELETE FROM {place.docs} WHERE id = ANY(%s) RETURNING tsvector_to_array(tsv), forward", [keys])  # noqa: S608
        change: Counter[str] = Counter()
        for lexemes, forward in cursor.fetchall():
            change.subtract(_weighed(lexemes, forward))
        _change_vocabulary(change, place)


def rebuild(docs: Iterable[Doc], place: Place = MARKET) -> int:
    """In one transaction: readers see the former rows until it commits; writers wait or come again later."""
    vocabulary: Counter[str] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        _lock(place, "SELECT pg_advisory_xact_lock(hashtext('wanshang.search.rebuild'))")
        cursor.execute(f"DELETE FROM {place.docs}; DELETE FROM {place.terms} WHERE term <> '{STAMP}'")  # noqa: S608
        for some in chunks(docs, COPIED_AT_ONCE):
            # A listing that changed on the way comes a second time: the later one counts.
            rows = [(doc, _row(doc)) for doc in {doc.id: doc for doc in some}.values()]
            cursor.execute(f"SELECT id FROM {place.docs} WHERE id = ANY(%s)", [[doc.id for doc, _values in rows]])  # noqa: S608
            again = {key for (key,) in cursor.fetchall()}
            _copy(place.docs, list(COLUMNS), (row for doc, row in rows if doc.id not in again))
            for doc, row in rows:
                if doc.id not in again:
                    vocabulary.update(_weighed(lexemes_of(doc), row["forward"]))
            vocabulary.update(_put_some([doc for doc, _row_ in rows if doc.id in again], place))
        _copy(place.terms, ["term", "df"], ({"term": term, "df": df} for term, df in vocabulary.items()))
        cursor.execute(f"ANALYZE {place.docs}")
    tidy(place)
    return vocabulary[DOCS]


def tidy(place: Place = MARKET) -> None:
    """Merge the indexes' pending lists: work of a writer that a reader would do otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, [place.docs])


def chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _put_some(docs: list[Doc], place: Place) -> Counter[str]:
    """Write what is not older than what is there. Returns how the vocabulary changes."""
    change: Counter[str] = Counter()
    newest = {doc.id: doc for doc in sorted(docs, key=lambda doc: doc.version)}
    if not newest:
        return change
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, version, tsvector_to_array(tsv), forward FROM {place.docs} WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(newest)])  # noqa: S608
        old = {key: (version, _weighed(lexemes, forward)) for key, version, lexemes, forward in cursor.fetchall()}
        rows = {key: _row(doc) for key, doc in sorted(newest.items()) if key not in old or old[key][0] <= doc.version}
        for key, row in rows.items():
            change.update(_weighed(lexemes_of(newest[key]), row["forward"]))
            change.subtract(old[key][1] if key in old else {})
        cursor.execute(_UPSERT.format(docs=place.docs), [[_as_text(row[name], kind) for row in rows.values()] for name, kind in COLUMNS.items()])
    return change


def _row(doc: Doc) -> dict[str, Any]:
    return {
        "id": doc.id, "tsv": tsvector_of(doc), "facets": facets_of(doc), "forward": forward_of(doc), "nodes": nodes_of(doc), "options": options_of(doc),
        "category": doc.category_path[-1] if doc.category_path else 0, "brand": doc.brand, "shop": doc.shop, "price": doc.price,
        "popularity": doc.popularity, "published": doc.published, "version": doc.version,
        "rating": doc.rating, "shop_score": doc.shop_score,
    }  # fmt: skip


def _as_text(value: Any, kind: str) -> Any:
    return str(value).translate(_BRACES) if kind == "int[]" and value is not None else value


def _weighed(lexemes: Iterable[str], forward: bytes) -> Counter[str]:
    """What a document adds to the vocabulary: one of each lexeme, one document, its length."""
    counted = Counter(lexeme for lexeme in set(lexemes) if not lexeme.startswith("~"))
    counted[DOCS], counted[LENGTH] = 1, int(np.frombuffer(forward, RECORD)["times"].sum())
    return counted


def _change_vocabulary(change: Counter[str], place: Place) -> None:
    changed = sorted((term, by) for term, by in change.items() if by)
    if not changed:
        return
    _lock(place, "SELECT pg_advisory_xact_lock(hashtext('wanshang.search.vocabulary'))")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {place.terms} AS old (term, df) SELECT * FROM unnest(%s::text[], %s::int[])"  # noqa: S608
            " ON CONFLICT (term) DO UPDATE SET df = old.df + excluded.df",
            [[term for term, _by in changed], [by for _term, by in changed]],
        )


def _copy(table: str, columns: list[str], rows: Iterable[dict[str, Any]]) -> None:
    with (
        connection.cursor() as opened,
        connection.wrap_database_errors,
        psycopg.Cursor(opened.connection) as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,  # type: ignore[arg-type]
    ):
        for row in rows:
            copy.write_row([row[name] for name in columns])


def _lock(place: Place, sql: str) -> None:
    if not place.is_shared:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql)
