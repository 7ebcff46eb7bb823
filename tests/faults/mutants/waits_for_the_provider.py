"""A page that asks the provider waits as long as the provider likes, and asks it again and again."""

from __future__ import annotations


def apply():
    from marketplace.kernel.breaker import Breaker
    from marketplace.platform.payments.rails import stripe as rail

    rail.Stripe.quick = property(lambda self: self._client(600, 2))
    rail.RAIL.breaker = Breaker(failures=10**9)
