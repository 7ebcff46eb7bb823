"""A repeated request gets the same answer; the same key with other input is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from marketplace.kernel.errors import KeyReused
from marketplace.kernel.models import IdempotencyKey
from marketplace.kernel.plain import fingerprint


@dataclass(frozen=True)
class Claim:
    """`first` says whether this is the first time; otherwise `result` is what the first time made."""

    row_id: int
    first: bool
    result: Any

    def keep(self, result: Any) -> None:
        """Store what was made, in the same transaction."""
        IdempotencyKey.objects.filter(pk=self.row_id).update(result=result)


def claim(*, scope: str, key: str, asked: Any) -> Claim:
    """Claim a key inside the transaction of the change. A second claimant waits for the first to commit or roll back.

    Raises KeyReused when the key came before with other input, RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("claim() outside a transaction")
    row = IdempotencyKey(scope=scope, key=key, fingerprint=fingerprint(asked))
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    stored = IdempotencyKey.objects.get(scope=scope, key=key)
    if stored.fingerprint != row.fingerprint:
        raise KeyReused(scope=scope, key=key)
    return Claim(stored.pk, stored.result is None, stored.result)
