"""What takes two people about deposits: how much is asked for, and every movement of the money."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.deposits import check_can_return
from marketplace.flows.kinds import Kind, Order, Plan
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.platform.deposits.actions import (
    MOVE_DEPOSIT,
    SET_ACCOUNT,
    SET_DEPOSIT,
    account_of,
    check_move,
    check_rule,
    locked_deposit,
    move_deposit,
    set_deposit_account,
    set_deposit_rule,
)
from marketplace.platform.deposits.models import DepositEvidence, DepositMove
from marketplace.platform.deposits.queries import Target, rule_for, terms
from tenants.access.rights import Right


def _target(order: Order) -> Target:
    return order["kind"], order["category_id"], UUID(order["merchant_id"]) if order["merchant_id"] else None


def _plan_rule(order: Order) -> Plan:
    target, minor = _target(order), order["minor"]
    check_rule(target, minor)
    kind, category_id, merchant_id = target
    former = rule_for(target)
    kept = {"kind": kind, "category_id": category_id, "merchant_id": order["merchant_id"], "minor": minor}
    about = f"{kind}:{category_id or ''}:{merchant_id or ''}"
    return Plan(kept, "deposit_rule", about, {"minor": former.amount_minor if former else None}, {"minor": minor}, merchant_id)


def _set_rule(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    set_deposit_rule(by=by, target=_target(order), amount_minor=order["minor"], why=why)
    return {}


def _plan_account(order: Order) -> Plan:
    kept = account_of(order["pay_to"])
    return Plan({"pay_to": kept}, "deposit_terms", "1", {"pay_to": terms().pay_to}, {"pay_to": kept})


def _set_account(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    set_deposit_account(by=by, pay_to=order["pay_to"], why=why)
    return {}


def _plan_move(order: Order) -> Plan:
    """Held before and after. What is deducted needs a document, or words about what shows the breach."""
    row = locked_deposit(UUID(order["merchant_id"]))
    amount, kind, reference = Money(order["minor"], row.currency), str(order["what"]), str(order["reference"]).strip()[:120]
    undoes = DepositMove.objects.filter(number=order["undoes"], merchant_id=row.pk).first() if order["undoes"] else None
    if undoes is not None:
        amount = undoes.amount
    check_move(row, kind, amount, reference, undoes)
    if kind == DepositMove.Kind.RETURNED:
        check_can_return(row.merchant)
    evidence = DepositEvidence.objects.filter(pk=order["evidence"], merchant_id=row.pk).first() if order["evidence"] else None
    if kind == DepositMove.Kind.DEDUCTED and evidence is None and not reference:
        raise InvalidInput(field="evidence", why=_("Add the document that shows the breach, or name what shows it (an order, a return, a letter)."))
    kept = {
        "merchant_id": str(row.pk),
        "what": kind,
        "minor": amount.minor,
        "reference": reference,
        "undoes": undoes.number if undoes else "",
        "evidence": str(evidence.pk) if evidence else "",
    }
    comes = kind in (DepositMove.Kind.RECEIVED, DepositMove.Kind.GIVEN_BACK)
    after = {"what": kind, "held": row.held_minor + (amount.minor if comes else -amount.minor)}
    return Plan(kept, "deposit", str(row.pk), {"held": row.held_minor, "required": row.required_minor}, after, row.pk, amount)


def _move(by: Actor, order: Order, key: UUID, why: str) -> dict[str, Any]:
    merchant_id = UUID(order["merchant_id"])
    undoes = DepositMove.objects.filter(number=order["undoes"], merchant_id=merchant_id).first() if order["undoes"] else None
    move = move_deposit(
        by=by,
        move_id=key,
        merchant_id=merchant_id,
        kind=order["what"],
        amount=Money(order["minor"], locked_deposit(merchant_id).currency),
        reference=order["reference"],
        why=why,
        undoes_id=undoes.pk if undoes else None,
    )
    return {"move": move.number}


KINDS_OF_DEPOSITS = (
    Kind(
        SET_DEPOSIT,
        _lazy("Change how much has to be deposited"),
        Right.MANAGE_MARKET,
        Right.APPROVE_RATES,
        _plan_rule,
        _set_rule,
        outcome=_lazy("The amount holds from now on. Shops that lack something then are told, and have the days to pay it."),
    ),
    Kind(
        SET_ACCOUNT,
        _lazy("Change the account for deposits"),
        Right.MANAGE_MARKET,
        Right.APPROVE_PAYOUTS,
        _plan_account,
        _set_account,
        outcome=_lazy("Shops and applicants read from now on that they pay to this account."),
    ),
    Kind(
        MOVE_DEPOSIT,
        _lazy("Move a deposit"),
        Right.PAY_OUT,
        Right.APPROVE_PAYOUTS,
        _plan_move,
        _move,
        outcome=_lazy("It is booked in the journal, and the shop's owner is told, with the reason."),
    ),
)
