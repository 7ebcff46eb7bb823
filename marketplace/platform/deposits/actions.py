"""Deposits: verbs. What takes two people says so itself; the kinds of requests stand in flows/deposit_kinds.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing, check_reason
from marketplace.kernel.formats import format_money
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.uploads import clean_paper
from marketplace.kernel.verbs import verb
from marketplace.platform.deposits.errors import DeductionFinal, DepositOverdue, DepositTooSmall, ObjectionAnswered
from marketplace.platform.deposits.events import DepositMoved, DepositObjected, DepositRulesChanged, DepositShort
from marketplace.platform.deposits.models import Deposit, DepositEvidence, DepositMove, DepositObjection, DepositRule, DepositTerms
from marketplace.platform.deposits.queries import Target, deposit_of, required_of, rule_for, terms
from marketplace.platform.ledger.actions import Side, credit, debit, post
from marketplace.platform.ledger.models import Account
from marketplace.platform.taxonomy.models import Category
from tenants.access.other_hands import check_other_hands
from tenants.onboarding.models import Application
from tenants.onboarding.opening import go_on_opening
from tenants.onboarding.papers import keep_paper
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.own import check_not_own
from tenants.tenancy.schemas import public_schema

SET_DEPOSIT, SET_ACCOUNT, MOVE_DEPOSIT = "deposit.set", "deposit.account", "deposit.move"  # kinds of requests for two people
DUE, REMINDER = "deposit.due", "deposit.reminder"
REMINDED_AT = (7, 1)  # days before what is missing has to be there
K = DepositMove.Kind
MOST = 10**13


def check_rule(target: Target, amount_minor: int | None) -> None:
    """Raises InvalidInput, MerchantUnknown, NotForOwnShops."""
    kind, category_id, merchant_id = target
    if amount_minor is not None and not 0 <= amount_minor < MOST:
        raise InvalidInput(field="amount", why=_("Write an amount of zero or more."))
    if sum(map(bool, (kind, category_id, merchant_id))) > 1:
        raise InvalidInput(field="category", why=_("Choose a kind of seller, a category or a shop, not several: the highest that fits counts."))
    if kind and kind not in Application.Kind.values:
        raise InvalidInput(field="kind", why=_("Choose a kind of seller."))
    if category_id is not None and not Category.objects.filter(pk=category_id, merged_into=None).exists():
        raise InvalidInput(field="category", why=_("Choose a category."))
    if merchant_id is not None and not Merchant.objects.filter(pk=merchant_id).exists():
        raise MerchantUnknown
    if merchant_id is not None:
        check_not_own(merchant_id)
    if amount_minor is None and rule_for(target) is None:
        raise InvalidInput(field="amount", why=_("There is no amount of its own to take back here."))


@verb
def set_deposit_rule(*, by: Actor, target: Target, amount_minor: int | None, why: str) -> DepositRule:
    """How much such a seller has to deposit, from now on; None takes a rule back. Raises SecondPersonNeeded, InvalidInput, MerchantUnknown, ReasonMissing.

    A single merchant's deposit is looked at in the same transaction; those of all others follow by workers.
    """
    needs_two(by, SET_DEPOSIT)
    check_rule(target, amount_minor)
    check_reason(why)
    kind, category_id, merchant_id = target
    with transaction.atomic():
        former = rule_for(target)
        row = DepositRule.objects.create(
            kind=kind,
            category_id=category_id,
            merchant_id=merchant_id,
            currency=Market.objects.get().currency,
            amount_minor=amount_minor,
            reason=why.strip()[:500],
            by_label=by.label,
            since=clock.now(),
        )
        audit(
            by=by,
            action="deposit.set",
            subject="deposit_rule",
            subject_id=row.pk,
            merchant_id=merchant_id,
            before={"amount": former.amount_minor} if former else None,
            after={"amount": amount_minor, "kind": kind, "category": category_id},
            why=why,
        )
        if merchant_id:
            settle_deposit(by=by, merchant_id=merchant_id)
        else:
            record(DepositRulesChanged(rule_id=row.pk))
    return row


@verb
def set_deposit_days(*, by: Actor, days: int, why: str) -> DepositTerms:
    """Within how many days what is missing is to be there. Days that run stay. Raises InvalidInput, ReasonMissing."""
    check_reason(why)
    if not 1 <= days <= 90:
        raise InvalidInput(field="days", why=_("Choose from {least} to {most}.").format(least=1, most=90))
    with transaction.atomic():
        row, _made = DepositTerms.objects.select_for_update().get_or_create(pk=1)
        before, row.days = row.days, days
        row.save()
        audit(by=by, action="deposit.terms_set", subject="deposit_terms", subject_id=1, before={"days": before}, after={"days": days}, why=why)
    return row


def account_of(pay_to: Mapping[str, str]) -> dict[str, str]:
    """The market's account as it is kept, by language. Raises InvalidInput where it is the one that is there."""
    kept = {code: text.strip()[:500] for code, text in pay_to.items() if text.strip()}
    if kept == terms().pay_to:
        raise InvalidInput(field="pay_en", why=_("This is what shops read now."))
    return kept


