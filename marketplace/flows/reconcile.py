"""Each movement on our account at a rail is explained by one journal entry; what a rail told and did not arrive is taken up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor, rail
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.actions import Side, credit, debit, post
from marketplace.platform.ledger.models import Account, JournalEntry, Payout
from marketplace.platform.payments.actions import take_notice
from marketplace.platform.payments.errors import MovementExplained
from marketplace.platform.payments.events import RailSweepDue
from marketplace.platform.payments.models import PaymentAttempt, RailMovement, Transfer, TransferReversal
from marketplace.platform.payments.moving import retry_transfers
from marketplace.platform.payments.rails import connect_rail, has_connect
from marketplace.platform.payments.rails.port import Movement

RAIL = "stripe"
LOOK_BACK = timedelta(days=3)
S = RailMovement.Status
BOOKABLE = (Account.OWN_BANK, Account.RAIL_FEES)


@verb
def ask_for_sweep(*, by: Actor) -> bool:
    """A worker is to look at the rail. Daily by the scheduler, or when the operator asks. False where there is no such rail."""
    if not has_connect():
        return False
    with transaction.atomic():
        record(RailSweepDue(rail=RAIL))
        audit(by=by, action="rail.sweep_asked", subject="rail", subject_id=RAIL)
    return True


def sweep(event: RailSweepDue) -> None:
    """Outward reaction: notices of three days that never arrived, the movements of three days, and transfers that lacked funds.

    Safe to repeat.
    """
    by, at_rail, since = rail(event.rail), connect_rail(event.rail), clock.now() - LOOK_BACK
    for notice in at_rail.notices_since(since):
        take_notice(by=by, rail=event.rail, notice_id=notice.id, body={"kind": notice.kind, "object": notice.object_id, "account": notice.account})
    for movement in at_rail.movements_since(since):
        note_movement(by=by, code=event.rail, movement=movement)
    explain_movements(by=by)
    for payout_id in set(Transfer.objects.filter(is_for_lack_of_funds=True, payout__status=Payout.Status.SENT).values_list("payout_id", flat=True)):
        retry_transfers(by=by, payout_id=payout_id)


@verb
def note_movement(*, by: Actor, code: str, movement: Movement) -> None:
    """Keep a movement, once."""
    row = RailMovement(
        rail=code,
        ref=movement.ref,
        kind=movement.kind[:40],
        source=movement.source[:120],
        currency=movement.amount.currency,
        amount_minor=movement.amount.minor,
        fee_minor=movement.fee.minor,
        at=movement.at,
    )
    RailMovement.objects.bulk_create([row], ignore_conflicts=True)


@verb
def explain_movements(*, by: Actor) -> int:
    """Find each movement's journal entry, and post its fee. Returns how many stay unexplained."""
    for key in RailMovement.objects.filter(status=S.UNEXPLAINED).order_by("at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = RailMovement.objects.select_for_update().get(pk=key)
            if row.status == S.UNEXPLAINED:
                _explain(by, row)
    return RailMovement.objects.filter(status=S.UNEXPLAINED).count()


def _explain(by: Actor, row: RailMovement) -> None:
    find = FINDERS.get(row.kind)
    row.entry = find(by, row) if find else None
    fitting = row.entry is not None and not RailMovement.objects.filter(entry=row.entry).exclude(pk=row.pk).exists()
    if row.entry is None or not fitting or _on_clearing(row.entry) != row.amount_minor:
        row.entry = None
        return
    if row.fee_minor:
        post(by=by, kind="rail_fee", ref=row.ref, sides=_pair(Account.RAIL_FEES, Account.RAIL_CLEARING, row.fee))
    row.status = S.MATCHED
    row.save(update_fields=["status", "entry"])


def _on_clearing(entry: JournalEntry) -> int:
    return sum(side.amount_minor for side in entry.postings.all() if side.account == Account.RAIL_CLEARING)


def _pair(to: Account, of: Account, amount: Money) -> list[Side]:
    """Debit and credit of an amount; a negative one the other way round."""
    return [debit(to, amount), credit(of, amount)] if amount.minor >= 0 else [debit(of, -amount), credit(to, -amount)]


def _entry(kinds: tuple[str, ...], ref: str | None) -> JournalEntry | None:
    return JournalEntry.objects.filter(kind__in=kinds, ref=ref).prefetch_related("postings").first() if ref else None


def _of_charge(by: Actor, row: RailMovement) -> JournalEntry | None:
    key = PaymentAttempt.objects.filter(charge_ref=row.source).values_list("key", flat=True).first()
    return _entry(("payment_received", "payment_to_return"), key)


def _of_refund(by: Actor, row: RailMovement) -> JournalEntry | None:
    return _entry(("refund_sent",), row.source)


def _of_refund_back(by: Actor, row: RailMovement) -> JournalEntry | None:
    return _entry(("refund_came_back",), row.source)


def _of_transfer(by: Actor, row: RailMovement) -> JournalEntry | None:
    key = Transfer.objects.filter(rail_ref=row.source).values_list("pk", flat=True).first()
    return _entry(("transfer_sent",), str(key) if key else None)


def _of_reversal(by: Actor, row: RailMovement) -> JournalEntry | None:
    key = TransferReversal.objects.filter(rail_ref=row.source).values_list("pk", flat=True).first()
    return _entry(("transfer_reversed",), str(key) if key else None)


def _of_dispute(by: Actor, row: RailMovement) -> JournalEntry | None:
    return _entry(("dispute_withdrawn",) if row.amount_minor < 0 else ("dispute_reinstated",), row.source)


def _fee(by: Actor, row: RailMovement) -> JournalEntry | None:
    """A fee of its own: it is its own explanation."""
    return post(by=by, kind="rail_fee", ref=row.ref, sides=_pair(Account.RAIL_FEES, Account.RAIL_CLEARING, -row.amount))


def _to_own_bank(by: Actor, row: RailMovement) -> JournalEntry | None:
    """The rail has paid out to the market's bank, or that came back."""
    return post(by=by, kind="rail_payout", ref=row.ref, sides=_pair(Account.OWN_BANK, Account.RAIL_CLEARING, -row.amount))


FINDERS: dict[str, Callable[[Actor, RailMovement], JournalEntry | None]] = {
    "charge": _of_charge,
    "payment": _of_charge,
    "refund": _of_refund,
    "payment_refund": _of_refund,
    "refund_failure": _of_refund_back,
    "payment_failure_refund": _of_refund_back,
    "transfer": _of_transfer,
    "transfer_refund": _of_reversal,
    "adjustment": _of_dispute,
    "stripe_fee": _fee,
    "stripe_fx_fee": _fee,
    "network_cost": _fee,
    "payout": _to_own_bank,
    "payout_failure": _to_own_bank,
    "payout_cancel": _to_own_bank,
}


@verb
def book_movement(*, by: Actor, movement_id: UUID, account: str, reason: str) -> None:
    """A person explains a movement that nothing explains: it is posted against the market's bank account, or the rail's fees.

    Raises InvalidInput, ReasonMissing, MovementExplained.
    """
    if account not in BOOKABLE:
        raise InvalidInput(field="account", why=_("Choose where it belongs: the market's bank account, or the rail's fees."))
    check_reason(reason)
    with transaction.atomic():
        row = RailMovement.objects.select_for_update().filter(pk=movement_id).first()
        if row is None:
            raise NotFound
        if row.status != S.UNEXPLAINED:
            raise MovementExplained
        row.entry = post(by=by, kind="rail_other", ref=row.ref, sides=_pair(Account(account), Account.RAIL_CLEARING, -row.amount))
        if row.fee_minor:
            post(by=by, kind="rail_fee", ref=row.ref, sides=_pair(Account.RAIL_FEES, Account.RAIL_CLEARING, row.fee))
        row.status, row.note = S.MATCHED, reason.strip()[:200]
        row.save(update_fields=["status", "entry", "note"])
        after = {"account": account, "amount": row.amount_minor}
        audit(by=by, action="rail_movement.booked", subject="rail_movement", subject_id=row.ref, before={"status": "unexplained"}, after=after, why=reason)
