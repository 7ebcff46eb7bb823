"""What one person alone cannot do. A verb that pays, sanctions or changes a rate says so itself, so no route leads around it.

The system and payment rails are no persons: what they do follows from rules and deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError

_carried: ContextVar[str] = ContextVar("the kind of request that is being carried out", default="")


class SecondPersonNeeded(MarketError):
    code, status = "second_person_needed", 409
    message = _("One person alone cannot do this. Ask for it, and a second person decides; nothing was changed.")


@contextmanager
def carrying_out(kind: str) -> Iterator[None]:
    """Around the verb of a request that two people have agreed on, or that is below the limit for one. Called by flows/approvals.py for the market, and by
    flows/second_looks.py for a shop."""
    token = _carried.set(kind)
    try:
        yield
    finally:
        _carried.reset(token)


def needs_two(by: Actor, kind: str) -> None:
    """Raises SecondPersonNeeded where a person acts outside an approved request of this kind."""
    if by.kind == "person" and _carried.get() != kind:
        raise SecondPersonNeeded
