"""The statuses of an order and their moves, and the one label that people see."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.states import Moves
from marketplace.platform.virtual.kinds import GoodsKind


class OrderStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Unpaid")
    ON_HOLD = "on_hold", _("On hold")
    CONFIRMED = "confirmed", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentStatus(models.TextChoices):
    UNPAID = "unpaid", _("Unpaid")
    PAID = "paid", _("Paid")
    PART_REFUNDED = "part_refunded", _("Part refunded")
    REFUNDED = "refunded", _("Refunded")


class FulfilmentStatus(models.TextChoices):
    NONE = "none", _("Not shipped")
    PART_SHIPPED = "part_shipped", _("Part shipped")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    # Of virtual goods, which never stand among what is to be shipped.
    TO_HAND_OUT = "to_hand_out", pgettext_lazy("fulfilment", "Codes not handed out")
    TO_REDEEM = "to_redeem", pgettext_lazy("fulfilment", "Not used up")


class Step(models.TextChoices):
    """What happens to an order between its statuses, and stands in its history, too."""

    ACCEPTED = "accepted", pgettext_lazy("order step", "Accepted by the shop")
    PACKED = "packed", pgettext_lazy("order step", "A parcel was packed")
    UNPACKED = "unpacked", pgettext_lazy("order step", "A parcel was opened again")
    PART_CANCELLED = "part_cancelled", pgettext_lazy("order step", "Cancelled in part")
    HANDED_OUT = "handed_out", pgettext_lazy("order step", "Codes were handed out")
    VOUCHERS_MADE = "vouchers_made", pgettext_lazy("order step", "Vouchers were made")
    REDEEMED = "redeemed", pgettext_lazy("order step", "A voucher was used")
    CHARGED_BACK = "charged_back", pgettext_lazy("order step", "Taken back by the buyer's bank")
    REFUNDED = "money_back", pgettext_lazy("order step", "Money given back")


def waiting_status(kind: str) -> FulfilmentStatus:
    """Of an order of this kind of goods of which nothing has reached the buyer."""
    return {GoodsKind.CODES: FulfilmentStatus.TO_HAND_OUT, GoodsKind.SERVICE: FulfilmentStatus.TO_REDEEM}.get(GoodsKind(kind), FulfilmentStatus.NONE)


ORDER_MOVES = Moves(
    {
        OrderStatus.AWAITING_PAYMENT: {OrderStatus.CONFIRMED, OrderStatus.ON_HOLD, OrderStatus.CANCELLED},
        OrderStatus.ON_HOLD: {OrderStatus.CONFIRMED, OrderStatus.CANCELLED},
        OrderStatus.CONFIRMED: {OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.ON_HOLD},
        OrderStatus.COMPLETED: set(),
        OrderStatus.CANCELLED: set(),
    }
)


class Label(models.TextChoices):
    """The one label people see, a pure function of the three statuses and the open returns (label_of)."""

    UNPAID = "unpaid", pgettext_lazy("order", "Unpaid")
    ON_HOLD = "on_hold", pgettext_lazy("order", "On hold")
    TO_SHIP = "to_ship", pgettext_lazy("order", "To ship")
    PART_SHIPPED = "part_shipped", pgettext_lazy("order", "Part shipped")
    SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
    DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
    TO_HAND_OUT = "to_hand_out", pgettext_lazy("order", "Code on its way")
    TO_USE = "to_use", pgettext_lazy("order", "To be used")
    COMPLETED = "completed", pgettext_lazy("order", "Completed")
    AFTER_SALES = "after_sales", pgettext_lazy("order", "After-sales")
    REFUNDED = "refunded", pgettext_lazy("order", "Refunded")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


TONES = {
    Label.UNPAID: "warn",
    Label.ON_HOLD: "warn",
    Label.TO_SHIP: "info",
    Label.PART_SHIPPED: "violet",
    Label.SHIPPED: "brand",
    Label.DELIVERED: "brand",
    Label.TO_HAND_OUT: "info",
    Label.TO_USE: "brand",
    Label.COMPLETED: "success",
    Label.AFTER_SALES: "danger",
    Label.REFUNDED: "",
    Label.CANCELLED: "",
}


def label_of(status: str, payment_status: str, fulfilment_status: str, open_returns: int = 0) -> Label:
    """What one calls an order that stands so."""
    if open_returns:
        return Label.AFTER_SALES
    if payment_status == PaymentStatus.REFUNDED:
        return Label.REFUNDED
    if status == OrderStatus.CONFIRMED:
        return {
            FulfilmentStatus.NONE: Label.TO_SHIP,
            FulfilmentStatus.PART_SHIPPED: Label.PART_SHIPPED,
            FulfilmentStatus.SHIPPED: Label.SHIPPED,
            FulfilmentStatus.DELIVERED: Label.DELIVERED,
            FulfilmentStatus.TO_HAND_OUT: Label.TO_HAND_OUT,
            FulfilmentStatus.TO_REDEEM: Label.TO_USE,
        }[FulfilmentStatus(fulfilment_status)]
    return {
        OrderStatus.AWAITING_PAYMENT: Label.UNPAID,
        OrderStatus.ON_HOLD: Label.ON_HOLD,
        OrderStatus.COMPLETED: Label.COMPLETED,
        OrderStatus.CANCELLED: Label.CANCELLED,
    }[OrderStatus(status)]
