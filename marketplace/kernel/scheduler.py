"""The scheduler: relay, deadlines and the periodic list. It needs PostgreSQL only; one leads, the others wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import Error, connection

from marketplace.kernel import clock, deadlines, registry
from marketplace.kernel.models import Delivery, OutboxEvent
from marketplace.kernel.outbox import CHANNEL
from marketplace.kernel.registry import Duty
from marketplace.kernel.relay import Sending, has_backlog, relay_once

log = logging.getLogger("wanshang.scheduler")

POLL_S = 1.0
BUSY_S = 0.05  # while more is due than may be in flight
LEADERSHIP = 0x57414E53  # advisory lock: "WANS"
KEEP = timedelta(days=30)


def forget_delivered() -> int:
    """Events whose deliveries are all done and a month old leave the outbox."""
    old = OutboxEvent.objects.filter(recorded_at__lt=clock.now() - KEEP).exclude(fanned_out_at=None)
    done = old.exclude(deliveries__status__in=[Delivery.Status.WAITING, Delivery.Status.DEAD]).values("pk")[:1000]
    return OutboxEvent.objects.filter(pk__in=list(done.values_list("pk", flat=True))).delete()[0]


def run(send: Callable[[Sending], None], stop: threading.Event) -> None:
    """Until `stop` is set. A lost database is waited for; work in hand is in the database and is found again."""
    while not stop.is_set():
        try:
            if lead(stop):
                work(send, stop)
        except Error as lost:
            log.warning("database is away, trying again: %s", type(lost).__name__)
            connection.close()
            stop.wait(POLL_S)


def lead(stop: threading.Event) -> bool:
    """Wait for the leadership; False when told to stop. The lock belongs to the session: a leader that dies gives it up."""
    while not stop.is_set():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADERSHIP])
            if cursor.fetchone()[0]:
                cursor.execute(f"LISTEN {CHANNEL}")
                return True
        stop.wait(POLL_S)
    return False


def work(send: Callable[[Sending], None], stop: threading.Event) -> None:
    last: dict[str, float] = {}
    while not stop.is_set():
        fired = deadlines.fire_due()
        sent = relay_once(send)
        for duty in [Duty("forget delivered events", 3600, forget_delivered), *registry.duties()]:
            if time.monotonic() - last.get(duty.name, -duty.every_s) >= duty.every_s:
                last[duty.name] = time.monotonic()
                duty.run()
        if not (fired or sent):
            wait_for_work()


def wait_for_work() -> None:
    """Until somebody records a fact, a deadline comes, or a second has passed."""
    patience = BUSY_S if has_backlog() else POLL_S
    if due := deadlines.next_due():
        patience = min(patience, max((due - clock.now()).total_seconds(), 0.01))
    with connection.wrap_database_errors:
        for _notice in connection.connection.notifies(timeout=patience, stop_after=1):
            return
