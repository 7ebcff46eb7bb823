"""Notices as their readers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from marketplace.platform.notices.models import DeadAddress, Notice, Reminders
from marketplace.platform.notices.wishes import dead_address
from tenants.accounts.models import User
from tenants.tenancy.models import Domain

MOST_COUNTED = 99


def notices_of(person_id: UUID, place: str = Domain.Kind.MARKET, merchant_id: UUID | None = None) -> QuerySet[Notice]:
    """What stands on the pages of a place for a person."""
    return Notice.objects.filter(person_id=person_id, place=place, merchant_id=merchant_id, is_listed=True)


def unread(person_id: UUID, place: str = Domain.Kind.MARKET, merchant_id: UUID | None = None) -> str:
    """How many are new, as it is shown: empty for none, at most “99+”."""
    found = notices_of(person_id, place, merchant_id).filter(read_at=None).order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if found > MOST_COUNTED else str(found or "")


def reminders() -> Reminders:
    """When buyers are reminded; as it is by itself where nobody has said."""
    return Reminders.objects.first() or Reminders()


def dead_address_of(person: User) -> DeadAddress | None:
    """Set while mail to this person comes back."""
    return dead_address(person.email)


# ── A page of somebody's notices ─────────────────────────────────────────────────────────────────────────────────────

A_PAGE = 30


@dataclass(frozen=True)
class Inbox:
    """Notices of one place, newest first; `older` leads on (a moment), "" at the end."""

    rows: list[Notice]
    only_new: bool
    new: str
    older: str


def inbox_of(person_id: UUID, place: str, merchant_id: UUID | None, *, only_new: bool = False, before: str = "") -> Inbox:
    """What cannot be read as a moment begins at the newest."""
    found = notices_of(person_id, place, merchant_id)
    if only_new:
        found = found.filter(read_at=None)
    if moment := _moment(before):
        found = found.filter(at__lt=moment)
    rows = list(found.order_by("-at", "-pk")[: A_PAGE + 1])
    older = rows[A_PAGE - 1].at.isoformat() if len(rows) > A_PAGE else ""
    return Inbox(rows[:A_PAGE], only_new, unread(person_id, place, merchant_id), older)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
