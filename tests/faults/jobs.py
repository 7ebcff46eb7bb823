"""Jobs whose effects can be counted: each leaves one row in the log, so what is lost or doubled shows."""

from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent
from tenants.tenancy.jobs import market_task


def leave_a_row(n: int) -> None:
    audit(by=SYSTEM, action="test.counted", subject="test", subject_id=n)


@market_task
def count(*, n: int) -> None:
    leave_a_row(n)


@market_task
def count_slowly(*, n: int) -> None:
    leave_a_row(n)
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(2)")


@shared_task(name="tests.count_directly", ignore_result=True)
def count_directly(n: int) -> None:
    """The control: a task published straight to the broker."""
    with transaction.atomic():
        leave_a_row(n)


def counted() -> dict[int, int]:
    """How often each n took effect."""
    found: dict[int, int] = {}
    for subject in AuditEvent.objects.filter(action="test.counted").values_list("subject_id", flat=True):
        found[int(subject)] = found.get(int(subject), 0) + 1
    return found
