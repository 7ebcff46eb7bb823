"""Keys of our own rows: UUIDs of version 7, which sort by the time they were made."""

from __future__ import annotations

from secrets import token_hex
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()


def new_code() -> str:
    """The code of what the operator adds to a vocabulary: ``own-`` and 20 hexadecimal digits, all of chance.

    A key cut short would not do: the first digits of two keys of one millisecond are nearly the same.
    """
    return f"own-{token_hex(10)}"
