"""Views never write: outside a verb, the database takes no INSERT, UPDATE or DELETE from our own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from marketplace.kernel.verbs import is_acting

WRITING = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")
# Bookkeeping of the framework, not of the market.
FREE_TABLES = ('"django_session"',)


class WriteOutsideVerb(RuntimeError):
    """A view wrote by itself instead of calling a verb: always a defect."""


@contextmanager
def only_verbs_write() -> Iterator[None]:
    with connection.execute_wrapper(_check):
        yield


def _check(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    text = sql if isinstance(sql, str) else str(sql)
    if text.lstrip()[:8].upper().startswith(WRITING) and not is_acting() and not any(table in text[:80] for table in FREE_TABLES):
        raise WriteOutsideVerb(text[:120])
    return execute(sql, params, many, context)
