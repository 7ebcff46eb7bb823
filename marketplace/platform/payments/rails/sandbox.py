"""The embedded default: a page that lets a tester pay, fail, delay and pay twice. No money moves."""

from __future__ import annotations

from typing import Any

from marketplace.platform.payments.models import PaymentAttempt, Refund
from marketplace.platform.payments.rails.port import Begun, Moved, Seen


class Sandbox:
    code = "sandbox"
    holds_funds = True
    can_split = False

    def prepare(self, attempt: PaymentAttempt) -> dict[str, Any]:
        return {}

    def begin(self, attempt: PaymentAttempt) -> Begun:
        return Begun(f"/pay/sandbox/{attempt.pk}/")

    def look(self, attempt: PaymentAttempt) -> Seen:
        """It tells by notices only."""
        return Seen("open")

    def give_up(self, attempt: PaymentAttempt) -> None:
        """Its page asks the group by itself whether it can still be paid."""

    def refund(self, refund: Refund) -> Moved:
        return Moved("done", f"sandbox-refund-{refund.pk}")


RAIL = Sandbox()
