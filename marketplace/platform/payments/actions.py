"""Payments: verbs. No network call happens inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import SecondPersonNeeded, needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.actions import locked_group
from marketplace.platform.checkout.errors import PaymentClosed
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account, Payout, PayoutBatch
from marketplace.platform.payments.errors import AccountChangeUnknown, RefundTooLarge
from marketplace.platform.payments.events import AttemptLeft, RailNoticeReceived, RefundDue, RefundSent
from marketplace.platform.payments.models import (
    AccountChange,
    BankFile,
    Payment,
    PaymentAttempt,
    PaymentSplit,
    PayoutAccount,
    RailNotice,
    Refund,
    RefundAllocation,
)
from marketplace.platform.payments.numbers import clean_number
from marketplace.platform.payments.rails import available_rails, rail_named
from marketplace.platform.payments.rails.port import RailAway, RailRefused
from tenants.tenancy.models import Market
from tenants.tenancy.own import check_not_own

log = logging.getLogger("wanshang.payments")

# An answer that has not come after this long is given up for a new attempt; if it comes after all, its money goes back.
ANSWER_WITHIN = timedelta(minutes=10)
SET_RAIL = "rail.set"  # the kind of request for two people


@verb
def plan_payment(*, by: Actor, group: OrderGroup, rail: str, shares: Mapping[UUID, tuple[UUID, Money]]) -> Payment:
    """One payment for a group; `shares` maps order ids to (merchant id, amount) and adds up to the group's total."""
    if Money.sum((amount for _merchant, amount in shares.values()), group.currency) != group.total:
        raise ValueError(f"shares of group {group.number} do not add up to its total")
    payment = Payment.objects.create(group=group, rail=rail, currency=group.currency, amount_minor=group.total_minor)
    PaymentSplit.objects.bulk_create(
        [
            PaymentSplit(payment=payment, merchant_id=merchant_id, order_id=order_id, currency=amount.currency, amount_minor=amount.minor)
            for order_id, (merchant_id, amount) in shares.items()
        ]
    )
    return payment


def check_rail(rail: str) -> None:
    """Raises InvalidInput for one that is not set up."""
    if rail not in available_rails():
        raise InvalidInput(field="rail", why=_("Choose a way to pay that is set up here."))


@verb
def set_rail(*, by: Actor, rail: str, why: str) -> None:
    """How buyers pay from now on; payments that are planned keep theirs. Raises SecondPersonNeeded, InvalidInput, ReasonMissing."""
    needs_two(by, SET_RAIL)
    check_rail(rail)
    check_reason(why)
    with transaction.atomic():
        market = Market.objects.select_for_update().get()
        if market.rail == rail:
            return
        before, market.rail = market.rail, rail
        market.save(update_fields=["rail"])
        audit(by=by, action="market.rail_set", subject="market", subject_id=market.pk, before={"rail": before}, after={"rail": rail}, why=why.strip())


@verb
def start_payment(*, by: Actor, group_id: UUID) -> str:
    """Begin to pay, or go on with the attempt that is open; the address the buyer goes to.

    The rail is asked after the transaction, under the attempt's key, so a page that was asked for and never came is the same one
    when it is asked for again. Raises PaymentClosed, RailUnknown, RailAway, RailRefused.
    """
    with transaction.atomic():
        group = locked_group(group_id)
        if group.status != OrderGroup.Status.AWAITING_PAYMENT:
            raise PaymentClosed(number=group.number, status=group.get_status_display())
        payment = group.payment
        attempt = payment.attempts.order_by("-n").first()
        if attempt is not None and attempt.status == PaymentAttempt.Status.SENT and attempt.created_at > clock.now() - ANSWER_WITHIN:
            return f"/orders/{group.number}/"  # the answer is on its way
        if attempt is None or attempt.status != PaymentAttempt.Status.OPEN:
            n = (payment.attempts.aggregate(last=Max("n"))["last"] or 0) + 1
            attempt = PaymentAttempt(payment=payment, n=n, key=f"pay:{group.pk}:{n}")
            attempt.request = rail_named(payment.rail).prepare(attempt)
            attempt.save(force_insert=True)
    return _at_the_rail(by, attempt)


