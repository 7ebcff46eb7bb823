"""The keys that values in the database are encrypted with: read from FIELD_KEYS, the first is used for what is written."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

ID = re.compile(r"[a-z0-9]{1,16}")
KEY_BYTES, NONCE_BYTES = 32, 12
MARK = "enc:1"  # the form of what is kept: enc:1:<key id>:<nonce, text and tag in base64>


class KeyMissing(RuntimeError):
    """A value lies under a key that FIELD_KEYS does not have. The message names the key, never a value."""


class Unreadable(RuntimeError):
    """A value that its key does not open at this place: it was changed, or moved here from another row or column."""


@dataclass(frozen=True, repr=False)
class FieldKey:
    """One key of FIELD_KEYS, and the two it is used as: one encrypts, one makes fingerprints."""

    id: str
    encrypts: bytes
    marks: bytes

    def __repr__(self) -> str:
        return f"<FieldKey {self.id}>"

    @classmethod
    def of(cls, key_id: str, secret: bytes) -> FieldKey:
        """HMAC as the expanding step of HKDF (RFC 5869): the key itself is uniform, so nothing needs to be extracted first."""
        made = (hmac.new(secret, name + b"\x01", hashlib.sha256).digest() for name in (b"wanshang field encryption", b"wanshang blind index"))
        return cls(key_id, *made)


def parse_keys(text: str) -> list[FieldKey]:
    """`id:key,id:key`, each key 32 bytes in base64, plain or for addresses. Raises ValueError saying what is wrong, never with a key in it."""
    found: list[FieldKey] = []
    for n, part in enumerate(filter(None, (piece.strip() for piece in text.split(","))), start=1):
        key_id, colon, encoded = part.partition(":")
        if not colon or not ID.fullmatch(key_id):
            raise ValueError(f"key {n} does not begin with an id of small letters and digits and a colon")
        try:
            secret = base64.b64decode(encoded.strip().replace("-", "+").replace("_", "/") + "=" * (-len(encoded.strip()) % 4), validate=True)
        except binascii.Error:
            raise ValueError(f"key {key_id} is not base64") from None
        if len(secret) != KEY_BYTES:
            raise ValueError(f"key {key_id} has {len(secret)} bytes instead of {KEY_BYTES}")
        found.append(FieldKey.of(key_id, secret))
    if not found:
        raise ValueError("it holds no key")
    if len({key.id for key in found}) != len(found):
        raise ValueError("two keys have the same id")
    return found


@cache
def _ring(text: str) -> dict[str, FieldKey]:
    return {key.id: key for key in parse_keys(text)}


def keys() -> dict[str, FieldKey]:
    """By id, the current one first."""
    return _ring(settings.FIELD_KEYS)


def current_key() -> FieldKey:
    return next(iter(keys().values()))


def prefix_of(key_id: str) -> str:
    return f"{MARK}:{key_id}:"


def seal(text: str, place: str) -> str:
    """Encrypt for one place (table, column and row): it can be opened there only. AES-256-GCM; the nonce is random."""
    key = current_key()
    nonce = os.urandom(NONCE_BYTES)
    locked = AESGCM(key.encrypts).encrypt(nonce, text.encode(), place.encode())
    return prefix_of(key.id) + base64.urlsafe_b64encode(nonce + locked).decode()


def unseal(sealed: str, place: str) -> str:
    """Raises KeyMissing, Unreadable."""
    key_id, _colon, encoded = sealed.removeprefix(f"{MARK}:").partition(":")
    if not sealed.startswith(f"{MARK}:") or not ID.fullmatch(key_id):
        raise Unreadable(f"{place} holds something that is not encrypted")
    if (key := keys().get(key_id)) is None:
        raise KeyMissing(f"FIELD_KEYS lacks the key “{key_id}”, which {place} lies under")
    try:
        raw = base64.urlsafe_b64decode(encoded)
        return AESGCM(key.encrypts).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable(f"what {place} holds was changed, or belongs to another place") from None


def _print(key: FieldKey, text: str, column: str) -> str:
    made = hmac.new(key.marks, b"\x00".join((column.encode(), text.encode())), hashlib.sha256)
    return f"{key.id}:{made.hexdigest()}"


def print_of(text: str, column: str) -> str:
    """A fingerprint by which equal texts of one column are found, and which says nothing to who lacks the key."""
    return _print(current_key(), text, column)


def prints_of(text: str, column: str) -> list[str]:
    """The fingerprint under every key there is: while keys are changed, rows carry both."""
    return [_print(key, text, column) for key in keys().values()]
