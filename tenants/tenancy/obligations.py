"""What a shop still owes, or is owed: it closes only when nothing of it is left.

Each app that keeps something open of a shop counts it with a function of its own, and the function stands on the one page of all of them
(marketplace/config/obligations.py). Adding one there is all it takes: the lists in workbench and console, the refusal to close and the
letter "nothing is left" follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tenants.tenancy.errors import ObligationsLeft
from tenants.tenancy.models import Merchant


class Turn(Enum):
    """Whose turn it is; time's, where nobody has to do anything."""

    SHOP = "shop"
    BUYER = "buyer"
    MARKET = "market"
    TIME = "time"


@dataclass(frozen=True)
class Obligation:
    """One kind of thing that is open, in the words of whoever reads: "3 orders to ship".

    `in_workbench` and `in_console` are the pages where it is settled, as paths on those hosts; "" where there is none.
    `ends_at`: the last of it ends by itself then. `hint`: what settles it.
    """

    code: str
    label: str
    turn: Turn
    hint: str = ""
    in_workbench: str = ""
    in_console: str = ""
    ends_at: datetime | None = None


# Counts one kind for a shop, in the public schema; None when nothing of it is open.
Counter = Callable[[Merchant], "Obligation | None"]

_counters: list[Counter] = []


def install(counters: Iterable[Counter]) -> None:
    _counters[:] = counters


def obligations_of(merchant: Merchant) -> list[Obligation]:
    """Everything open, counted now, in the order of the page of all counters."""
    return [found for counter in _counters if (found := counter(merchant)) is not None]


def check_nothing_is_left(merchant: Merchant) -> None:
    """Raises ObligationsLeft, naming everything that is."""
    if left := obligations_of(merchant):
        raise ObligationsLeft(shop=merchant.name, left="; ".join(each.label for each in left))