@verb
def set_deposit_account(*, by: Actor, pay_to: Mapping[str, str], why: str) -> DepositTerms:
    """Where deposits are paid to, as shops and applicants read it. Raises SecondPersonNeeded, InvalidInput, ReasonMissing."""
    needs_two(by, SET_ACCOUNT)
    check_reason(why)
    kept = account_of(pay_to)
    with transaction.atomic():
        row, _made = DepositTerms.objects.select_for_update().get_or_create(pk=1)
        before, row.pay_to = row.pay_to, kept
        row.save()
        audit(by=by, action="deposit.account_set", subject="deposit_terms", subject_id=1, before={"pay_to": before}, after={"pay_to": kept}, why=why)
    return row


def locked_deposit(merchant_id: UUID) -> Deposit:
    """Its row, made where there is none, held until the transaction ends. Raises MerchantUnknown, NotForOwnShops."""
    if not Merchant.objects.filter(pk=merchant_id).exists():
        raise MerchantUnknown
    check_not_own(merchant_id)
    Deposit.objects.bulk_create([Deposit(merchant_id=merchant_id, currency=Market.objects.get().currency)], ignore_conflicts=True)
    return Deposit.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=merchant_id)


@verb
def settle_deposit(*, by: Actor, merchant_id: UUID) -> Deposit:
    """Write down how much is asked of a merchant now, and by when what is missing has to be there. Safe to repeat."""
    with transaction.atomic():
        if (same := _of_nobody(merchant_id)) is not None:
            return same
        row = locked_deposit(merchant_id)
        before = row.required_minor
        row.required_minor = required_of(row.merchant).amount.minor
        if row.required_minor != before:
            audit(
                by=by,
                action="deposit.asked",
                subject="deposit",
                subject_id=merchant_id,
                merchant_id=merchant_id,
                before={"required": before},
                after={"required": row.required_minor},
            )
        _watch(row, is_more=row.required_minor > before)
    return row


def _of_nobody(merchant_id: UUID) -> Deposit | None:
    """An empty one, which is not kept, for a merchant of whom nothing is asked and never was."""
    merchant = Merchant.objects.filter(pk=merchant_id, deposit=None).first()
    return deposit_of(merchant_id) if merchant is not None and not required_of(merchant).amount else None


def _watch(row: Deposit, *, is_more: bool) -> None:
    """Keep a locked row, and the day by which what is missing has to be there: more that is missing has the whole time anew only if nothing was."""
    now, short = clock.now(), row.short
    if not short:
        row.due_at = None
        for kind in (DUE, REMINDER):
            meet(kind=kind, subject_id=row.pk)
    elif row.due_at is None and row.merchant.status != Merchant.Status.OPENING:
        row.due_at = now + timedelta(days=terms().days)
        set_deadline(kind=DUE, subject_id=row.pk, merchant_id=row.pk, due_at=row.due_at)
        remind_next(row)
        is_more = True
    kept = Deposit.objects.get(pk=row.pk)
    if kept.short and not short:
        go_on_opening(merchant_id=row.pk)
    if (kept.due_at, kept.held_minor, kept.required_minor) != (row.due_at, row.held_minor, row.required_minor):
        row.changed_at = now
        row.save()
    if short and is_more:
        record(DepositShort(merchant_id=row.pk, short_minor=short.minor))


def remind_next(row: Deposit) -> None:
    """Have the shop reminded 7 and 1 days before."""
    assert row.due_at is not None
    coming = [at for days in REMINDED_AT if (at := row.due_at - timedelta(days=days)) > clock.now()]
    if coming:
        set_deadline(kind=REMINDER, subject_id=row.pk, merchant_id=row.pk, due_at=min(coming))


