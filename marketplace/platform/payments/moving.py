"""Money that leaves by a rail (refunds, transfers to merchants, their reversals): verbs around each asking and its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import check_reason
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.errors import PayoutClosed
from marketplace.platform.ledger.models import Account, Payout
from marketplace.platform.payments.errors import RefundNotFailed
from marketplace.platform.payments.events import RefundDue, RefundSent, ReversalDue, TransferDue
from marketplace.platform.payments.models import Dispute, PaymentAttempt, Refund, Transfer, TransferReversal
from marketplace.platform.payments.rails.port import Moved, RailAway

LACK_OF_FUNDS = "balance_insufficient"
PAID_OTHERWISE = "refund.otherwise"  # the kind of request for two people

M = TypeVar("M", Refund, Transfer, TransferReversal)


def ask_rail(*, by: Actor, row: M, call: Callable[[M], Moved]) -> Moved:
    """Ask a rail to move a row's money, and see to it that a key which only ever brings an error is not used for ever. Raises RailAway."""
    row = note_asked(by=by, row=row)
    try:
        moved = call(row)
    except RailAway as away:
        if away.is_spent and row.asked > 1:  # looked, found nothing, and was told the same once more
            renew_key(by=by, row=row)
        raise
    if moved.state == "waits":  # the refusal is what this key will bring, even when the dispute has ended
        renew_key(by=by, row=row)
    return moved


@verb
def note_asked(*, by: Actor, row: M) -> M:
    """The rail is about to be asked: from the second time on, one looks first whether it was done."""
    type(row).objects.filter(pk=row.pk).update(asked=F("asked") + 1)  # type: ignore[attr-defined]
    row.refresh_from_db()
    return row


@verb
def renew_key(*, by: Actor, row: M) -> None:
    """Under its key the rail will only ever answer what it answered: ask under the next one. Keys end in `:n`."""
    stem, _colon, n = row.key.rpartition(":")
    type(row).objects.filter(pk=row.pk, key=row.key).update(key=f"{stem}:{int(n) + 1}")  # type: ignore[attr-defined]


# ── Refunds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def note_refund_sent(*, by: Actor, refund_id: UUID, rail_ref: str) -> None:
    """The rail has taken it and has not sent it on yet."""
    Refund.objects.filter(pk=refund_id, status=Refund.Status.DUE).update(status=Refund.Status.SENT, rail_ref=rail_ref[:120], failure="")


@verb
def note_refund_failed(*, by: Actor, refund_id: UUID, why: str, came_back: str = "") -> None:
    """The rail will not send it, or it came back after it was sent: a person has to look. What was owed to the buyer is owed again.

    `came_back` is the reference of one that left and came back: both are posted, also where nobody had told us yet that it left.
    """
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
        is_paid_otherwise = refund.status == Refund.Status.DONE and not refund.rail_ref
        if came_back := came_back or (refund.rail_ref if refund.status == Refund.Status.DONE else ""):
            out = [debit(Account.REFUNDS_DUE, refund.amount), credit(Account.RAIL_CLEARING, refund.amount)]
            back = [debit(Account.RAIL_CLEARING, refund.amount), credit(Account.REFUNDS_DUE, refund.amount)]
            post(by=by, kind="refund_sent", ref=came_back, sides=out)
            post(by=by, kind="refund_came_back", ref=came_back, sides=back)
        if refund.status == Refund.Status.FAILED or is_paid_otherwise:
            return
        before, refund.status, refund.failure = refund.status, Refund.Status.FAILED, why[:200]
        refund.save(update_fields=["status", "failure"])
        audit(by=by, action="refund.failed", subject="refund", subject_id=refund.pk, before={"status": before}, after={"status": "failed"}, why=why)


@verb
def retry_refund(*, by: Actor, refund_id: UUID) -> None:
    """Ask again for a refund that the rail refused, under a new key. Raises RefundNotFailed."""
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).filter(pk=refund_id, status=Refund.Status.FAILED).first()
        if refund is None:
            raise RefundNotFailed
        renew_key(by=by, row=refund)
        Refund.objects.filter(pk=refund.pk).update(status=Refund.Status.DUE, rail_ref="", asked=0)
        record(RefundDue(refund_id=refund.pk))
        audit(by=by, action="refund.retried", subject="refund", subject_id=refund.pk, before={"status": "failed"}, after={"status": "due"})