def _at_the_rail(by: Actor, attempt: PaymentAttempt) -> str:
    """Ask the rail for its page, and keep where it is. An attempt that can never be answered is ended, so that the next is another."""
    try:
        begun = rail_named(attempt.payment.rail).begin(attempt)
    except (RailAway, RailRefused) as problem:
        if isinstance(problem, RailRefused) or problem.is_spent:
            note_failed(by=by, attempt_id=attempt.pk, why=problem.code)
        raise
    if begun.session and not attempt.rail_session:
        keep_session(by=by, attempt=attempt, session=begun.session, url=begun.url)
    return begun.url


@verb
def keep_session(*, by: Actor, attempt: PaymentAttempt, session: str, url: str = "") -> None:
    """The rail has made a page for this attempt. One whose group has ended meanwhile is closed."""
    with transaction.atomic():
        group = locked_group(attempt.payment.group_id)
        attempt.rail_session, attempt.rail_url = session, url or attempt.rail_url
        attempt.save(update_fields=["rail_session", "rail_url"])
        if group.status != OrderGroup.Status.AWAITING_PAYMENT:
            record(AttemptLeft(attempt_id=attempt.pk, gives_up=True))


@verb
def note_sent(*, by: Actor, attempt_id: UUID) -> None:
    """The buyer has confirmed at the rail; its answer is awaited."""
    PaymentAttempt.objects.filter(pk=attempt_id, status=PaymentAttempt.Status.OPEN).update(status=PaymentAttempt.Status.SENT)


@verb
def note_open(*, by: Actor, attempt_id: UUID) -> None:
    """The buyer came back without having paid: the page at the rail is still there."""
    PaymentAttempt.objects.filter(pk=attempt_id, status=PaymentAttempt.Status.SENT).update(status=PaymentAttempt.Status.OPEN)


@verb
def come_back(*, by: Actor, attempt: PaymentAttempt) -> None:
    """The buyer says that the rail has been told; a worker asks it. What a browser says decides nothing."""
    with transaction.atomic():
        note_sent(by=by, attempt_id=attempt.pk)
        record(AttemptLeft(attempt_id=attempt.pk))


@verb
def leave_attempts(*, by: Actor, group: OrderGroup) -> None:
    """Nobody shall pay a group any more: pages at the rail are closed, and what was paid there meanwhile is found."""
    for attempt in PaymentAttempt.objects.filter(payment__group=group, status__in=[PaymentAttempt.Status.OPEN, PaymentAttempt.Status.SENT]).exclude(
        rail_session=""
    ):
        record(AttemptLeft(attempt_id=attempt.pk, gives_up=True))


@verb
def take_notice(*, by: Actor, rail: str, notice_id: str, body: Mapping[str, Any], quarantine: str = "") -> bool:
    """Store what a rail said, before anything follows from it. False when it said so before.

    With `quarantine`, why it cannot be placed: then nothing follows from it, and the operator sees it.
    """
    with transaction.atomic():
        notice = RailNotice(rail=rail, notice_id=notice_id, body=dict(body), is_quarantined=bool(quarantine), note=quarantine[:200])
        RailNotice.objects.bulk_create([notice], ignore_conflicts=True)
        is_new = RailNotice.objects.filter(pk=notice.pk).exists()
        if is_new and not quarantine:
            record(RailNoticeReceived(notice_id=notice.pk))
    return is_new


@verb
def note_failed(*, by: Actor, attempt_id: UUID, why: str) -> None:
    """The rail declined. The buyer may try again; an attempt that has ended stays as it is."""
    waiting = PaymentAttempt.objects.filter(pk=attempt_id, status__in=[PaymentAttempt.Status.OPEN, PaymentAttempt.Status.SENT])
    waiting.update(status=PaymentAttempt.Status.FAILED, failure=why[:60], ended_at=clock.now())


@verb
def note_succeeded(*, by: Actor, attempt: PaymentAttempt, rail_ref: str, charge_ref: str = "") -> bool:
    """The rail has the money. False if we knew. Of an attempt whose group is locked."""
    waiting = PaymentAttempt.objects.filter(pk=attempt.pk).exclude(status=PaymentAttempt.Status.SUCCEEDED)
    changed = {"status": PaymentAttempt.Status.SUCCEEDED, "rail_ref": rail_ref[:120], "charge_ref": charge_ref[:120], "ended_at": clock.now()}
    return bool(waiting.update(**changed))


