"""Store a fact beside the change it reports.

The relay (relay.py) delivers it at least once after commit; an effect is keyed by event and reaction, so it happens once.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import get_language

from marketplace.kernel.context import running
from marketplace.kernel.events import Event
from marketplace.kernel.models import OutboxEvent

CHANNEL = "outbox"


def record(event: Event) -> OutboxEvent:
    """Store the fact in this transaction, with the request it came from.

    Raises RuntimeError outside a transaction: the fact could outlive a rolled-back change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() outside a transaction")
    row = OutboxEvent.objects.create(
        topic=event.topic,
        merchant_id=getattr(event, "merchant_id", None),
        body=event.body(),
        locale=get_language() or "en",
        request_id=running.get().request_id,
    )
    # Only speeds things up: the relay also polls. Not inside the transaction, where NOTIFY makes commits queue up.
    transaction.on_commit(wake_relay, robust=True)
    return row


def wake_relay() -> None:
    if connection.in_atomic_block:
        return  # a test's outer transaction: nobody else can see the fact yet
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
