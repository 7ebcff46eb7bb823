"""Changing where a shop is paid: asked for by one person, confirmed by another, and in force some days later. The old account is paid until then.

Who confirms: a colleague who may do the same and has worked there for some days; where there is none, or the account is in another name than
the dossier's, the market. Everybody who may change the account is told at each step and can stop it until it is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, open_deadline
from marketplace.kernel.errors import InvalidInput, KeyReused, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.models import Payout
from marketplace.platform.payments.errors import (
    AccountChangeEnded,
    AccountChangeUnknown,
    AccountChangeWaits,
    AccountSame,
    ConfirmedByAsker,
    HolderDiffers,
    HolderMoved,
    HolderUnproven,
    TooNewToConfirm,
)
from marketplace.platform.payments.events import AccountChangeMoved, PayoutAccountReady
from marketplace.platform.payments.models.accounts import AccountChange, AccountRules, PayoutAccount
from marketplace.platform.payments.numbers import clean_bank_code, clean_number, is_same_name
from tenants.access.other_hands import check_other_hands
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.models import Membership, User
from tenants.onboarding.models import Dossier
from tenants.tenancy.models import Merchant
from tenants.tenancy.own import check_not_own

S, Kind, Name = AccountChange.Status, AccountChange.Kind, AccountChange.Name
IN_FORCE, UNCONFIRMED = "payout_account.in_force", "payout_account.unconfirmed"
CONFIRM_WITHIN = timedelta(days=7)
NOT_CONFIRMED = "nobody confirmed it in time"  # the log says it in words of its reader
COPIED = ("holder", "form", "bank", "branch", "bank_code")


LEAST_COOLING, MOST_COOLING = 3, 30  # days


@dataclass(frozen=True)
class BankDetails:
    """A bank account as somebody typed it."""

    holder: str
    form: str
    bank: str
    number: str
    branch: str = ""
    bank_code: str = ""
    holder_reason: str = ""


def cooling_days() -> int:
    found = AccountRules.objects.first()
    return found.cooling_days if found else AccountRules().cooling_days


@verb
def set_cooling_days(*, by: Actor, days: int, why: str) -> None:
    """How long a confirmed change waits; changes that wait keep their day. Raises InvalidInput, ReasonMissing."""
    if not LEAST_COOLING <= days <= MOST_COOLING:
        raise InvalidInput(field="days", why=_("Write a number of days from {least} to {most}.").format(least=LEAST_COOLING, most=MOST_COOLING))
    check_reason(why, field="why")
    with transaction.atomic():
        row, _made = AccountRules.objects.select_for_update().get_or_create(pk=1)
        before, row.cooling_days = row.cooling_days, days
        if before == days:
            return
        row.save(update_fields=["cooling_days"])
        audit(
            by=by,
            action="payout_account.rules_set",
            subject="market",
            subject_id=1,
            before={"cooling_days": before},
            after={"cooling_days": days},
            why=why.strip(),
        )


def names_in_dossier(merchant_id: UUID, form: str) -> list[str]:
    """Whose account it may be: the company's; a bank card also its legal representative's."""
    row = Dossier.objects.filter(merchant_id=merchant_id).only("company", "representative").first()
    if row is None:
        return []
    names = [row.company, row.representative] if form == AccountChange.Form.CARD else [row.company]
    return [name for name in names if name.strip()]


def compared(row: AccountChange) -> AccountChange.Name:
    """The holder beside the dossier as it is now; unknown where there is no dossier, or Stripe has said no name yet."""
    names = names_in_dossier(row.merchant_id, row.form)
    if not names or not row.holder:
        return Name.UNKNOWN
    return Name.SAME if any(is_same_name(row.holder, name) for name in names) else Name.OTHER


def may_confirm(merchant_id: UUID, asked_by: UUID) -> list[User]:
    """Colleagues whose word counts: they may change the account as well, and did not come just now."""
    people = [person for person in staff_with([merchant_id], Right.MANAGE_PAYOUTS)[merchant_id] if person.pk != asked_by]
    long_here = Membership.objects.filter(merchant_id=merchant_id, user__in=people, since__lte=clock.now() - timedelta(days=cooling_days()))
    ids = set(long_here.values_list("user_id", flat=True))
    return [person for person in people if person.pk in ids]


@verb
def ask_for_bank_account(*, by: Actor, merchant_id: UUID, change_id: UUID, details: BankDetails) -> AccountChange:
    """Ask that a shop be paid to a bank account. The same `change_id` asks once.

    Raises InvalidInput, HolderDiffers (another name, and no reason given), AccountSame, AccountChangeWaits, KeyReused, NotForOwnShops.
    """
    number, code = clean_number(details.form, details.number), clean_bank_code(details.bank_code)
    for field, text in (("holder", details.holder), ("bank", details.bank)):
        if not text.strip():
            raise InvalidInput(field=field, why=_("Write whose account it is, and at which bank."))
    row = AccountChange(
        pk=change_id,
        merchant_id=merchant_id,
        kind=Kind.BANK,
        holder=details.holder.strip(),
        form=details.form,
        bank=details.bank.strip(),
        branch=details.branch.strip(),
        bank_code=code,
        number=number,
    )
    row.name_is = compared(row)
    row.holder_reason = details.holder_reason.strip()[:300] if row.name_is != Name.SAME else ""
    if row.name_is == Name.OTHER and not row.holder_reason:
        raise HolderDiffers(names=_(" or ").join(f"“{name}”" for name in names_in_dossier(merchant_id, details.form)))
    return _open(by, row)


@verb
def ask_for_stripe(*, by: Actor, merchant_id: UUID, change_id: UUID, stripe_account: str, holder: str) -> AccountChange:
    """Ask that a shop be paid at Stripe. `holder`: the name Stripe knows, "" while it knows none. Raises AccountSame, AccountChangeWaits."""
    row = AccountChange(pk=change_id, merchant_id=merchant_id, kind=Kind.STRIPE, stripe_account=stripe_account, holder=holder[:100])
    row.name_is = compared(row)
    return _open(by, row)


def _open(by: Actor, row: AccountChange) -> AccountChange:
    check_not_own(row.merchant_id)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=row.merchant_id)
        if same := AccountChange.objects.filter(pk=row.pk).first():
            if same.merchant_id != row.merchant_id or same.asked_by_id != by.person:
                raise KeyReused
            return same
        account = PayoutAccount.objects.filter(merchant_id=row.merchant_id).exclude(kind="").first()
        if account is not None and _is_same(account, row):
            raise AccountSame
        row.replaces = account is not None
        row.needs_colleague = bool(may_confirm(row.merchant_id, by.person))
        row.needs_market = not row.needs_colleague or row.name_is != Name.SAME
        row.status = S.ASKED if row.needs_colleague else S.LOOKED_AT
        row.asked_by_id, row.asked_label, row.asked_at = by.person, by.label, clock.now()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as waits:
            raise AccountChangeWaits from waits
        open_deadline(kind=UNCONFIRMED, subject_id=row.pk, due_at=row.asked_at + CONFIRM_WITHIN)
        before = account.details() if account else None
        _note(by, row, "asked", before, row.details() | {"name": row.name_is}, row.holder_reason)
    return row


def _is_same(account: PayoutAccount, row: AccountChange) -> bool:
    if account.kind != row.kind:
        return False
    if row.kind == Kind.STRIPE:
        return bool(account.stripe_account == row.stripe_account)
    same = all(getattr(account, name) == getattr(row, name) for name in COPIED)
    return same and bool(account.number.plain() == row.number.plain())


@verb
def confirm_change(*, by: Actor, merchant_id: UUID, change_id: UUID) -> AccountChange:
    """A colleague agrees. Raises AccountChangeUnknown, AccountChangeEnded, ConfirmedByAsker, TooNewToConfirm."""
    with transaction.atomic():
        row = _locked(change_id, merchant_id)
        if row.confirmed_by_id == by.person:
            return row
        if row.status != S.ASKED:
            raise AccountChangeEnded
        if row.asked_by_id == by.person:
            raise ConfirmedByAsker
        if by.person not in {person.pk for person in may_confirm(merchant_id, row.asked_by_id)}:
            raise TooNewToConfirm
        row.name_is = compared(row)
        row.needs_market = row.name_is != Name.SAME
        row.confirmed_by_id, row.confirmed_label, row.confirmed_at = by.person, by.label, clock.now()
        row.save(update_fields=["name_is", "needs_market", "confirmed_by", "confirmed_label", "confirmed_at"])
        _go_on(by, row, S.ASKED, "confirmed")
    return row


@verb
def pass_change(*, by: Actor, change_id: UUID, why: str, name_why: str = "", seen: str | None = None) -> AccountChange:
    """The market has compared the account with the dossier's papers.

    The holder is compared once more: another name than the dossier's, or none, passes with `name_why` only. `seen`: the holder whom the market
    looked at, so that no other passes who came meanwhile; None does not compare it.

    Raises AccountChangeUnknown, AccountChangeEnded, ConfirmedByAsker, HolderMoved, HolderUnproven, OwnHands, ReasonMissing.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(change_id)
        check_other_hands(by, row.merchant_id)
        if row.looked_by_id == by.person:
            return row
        if row.status != S.LOOKED_AT:
            raise AccountChangeEnded
        if row.asked_by_id == by.person:
            raise ConfirmedByAsker
        if seen not in (None, row.holder):
            raise HolderMoved(holder=row.holder)
        row.name_is = compared(row)
        if row.name_is != Name.SAME and not name_why.strip():
            raise HolderUnproven(name_is=row.get_name_is_display())
        row.looked_by_id, row.looked_label, row.looked_at = by.person, by.label, clock.now()
        row.save(update_fields=["name_is", "looked_by", "looked_label", "looked_at"])
        said = [why.strip(), name_why.strip()] if row.name_is != Name.SAME else [why.strip()]
        _go_on(by, row, S.LOOKED_AT, "passed", " · ".join(said))
    return row


