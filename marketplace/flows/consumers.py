"""What the operator does with a consumer's account, and how the person hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from marketplace.platform.members.doubles import find_doubles
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import read_in, worded
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
            _tell(row.user, "account_deactivated", {"reason": row.why, "contact": Market.objects.get().contact_email})
    return row


@verb
def reactivate_person(*, by: Actor, user_id: UUID, why: str) -> User:
    """`reactivate`, and a letter. Raises what it raises."""
    with transaction.atomic():
        user = reactivate(by=by, user_id=user_id, why=why)
        _tell(user, "account_reactivated", {}, link=market_url("/sign-in/"))
    return user


def _tell(user: User, kind: str, facts: Mapping[str, str], link: str = "") -> None:
    with read_in(user.language or Market.objects.get().languages[0]):
        post_letter(user.email, worded(kind, facts, link=link))


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
