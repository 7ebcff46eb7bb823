"""Refusals: what happened, and what to do next, with a code for programs.

Every refusal of a request is a subclass of MarketError and stands in docs/errors.md (a test compares).
Anything else that is raised is a defect and becomes a 500 with a request id.
"""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MarketError(Exception):
    """A refusal. `message` is a lazy translation with {named} places, filled from the keyword arguments.

    `field` names the input that has to change, where there is one.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This cannot be done now. Go back, reload the page and try again.")
    field: str | None = None

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts
        if field:
            self.field = field

    def __str__(self) -> str:
        return str(self.message).format(**self.facts)


class NotFound(MarketError):
    """Absent, or not for the one who asks: the same answer for both."""

    code, status = "not_found", 404
    message = _("There is nothing here under this address, or it is not yours to see.")


class Busy(MarketError):
    code, status = "busy", 503
    message = _("Somebody else is changing the same thing. Nothing was changed; try again in a moment.")


class InvalidInput(MarketError):
    """One field is wrong; `why` says how to mend it."""

    code, status = "invalid_input", 422
    message = _("{why}")


class KeyReused(MarketError):
    code, status = "key_reused", 422
    message = _("This form was sent before with other content. Reload the page and fill it in again.")


class IllegalMove(MarketError):
    code, status = "illegal_move", 409
    message = _("This was changed in the meantime and the step is no longer possible. Reload the page to see how it stands.")


class ReasonMissing(MarketError):
    code, status = "reason_missing", 422
    message = _("Give a reason; it is kept in the log.")
    field = "reason"


def check_reason(text: str, *, field: str = "reason") -> None:
    """What has to be explained was explained. Raises ReasonMissing, naming the input."""
    if not text.strip():
        raise ReasonMissing(field=field)


def all_refusals(base: type[MarketError] = MarketError) -> list[type[MarketError]]:
    """Every refusal class that is loaded, the base included."""
    return [base, *(found for child in base.__subclasses__() for found in all_refusals(child))]
