"""Facts that almost every page needs and that hardly ever change: remembered by each web process, held against a stamp in Valkey.

A request reads all stamps in one look, and what was remembered under another stamp is read anew. Whoever writes one of the tables changes its
stamp when the transaction has committed, however the statement was made: `watch_writes` sees them all. So a change is seen by the next request.
Inside a transaction, outside a request and without Valkey nothing is remembered. docs/decisions/remembered-facts.md tells more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction

from tenants.tenancy.link import connection
from tenants.tenancy.schemas import public_schema

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
# Tables of the public schema by what they are about; a group has one stamp.
GROUPS = {
    "hosts": ("tenancy_domain", "tenancy_market", "tenancy_merchant"),
    "taxonomy": ("platform_taxonomy_brand", "platform_taxonomy_category", "platform_taxonomy_attribute", "platform_taxonomy_attributevalue"),
    "delivery": ("platform_delivery_freightzone", "platform_delivery_region"),
    "shops": ("onboarding_application", "onboarding_dossier", "platform_themes_theme"),
    "questions": ("platform_reviews_question",),
}
GROUP_OF = {table: group for group, tables in GROUPS.items() for table in tables}
WRITTEN = re.compile(rf'\s*(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|MERGE INTO)\s+(?:"?public"?\.)?"?({"|".join(GROUP_OF)})\b', re.IGNORECASE)
STAMP_S = 3600
MOST_S = 30  # should a stamp be lost on its way
MOST_KEPT = 10_000

_now: ContextVar[dict[str, str] | None] = ContextVar("stamps as this request found them", default=None)
_held: dict[tuple[str, Hashable], tuple[str, float, Any]] = {}


@contextmanager
def one_look() -> Iterator[None]:
    """Around a request, in the public schema: inside, facts may be remembered."""
    token = _now.set(_stamps())
    try:
        yield
    finally:
        _now.reset(token)


def _stamps() -> dict[str, str]:
    """A group that has no stamp yet gets one, which counts from the next request on."""
    keys = {f"facts:{group}": group for group in GROUPS}
    found: dict[str, str] = cache.get_many(list(keys))
    for key in keys.keys() - found.keys():
        cache.add(key, token_hex(8), STAMP_S)
    return {keys[key]: stamp for key, stamp in found.items()}


def remembered(group: str, key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, perhaps as it gave it to an earlier request: nobody may change it. None is not remembered."""
    stamp = _stamp_of(group)
    if not stamp:
        return read()
    place = (group, key)
    found: T | None = _still_held(place, stamp)
    if found is not None:
        return found
    value = read()
    if value is not None:
        _hold(place, stamp, value)
    return value


def remembered_rows(group: str, kind: str, keys: Iterable[K], read: Callable[[list[K]], dict[K, T]]) -> dict[K, T]:
    """The same of many things of a kind, by key: `read` is asked once, for those that no earlier request has read. What is not there is left out."""
    wanted, stamp = list(dict.fromkeys(keys)), _stamp_of(group)
    if not stamp:
        return read(wanted)
    held = {key: _still_held((group, (kind, key)), stamp) for key in wanted}
    if missing := [key for key, value in held.items() if value is None]:
        for key, value in read(missing).items():
            _hold((group, (kind, key)), stamp, value)
            held[key] = value
    return {key: value for key, value in held.items() if value is not None}


def _stamp_of(group: str) -> str | None:
    """None where nothing may be remembered."""
    return None if connection.in_atomic_block else (_now.get() or {}).get(group)


def _still_held(place: tuple[str, Hashable], stamp: str) -> Any:
    held = _held.get(place)
    return held[2] if held and held[0] == stamp and time.monotonic() < held[1] else None


def _hold(place: tuple[str, Hashable], stamp: str, value: Any) -> None:
    if len(_held) >= MOST_KEPT:
        _held.clear()
    _held[place] = (stamp, time.monotonic() + MOST_S, value)


def watch_writes(connection: Any, **kwargs: Any) -> None:
    """For every new connection to the database: see which of the tables is written (a receiver of connection_created)."""
    if _note_write not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _note_write)


def _note_write(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    answer = execute(sql, params, many, context)
    if isinstance(sql, str) and (found := WRITTEN.match(sql)):
        group = GROUP_OF[found[1].lower()]
        transaction.on_commit(lambda: _change(group), robust=True)
    return answer


def _change(group: str) -> None:
    """This request has changed the facts itself: it asks the database from here on."""
    if (now := _now.get()) is not None:
        now.clear()
    with public_schema():
        cache.set(f"facts:{group}", token_hex(8), STAMP_S)
