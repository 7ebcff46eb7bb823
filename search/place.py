"""Where an index of PostgreSQL and the vocabulary beside it lie."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Place:
    """The schema of both tables. It is ours and stands in the text of statements; whatever was asked for never does."""

    schema: str = "public"

    @property
    def docs(self) -> str:
        return f"{self.schema}.search_searchdoc"

    @property
    def terms(self) -> str:
        return f"{self.schema}.search_searchterm"

    @property
    def is_shared(self) -> bool:
        """Whether other connections read and write it too."""
        return self.schema != "pg_temp"


MARKET = Place()
ASIDE = Place("pg_temp")  # of this connection alone: nobody else sees it, and it is gone when the connection is


def open_aside() -> None:
    """Empty tables of this connection's own, like the market's."""
    close_aside()
    with connection.cursor() as cursor:
        for table, like in ((ASIDE.docs, MARKET.docs), (ASIDE.terms, MARKET.terms)):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {like} INCLUDING ALL)")


def close_aside() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ASIDE.docs}, {ASIDE.terms}")
