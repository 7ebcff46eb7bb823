"""Whose account at Stripe it is: Stripe often learns the name after the shop has asked to be paid there, and says it until the change is in force."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.account_changes import CONFIRM_WITHIN, IN_FORCE, UNCONFIRMED, compared
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, open_deadline
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.payments.events import AccountChangeMoved
from marketplace.platform.payments.models import AccountChange
from tenants.tenancy.models import Merchant

S, Name = AccountChange.Status, AccountChange.Name
LOOK = ("looked_by", "looked_label", "looked_at", "in_force_at")


@verb
def note_stripe_name(*, by: Actor, merchant_id: UUID, stripe_account: str, holder: str) -> None:
    """Keep the name on the shop's open change to this account. Safe to repeat; nothing happens without a name or such a change.

    The dossier's name spares the market's look while a colleague is waited for. A name in the days of cooling off that is another: the market looks (anew).
    """
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        changes = AccountChange.objects.select_for_update(of=("self",)).filter(merchant_id=merchant_id, status__in=AccountChange.OPEN)
        row = changes.filter(kind=AccountChange.Kind.STRIPE, stripe_account=stripe_account).first()
        if row is None or not holder or row.holder == holder[:100]:
            return
        before = {"holder": row.holder, "name": row.name_is, "status": row.status}
        row.holder = holder[:100]
        row.name_is = compared(row)
        if row.status == S.ASKED:
            row.needs_market = row.name_is != Name.SAME
        elif row.status == S.COOLING and row.name_is != Name.SAME:
            _look_again(row)
        row.save(update_fields=["holder", "name_is", "needs_market", "status", *LOOK])
        audit(
            by=by,
            action="payout_account.name_seen",
            subject="payout_account",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before=before,
            after={"holder": row.holder, "name": row.name_is, "status": row.status},
        )


def _look_again(row: AccountChange) -> None:
    row.status, row.needs_market = S.LOOKED_AT, True
    row.looked_by, row.looked_label, row.looked_at, row.in_force_at = None, "", None, None
    meet(kind=IN_FORCE, subject_id=row.pk)
    open_deadline(kind=UNCONFIRMED, subject_id=row.pk, due_at=clock.now() + CONFIRM_WITHIN)
    record(AccountChangeMoved(merchant_id=row.merchant_id, change_id=row.pk, status=row.status, is_back=True))
