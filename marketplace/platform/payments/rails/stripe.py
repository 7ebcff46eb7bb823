"""Stripe: separate charges and transfers, the buyer pays on Stripe's own page. The only file that speaks to it.

Every call that changes something carries a stored key; from the second time on one looks first, because keys are forgotten
after a day and an answer may have been lost. Source of each behaviour relied on: tests/fakes/stripe/BEHAVIOUR.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import stripe
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from stripe import StripeClient, StripeError

from marketplace.kernel.breaker import Breaker
from marketplace.kernel.money import Money
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.models import PaymentAttempt, Refund, Transfer, TransferReversal
from marketplace.platform.payments.rails.port import (
    Account,
    BadNotice,
    Begun,
    Moved,
    Movement,
    Notice,
    RailAway,
    RailRefused,
    RailUnknown,
    Seen,
    SeenDispute,
)
from marketplace.platform.payments.rails.stripe_reading import account_of, dispute_of, failure_of, line_items, movement_of, named, notice_of, refund_state_of
from tenants.tenancy.hosts import market_url

API_VERSION = "2026-08-26.dahlia"
NOTICE_AGE_S = 300
SHORTEST_SESSION = timedelta(minutes=31)  # Stripe: at least 30 from when it is made

T = TypeVar("T")


def key_of(row_key: str) -> str:
    """`{env}:{what}:{our uuid}:{n}`: two installations that share an account never meet."""
    return f"{settings.BASE_HOST}:{row_key}"


@contextmanager
def asking() -> Iterator[None]:
    """Stripe's errors in our words. What the caller can make something of is for it to catch before."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.PermissionError) as refused:
        raise RailRefused(code=refused.code or "", why=refused.user_message or str(refused)) from refused
    except StripeError as away:
        # A 5xx may be replayed to the same key for a day; a lost answer, a limit or a lock is not.
        raise RailAway(is_spent=(away.http_status or 0) >= 500) from away