@verb
def note_paid_otherwise(*, by: Actor, refund_id: UUID, reason: str) -> None:
    """A person has sent the buyer what the rail would not: from the market's own bank account.

    Raises RefundNotFailed, ReasonMissing, SecondPersonNeeded.
    """
    needs_two(by, PAID_OTHERWISE)
    check_reason(reason)
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).filter(pk=refund_id, status=Refund.Status.FAILED).first()
        if refund is None:
            raise RefundNotFailed
        refund.status, refund.done_at, refund.rail_ref, refund.failure = Refund.Status.DONE, clock.now(), "", ""
        refund.save(update_fields=["status", "done_at", "rail_ref", "failure"])
        sides = [debit(Account.REFUNDS_DUE, refund.amount), credit(Account.OWN_BANK, refund.amount)]
        post(by=by, kind="refund_paid_otherwise", ref=refund.key, sides=sides)
        audit(by=by, action="refund.paid_otherwise", subject="refund", subject_id=refund.pk, before={"status": "failed"}, after={"status": "done"}, why=reason)
        record(RefundSent(refund_id=refund.pk))


# ── Transfers ────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def plan_transfers(*, by: Actor, payout: Payout, parts: list[tuple[PaymentAttempt | None, UUID | None, str, int]], destination: str) -> list[Transfer]:
    """The transfers of a locked payout, (attempt whose charge it draws from, order, its number, amount) each; together they are its amount."""
    if sum(amount for *_which, amount in parts) != payout.amount_minor:
        raise ValueError(f"transfers of payout {payout.key} do not add up to its amount")
    rows = []
    for n, (attempt, order_id, number, amount) in enumerate(parts, start=1):
        rows.append(
            Transfer(
                payout=payout,
                merchant_id=payout.merchant_id,
                attempt=attempt,
                order_id=order_id,
                order_number=number,
                key=f"tr:{order_id or f'{payout.pk}-{n}'}:{payout.pk.hex[-6:]}:1",
                destination=destination,
                currency=payout.currency,
                amount_minor=amount,
            )
        )
    Transfer.objects.bulk_create(rows)
    for row in rows:
        record(TransferDue(transfer_id=row.pk))
    return rows


@verb
def note_transferred(*, by: Actor, transfer_id: UUID, rail_ref: str) -> None:
    """The merchant's account at the rail has it. Safe to repeat."""
    with transaction.atomic():
        row = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer_id)
        if row.status == Transfer.Status.DONE:
            return
        row.status, row.rail_ref, row.failure, row.done_at = Transfer.Status.DONE, rail_ref[:120], "", clock.now()
        row.save(update_fields=["status", "rail_ref", "failure", "done_at"])
        post(by=by, kind="transfer_sent", ref=str(row.pk), sides=[debit(Account.PAYOUT_CLEARING, row.amount), credit(Account.RAIL_CLEARING, row.amount)])
        audit(
            by=by,
            action="transfer.sent",
            subject="transfer",
            subject_id=row.pk,
            merchant_id=row.merchant_id,
            after={"order": row.order_number, "amount": row.amount_minor, "rail_ref": rail_ref},
        )


@verb
def note_transfer_failed(*, by: Actor, transfer_id: UUID, why: str, code: str = "") -> None:
    """The rail refused it; the money stays under way until it is tried again: by a person, or daily where our balance there was too low."""
    with transaction.atomic():
        due = Transfer.objects.filter(pk=transfer_id, status=Transfer.Status.DUE)
        changed = due.update(status=Transfer.Status.FAILED, failure=why[:200], is_for_lack_of_funds=code == LACK_OF_FUNDS)
        if changed:
            row = Transfer.objects.get(pk=transfer_id)
            audit(
                by=by,
                action="transfer.failed",
                subject="transfer",
                subject_id=row.pk,
                merchant_id=row.merchant_id,
                before={"status": "due"},
                after={"status": "failed"},
                why=why,
            )


