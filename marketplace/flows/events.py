"""Facts of journeys that cross apps and schemas."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class OrderGroupPlaced(Event):
    """A buyer placed an order group: one order per merchant, stock held until it is paid."""

    topic = "order_group.placed"
    group_id: UUID
    merchant_ids: list[UUID]


@dataclass(frozen=True)
class OrderGroupPaid(Event):
    """A group is paid: each of its orders is confirmed and may be shipped."""

    topic = "order_group.paid"
    group_id: UUID
    merchant_ids: list[UUID]


@dataclass(frozen=True)
class OrderGroupExpired(Event):
    """Nobody paid in time: the orders are cancelled and their stock is free."""

    topic = "order_group.expired"
    group_id: UUID
    merchant_ids: list[UUID]


@dataclass(frozen=True)
class OrderShipped(Event):
    """A parcel of an order is on its way."""

    topic = "order.shipped"
    merchant_id: UUID
    order_id: UUID
    package_id: UUID


@dataclass(frozen=True)
class OrderCompleted(Event):
    """The buyer has everything: the merchant has earned it."""

    topic = "order.completed"
    merchant_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class StatementIssued(Event):
    """A merchant's orders were settled."""

    topic = "statement.issued"
    merchant_id: UUID
    statement_id: UUID
