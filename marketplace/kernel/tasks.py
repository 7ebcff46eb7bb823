"""Celery's only way in: hints from the relay that a delivery waits."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from marketplace.kernel.relay import Sending, perform


@shared_task(name="kernel.deliver", ignore_result=True)
def deliver(delivery_id: str) -> None:
    perform(UUID(delivery_id))


def send(sending: Sending) -> None:
    """Publish the hint. The only place in the product that publishes a task (a test holds it)."""
    deliver.apply_async(args=[str(sending.delivery_id)], headers={"locale": sending.locale, "merchant_id": str(sending.merchant_id or "")}, retry=False)
