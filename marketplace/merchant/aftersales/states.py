"""The statuses of a return and their moves: application, review, goods back, inspection, refund."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.states import Moves


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("return", "Requested")
    AGREED = "agreed", pgettext_lazy("return", "Agreed")
    SENT_BACK = "sent_back", pgettext_lazy("return", "On the way back")
    INSPECTED = "inspected", pgettext_lazy("return", "Received and inspected")
    REFUNDED = "refunded", pgettext_lazy("return", "Refunded")
    REFUSED = "refused", pgettext_lazy("return", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("return", "Withdrawn")
    CLOSED = "closed", pgettext_lazy("return", "Closed")


S = ReturnStatus
RETURN_MOVES = Moves(
    {
        S.REQUESTED: {S.AGREED, S.REFUSED, S.WITHDRAWN},
        S.AGREED: {S.SENT_BACK, S.INSPECTED, S.WITHDRAWN, S.CLOSED},  # a buyer may bring the goods without a parcel number
        S.SENT_BACK: {S.INSPECTED},
        S.INSPECTED: {S.REFUNDED, S.REFUSED},
        S.REFUNDED: set(),
        S.REFUSED: set(),
        S.WITHDRAWN: set(),
        S.CLOSED: set(),
    }
)
OPEN = (S.REQUESTED, S.AGREED, S.SENT_BACK, S.INSPECTED)

TONES = {
    S.REQUESTED: "warn",
    S.AGREED: "info",
    S.SENT_BACK: "violet",
    S.INSPECTED: "brand",
    S.REFUNDED: "success",
    S.REFUSED: "danger",
    S.WITHDRAWN: "",
    S.CLOSED: "",
}


class Reason(models.TextChoices):
    """Why goods come back. Where it is the shop's fault, their share of the freight goes back, too (`is_shops_fault`)."""

    UNWANTED = "unwanted", _("I no longer want it")
    TOO_LATE = "too_late", _("It came too late")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    DAMAGED = "damaged", _("Damaged or faulty")
    WRONG_ITEM = "wrong_item", _("Something else was sent")


def is_about_a_fault(reason: str) -> bool:
    """What codes and used vouchers can be given back for: they cannot be unseen, so not because of a change of mind."""
    return reason in (Reason.NOT_AS_DESCRIBED, Reason.DAMAGED, Reason.WRONG_ITEM)


def is_shops_fault(reason: str) -> bool:
    return reason != Reason.UNWANTED