@verb
def refuse_change(*, by: Actor, change_id: UUID, why: str) -> AccountChange:
    """The market says no, with a reason that the shop reads. Raises AccountChangeUnknown, AccountChangeEnded, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(change_id)
        if row.status == S.REFUSED:
            return row
        if row.status != S.LOOKED_AT:
            raise AccountChangeEnded
        _end(by, row, S.REFUSED, why)
    return row


@verb
def stop_change(*, by: Actor, change_id: UUID, why: str, merchant_id: UUID | None = None) -> AccountChange:
    """Somebody who may change the account, or got the letter about it, does not want it. Safe to repeat. Raises AccountChangeUnknown, AccountChangeEnded."""
    with transaction.atomic():
        row = _locked(change_id, merchant_id)
        if row.status == S.STOPPED:
            return row
        if not row.is_open:
            raise AccountChangeEnded
        _end(by, row, S.STOPPED, why)
    return row


def _end(by: Actor, row: AccountChange, status: str, why: str) -> None:
    before, row.status = row.status, status
    row.ended_at, row.ended_label, row.ended_why = clock.now(), by.label, why.strip()[:300]
    row.save(update_fields=["status", "ended_at", "ended_label", "ended_why"])
    for kind in (UNCONFIRMED, IN_FORCE):
        meet(kind=kind, subject_id=row.pk)
    _note(by, row, str(status), {"status": before}, {"status": status}, why.strip())


def _go_on(by: Actor, row: AccountChange, before: str, action: str, why: str = "") -> None:
    """One look is done: the next one, the days of cooling off, or in force."""
    if row.needs_market and row.looked_by_id is None:
        row.status = S.LOOKED_AT
    else:
        meet(kind=UNCONFIRMED, subject_id=row.pk)
        row.status, days = S.COOLING, cooling_days() if row.replaces else 0
        row.in_force_at = clock.now() + timedelta(days=days)
    row.save(update_fields=["status", "in_force_at"])
    _note(by, row, action, {"status": before}, {"status": row.status, "holder": row.holder, "name": row.name_is}, why)
    if row.status == S.COOLING:
        if row.in_force_at and row.in_force_at > clock.now():
            open_deadline(kind=IN_FORCE, subject_id=row.pk, due_at=row.in_force_at)
        else:
            put_in_force(by=by, change_id=row.pk)


@verb
def put_in_force(*, by: Actor, change_id: UUID) -> bool:
    """From now on the shop is paid there, if the change was confirmed, its days are over and nobody stopped it. Safe to repeat; False if it is not so.

    A payout that is on its way goes where it was sent. Stripe is used once it can receive money there; until then the account before it.
    """
    with transaction.atomic():
        row = _locked(change_id)
        if row.status != S.COOLING or row.in_force_at is None or row.in_force_at > clock.now():
            return False
        account = PayoutAccount.objects.select_for_update().filter(merchant_id=row.merchant_id).first() or PayoutAccount(merchant_id=row.merchant_id, kind="")
        before = account.details() if account.kind else None
        if row.kind == Kind.STRIPE:
            account.stripe_account = row.stripe_account
            account.switches_when_ready = not account.payouts_enabled
            account.kind = Kind.STRIPE if account.payouts_enabled else account.kind
        else:
            for name in COPIED:
                setattr(account, name, getattr(row, name))
            account.number, account.kind, account.switches_when_ready = row.number.plain(), Kind.BANK, False
        account.version += 1
        account.changed_at = clock.now()
        account.save()
        row.status, row.ended_at = S.IN_FORCE, clock.now()
        row.save(update_fields=["status", "ended_at"])
        if account.kind:
            Payout.objects.filter(merchant_id=row.merchant_id, status=Payout.Status.DUE).update(rail="bank" if account.kind == Kind.BANK else "stripe")
        audit(
            by=by,
            action="payout_account.set",
            subject="payout_account",
            subject_id=row.merchant_id,
            merchant_id=row.merchant_id,
            before=before,
            after=row.details(),
            why=row.holder_reason,
        )
        record(AccountChangeMoved(merchant_id=row.merchant_id, change_id=row.pk, status=row.status))
        if account.is_at_stripe:
            record(PayoutAccountReady(merchant_id=row.merchant_id))
    return True


def put_in_force_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `payout_account.in_force`."""
    put_in_force(by=SYSTEM, change_id=event.subject_id)


