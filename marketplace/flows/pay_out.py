"""From a statement to the merchant's bank: a file for the bank, what it says became of it, and what it sent back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.events import PayoutMoved
from marketplace.flows.transfer_out import note_payout_moved, payout_rail, send_by_rail
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.exports import safe_cell
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.actions import credit, debit, open_payout, post
from marketplace.platform.ledger.errors import AccountMissing, PayoutClosed
from marketplace.platform.ledger.models import Account, Payout, PayoutBatch
from marketplace.platform.payments.models import BankFile, PayoutAccount
from tenants.tenancy.models import Market

RELEASE = "payouts.release"  # the kind of request for two people
COLUMNS = ("reference", "holder", "bank", "account", "amount", "currency", "purpose")


@verb
def make_bank_file(*, by: Actor, batch_id: UUID, payout_ids: Sequence[UUID]) -> PayoutBatch:
    """Put payouts into a file for the bank; each goes into one file. The same `batch_id` makes one.

    Raises InvalidInput (none chosen), PayoutClosed (one is in a file already), AccountMissing, naming the shops, and SecondPersonNeeded.
    """
    needs_two(by, RELEASE)
    with transaction.atomic():
        if same := PayoutBatch.objects.filter(pk=batch_id).first():
            return same
        held, payouts = _locked_with_accounts(payout_ids)
        if not payouts:
            raise InvalidInput(field="payout", why=_("Choose at least one payout."))
        if any(payout.status != Payout.Status.DUE or payout.rail != "bank" for payout in payouts):
            raise PayoutClosed
        accounts = {row.merchant_id: row for row in held if row.kind == PayoutAccount.Kind.BANK}
        if lacking := sorted({payout.merchant.name for payout in payouts if payout.merchant_id not in accounts}):
            raise AccountMissing(shops=", ".join(lacking))
        market, now = Market.objects.get(), clock.now()
        batch = PayoutBatch(
            pk=batch_id,
            number=free_number(PayoutBatch.objects, now, market.tz),
            currency=market.currency,
            total_minor=Money.sum((payout.amount for payout in payouts), market.currency).minor,
            count=len(payouts),
            by_label=by.label,
        )
        for payout in payouts:
            account = accounts[payout.merchant_id]
            payout.destination = {"holder": account.holder, "bank": account.where, "number": account.masked}
            payout.status, payout.sent_at, payout.batch, payout.released_at = Payout.Status.SENT, now, batch, payout.released_at or now
        batch.save(force_insert=True)
        BankFile.objects.create(batch=batch, content=_bank_file(payouts, accounts))
        Payout.objects.bulk_update(payouts, ["destination", "status", "sent_at", "batch", "released_at"])
        after = {"payouts": [payout.key for payout in payouts], "total": batch.total_minor}
        audit(by=by, action="payout_batch.made", subject="payout_batch", subject_id=batch.number, after=after)
        for payout in payouts:
            record(PayoutMoved(merchant_id=payout.merchant_id, payout_id=payout.pk, status=payout.status))
    return batch


@verb
def release_payouts(*, by: Actor, batch_id: UUID, payout_ids: Sequence[UUID]) -> PayoutBatch | None:
    """Let payouts go: those by bank into one file, which is returned, those by a rail to the rail, once the shop's account can receive them.

    Raises what make_bank_file() does.
    """
    needs_two(by, RELEASE)
    with transaction.atomic():
        _held, payouts = _locked_with_accounts(payout_ids)
        if any(payout.status != Payout.Status.DUE for payout in payouts):
            raise PayoutClosed
        by_bank = [payout.pk for payout in payouts if payout.rail == "bank"]
        batch: PayoutBatch | None = make_bank_file(by=by, batch_id=batch_id, payout_ids=by_bank) if by_bank else None
        for payout in payouts:
            if payout.rail != "bank":
                payout.released_at = clock.now()
                payout.save(update_fields=["released_at"])
                after = {"amount": payout.amount_minor}
                audit(by=by, action="payout.released", subject="payout", subject_id=payout.key, merchant_id=payout.merchant_id, after=after)
                send_by_rail(by=by, payout_id=payout.pk)
    return batch


def locked_accounts(merchant_ids: Sequence[UUID]) -> list[PayoutAccount]:
    """The accounts in force, which stay so until the transaction ends: a change of one comes before it or after it."""
    found = PayoutAccount.objects.filter(merchant__in=merchant_ids).order_by("pk")
    return list(found.select_for_update(of=("self",), no_key=True))


def _bank_file(payouts: Sequence[Payout], accounts: Mapping[UUID, PayoutAccount]) -> str:
    """One line a payout, in the order of the statements' numbers: the same payouts always give the same text."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for payout in sorted(payouts, key=lambda row: row.statement.number):
        to = accounts[payout.merchant_id]
        bank = " ".join(filter(None, (to.where, to.bank_code)))
        row = (f"{payout.statement.number}/{payout.n}", to.holder, bank, to.number.plain(), f"{payout.amount.decimal:f}", payout.currency)
        lines.writerow([safe_cell(cell) for cell in (*row, f"Statement {payout.statement.number}")])
    return out.getvalue()