# ── Movements ────────────────────────────────────────────────────────────────────────────────────────────────────────

ENTRIES = {K.RECEIVED: "deposit_received", K.DEDUCTED: "deposit_deducted", K.GIVEN_BACK: "deposit_given_back", K.RETURNED: "deposit_returned"}


def _sides(kind: str, amount: Money, merchant_id: UUID) -> list[Side]:
    """What came is in the market's bank account and owed to the merchant; what was deducted is the market's."""
    held, bank, taken = Account.MERCHANT_DEPOSIT, Account.OWN_BANK, Account.DEPOSIT_DEDUCTIONS
    return {
        K.RECEIVED: [debit(bank, amount), credit(held, amount, merchant_id)],
        K.DEDUCTED: [debit(held, amount, merchant_id), credit(taken, amount, merchant_id)],
        K.GIVEN_BACK: [debit(taken, amount, merchant_id), credit(held, amount, merchant_id)],
        K.RETURNED: [debit(held, amount, merchant_id), credit(bank, amount)],
    }[K(kind)]


def most_of(row: Deposit, kind: str) -> Money:
    """How much can be deducted, or returned: of a shop that goes on, only what is more than it has to deposit."""
    goes_on = row.merchant.status not in (Merchant.Status.OPENING, Merchant.Status.CLOSING, Merchant.Status.CLOSED)
    kept = row.required_minor if kind == K.RETURNED and goes_on else 0
    return Money(max(row.held_minor - kept, 0), row.currency)


def check_move(row: Deposit, kind: str, amount: Money, reference: str, undoes: DepositMove | None) -> None:
    """Raises InvalidInput, DepositTooSmall, NotFound."""
    if kind not in K.values:
        raise InvalidInput(field="what", why=_("Choose what to do with the deposit."))
    if amount.currency != row.currency or not 0 < amount.minor < MOST:
        raise InvalidInput(field="amount", why=_("Write an amount above zero."))
    if kind in (K.RECEIVED, K.RETURNED) and not reference.strip():
        raise InvalidInput(field="reference", why=_("Write the bank's reference of the transfer, so that it can be found on the account."))
    if kind == K.RECEIVED and DepositMove.objects.filter(merchant_id=row.pk, kind=K.RECEIVED, reference=reference.strip()).exists():
        raise InvalidInput(field="reference", why=_("A transfer with this reference has been noted already."))
    if kind in (K.DEDUCTED, K.RETURNED) and amount > (most := most_of(row, kind)):
        raise DepositTooSmall(most=format_money(most))
    if kind == K.GIVEN_BACK:
        good = undoes is not None and undoes.merchant_id == row.pk and undoes.kind == K.DEDUCTED and undoes.amount == amount
        if not good or DepositMove.objects.filter(undoes=undoes).exists():
            raise NotFound


@verb
def move_deposit(
    *, by: Actor, move_id: UUID, merchant_id: UUID, kind: str, amount: Money, reference: str = "", why: str, undoes_id: UUID | None = None
) -> DepositMove:
    """Money came into a merchant's deposit, or leaves it; the same `move_id` moves once.

    Raises SecondPersonNeeded, ReasonMissing, InvalidInput, DepositTooSmall, NotFound, MerchantUnknown.
    """
    needs_two(by, MOVE_DEPOSIT)
    check_reason(why)
    with transaction.atomic():
        row = locked_deposit(merchant_id)
        if same := DepositMove.objects.filter(pk=move_id).first():
            return same
        undoes = DepositMove.objects.filter(pk=undoes_id).first() if undoes_id else None
        check_move(row, kind, amount, reference, undoes)
        market, before = Market.objects.get(), row.held_minor
        number = free_number(DepositMove.objects, clock.now(), market.tz)
        entry = post(by=by, kind=ENTRIES[K(kind)], ref=number, sides=_sides(kind, amount, merchant_id))
        move = DepositMove(
            pk=move_id,
            number=number,
            merchant_id=merchant_id,
            kind=kind,
            currency=row.currency,
            amount_minor=amount.minor,
            reference=reference.strip()[:120],
            reason=why.strip()[:500],
            undoes=undoes,
            entry=entry,
            by_label=by.label,
            at=clock.now(),
        )
        row.held_minor += move.change.minor
        move.held_minor = row.held_minor
        try:
            with transaction.atomic():
                move.save(force_insert=True)
        except IntegrityError as noted:  # the same transfer, by two pairs of people at once
            raise InvalidInput(field="reference", why=_("A transfer with this reference has been noted already.")) from noted
        if undoes is not None:
            DepositObjection.objects.filter(move=undoes, status=DepositObjection.Status.WAITING).update(
                status=DepositObjection.Status.UPHELD, answer=move.reason, answered_by=by.label, answered_at=move.at
            )
        audit(
            by=by,
            action=f"deposit.{kind}",
            subject="deposit",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"held": before},
            after={"held": row.held_minor, "amount": amount.minor, "reference": move.reference},
            why=why,
        )
        record(DepositMoved(merchant_id=merchant_id, move_id=move.pk))
        _watch(row, is_more=False)
    return move


