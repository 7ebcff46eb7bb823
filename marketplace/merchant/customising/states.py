"""How far a shop is with a line that is made to wishes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.kernel.states import Moves


class Making(models.TextChoices):
    TO_CONFIRM = "to_confirm", pgettext_lazy("making", "To confirm")
    MAKING = "making", pgettext_lazy("making", "Being made")
    READY = "ready", pgettext_lazy("making", "Ready")


# What was ready may turn out wrong and be made again, as long as it is in no parcel.
MAKING_MOVES = Moves(
    {
        Making.TO_CONFIRM: {Making.MAKING, Making.READY},
        Making.MAKING: {Making.READY},
        Making.READY: {Making.MAKING},
    }
)
TONES = {Making.TO_CONFIRM: "warn", Making.MAKING: "info", Making.READY: "success"}
