"""Rows of the log, and what somebody does to them who owns the database."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Max

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent, Sealer
from marketplace.kernel.verifying import verify
from tests.databases import MERCHANTS

A = MERCHANTS["a"]


def write(n: int = 1, merchant_id: UUID | None = A, what: str = "") -> list[UUID]:
    """Rows of one change; their keys."""
    mark = what or uuid4().hex
    with transaction.atomic():
        for at in range(n):
            audit(by=SYSTEM, action="test.done", subject="test", subject_id=mark, merchant_id=merchant_id, before={"n": at}, after={"n": at + 1, "字": "改"})
    return list(AuditEvent.objects.filter(subject_id=mark).order_by("id").values_list("id", flat=True))


def tamper(*statements: str) -> None:
    """As somebody who owns the database, past every trigger and reference."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement


def found(**options) -> list[tuple[str, str]]:
    """(kind, key of the row) of everything the verifier names."""
    return [(one.kind.value, one.event_id) for one in verify(**options).findings]


def swap_keys(table: str, column: str, one: object, other: object) -> list[str]:
    """Statements that let two rows change their keys."""
    spare = uuid4()
    return [f"UPDATE {table} SET {column} = '{new}' WHERE {column} = '{old}'" for old, new in ((one, spare), (other, one), (spare, other))]


def forget_seals() -> None:
    tamper("DELETE FROM kernel_auditlink", "DELETE FROM kernel_auditseal", "DELETE FROM kernel_sealer")


def all_have_ended() -> None:
    """As if every transaction of the cluster that could still bring a row had ended: other tests' keep the sealer's place behind."""
    newest = AuditEvent.objects.aggregate(newest=Max("tx"))["newest"]
    Sealer.objects.update(reached=newest + 1)
