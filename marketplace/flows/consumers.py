"""What the operator does with a consumer's account, and how the person hears of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from marketplace.platform.members.doubles import find_doubles
from marketplace.platform.notices.letters import Message, post_letter, read_in
from tenants.accounts.closing import deactivate, reactivate
from tenants.accounts.models import Closure, User
from tenants.tenancy.hosts import market_url
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Market


@verb
def deactivate_person(*, by: Actor, user_id: UUID, why: str) -> Closure:
    """`deactivate`, and a letter with the reason. Raises what it raises."""
    with transaction.atomic():
        was_open = User.objects.filter(pk=user_id, is_active=True).exists()
        row = deactivate(by=by, user_id=user_id, why=why)
        if was_open:
            _write(row.user, lambda: _deactivated(row.why))
    return row


def _deactivated(reason: str) -> Message:
    lines = [
        _("the market deactivated your account: nobody can sign in with it for now. Orders on their way go on."),
        _("The market says: {reason}").format(reason=reason),
        _("Write to {contact} if you think this is a mistake.").format(contact=Market.objects.get().contact_email),
    ]
    return Message("account_deactivated", _("Your account is deactivated"), lines)


@verb
def reactivate_person(*, by: Actor, user_id: UUID, why: str) -> User:
    """`reactivate`, and a letter. Raises what it raises."""
    with transaction.atomic():
        user = reactivate(by=by, user_id=user_id, why=why)
        _write(user, _open_again)
    return user


def _open_again() -> Message:
    return Message("account_reactivated", _("Your account is open again"), [_("you can sign in as before.")], button=(_("Sign in"), market_url("/sign-in/")))


def _write(user: User, compose: Callable[[], Message]) -> None:
    with read_in(user.language or Market.objects.get().languages[0]):
        post_letter(user.email, compose())


@market_task
def look_for_doubles() -> None:
    """Look for accounts that may be one person's, now."""
    find_doubles(by=SYSTEM)


@verb
def ask_for_doubles(*, by: Actor) -> None:
    """Have accounts that may be one person's looked for."""
    with transaction.atomic():
        look_for_doubles.request()
        if by.kind == "person":
            audit(by=by, action="doubles.asked", subject="double", subject_id="all")
