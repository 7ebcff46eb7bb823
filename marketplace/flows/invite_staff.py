"""From an address to somebody who works here: invitations to a shop's workbench or the market's console.

The link in the letter holds a secret that is kept as a hash only. It works once, for whoever signs in with that very address, for a week; a letter
sent again makes the older link useless. Who invites can give no more than they may do themselves, when they invite and when it is accepted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.flows.use_of_packages import staff_of
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.formats import format_time
from marketplace.kernel.masks import masked_email
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import read_in, worded
from tenants.access.rights import Right
from tenants.access.staff import (
    Role,
    all_rights,
    check_duties,
    check_manages,
    chosen_roles,
    lock_office,
    office_schema,
    rights_in_words,
    roles_here,
    standing_of,
    whom_to_ask,
)
from tenants.access.staffing import give_groups
from tenants.accounts.addresses import checked_address
from tenants.accounts.errors import InvitationOver, InvitationUnknown, InvitedAlready, InvitedElse, TooManyInvitations, WorksHereAlready
from tenants.accounts.models import Invitation, Membership, User
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.tenancy.hosts import market_row, market_url, merchant_row

LASTS = timedelta(days=7)
MOST_OPEN = 50


@verb
def invite(*, by: Actor, invitation_id: UUID, merchant_id: UUID | None, email: str, roles: Collection[str], language: str) -> Invitation:
    """Ask somebody to work here in these roles, by a letter in `language`. The same `invitation_id` invites once.

    Raises InvalidInput, RoleMissing, RoleUnknown, BeyondYourRights, DutiesClash, WorksHereAlready, InvitedAlready, TooManyInvitations, LimitReached, KeyReused.
    """
    email = checked_address(email.lower())
    _check_language(language)
    with transaction.atomic(), office_schema(merchant_id):
        people = lock_office(merchant_id)
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        if same := Invitation.objects.filter(pk=invitation_id).first():
            if (same.merchant_id, same.email) != (merchant_id, email):
                raise KeyReused
            return same
        wanted = chosen_roles(roles, roles_here())
        standing.check(all_rights(wanted))
        check_duties(wanted, merchant_id)
        if any(row.user.email.lower() == email for row in people.values()):
            raise WorksHereAlready(email=email)
        still_open = Invitation.objects.filter(merchant_id=merchant_id, status=Invitation.Status.OPEN)
        if still_open.filter(email=email).exists():
            raise InvitedAlready(email=email)
        if still_open.count() >= MOST_OPEN:
            raise TooManyInvitations(most=MOST_OPEN)
        if merchant_id is not None:
            check_room(merchant_id, Limit.STAFF, lambda: staff_of(merchant_id))
        token = secrets.token_urlsafe(32)
        row = Invitation.objects.create(
            pk=invitation_id,
            merchant_id=merchant_id,
            email=email,
            language=language,
            roles=[role.code for role in wanted],
            token_hash=hash_of(token),
            invited_by_id=by.person,
            expires_at=clock.now() + LASTS,
        )
        _post(row, token, wanted)
        _note(by=by, row=row, action="invitation.sent", after={"email": email, "roles": [role.tag for role in wanted], "language": language})
    return row


@verb
def invite_again(*, by: Actor, invitation_id: UUID, merchant_id: UUID | None) -> Invitation:
    """Another letter with another link, which works for a week from now; the older link is useless. An invitation that has expired is open again.

    Raises InvitationUnknown, InvitationOver, RoleUnknown, BeyondYourRights, DutiesClash.
    """
    with transaction.atomic(), office_schema(merchant_id):
        lock_office(merchant_id)
        row = _locked(invitation_id, merchant_id)
        wanted = chosen_roles(row.roles, roles_here())
        standing = standing_of(by, merchant_id)
        check_manages(standing)
        standing.check(all_rights(wanted))
        check_duties(wanted, merchant_id)
        token, before = secrets.token_urlsafe(32), row.expires_at
        row.token_hash, row.sent_at, row.expires_at, row.invited_by_id = hash_of(token), clock.now(), clock.now() + LASTS, by.person
        row.save(update_fields=["token_hash", "sent_at", "expires_at", "invited_by"])
        _post(row, token, wanted)
        _note(
            by=by,
            row=row,
            action="invitation.sent_again",
            before={"until": format_time(before)},
            after={"email": row.email, "until": format_time(row.expires_at)},
        )
    return row


@verb
def take_back(*, by: Actor, invitation_id: UUID, merchant_id: UUID | None) -> Invitation:
    """Its link is useless from now on. Safe to repeat. Raises InvitationUnknown, InvitationOver, BeyondYourRights."""
    with transaction.atomic(), office_schema(merchant_id):
        lock_office(merchant_id)
        check_manages(standing_of(by, merchant_id))
        row = Invitation.objects.select_for_update().filter(pk=invitation_id, merchant_id=merchant_id).first()
        if row is not None and row.status == Invitation.Status.TAKEN_BACK:
            return row
        row = _locked(invitation_id, merchant_id)
        row.status, row.ended_at = Invitation.Status.TAKEN_BACK, clock.now()
        row.save(update_fields=["status", "ended_at"])
        _note(by=by, row=row, action="invitation.taken_back", before={"email": row.email, "status": "open"}, after={"email": row.email, "status": "taken back"})
    return row


@verb
def accept_invitation(*, by: Actor, token: str) -> Invitation:
    """The person who is signed in begins to work there, in the roles of the invitation; their address counts as confirmed. Done once, however often
    it is asked for.

    Raises InvitationUnknown, InvitedElse, InvitationOver (also when whoever invited could not give these roles any more), DutiesClash.
    """
    found = invitation_with(token)
    with transaction.atomic(), office_schema(found.merchant_id):
        lock_office(found.merchant_id)
        row = Invitation.objects.select_for_update().get(pk=found.pk)
        person = User.objects.get(pk=by.person)
        if person.email.lower() != row.email:
            raise InvitedElse(email=masked_email(row.email))
        if row.status == Invitation.Status.ACCEPTED and row.accepted_by_id == person.pk:
            return row
        here = roles_here()
        roles = [role for role in here.values() if role.code in row.roles]
        if row.token_hash != hash_of(token) or not row.is_open or not _could_still_invite(row, roles):
            raise InvitationOver(days=LASTS.days, who=whom_to_ask(row.merchant_id))
        check_duties(roles, row.merchant_id)
        Membership.objects.update_or_create(
            user_id=person.pk, merchant_id=row.merchant_id, defaults={"is_active": True, "ended_at": None, "since": clock.now()}
        )
        give_groups(person.pk, roles)
        EmailAddress.objects.filter(user=person, email__iexact=person.email).update(verified=True)
        row.status, row.ended_at, row.accepted_by = Invitation.Status.ACCEPTED, clock.now(), person
        row.save(update_fields=["status", "ended_at", "accepted_by"])
        _note(by=by, row=row, action="invitation.accepted", before={"status": "open"}, after={"person": person.email, "roles": [role.tag for role in roles]})
    return row


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_with(token: str) -> Invitation:
    """The invitation that a link means. Raises InvitationUnknown."""
    row = Invitation.objects.filter(token_hash=hash_of(token)).first()
    if row is None:
        raise InvitationUnknown
    return row


def roles_of_invitation(row: Invitation) -> list[Role]:
    """As they are now; one that is gone is left out."""
    with office_schema(row.merchant_id):
        return [role for role in roles_here().values() if role.code in row.roles]


def place_name(merchant_id: UUID | None) -> str:
    """What the shop, or the market, is called in the language that is active."""
    return merchant_row(merchant_id).name if merchant_id else str(market_row() or "")


def _could_still_invite(row: Invitation, roles: Sequence[Role]) -> bool:
    """Whether every role is still there, and whoever invited still works here and could give them."""
    standing = standing_of(Actor(kind="person", user_id=row.invited_by_id), row.merchant_id)
    needed = {Right.MANAGE_STAFF if row.merchant_id else Right.MANAGE_MARKET_STAFF, *all_rights(roles)}
    return len(roles) == len(row.roles) and (standing.is_whole or needed <= standing.rights)


def _locked(invitation_id: UUID, merchant_id: UUID | None) -> Invitation:
    """Open, perhaps expired. Raises InvitationUnknown, InvitationOver."""
    row = Invitation.objects.select_for_update().filter(pk=invitation_id, merchant_id=merchant_id).first()
    if row is None:
        raise InvitationUnknown
    if row.status != Invitation.Status.OPEN:
        raise InvitationOver(days=LASTS.days, who=whom_to_ask(merchant_id))
    return row


def _check_language(language: str) -> None:
    market = market_row()
    if market is None or language not in market.languages:
        raise InvalidInput(field="language", why=_("Choose a language of the market for the letter."))


def _post(row: Invitation, token: str, roles: Sequence[Role]) -> None:
    """The letter, in the language it was asked for: the link stands in it and nowhere else."""
    inviter = User.objects.get(pk=row.invited_by_id)
    with read_in(row.language):
        what = pgettext("between names", ", ").join(role.name for role in roles)
        allowed = rights_in_words(all_rights(roles))
        facts = {
            "who": inviter.get_full_name(),
            "place": place_name(row.merchant_id),
            "roles": what,
            "allows": _("It allows: {rights}").format(rights=allowed) if allowed else _("It allows nothing yet."),
            "email": row.email,
            "at": format_time(row.expires_at),
        }
        post_letter(row.email, worded("invitation", facts, link=market_url(f"/invitations/{token}/")))


def _note(*, by: Actor, row: Invitation, action: str, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> None:
    audit(by=by, action=action, subject="invitation", subject_id=row.pk, merchant_id=row.merchant_id, before=before, after=after)