@verb
def expire_change(*, by: Actor, change_id: UUID) -> bool:
    """Nobody confirmed it in time. False if it no longer waited."""
    with transaction.atomic():
        row = _locked(change_id)
        if row.status not in (S.ASKED, S.LOOKED_AT):
            return False
        _end(by, row, S.EXPIRED, NOT_CONFIRMED)
    return True


def expire_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `payout_account.unconfirmed`."""
    expire_change(by=SYSTEM, change_id=event.subject_id)


def _locked(change_id: UUID, merchant_id: UUID | None = None) -> AccountChange:
    """The merchant first, then the change: everybody who moves accounts locks in this order. Raises AccountChangeUnknown."""
    found = AccountChange.objects.filter(pk=change_id).values_list("merchant_id", flat=True).first()
    if found is None or merchant_id not in (None, found):
        raise AccountChangeUnknown
    Merchant.objects.select_for_update(no_key=True).get(pk=found)
    return AccountChange.objects.select_for_update(of=("self",)).get(pk=change_id)


def _note(by: Actor, row: AccountChange, action: str, before: dict[str, str] | None, after: dict[str, str], why: str) -> None:
    audit(
        by=by,
        action=f"payout_account.change_{action}",
        subject="payout_account",
        subject_id=row.merchant_id,
        merchant_id=row.merchant_id,
        before=before,
        after=after,
        why=why,
    )
    record(AccountChangeMoved(merchant_id=row.merchant_id, change_id=row.pk, status=row.status))
