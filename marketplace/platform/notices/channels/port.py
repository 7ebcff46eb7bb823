"""What every channel does: takes a dispatch to its provider, and says how that ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.platform.notices.models import Dispatch


@dataclass(frozen=True)
class Taken:
    """The provider has it, and calls it so; whether it arrives is told later, if at all."""

    ref: str = ""


class Refused(Exception):
    """The provider will never take it. `is_dead`: because nobody reads this address."""

    def __init__(self, why: str, *, is_dead: bool = False) -> None:
        super().__init__(why)
        self.is_dead = is_dead


class Away(Exception):
    """The provider gives no answer, or asks to come back: try again later."""


# Called outside a transaction, and perhaps again after an attempt nobody knows the end of: the dispatch's key tells the provider that it is the same.
Way = Callable[[Dispatch], Taken]
