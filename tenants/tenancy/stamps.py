"""What a kept page was made of, and whether that is still so: a stamp for each thing, changed when the thing changes.

Stamps lie in the cache, which may forget them; whoever trusts one also sets an end to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex

from django.core.cache import cache
from django.db import transaction

from tenants.tenancy.schemas import public_schema

ANYTHING = "anything"  # its stamp changes with every other
KEPT_S = 3600  # far longer than any page that is held against a stamp
_reading: ContextVar[set[str] | None] = ContextVar("what this page has read", default=None)


def stamp_of_shop(merchant_id: object) -> str:
    """What a shop's own pages are held against besides its goods."""
    return f"shop:{merchant_id}"


@contextmanager
def noting_what_is_read() -> Iterator[set[str]]:
    """Inside, things that are read from the database put their names into the set."""
    names: set[str] = set()
    token = _reading.set(names)
    try:
        yield names
    finally:
        _reading.reset(token)


def note(name: str) -> None:
    """This thing was read; heard only inside noting_what_is_read()."""
    names = _reading.get()
    if names is not None:
        names.add(name)


def stamps(names: Sequence[str]) -> list[str]:
    """The stamps of these things as they are now; "" where none is known."""
    with public_schema():
        found = cache.get_many([f"stamp:{name}" for name in names])
    return [found.get(f"stamp:{name}", "") for name in names]


def change_stamps(names: Iterable[str]) -> None:
    """Pages that were made of these things are out of date as soon as the transaction that runs has committed."""
    changed = sorted({ANYTHING, *names})

    def change() -> None:
        with public_schema():
            cache.set_many({f"stamp:{name}": token_hex(8) for name in changed}, KEPT_S)

    if len(changed) > 1:
        transaction.on_commit(change, robust=True)