@verb
def note_payouts_paid(*, by: Actor, payout_ids: Sequence[UUID]) -> int:
    """The bank has paid these. Safe to repeat; returns how many were new. Raises PayoutClosed for one in no file."""
    with transaction.atomic():
        paid = 0
        for payout in _locked(payout_ids):
            if payout.status == Payout.Status.PAID:
                continue
            if payout.status != Payout.Status.SENT or payout.batch_id is None:
                raise PayoutClosed
            payout.status, payout.ended_at = Payout.Status.PAID, clock.now()
            payout.save(update_fields=["status", "ended_at"])
            post(by=by, kind="payout_paid", ref=payout.key, sides=[debit(Account.PAYOUT_CLEARING, payout.amount), credit(Account.OWN_BANK, payout.amount)])
            note_payout_moved(by, payout, "sent")
            paid += 1
    return paid


@verb
def note_payout_returned(*, by: Actor, payout_id: UUID, reason: str) -> Payout:
    """The bank sent it back, before or after it counted as paid: the same money waits to be paid again. Returns the new payout.

    Safe to repeat. Raises InvalidInput without a reason, PayoutClosed for one in no file.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", why=_("Write what the bank gave as the reason; the shop reads it."))
    with transaction.atomic():
        payout = _locked([payout_id])[0]
        if payout.status == Payout.Status.RETURNED:
            return Payout.objects.get(statement=payout.statement, n=payout.n + 1)
        if payout.batch_id is None:
            raise PayoutClosed
        before = payout.status
        payout.status, payout.failure, payout.ended_at = Payout.Status.RETURNED, reason.strip()[:200], clock.now()
        payout.save(update_fields=["status", "failure", "ended_at"])
        if before == Payout.Status.PAID:
            back = [debit(Account.OWN_BANK, payout.amount), credit(Account.PAYOUT_CLEARING, payout.amount)]
            post(by=by, kind="payout_returned", ref=payout.key, sides=back)
        note_payout_moved(by, payout, before, why=reason)
        again: Payout = open_payout(by=by, statement=payout.statement, n=payout.n + 1, rail=payout_rail(payout.merchant_id))
        send_by_rail(by=by, payout_id=again.pk)
    return again


def _locked(payout_ids: Sequence[UUID]) -> list[Payout]:
    found = Payout.objects.filter(pk__in=payout_ids).select_related("statement", "merchant").order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _locked_with_accounts(payout_ids: Sequence[UUID]) -> tuple[list[PayoutAccount], list[Payout]]:
    """Accounts first, as whoever changes an account locks them."""
    held = locked_accounts(list(Payout.objects.filter(pk__in=payout_ids).values_list("merchant_id", flat=True)))
    return held, _locked(payout_ids)
