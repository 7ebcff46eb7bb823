from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from marketplace.kernel import scheduler
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import Sending
from tenants.accounts.events import LetterWritten
from tenants.accounts.letters import write_letter
from tests.running import until


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
