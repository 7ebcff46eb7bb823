from __future__ import annotations

import threading
import time
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from marketplace.kernel import scheduler
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent, AuditLink, Delivery, Sealer
from marketplace.kernel.relay import Sending
from tenants.accounts.events import LetterWritten
from tenants.accounts.letters import write_letter
from tests.running import running, until


@pytest.fixture
def running_scheduler(own_database):
    """A scheduler in a thread; what it sends is listed."""
    sent: list[Sending] = []
    stop = threading.Event()

    def work() -> None:
        try:
            scheduler.run(sent.append, stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield sent
    stop.set()
    thread.join()


def test_the_process_seals_the_log_within_ten_seconds(own_database, static_files, tmp_path):
    with running(own_database, static_files, "scheduler") as market:
        until(lambda: Sealer.objects.exists() and not unsealed(), within_s=60, what=lambda: f"it has begun; {market.log('scheduler')}")
        with transaction.atomic():
            audit(by=SYSTEM, action="test.done", subject="test", subject_id=1)
        began = time.monotonic()
        until(lambda: not unsealed(), within_s=10, what=lambda: f"sealed; {market.log('scheduler')}")
        assert 0 < time.monotonic() - began <= 10


def unsealed() -> bool:
    return AuditEvent.objects.exclude(pk__in=AuditLink.objects.values("event_id")).exists()


def end_sessions_that_listen() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND objid = %s AND datname = current_database()",
            [scheduler.LEADERSHIP],
        )
        return int(cursor.fetchone()[0])


def write() -> None:
    with transaction.atomic():
        write_letter(email="a@example.com", subject="s", text="t")


def letters_in(sent: list[Sending]) -> set[UUID]:
    """Deliveries of letters among what was sent: duties send work of their own."""
    return set(Delivery.objects.filter(pk__in=[one.delivery_id for one in sent], event__topic=LetterWritten.topic).values_list("pk", flat=True))


def test_a_scheduler_whose_session_is_ended_while_it_waits_goes_on(running_scheduler):
    write()
    until(lambda: len(letters_in(running_scheduler)) == 1, within_s=10, what="the first letter is sent")
    assert end_sessions_that_listen() == 1
    write()
    until(lambda: len(letters_in(running_scheduler)) == 2, within_s=10, what="a letter is sent after the session was lost")