@verb
def keep_payment(*, by: Actor, attempt: PaymentAttempt) -> None:
    """The money pays the group: it lies in escrow until the orders are complete."""
    payment = attempt.payment
    payment.status, payment.succeeded_at = Payment.Status.SUCCEEDED, clock.now()
    payment.save(update_fields=["status", "succeeded_at"])
    post(
        by=by,
        kind="payment_received",
        ref=attempt.key,
        sides=[debit(Account.RAIL_CLEARING, payment.amount), credit(Account.BUYER_ESCROW, payment.amount)],
    )
    audit(by=by, action="payment.received", subject="payment", subject_id=payment.pk, after={"amount": payment.amount_minor, "attempt": attempt.n})


@verb
def return_payment(*, by: Actor, attempt: PaymentAttempt, reason: str) -> Refund:
    """The money came too late or twice: all of it goes back by itself."""
    payment = attempt.payment
    post(
        by=by,
        kind="payment_to_return",
        ref=attempt.key,
        sides=[debit(Account.RAIL_CLEARING, payment.amount), credit(Account.REFUNDS_DUE, payment.amount)],
    )
    refund, made = Refund.objects.get_or_create(
        attempt=attempt,
        reason=reason,
        defaults={"key": f"re:{attempt.key}:1", "payment": payment, "currency": payment.currency, "amount_minor": payment.amount_minor},
    )
    if made:
        record(RefundDue(refund_id=refund.pk))
        audit(by=by, action="refund.due", subject="refund", subject_id=refund.pk, after={"amount": refund.amount_minor}, why=reason)
    return refund


@verb
def quarantine(*, by: Actor, notice: RailNotice, why: str) -> None:
    """A notice that turned out not to fit: set aside for a person, without effect."""
    with transaction.atomic():
        RailNotice.objects.filter(pk=notice.pk).update(is_quarantined=True, note=why[:200])
        audit(by=by, action="rail_notice.quarantined", subject="rail_notice", subject_id=notice.notice_id, after=notice.body, why=why)
    log.error("a notice of %s is set aside: %s", notice.rail, why, extra={"notice": notice.notice_id})


@verb
def dismiss_notice(*, by: Actor, notice_id: UUID, reason: str) -> None:
    """A person has looked at a notice that was set aside. Raises ReasonMissing, NotFound."""
    check_reason(reason)
    with transaction.atomic():
        notice = RailNotice.objects.select_for_update().filter(pk=notice_id, is_quarantined=True).first()
        if notice is None:
            raise NotFound
        notice.is_quarantined, before = False, notice.note
        notice.note = reason.strip()[:200]
        notice.save(update_fields=["is_quarantined", "note"])
        audit(
            by=by,
            action="rail_notice.dismissed",
            subject="rail_notice",
            subject_id=notice.notice_id,
            before={"note": before},
            after={"note": notice.note},
            why=reason,
        )


@verb
def note_refunded(*, by: Actor, refund_id: UUID, rail_ref: str) -> None:
    """The rail sent it back. Safe to repeat."""
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
        if refund.status == Refund.Status.DONE:
            return
        refund.status, refund.done_at, refund.rail_ref, refund.failure = Refund.Status.DONE, clock.now(), rail_ref[:120], ""
        refund.save(update_fields=["status", "done_at", "rail_ref", "failure"])
        post(by=by, kind="refund_sent", ref=refund.rail_ref, sides=[debit(Account.REFUNDS_DUE, refund.amount), credit(Account.RAIL_CLEARING, refund.amount)])
        audit(by=by, action="refund.sent", subject="refund", subject_id=refund.pk, before={"status": "due"}, after={"status": "done", "rail_ref": rail_ref})
        record(RefundSent(refund_id=refund.pk))


