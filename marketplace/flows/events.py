"""Facts of journeys that cross apps and schemas."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ProductSubmitted(Event):
    """A merchant asks the operator to let a product, or an edit of it, onto the market."""

    topic = "product.submitted"
    merchant_id: UUID
    product_id: UUID
    change_id: UUID


@dataclass(frozen=True)
class ProductReviewed(Event):
    """The operator has decided over a submission: the product is on sale, or came back with a reason."""

    topic = "product.reviewed"
    merchant_id: UUID
    product_id: UUID
    change_id: UUID
    is_approved: bool


@dataclass(frozen=True)
class VariantsMerged(Event):
    """A variant became part of another of the same product."""

    topic = "variants.merged"
    merchant_id: UUID
    product_id: UUID
    variant_id: UUID
    into_id: UUID


@dataclass(frozen=True)
class BundlesStopped(Event):
    """Bundles on sale can no longer be bought: something that is in them is off sale, held back, no longer made, or sold out."""

    topic = "bundles.stopped"
    merchant_id: UUID
    product_ids: list[UUID]


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
class OrderGroupCancelled(Event):
    """The buyer gave up a group before paying: the orders are cancelled and their stock is free."""

    topic = "order_group.cancelled"
    group_id: UUID
    merchant_ids: list[UUID]


@dataclass(frozen=True)
class OrderCancelled(Event):
    """A paid order, or what had not shipped of it, was cancelled; its money goes back to the buyer. `by_buyer`: by whom, and `reason` why."""

    topic = "order.cancelled"
    merchant_id: UUID
    order_id: UUID
    by_buyer: bool
    reason: str = ""


@dataclass(frozen=True)
class ReturnMoved(Event):
    """A return took a step: the buyer or the shop is told, and whoever is next sees it."""

    topic = "return.moved"
    merchant_id: UUID
    return_id: UUID
    status: str


@dataclass(frozen=True)
class OrderShipped(Event):
    """A parcel of an order is on its way."""

    topic = "order.shipped"
    merchant_id: UUID
    order_id: UUID
    package_id: UUID


@dataclass(frozen=True)
class CustomLineReady(Event):
    """What was made to a buyer's wishes is ready to be packed."""

    topic = "custom_line.ready"
    merchant_id: UUID
    order_id: UUID
    custom_id: UUID


@dataclass(frozen=True)
class WishAsked(Event):
    """A shop asks a buyer about what they wished."""

    topic = "wish.asked"
    merchant_id: UUID
    order_id: UUID
    question_id: UUID


@dataclass(frozen=True)
class WishAnswered(Event):
    """The buyer has answered; the shop can go on."""

    topic = "wish.answered"
    merchant_id: UUID
    order_id: UUID
    question_id: UUID


@dataclass(frozen=True)
class GoodsHandedOver(Event):
    """The codes of an order were handed out, or its vouchers were made: they stand on the buyer's page of the order."""

    topic = "order.handed_over"
    merchant_id: UUID
    order_id: UUID


@dataclass(frozen=True)
class VouchersExpired(Event):
    """Vouchers of an order were not used in time; their money goes back."""

    topic = "vouchers.expired"
    merchant_id: UUID
    order_id: UUID
    pieces: int


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


@dataclass(frozen=True)
class PayoutMoved(Event):
    """A payout went into a bank file, was paid, or came back."""

    topic = "payout.moved"
    merchant_id: UUID
    payout_id: UUID
    status: str