class Stripe:
    code = "stripe"
    holds_funds = True
    can_split = False

    def __init__(self) -> None:
        self.breaker = Breaker()

    def _client(self, timeout_s: float, retries: int) -> StripeClient:
        if not settings.STRIPE_SECRET_KEY:
            raise RailUnknown
        return StripeClient(
            settings.STRIPE_SECRET_KEY,
            stripe_version=API_VERSION,
            base_addresses={"api": settings.STRIPE_API_URL} if settings.STRIPE_API_URL else {},
            http_client=stripe.RequestsClient(timeout=timeout_s),
            max_network_retries=retries,
        )

    @cached_property
    def patient(self) -> StripeClient:
        """For workers."""
        return self._client(20, 1)

    @cached_property
    def quick(self) -> StripeClient:
        """For pages: somebody waits."""
        return self._client(5, 0)

    def _for_page(self, ask: Callable[[], T]) -> T:
        """Ask while somebody waits; who has failed twice is left alone for a while. Raises RailAway, RailRefused."""
        if not self.breaker.allows():
            raise RailAway
        try:
            with asking():
                answer = ask()
        except RailAway:
            self.breaker.failed()
            raise
        except RailRefused:
            self.breaker.succeeded()
            raise
        self.breaker.succeeded()
        return answer

    # ── Money in ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, attempt: PaymentAttempt) -> dict[str, Any]:
        group = attempt.payment.group
        orders = list(OrderCopy.objects.filter(group=group).select_related("merchant").order_by("number"))
        back = market_url(f"/pay/{group.number}/back/")
        expires_at = max(group.hold_until, attempt.created_at + SHORTEST_SESSION)
        about = {"group": group.number, "attempt": str(attempt.pk)}
        with translation.override(group.language):
            return {
                "mode": "payment",
                "client_reference_id": str(attempt.pk),
                "metadata": about,
                "line_items": line_items(orders, group.currency),
                "payment_intent_data": {
                    "transfer_group": group.number,
                    "metadata": about,
                    "description": _("Order {number}").format(number=group.number),
                },
                "success_url": f"{back}?session={{CHECKOUT_SESSION_ID}}",
                "cancel_url": market_url(f"/orders/{group.number}/"),
                "customer_email": group.buyer.email,
                "locale": "zh" if group.language.startswith("zh") else "en",
                "expires_at": int(expires_at.timestamp()),
            }

    def begin(self, attempt: PaymentAttempt) -> Begun:
        if attempt.rail_url:
            return Begun(attempt.rail_url, attempt.rail_session)
        options = {"idempotency_key": key_of(attempt.key)}
        session = self._for_page(lambda: self.quick.v1.checkout.sessions.create(params=attempt.request, options=options))  # type: ignore[arg-type]
        if not session.url:
            raise RailAway
        return Begun(session.url, session.id)

    def look(self, attempt: PaymentAttempt) -> Seen:
        if not attempt.rail_session:
            return Seen("open")
        with asking():
            session = self.patient.v1.checkout.sessions.retrieve(attempt.rail_session, params={"expand": ["payment_intent.latest_charge"]})
        if session.client_reference_id != str(attempt.pk):
            raise RailRefused(why=_("The payment page {ref} was not asked for here.").format(ref=session.id), code="unknown_session")
        if session.status == "expired":
            return Seen("expired")
        if session.status == "open":
            return Seen("open")
        intent: Any = session.payment_intent
        if session.payment_status == "paid":
            charge = intent.latest_charge
            return Seen("paid", intent.id, charge.id, Money(int(session.amount_total or 0), str(session.currency).upper()))
        failed = intent is not None and intent.status == "requires_payment_method"
        return Seen("failed" if failed else "sent", intent.id if intent else "", why=failure_of(intent) if failed else "")

    def attempt_of(self, session: str) -> str:
        """Whose page it is: the key of our attempt, or nothing for a page we did not ask for."""
        with asking():
            return self.patient.v1.checkout.sessions.retrieve(session).client_reference_id or ""

    def give_up(self, attempt: PaymentAttempt) -> None:
        if not attempt.rail_session:
            return
        try:
            with asking():
                self.patient.v1.checkout.sessions.expire(attempt.rail_session)
        except RailRefused:
            return  # it is complete or has run out: look() says which

    # ── Money out ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refund(self, refund: Refund) -> Moved:
        about = {"refund": str(refund.pk)}

        def find() -> Any:
            rows = self.patient.v1.refunds.list(params={"payment_intent": refund.attempt.rail_ref, "limit": 100})
            return named(rows, about)

        def ask() -> Any:
            params = {"payment_intent": refund.attempt.rail_ref, "amount": refund.amount_minor, "metadata": about}
            return self.patient.v1.refunds.create(params=params, options={"idempotency_key": key_of(refund.key)})  # type: ignore[arg-type]

        return self._move(refund.asked, find, ask, refund_state_of)

    def refund_state(self, ref: str) -> Moved:
        with asking():
            return refund_state_of(self.patient.v1.refunds.retrieve(ref))

    def transfer(self, transfer: Transfer) -> Moved:
        about = {"transfer": str(transfer.pk)}
        group = transfer.attempt.payment.group.number if transfer.attempt else f"payout-{transfer.payout_id}"

        def find() -> Any:
            return named(self.patient.v1.transfers.list(params={"transfer_group": group, "limit": 100}), about)

        def ask() -> Any:
            params: dict[str, Any] = {
                "amount": transfer.amount_minor,
                "currency": transfer.currency.lower(),
                "destination": transfer.destination,
                "transfer_group": group,
                "metadata": about,
            }
            if transfer.attempt:
                params["source_transaction"] = transfer.attempt.charge_ref
            return self.patient.v1.transfers.create(params=params, options={"idempotency_key": key_of(transfer.key)})  # type: ignore[arg-type]

        return self._move(transfer.asked, find, ask, lambda found: Moved("done", found.id))

    def reverse(self, reversal: TransferReversal) -> Moved:
        about = {"reversal": str(reversal.pk)}

        def find() -> Any:
            return named(self.patient.v1.transfers.reversals.list(reversal.transfer.rail_ref, params={"limit": 100}), about)

        def ask() -> Any:
            params: Any = {"amount": reversal.amount_minor, "metadata": about}
            return self.patient.v1.transfers.reversals.create(reversal.transfer.rail_ref, params=params, options={"idempotency_key": key_of(reversal.key)})

        return self._move(reversal.asked, find, ask, lambda found: Moved("done", found.id))

    def _move(self, asked: int, find: Callable[[], Any], ask: Callable[[], Any], state: Callable[[Any], Moved]) -> Moved:
        """Ask once; from the second time on look first whether it was done. A definite no is an answer, not an error."""
        try:
            with asking():
                found = find() if asked > 1 else None
                return state(found if found is not None else ask())
        except RailRefused as refused:
            return Moved("waits" if refused.rail_code == "charge_disputed" else "failed", why=str(refused.facts["why"])[:200], code=refused.rail_code)

    # ── Merchants' accounts ──────────────────────────────────────────────────────────────────────────────────────────

    def open_account(self, merchant_id: UUID, email: str, country: str) -> Account:
        params: Any = {
            "country": country,
            "email": email,
            "controller": {
                "losses": {"payments": "application"},
                "fees": {"payer": "application"},
                "stripe_dashboard": {"type": "express"},
                "requirement_collection": "stripe",
            },
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"merchant": str(merchant_id)},
        }
        options: Any = {"idempotency_key": key_of(f"acct:{merchant_id}:1")}
        return account_of(self._for_page(lambda: self.quick.v1.accounts.create(params=params, options=options)))

    def account_link(self, account: str, back: str) -> str:
        params: Any = {"account": account, "type": "account_onboarding", "refresh_url": f"{back}?again=1", "return_url": f"{back}?back=1"}
        return self._for_page(lambda: self.quick.v1.account_links.create(params=params)).url

    def account(self, ref: str) -> Account:
        return account_of(self._for_page(lambda: self.quick.v1.accounts.retrieve(ref)))

    # ── What it tells ────────────────────────────────────────────────────────────────────────────────────────────────

    def dispute(self, ref: str) -> SeenDispute:
        with asking():
            return dispute_of(self.patient.v1.disputes.retrieve(ref, params={"expand": ["payment_intent"]}))

    def read_notice(self, body: bytes, signature: str, *, of_accounts: bool) -> Notice:
        """Raises BadNotice for a signature that is forged, or older than five minutes."""
        secret = settings.STRIPE_CONNECT_WEBHOOK_SECRET if of_accounts else settings.STRIPE_WEBHOOK_SECRET
        if not secret:
            raise BadNotice("no secret is set for this address")
        try:
            event = stripe.Webhook.construct_event(body, signature, secret, tolerance=NOTICE_AGE_S)  # type: ignore[no-untyped-call]
        except (ValueError, stripe.SignatureVerificationError) as bad:
            raise BadNotice(str(bad)) from bad
        return notice_of(event)

    def notices_since(self, since: datetime) -> Iterator[Notice]:
        """Oldest last, as Stripe lists them; all pages."""
        with asking():
            for event in self.patient.v1.events.list(params={"created": {"gte": int(since.timestamp())}, "limit": 100}).auto_paging_iter():
                yield notice_of(event)

    def movements_since(self, since: datetime) -> Iterator[Movement]:
        with asking():
            rows = self.patient.v1.balance_transactions.list(params={"created": {"gte": int(since.timestamp())}, "limit": 100})
            for row in rows.auto_paging_iter():
                yield movement_of(row)


RAIL = Stripe()