@verb
def refund_share(*, by: Actor, order_id: UUID, order_number: str, amount: Money, commission: Money, reason: str) -> Refund:
    """Send back a part of what an order's share of a payment was, never more than is left of it; the siblings' shares stay.

    The flow that calls this posts it and has locked the order. Raises RefundTooLarge.
    """
    with transaction.atomic():
        split = PaymentSplit.objects.select_related("payment").get(order_id=order_id)
        fits = PaymentSplit.objects.filter(pk=split.pk, currency=amount.currency, amount_minor__gte=F("refunded_minor") + amount.minor)
        if fits.update(refunded_minor=F("refunded_minor") + amount.minor) != 1:
            raise RefundTooLarge(number=order_number)
        refund = Refund(payment=split.payment, attempt=kept_attempt(split.payment), currency=amount.currency, amount_minor=amount.minor, reason=reason)
        refund.key = f"re:{refund.pk}:1"
        refund.save(force_insert=True)
        RefundAllocation.objects.create(
            refund=refund,
            split=split,
            merchant_id=split.merchant_id,
            order_id=order_id,
            order_number=order_number,
            currency=amount.currency,
            amount_minor=amount.minor,
            commission_minor=commission.minor,
        )
        record(RefundDue(refund_id=refund.pk))
        after = {"order": order_number, "amount": amount.minor, "commission": commission.minor}
        audit(by=by, action="refund.due", subject="refund", subject_id=refund.pk, merchant_id=split.merchant_id, after=after, why=reason)
    return refund


def kept_attempt(payment: Payment) -> PaymentAttempt:
    """The attempt whose money pays the group: not one that went back as a whole."""
    sent_back = [Refund.Reason.PAID_TWICE, Refund.Reason.PAID_TOO_LATE]
    kept = payment.attempts.filter(status=PaymentAttempt.Status.SUCCEEDED).exclude(refunds__reason__in=sent_back).order_by("n").first()
    if kept is None:
        raise RuntimeError(f"payment {payment.pk} was never received")
    return kept


@verb
def set_bank_account(*, by: Actor, merchant_id: UUID, holder: str, bank: str, number: str, form: str = PayoutAccount.Form.COMPANY) -> PayoutAccount:
    """Where a merchant's payouts go from now on, said by the system (a demo, a migration from elsewhere). Persons ask: flows/account_changes.py.

    Raises SecondPersonNeeded, InvalidInput, NotForOwnShops.
    """
    if by.kind == "person":
        raise SecondPersonNeeded
    check_not_own(merchant_id)
    digits = clean_number(form, number)
    if not holder.strip() or not bank.strip():
        raise InvalidInput(field="holder" if not holder.strip() else "bank", why=_("Write whose account it is, and at which bank."))
    with transaction.atomic():
        before = PayoutAccount.objects.select_for_update().filter(merchant_id=merchant_id).first()
        fields: dict[str, Any] = {"kind": PayoutAccount.Kind.BANK, "holder": holder.strip(), "bank": bank.strip(), "number": digits, "form": form}
        fields |= {"branch": "", "bank_code": "", "switches_when_ready": False, "changed_at": clock.now(), "version": before.version + 1 if before else 1}
        account, _made = PayoutAccount.objects.update_or_create(merchant_id=merchant_id, defaults=fields)
        Payout.objects.filter(merchant_id=merchant_id, status=Payout.Status.DUE).update(rail="bank")
        audit(
            by=by,
            action="payout_account.set",
            subject="payout_account",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before=before.details() if before else None,
            after=account.details(),
        )
    return account


@verb
def show_account_number(*, by: Actor, merchant_id: UUID, why: str, change_id: UUID | None = None) -> str:
    """The whole number of a merchant's account, or of a change of it, for one answer; who looked and why is written down, where the merchant
    reads it. Raises ReasonMissing, AccountChangeUnknown.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        rows = AccountChange.objects.filter(pk=change_id) if change_id else PayoutAccount.objects.all()
        row = rows.filter(merchant_id=merchant_id, kind=PayoutAccount.Kind.BANK).first()
        if row is None:
            raise AccountChangeUnknown
        audit(
            by=by,
            action="payout_account.shown",
            subject="payout_account",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            after={"number": row.masked},
            why=why.strip()[:300],
        )
        return row.number.plain()


@verb
def take_bank_file(*, by: Actor, batch: PayoutBatch, why: str) -> str:
    """The text of a bank file, which names accounts in full; who took it and why is written down. Raises ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        after = {"payouts": batch.count, "total": batch.total_minor}
        audit(by=by, action="payout_batch.taken", subject="payout_batch", subject_id=batch.number, after=after, why=why.strip()[:300])
        return BankFile.objects.get(batch=batch).content.plain()
