"""The same lives with Stripe as the rail: a third of its answers are lost, its notices come several times and in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Sum

from marketplace.flows.pay import cancel_group
from marketplace.flows.reconcile import ask_for_sweep, explain_movements
from marketplace.flows.transfer_out import give_up_payout
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.breaker import Breaker
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import deliver_events
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.ledger.models import Account, JournalEntry, Payout
from marketplace.platform.payments.models import Dispute, PaymentAttempt, RailMovement, RailNotice, Refund, Transfer, TransferReversal
from marketplace.platform.payments.moving import note_paid_otherwise, retry_refund, retry_transfers
from marketplace.platform.payments.rails import stripe as rail
from tests.flows.at_stripe import AtStripe
from tests.flows.lives import Lives, _sum

LOST = 0.3


class StripeLives(Lives):
    """Two of the three merchants have an account at Stripe, the third is paid by bank file."""

    def __init__(self, seed: int, stripe: AtStripe, own: str = "") -> None:
        super().__init__(seed, own)
        self.stripe, self.seed = stripe, seed
        rail.RAIL.breaker = Breaker(pause_s=0)  # its pause is of real time, of which hardly any passes here
        for shop in ("a", "b"):
            stripe.onboard(shop)
        stripe.fake.fault("lose", "POST", times=None, share=LOST, seed=seed)

    def choices(self) -> list[tuple[Callable[[], object], int]]:
        return [*super().choices(), (self.decline, 1), (self.hear, 4), (self.dispute, 1), (self.decide, 2), (self.refund_fails, 1), (self.try_again, 1)]

    def pay(self) -> object:
        group = self._unpaid()
        if group is None:
            return None
        self.stripe.fake.pay(self.stripe.page_of(group))
        return group

    def pay_late(self) -> object:
        """Paid while the order is being given up."""
        group = self._unpaid()
        if group is None:
            return None
        page = self.stripe.page_of(group)
        self.stripe.fake.pay(page)
        cancel_group(by=SYSTEM, group_id=group.pk)
        return group

    def decline(self) -> object:
        group = self._unpaid()
        if group is None:
            return None
        self.stripe.fake.decline(self.stripe.page_of(group))
        return group

    def _unpaid(self) -> OrderGroup | None:
        """One whose page can be had, and was not paid: we may not know yet."""
        group = super()._unpaid()
        if group is None:
            return None
        paid = {row["client_reference_id"] for row in self.stripe.fake.objects("checkout.session") if row["status"] != "open"}
        known = {str(key) for key in PaymentAttempt.objects.filter(payment__group=group).values_list("pk", flat=True)}
        return None if paid & known else group

    def hear(self) -> object:
        self.stripe.fake.deliver(shuffle=self.dice.randint(0, 10**6), copies=self.dice.randint(1, 3), limit=self.dice.randint(1, 20))
        return True

    def dispute(self) -> object:
        paid = list(PaymentAttempt.objects.filter(status="succeeded").exclude(disputes__isnull=False).exclude(refunds__reason="paid_too_late").order_by("pk"))
        charges = {row["id"]: row for row in self.stripe.fake.objects("charge") if row["amount_refunded"] == 0}
        found = [attempt for attempt in paid if attempt.charge_ref in charges]
        if not found:
            return None
        return self.stripe.fake.dispute(self.dice.choice(found).charge_ref, is_inquiry=self.dice.random() < 0.3)

    def decide(self) -> object:
        found = [row for row in self.stripe.fake.objects("dispute") if row["status"] in ("needs_response", "warning_needs_response")]
        return self.stripe.fake.decide(self.dice.choice(found)["id"], self.dice.random() < 0.5) if found else None

    def refund_fails(self) -> object:
        found = [row for row in self.stripe.fake.objects("refund") if row["status"] == "succeeded"]
        return self.stripe.fake.finish_refund(self.dice.choice(found)["id"], is_succeeded=False) if found else None

    def try_again(self) -> object:
        """What a person does with what the provider refused."""
        for refund in Refund.objects.filter(status="failed").order_by("pk"):
            if refund.attempt.disputes.filter(status="lost").exists():
                note_paid_otherwise(by=SYSTEM, refund_id=refund.pk, reason="by bank transfer")
            else:
                retry_refund(by=SYSTEM, refund_id=refund.pk)
        for payout in Payout.objects.filter(status="sent", transfers__status="failed").distinct().order_by("pk"):
            retry_transfers(by=SYSTEM, payout_id=payout.pk)
        return True

    def pay_out(self) -> object:
        payout = self._one(Payout.objects.exclude(status="returned").filter(rail="stripe"))
        if payout is not None and payout.status == "sent" and self.dice.random() < 0.1:
            return give_up_payout(by=SYSTEM, payout_id=payout.pk, reason="refused for days")
        return super().pay_out()

    def time(self) -> object:
        days = self.dice.choice([0.01, 0.2, 1, 2])
        self.days += days
        self.stripe.fake.advance(int(days * 86_400))
        with clock.shifted(timedelta(days=days)):  # beside what has passed before this step
            fire_due()
            ask_for_sweep(by=SYSTEM)
            deliver_events()
        return days

    # ── What must be true ────────────────────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        self.stripe.fake.clear_faults()
        self.stripe.fake.add_funds(10**7, "cny")  # fees and lost disputes are the market's to cover
        for _round in range(30):
            with clock.shifted(timedelta(days=self.days)):
                self.try_again()
                for dispute in [row for row in self.stripe.fake.objects("dispute") if row["status"] in ("needs_response", "warning_needs_response")]:
                    self.stripe.fake.decide(dispute["id"], True)
                Delivery.objects.filter(status="waiting").update(due_at=clock.now(), claimed_until=None)
                ask_for_sweep(by=SYSTEM)
                self.stripe.tell(shuffle=self.seed)
            waiting = Delivery.objects.exclude(status="done").exists() or Refund.objects.exclude(status="done").exists()
            if not waiting and not Transfer.objects.exclude(status="done").exclude(payout__status="returned").exists():
                break
        with clock.shifted(timedelta(days=self.days)):
            explain_movements(by=SYSTEM)  # of what was told after the last sweep
        super().check()
        assert not TransferReversal.objects.filter(status="due").exists()
        assert not Dispute.objects.filter(closed_at=None).exists()
        assert not RailNotice.objects.filter(is_quarantined=True).exists()
        unexplained = RailMovement.objects.filter(status="unexplained").exclude(kind="topup")
        assert not unexplained, list(unexplained.values("kind", "source", "amount_minor"))
        assert _sum(Account.DISPUTES) == 0
        assert _sum(Account.RAIL_CLEARING) + 10**7 == self.stripe.balance, "what the journal says Stripe holds is what it holds"

    def _check_payments(self) -> None:
        """Each paid page is one payment, what is refunded at Stripe is what we refunded, and each account has what was transferred."""
        paid = {row["client_reference_id"] for row in self.stripe.fake.objects("checkout.session") if row["payment_status"] == "paid"}
        assert paid == {str(key) for key in PaymentAttempt.objects.filter(status="succeeded").values_list("pk", flat=True)}
        sent = sorted(row["amount"] for row in self.stripe.fake.objects("refund") if row["status"] == "succeeded")
        ours = Refund.objects.filter(rail_ref__startswith="re_")  # not by a dispute, nor otherwise
        assert sent == sorted(ours.values_list("amount_minor", flat=True))
        for row in Transfer.objects.filter(status="done"):
            at_stripe = next(one for one in self.stripe.fake.objects("transfer") if one["id"] == row.rail_ref)
            assert (at_stripe["amount"], at_stripe["amount_reversed"]) == (row.amount_minor, row.reversed_minor)
        assert len(self.stripe.fake.objects("transfer")) == Transfer.objects.filter(status="done").count()
        assert JournalEntry.objects.filter(kind="transfer_sent").count() == Transfer.objects.filter(status="done").count()
        transferred = Payout.objects.filter(rail="stripe", status="paid").aggregate(sum=Sum("amount_minor"))["sum"] or 0
        assert transferred <= (Transfer.objects.filter(status="done").aggregate(sum=Sum("amount_minor"))["sum"] or 0)
