"""Sealing the log: rows are linked afterwards, in batches, each log by itself, so that tampering shows (verifying.py finds it).

The digest of a row, version 1: SHA-256 over a JSON array without spaces, keys of objects sorted, text as UTF-8:
[1, log, number of its seal, place under it, id, tx, at, merchant_id, actor_kind, actor_id, actor_label, on_behalf_of, action,
subject_type, subject_id, before, after, why, request_id, address]; keys as text with hyphens, moments as ISO 8601 in UTC with six
digits of a second, nothing as null. A merchant's log is named by the merchant's key, the market's by the key of nobody.

The hash of a seal, version 1: SHA-256 over the JSON array [1, log, number, hash of the seal before or "", count, sealed_at], and
behind it the digests of its rows, 32 bytes each, in their order.

No request waits for any of this: a row is inserted in its change's own transaction as ever, and the database notes the transaction.
The sealer takes what is committed and has no link yet, beginning at the oldest transaction that had not ended when it last came
through, so that a change which commits late is found. Only an advisory lock, which no request asks for, keeps one sealer at a time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.kernel import clock
from marketplace.kernel.models import AuditEvent, AuditLink, AuditSeal, Sealer

log = logging.getLogger("wanshang.audit")

VERSION = 1
MARKET = UUID(int=0)  # the name of the market's log
EVERY_S = 5.0
AT_ONCE = 2000  # rows in one transaction
ONE_SEALER = 0x5345414C  # advisory lock: "SEAL"
FIELDS = (
    "id", "tx", "at", "merchant_id", "actor_kind", "actor_id", "actor_label", "on_behalf_of", "action",
    "subject_type", "subject_id", "before", "after", "why", "request_id", "address",
)  # fmt: skip
ID, TX, AT, MERCHANT = range(4)
Row = tuple[Any, ...]  # the values of FIELDS


def log_of(row: Row) -> UUID:
    """The log that a row belongs to."""
    return row[MERCHANT] or MARKET


def digest_of(row: Row, log_: UUID, number: int, position: int) -> bytes:
    """Of the row at its place: another row there, or the row elsewhere, has another digest."""
    return hashlib.sha256(_json([VERSION, log_, number, position, *row])).digest()


def hash_of(seal: AuditSeal, digests: Iterable[bytes]) -> str:
    """Of a seal and the digests of its rows, in their order."""
    made = hashlib.sha256(_json([VERSION, seal.log, seal.number, seal.previous, seal.count, seal.sealed_at]))
    for digest in digests:
        made.update(digest)
    return made.hexdigest()


def _json(values: Sequence[Any]) -> bytes:
    return json.dumps([_told(value) for value in values], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _told(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


# ── The sealer ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """Where to look: transactions from `since` on; `until` (exclusive) where older numbers may be another cluster's, else everywhere.

    `oldest`: the oldest transaction that had not ended when we looked, where the next round begins.
    """

    cluster: str
    since: int
    until: int | None
    oldest: int


def seal_all(at_once: int = AT_ONCE) -> int:
    """Seal every row that is committed and has no seal; how many were. Safe to stop anywhere and to run twice at once: one goes on."""
    sealed, place, last = 0, None, None
    while True:
        with transaction.atomic():
            if not _is_alone():
                return sealed
            place = place or where_to_look()
            now = clock.now()
            rows = list(_not_linked(place, last).order_by("tx", "id").values_list(*FIELDS)[:at_once])
            _seal(rows, now)
            if is_through := len(rows) < at_once:
                Sealer.objects.update_or_create(id=1, defaults={"cluster": place.cluster, "reached": place.oldest, "at": now})
        sealed += len(rows)
        if is_through:
            return sealed
        last = rows[-1]


def keep_sealing(stop: threading.Event, every_s: float = EVERY_S) -> None:
    """Until `stop` is set. Whatever goes wrong is told and tried again: nothing else waits for it."""
    while not stop.is_set():
        try:
            seal_all()
        except Exception:
            log.exception("sealing the log failed, trying again")
            connection.close()
        stop.wait(every_s)
    connection.close()


def where_to_look() -> Place:
    """From the sealer's own place on. In another cluster than before, where transactions are counted anew: everywhere, once."""
    cluster, oldest, next_ = _server()
    sealer = Sealer.objects.filter(id=1).first()
    if sealer is None or sealer.cluster != cluster or sealer.reached > next_:
        return Place(cluster, 0, None, oldest)
    # Rows that came with a restored database may bear numbers that this cluster has yet to reach; they were all looked at then.
    return Place(cluster, sealer.reached, next_, oldest)


def _server() -> tuple[str, int, int]:
    """The cluster's mark ("" where we may not ask), the oldest transaction that has not ended, and the first that cannot have begun."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        mark = ""
        if cursor.fetchone()[0]:
            cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
            (mark,) = cursor.fetchone()
        cursor.execute(
            "SELECT pg_snapshot_xmin(now)::text::bigint, greatest(pg_snapshot_xmax(now)::text::bigint, pg_current_xact_id_if_assigned()::text::bigint + 1)"
            " FROM pg_current_snapshot() now"
        )
        return (mark, *cursor.fetchone())


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        return bool(cursor.fetchone()[0])


def _not_linked(place: Place, last: Row | None) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(~Exists(AuditLink.objects.filter(event_id=OuterRef("pk"))), tx__gte=place.since)
    if place.until is not None:
        rows = rows.filter(tx__lt=place.until)
    if last is not None:
        rows = rows.filter(Q(tx__gt=last[TX]) | Q(tx=last[TX], id__gt=last[ID]), tx__gte=last[TX])
    return rows


def _seal(rows: list[Row], now: datetime) -> None:
    """One seal for each log among the rows, which keep their order."""
    logs: dict[UUID, list[Row]] = {}
    for row in rows:
        logs.setdefault(log_of(row), []).append(row)
    heads = heads_of(logs)
    seals, digests = [], []
    for log_, members in logs.items():
        number, previous = heads.get(log_, (0, ""))
        seal = AuditSeal(log=log_, number=number + 1, previous=previous, count=len(members), sealed_at=now)
        made = [digest_of(row, log_, seal.number, position) for position, row in enumerate(members, 1)]
        seal.hash = hash_of(seal, made)
        seals.append(seal)
        digests.append(made)
    AuditSeal.objects.bulk_create(seals)
    links = [
        AuditLink(event_id=row[ID], seal=seal, position=position, digest=digest)
        for seal, made in zip(seals, digests, strict=True)
        for position, (row, digest) in enumerate(zip(logs[seal.log], made, strict=True), 1)
    ]
    AuditLink.objects.bulk_create(links, batch_size=1000)


def heads_of(logs: Iterable[UUID]) -> dict[UUID, tuple[int, str]]:
    """Number and hash of the newest seal of each of these logs; those without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT log, newest.number, newest.hash FROM unnest(%s::uuid[]) AS log CROSS JOIN LATERAL"
            " (SELECT number, hash FROM kernel_auditseal s WHERE s.log = log.log ORDER BY number DESC LIMIT 1) newest",
            [list(logs)],
        )
        return {log_: (number, hash_) for log_, number, hash_ in cursor.fetchall()}
