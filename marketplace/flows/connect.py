"""A merchant's account at a rail: opened with us, filled in at the rail, and used once the rail can pay there."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.account_changes import ask_for_stripe
from marketplace.flows.stripe_names import note_stripe_name
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.ids import new_id
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.errors import AccountChangeWaits
from marketplace.platform.payments.events import PayoutAccountReady
from marketplace.platform.payments.models import AccountChange, PayoutAccount
from marketplace.platform.payments.rails import connect_rail
from marketplace.platform.payments.rails.port import Account, RailRefused
from tenants.tenancy.models import Merchant
from tenants.tenancy.own import check_not_own

RAIL = "stripe"


@verb
def begin_account(*, by: Actor, merchant_id: UUID, country: str, back: str) -> str:
    """Open the merchant's account at the rail, or go on with it; the address where the merchant fills in what the rail asks.

    A person's wish to be paid there is a change of the account, which somebody else confirms (account_changes.py). Until it is in force and the
    rail can pay there, payouts go where they went before; `back` is where the merchant comes back to. Asked outside a transaction, under the
    merchant's own key. Raises RailUnknown, RailAway, RailRefused, AccountChangeWaits, NotForOwnShops.
    """
    check_not_own(merchant_id)
    merchant = Merchant.objects.get(pk=merchant_id)
    rail = connect_rail(RAIL)
    held = PayoutAccount.objects.filter(merchant_id=merchant_id).first()
    waits = AccountChange.objects.filter(merchant_id=merchant_id, status__in=AccountChange.OPEN).first()
    if waits is not None and waits.kind != AccountChange.Kind.STRIPE:
        raise AccountChangeWaits
    seen = rail.account(held.stripe_account) if held is not None and held.stripe_account else rail.open_account(merchant_id, merchant.contact_email, country)
    row = note_account(by=by, merchant_id=merchant_id, seen=seen, chosen=by.kind != "person")
    if by.kind == "person" and waits is None and row.kind != PayoutAccount.Kind.STRIPE and not row.switches_when_ready:
        ask_for_stripe(by=by, merchant_id=merchant_id, change_id=new_id(), stripe_account=seen.ref, holder=seen.name)
    return back if seen.can_receive else rail.account_link(seen.ref, back)


@verb
def refresh_account(*, by: Actor, merchant_id: UUID) -> None:
    """Ask the rail how a merchant's account stands. One that the rail does not show us any more can receive nothing."""
    account = PayoutAccount.objects.get(merchant_id=merchant_id)
    if not account.stripe_account:
        return
    try:
        seen = connect_rail(RAIL).account(account.stripe_account)
    except RailRefused as gone:
        seen = Account(account.stripe_account, False, False, str(gone.facts["why"])[:200])
    note_account(by=by, merchant_id=merchant_id, seen=seen)


@verb
def note_account(*, by: Actor, merchant_id: UUID, seen: Account, chosen: bool = False) -> PayoutAccount:
    """Keep how a merchant's account at the rail stands. `chosen`: the merchant is to be paid there, as soon as it can. Safe to repeat.

    Raises SecondPersonNeeded where a person chooses.
    """
    if chosen and by.kind == "person":
        raise SecondPersonNeeded
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        note_stripe_name(by=by, merchant_id=merchant_id, stripe_account=seen.ref, holder=seen.name)  # also where nothing else is new
        row = PayoutAccount.objects.select_for_update().filter(merchant_id=merchant_id).first() or PayoutAccount(
            merchant_id=merchant_id, kind=PayoutAccount.Kind.STRIPE if chosen else ""
        )
        before = _shown(row)
        row.stripe_account, row.payouts_enabled, row.missing = seen.ref, seen.can_receive, seen.missing
        if chosen and row.kind != PayoutAccount.Kind.STRIPE:
            row.switches_when_ready = True
        if is_switched := row.switches_when_ready and seen.can_receive:
            row.kind, row.switches_when_ready, row.version = PayoutAccount.Kind.STRIPE, False, row.version + 1
            Payout.objects.filter(merchant_id=merchant_id, status=Payout.Status.DUE).update(rail=RAIL)
        if _shown(row) == before:
            return row
        row.changed_at = clock.now()
        row.save()
        audit(
            by=by,
            action="payout_account.set" if is_switched or chosen else "payout_account.stripe_seen",
            subject="payout_account",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before=before if before["stripe_account"] or before["kind"] == PayoutAccount.Kind.BANK else None,
            after=_shown(row),
        )
        if row.kind == PayoutAccount.Kind.STRIPE and row.payouts_enabled:
            record(PayoutAccountReady(merchant_id=merchant_id))
    return row


def _shown(row: PayoutAccount) -> dict[str, object]:
    return {
        "kind": str(row.kind),
        "stripe_account": row.stripe_account,
        "payouts_enabled": row.payouts_enabled,
        "missing": row.missing,
        "switches_when_ready": row.switches_when_ready,
    }