@verb
def retry_transfers(*, by: Actor, payout_id: UUID) -> int:
    """Ask again for the transfers that the rail refused, under new keys, of a payout that is under way: one that was given up is paid
    by another. Returns how many. Raises PayoutClosed for none.
    """
    with transaction.atomic():
        payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
        if payout.status != Payout.Status.SENT:
            raise PayoutClosed
        rows = list(Transfer.objects.filter(payout_id=payout_id, status=Transfer.Status.FAILED).order_by("pk").select_for_update(of=("self",)))
        if not rows:
            raise PayoutClosed
        before = {"failed": len(rows)}
        for row in rows:
            renew_key(by=by, row=row)
            Transfer.objects.filter(pk=row.pk).update(status=Transfer.Status.DUE, is_for_lack_of_funds=False, asked=0)
            record(TransferDue(transfer_id=row.pk))
        audit(by=by, action="payout.retried", subject="payout", subject_id=payout_id, merchant_id=rows[0].merchant_id, before=before, after={"due": len(rows)})
    return len(rows)


# ── Reversals ────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def plan_reversals(*, by: Actor, order_id: UUID, amount: Money, refund: Refund | None = None, dispute: Dispute | None = None) -> Money:
    """Take so much of an order's transfers back, the latest first. Returns what is asked back: less where less was transferred.

    Once for each refund, or dispute, and transfer.
    """
    with transaction.atomic():
        left = amount.minor
        for row in Transfer.objects.filter(order_id=order_id, status=Transfer.Status.DONE).order_by("-created_at", "-pk").select_for_update(of=("self",)):
            asked = TransferReversal.objects.filter(transfer=row, status=TransferReversal.Status.DUE).aggregate(sum=Sum("amount_minor"))["sum"] or 0
            part = min(left, row.amount_minor - row.reversed_minor - asked)
            if part <= 0 or TransferReversal.objects.filter(transfer=row, refund=refund, dispute=dispute).exists():
                continue
            cause = refund.pk if refund else dispute.pk if dispute else None
            reversal = TransferReversal.objects.create(
                transfer=row, refund=refund, dispute=dispute, key=f"trr:{cause}:{order_id}:{row.pk.hex[-6:]}:1", currency=amount.currency, amount_minor=part
            )
            record(ReversalDue(reversal_id=reversal.pk))
            left -= part
    return Money(amount.minor - left, amount.currency)


@verb
def note_reversed(*, by: Actor, reversal_id: UUID, rail_ref: str) -> None:
    """It is back with us, and owed to the merchant on its next statement. Safe to repeat."""
    with transaction.atomic():
        row = TransferReversal.objects.select_for_update(of=("self",)).select_related("transfer").get(pk=reversal_id)
        if row.status == TransferReversal.Status.DONE:
            return
        row.status, row.rail_ref, row.failure, row.done_at = TransferReversal.Status.DONE, rail_ref[:120], "", clock.now()
        row.save(update_fields=["status", "rail_ref", "failure", "done_at"])
        transfer = row.transfer
        Transfer.objects.filter(pk=transfer.pk).update(reversed_minor=F("reversed_minor") + row.amount_minor)
        post(
            by=by,
            kind="transfer_reversed",
            ref=str(row.pk),
            sides=[debit(Account.RAIL_CLEARING, row.amount), credit(Account.MERCHANT_PAYABLE, row.amount, transfer.merchant_id)],
            order_id=transfer.order_id,
            order_number=transfer.order_number,
        )
        audit(
            by=by,
            action="transfer.reversed",
            subject="transfer",
            subject_id=transfer.pk,
            merchant_id=transfer.merchant_id,
            after={"order": transfer.order_number, "amount": row.amount_minor, "rail_ref": rail_ref},
        )


@verb
def note_reversal_refused(*, by: Actor, reversal_id: UUID, why: str) -> None:
    """The account does not hold it: the merchant owes it, and it is netted from what it earns."""
    with transaction.atomic():
        due = TransferReversal.objects.filter(pk=reversal_id, status=TransferReversal.Status.DUE)
        if due.update(status=TransferReversal.Status.REFUSED, failure=why[:200], done_at=clock.now()):
            row = TransferReversal.objects.select_related("transfer").get(pk=reversal_id)
            audit(
                by=by,
                action="transfer.reversal_refused",
                subject="transfer",
                subject_id=row.transfer_id,
                merchant_id=row.transfer.merchant_id,
                after={"amount": row.amount_minor},
                why=why,
            )
