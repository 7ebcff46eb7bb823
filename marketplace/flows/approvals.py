"""Maker and checker: one person asks, another decides, and what was asked for is done in the transaction of the approval, once, exactly as it stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.approval_kinds import KINDS, Kind, Plan
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import KeyReused, MarketError, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.two_people import carrying_out
from marketplace.kernel.verbs import verb
from marketplace.platform.approvals.actions import close_request, locked_request, open_request
from marketplace.platform.approvals.errors import NotYourRequest, RequestDecided, RequestOutdated, SamePerson
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.approvals.queries import is_for_one
from tenants.access.other_hands import check_other_hands
from tenants.access.rights import Right
from tenants.access.rules import RightMissing
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import public_schema

S = ApprovalRequest.Status
UNDECIDED = "nobody decided in time"  # the log says it in words of its reader


@verb
def ask_for(*, by: Actor, kind: str, request_id: UUID, order: Mapping[str, Any], why: str) -> ApprovalRequest:
    """Ask for something that takes two people. The same `request_id` asks once. What is below the limit for one is done at once.

    Raises ReasonMissing, RightMissing, AlreadyAsked, KeyReused, and what the kind refuses.
    """
    wanted = KINDS[kind]
    check_reason(why, field="why")
    _must_have(by, wanted.ask)
    with transaction.atomic():
        if same := ApprovalRequest.objects.filter(pk=request_id).first():
            if same.kind != kind or same.asked_by_id != by.person:
                raise KeyReused
            return same
        plan = wanted.plan(order)
        row = ApprovalRequest(
            pk=request_id,
            kind=kind,
            subject=plan.subject,
            subject_id=plan.subject_id,
            merchant_id=plan.merchant_id,
            order=plan.order,
            before=plan.before,
            after=plan.after,
            amount_minor=plan.amount.minor if plan.amount else None,
            currency=plan.amount.currency if plan.amount else "",
            why=why.strip()[:500],
        )
        open_request(by=by, row=row)
        if wanted.has_limit and is_for_one(kind, plan.amount):
            _carry_out(by, row, wanted, is_alone=True)
    return row


@verb
def approve(*, by: Actor, request_id: UUID, why: str = "") -> ApprovalRequest:
    """Agree, and have it done. Safe to repeat by the same person; of two persons at once, one does it.

    Raises RequestUnknown, RequestDecided, SamePerson, OwnHands, RightMissing, RequestOutdated, and what the verb of the kind refuses: then it waits on.
    """
    with transaction.atomic():
        row, kind = _waiting(by, request_id, ends=S.APPROVED)
        if row.status == S.APPROVED:
            return row
        if row.asked_by_id == by.person:
            raise SamePerson
        _must_have(by, kind.approve)
        if _now(kind, row) != (row.order, row.before, row.after):
            raise RequestOutdated
        _carry_out(by, row, kind, why=why)
    return row


@verb
def refuse(*, by: Actor, request_id: UUID, why: str) -> ApprovalRequest:
    """Say no, with a reason that whoever asked reads. Raises RequestUnknown, RequestDecided, SamePerson, RightMissing, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row, kind = _waiting(by, request_id, ends=S.REFUSED)
        if row.status == S.WAITING:
            if row.asked_by_id == by.person:
                raise SamePerson
            _must_have(by, kind.approve)
            close_request(by=by, row=row, status=S.REFUSED, why=why)
    return row


@verb
def withdraw(*, by: Actor, request_id: UUID, why: str = "") -> ApprovalRequest:
    """Who asked no longer wants it. Raises RequestUnknown, RequestDecided, NotYourRequest."""
    with transaction.atomic():
        row, _kind = _waiting(by, request_id, ends=S.WITHDRAWN)
        if row.asked_by_id != by.person:
            raise NotYourRequest
        if row.status == S.WAITING:
            close_request(by=by, row=row, status=S.WITHDRAWN, why=why)
    return row


@verb
def expire(*, by: Actor, request_id: UUID) -> bool:
    """Nobody decided in time. False if it no longer waited."""
    with transaction.atomic():
        row = locked_request(request_id)
        if row.status != S.WAITING:
            return False
        close_request(by=by, row=row, status=S.EXPIRED, why=UNDECIDED)
    return True


def expire_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `approval.expires`."""
    expire(by=SYSTEM, request_id=event.subject_id)


def _waiting(by: Actor, request_id: UUID, *, ends: str) -> tuple[ApprovalRequest, Kind]:
    """A locked request that waits, or that the same person has ended in the same way before. Raises RequestUnknown, RequestDecided."""
    row = locked_request(request_id)
    is_same = row.status == ends and row.decided_by_id == by.person and not row.is_alone
    if not is_same and (row.status != S.WAITING or row.expires_at <= clock.now()):
        raise RequestDecided
    return row, KINDS[row.kind]


def _now(kind: Kind, row: ApprovalRequest) -> tuple[Any, ...]:
    """What the same order would be, asked for now."""
    try:
        plan: Plan = kind.plan(row.order)
    except MarketError as refusal:
        raise RequestOutdated from refusal
    return plan.order, plan.before, plan.after


def _carry_out(by: Actor, row: ApprovalRequest, kind: Kind, *, why: str = "", is_alone: bool = False) -> None:
    check_other_hands(by, row.merchant_id)
    with carrying_out(kind.name):
        result = kind.carry_out(by, row.order, row.pk, row.why)
    close_request(by=by, row=row, status=S.APPROVED, why=why, result=result, is_alone=is_alone)


def holds(user_id: UUID, right: Right) -> bool:
    """Whether somebody works for the operator, today, and has the right."""
    works = Membership.objects.filter(user_id=user_id, merchant_id=None, is_active=True, user__is_active=True).select_related("user").first()
    with public_schema():
        return works is not None and works.user.has_perm(right.full_name)


def _must_have(by: Actor, right: Right) -> None:
    if not holds(by.person, right):
        raise RightMissing(right=_(right.label))


def who_may(right: Right) -> list[User]:
    """The operator's people who have a right, the longest there first."""
    mine = Membership.objects.filter(merchant_id=None, is_active=True, user__is_active=True).select_related("user").order_by("since")
    with public_schema():
        return [membership.user for membership in mine if membership.user.has_perm(right.full_name)]
