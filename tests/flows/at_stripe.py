"""The market with Stripe as its rail, in this process: the stand-in calls our webhook addresses, our rail calls the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client, override_settings

from marketplace.flows.connect import begin_account
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.payments.actions import start_payment
from marketplace.platform.payments.models import PaymentAttempt, PayoutAccount
from marketplace.platform.payments.rails import rail_named
from marketplace.platform.payments.rails import stripe as rail
from tenants.tenancy.models import Market
from tests import factories as make
from tests.databases import MERCHANTS
from tests.fakes.stripe import KEY, FakeStripe

SIGNING = "whsec_for_the_market", "whsec_for_merchants"


class AtStripe:
    """What happens at Stripe, and what it then tells us."""

    def __init__(self, fake: FakeStripe) -> None:
        self.fake = fake
        self.answers: list[int] = []

    def hear(self, path: str) -> Any:
        def receive(body: bytes, signature: str) -> int:
            answer = Client().post(path, data=body, content_type="application/json", headers={"stripe-signature": signature, "host": "market.localhost"})
            self.answers.append(answer.status_code)
            return answer.status_code

        return receive

    def tell(self, **how: Any) -> None:
        """Everything that Stripe has to say arrives, and everything follows from it, until both are quiet."""
        while self.fake.held():
            self.fake.deliver(**how)
            deliver_events()
        deliver_events()

    def placed(self, *wanted: Any) -> OrderGroup:
        return make.a_placed_group(*wanted)

    def page_of(self, group: OrderGroup) -> str:
        """The buyer goes to pay: Stripe's name of the page."""
        start_payment(by=SYSTEM, group_id=group.pk)
        return PaymentAttempt.objects.filter(payment__group=group).order_by("-n").values_list("rail_session", flat=True)[0]

    def paid(self, group: OrderGroup) -> OrderGroup:
        self.fake.pay(self.page_of(group))
        self.tell()
        group.refresh_from_db()
        return group

    def completed(self, *wanted: Any) -> OrderGroup:
        group = self.paid(self.placed(*wanted))
        for copy in group.orders.all():
            make.ship(copy)
            make.receive(copy)
        self.tell()
        return group

    def charge_of(self, group: OrderGroup) -> str:
        return PaymentAttempt.objects.get(payment__group=group, status="succeeded").charge_ref

    def onboard(self, shop: str) -> str:
        """The merchant opens an account at Stripe and fills everything in."""
        begin_account(by=SYSTEM, merchant_id=MERCHANTS[shop], country="US", back="http://kiln.seller.market.localhost/payout-account/")
        account = PayoutAccount.objects.get(merchant_id=MERCHANTS[shop]).stripe_account
        self.fake.onboard(account)
        self.tell()
        return account

    def clear(self) -> None:
        """Days pass, and pending money becomes available."""
        self.fake.advance(3 * 86_400)

    @property
    def balance(self) -> int:
        """What Stripe holds for us, pending money included, in minor units."""
        return sum(sums["cny"] for sums in self.fake.balance().values() if "cny" in sums)

    def held_by(self, account: str) -> int:
        return sum(sums.get("cny", 0) for sums in self.fake.balance(account).values())


@contextmanager
def at_stripe() -> Iterator[AtStripe]:
    with FakeStripe() as fake:
        there = AtStripe(fake)
        fake.endpoint(receiver=there.hear("/hooks/stripe/"), secret=SIGNING[0])
        fake.endpoint(receiver=there.hear("/hooks/stripe/connect/"), kind="connect", secret=SIGNING[1])
        with override_settings(
            STRIPE_SECRET_KEY=KEY, STRIPE_API_URL=fake.url, STRIPE_WEBHOOK_SECRET=SIGNING[0], STRIPE_CONNECT_WEBHOOK_SECRET=SIGNING[1]
        ), a_rail_of_its_own():  # fmt: skip
            Market.objects.update(rail="stripe", settle_days=0)
            yield there


@contextmanager
def a_rail_of_its_own() -> Iterator[None]:
    """A rail with the address and key of now, and without the memory of what failed before."""
    before, rail.RAIL = rail.RAIL, rail.Stripe()
    rail_named.cache_clear()
    try:
        yield
    finally:
        rail.RAIL = before
        rail_named.cache_clear()