@verb
def add_evidence(*, by: Actor, move_id: UUID, merchant_id: UUID, name: str, upload: IO[bytes]) -> DepositEvidence:
    """Keep the document that shows a breach, before a deduction is asked for; one a deduction. Raises InvalidInput."""
    clean = clean_paper(upload, "evidence")
    with transaction.atomic(), public_schema():
        if same := DepositEvidence.objects.filter(move_id=move_id, merchant_id=merchant_id).first():
            return same
        row = DepositEvidence(move_id=move_id, merchant_id=merchant_id, by_label=by.label)
        keep_paper(cast(Any, row), clean, name=name, folder=f"deposits/{merchant_id}")
        audit(
            by=by,
            action="deposit.evidence_added",
            subject="deposit",
            subject_id=merchant_id,
            after={"name": row.name, "size": row.size},
        )
    return row


# ── Objections ───────────────────────────────────────────────────────────────────────────────────────────────────────


def can_object(move: DepositMove) -> bool:
    """Within the days that are given to top up, once, and not against what was taken back."""
    in_time = clock.now() < move.at + timedelta(days=terms().days)
    return move.kind == K.DEDUCTED and in_time and not hasattr(move, "objection") and not DepositMove.objects.filter(undoes=move).exists()


@verb
def object_to_deduction(*, by: Actor, move: DepositMove, text: str) -> DepositObjection:
    """The shop says why it should not have been deducted. Raises ReasonMissing, DeductionFinal."""
    if not text.strip():
        raise ReasonMissing(field="text")
    with transaction.atomic():
        locked_deposit(move.merchant_id)
        move = DepositMove.objects.get(pk=move.pk)
        if not can_object(move):
            raise DeductionFinal
        row = DepositObjection.objects.create(move=move, text=text.strip()[:1000], by_label=by.label, at=clock.now())
        _said(by, row, "deposit.objected", before={"status": "none"}, after={"status": row.status, "number": move.number}, why=row.text)
    return row


@verb
def reject_objection(*, by: Actor, move: DepositMove, answer: str) -> DepositObjection:
    """The deduction stands, with an answer that the shop reads. To take it back is a movement, and takes two.

    Raises ReasonMissing, ObjectionAnswered, NotFound, OwnHands.
    """
    check_reason(answer, field="answer")
    check_other_hands(by, move.merchant_id)
    with transaction.atomic():
        locked_deposit(move.merchant_id)
        row = DepositObjection.objects.select_related("move").filter(move=move).first()
        if row is None:
            raise NotFound
        if row.status != DepositObjection.Status.WAITING:
            raise ObjectionAnswered
        row.status, row.answer, row.answered_by, row.answered_at = DepositObjection.Status.REJECTED, answer.strip()[:1000], by.label, clock.now()
        row.save()
        _said(by, row, "deposit.objection_rejected", before={"status": "waiting"}, after={"status": row.status}, why=row.answer)
    return row


def _said(by: Actor, row: DepositObjection, action: str, **what: Any) -> None:
    audit(by=by, action=action, subject="deposit", subject_id=row.move.merchant_id, merchant_id=row.move.merchant_id, **what)
    record(DepositObjected(merchant_id=row.move.merchant_id, move_id=row.move_id, status=row.status))


def check_deposit(merchant_id: UUID) -> None:
    """Raises DepositOverdue where something is missing and its day has passed. One query."""
    row = deposit_of(merchant_id) if Deposit.objects.filter(pk=merchant_id, due_at__lte=clock.now()).exists() else None
    if row is not None and row.is_overdue:
        raise DepositOverdue(short=format_money(row.short))
