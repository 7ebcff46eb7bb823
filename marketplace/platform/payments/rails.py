"""Payment rails behind one port. A rail declares what it may do; the journal is the truth in all of them."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError
from marketplace.platform.payments.models import PaymentAttempt, Refund


class RailUnknown(MarketError):
    code, status = "rail_unknown", 409
    message = _("This way of paying is not available here. Choose another.")


class Rail(Protocol):
    """`holds_funds`: the money lies with us until it is paid out. `can_split`: the provider splits it among merchants itself."""

    code: str
    holds_funds: bool
    can_split: bool

    def begin(self, attempt: PaymentAttempt) -> str:
        """Ask the provider, outside any transaction and under the attempt's key; the address the buyer goes to."""

    def refund(self, refund: Refund) -> str:
        """Send money back, outside any transaction and under the refund's key; the provider's reference."""


class Sandbox:
    """The embedded default: a page that lets a tester pay, fail, delay and pay twice. No money moves."""

    code = "sandbox"
    holds_funds = True
    can_split = False

    def begin(self, attempt: PaymentAttempt) -> str:
        return f"/pay/sandbox/{attempt.pk}/"

    def refund(self, refund: Refund) -> str:
        return f"sandbox-refund-{refund.pk}"


RAILS: dict[str, Rail] = {rail.code: rail for rail in (Sandbox(),)}


def rail_named(code: str) -> Rail:
    """Raises RailUnknown."""
    if code not in RAILS:
        raise RailUnknown
    return RAILS[code]
