"""Telling a person something: one notice an event and reader, and what of it leaves by which channel, in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from marketplace.kernel import clock
from marketplace.kernel.context import running
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.ids import new_id
from marketplace.kernel.outbox import record
from marketplace.platform.notices.events import DispatchDue
from marketplace.platform.notices.hours import Hours, hours_of
from marketplace.platform.notices.kinds import Kind, kind_of
from marketplace.platform.notices.messages import NEWS_FOR, Message, read_in, rendered
from marketplace.platform.notices.models import Channel, Dispatch, Notice
from marketplace.platform.notices.refusing import refuse_address
from marketplace.platform.notices.wishes import number_for_sms, wants
from tenants.accounts.letters import keep_letter
from tenants.accounts.models import Letter, User
from tenants.tenancy.hosts import domain_of, market_url
from tenants.tenancy.models import Domain, Market

DUE, DAILY = "dispatch.due", "notices.daily"
S = Dispatch.State


def notify(message: Message, *, person: User | None = None, email: str = "") -> Notice | None:
    """Tell `person`, or whoever reads `email`, in the active language; sent if and only if the open transaction is committed.

    None where nothing is told: this event has told them already, their account is gone, or it happened long ago (after days of
    standstill people have looked, and old news would mislead them). Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("notify() outside a transaction")
    since = running.get().since
    if (since is not None and since < clock.now() - NEWS_FOR) or (person is not None and not person.is_active):
        return None
    kind = kind_of(message.kind)
    notice = _notice(message, kind, person, email)
    # Of an event that is delivered twice, or recorded twice under one id, the second writes nothing.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if not Notice.objects.filter(pk=notice.pk).exists():
        return None
    hours = hours_of(person)
    _by_mail(notice, message, kind, person, email or (person.email if person else ""), hours)
    if person is not None and message.sms:
        _by_sms(notice, message, kind, person, hours)
    return notice


def tell(people: Iterable[User], compose: Callable[[], Message], or_in: str = "") -> None:
    """notify() each, composed in their language; where nobody knows theirs `or_in` that, or the market's first."""
    first = or_in or Market.objects.get().languages[0]
    for person in people:
        with read_in(person.language or first):
            notify(compose(), person=person)


def _notice(message: Message, kind: Kind, person: User | None, email: str) -> Notice:
    place, merchant_id, path = _place_of(message.leads_to)
    listed = person is not None and not kind.is_secret
    return Notice(
        key=_key(message.kind, str(person.pk) if person else email.lower(), path),
        kind=message.kind,
        person=person,
        place=place,
        merchant_id=merchant_id,
        subject_id=message.subject_id,
        language=get_language() or "en",
        title=_one_line(message.subject)[:200],
        text=" ".join(_one_line(line) for line in message.lines)[:400] if listed else "",
        link=path[:500] if listed else "",
        is_listed=listed,
    )


def _key(kind: str, reader: str, path: str) -> str:
    """One for an event, kind, reader and link. What no event stands behind is told as often as it is asked for."""
    event_id = running.get().event_id or new_id()
    return hashlib.sha256(f"{event_id}|{kind}|{reader}|{path}".encode()).hexdigest()


def _place_of(link: str) -> tuple[str, UUID | None, str]:
    """Whose page a link leads to: kind of host, merchant, and the path there. A shop's own page is a buyer's, and keeps its whole address."""
    parts = urlsplit(link)
    domain = domain_of(parts.hostname.lower()) if parts.hostname else None
    path = parts._replace(scheme="", netloc="").geturl()
    if domain is None or domain.kind == Domain.Kind.MARKET:
        return Domain.Kind.MARKET, None, path
    if domain.kind == Domain.Kind.SHOP:
        return Domain.Kind.MARKET, None, link
    return domain.kind, domain.tenant_id, path


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_mail(notice: Notice, message: Message, kind: Kind, person: User | None, email: str, hours: Hours) -> None:
    if not email:
        return
    dispatch = Dispatch(notice=notice, channel=Channel.MAIL, to=email.lower(), until=message.until)
    if person is not None and not wants(person, kind, Channel.MAIL):
        dispatch.state, dispatch.ended_at = S.UNWANTED, clock.now()
        dispatch.save()
        return
    has_time = person is not None and not kind.is_urgent
    if has_time and hours.daily_at is not None:
        dispatch.state, dispatch.due_at = S.HELD, hours.next_daily(clock.now())
        dispatch.save()
        set_deadline(kind=DAILY, subject_id=person.pk, due_at=dispatch.due_at)  # type: ignore[union-attr]
        return
    if has_time and hours.is_mail_quiet:
        dispatch.due_at = hours.after_quiet(clock.now())
    choose_at = market_url("/account/notices/settings/") if person else ""
    refuse_at = refuse_address(person.pk, kind.code) if person is not None and kind.may_refuse_mail else ""
    text, html = rendered(message, refuse_at=refuse_at, choose_at=choose_at)
    dispatch.letter = keep_letter(email=email, subject=message.subject, text=text, html=html, kind=message.kind)
    send_when_due(dispatch)


def _by_sms(notice: Notice, message: Message, kind: Kind, person: User, hours: Hours) -> None:
    number = number_for_sms(person)
    if number is None or not wants(person, kind, Channel.SMS):
        return
    dispatch = Dispatch(notice=notice, channel=Channel.SMS, to=number, text=message.sms[:500], until=message.until)
    dispatch.due_at = hours.after_quiet(clock.now())
    send_when_due(dispatch)


def send_when_due(dispatch: Dispatch) -> None:
    """Keep it, and have it sent at its moment. What would come too late is called off at once."""
    now = clock.now()
    if dispatch.until is not None and dispatch.due_at > dispatch.until:
        dispatch.state, dispatch.ended_at = S.CALLED_OFF, now
        if dispatch.letter is not None:
            dispatch.letter.delete()
            dispatch.letter = None
    dispatch.save()
    if dispatch.state != S.WAITING:
        return
    if dispatch.due_at <= now:
        record(DispatchDue(dispatch_id=dispatch.pk))
    else:
        set_deadline(kind=DUE, subject_id=dispatch.pk, due_at=dispatch.due_at)


def call_off(kind: str, subject_id: UUID) -> int:
    """What was to be said of this is settled: of notices of the kind, what still waits is not sent. Returns how many."""
    waiting = Dispatch.objects.filter(notice__kind=kind, notice__subject_id=subject_id, state__in=Dispatch.OPEN)
    letters = list(waiting.filter(letter__isnull=False).values_list("letter_id", flat=True))
    ended = waiting.update(state=S.CALLED_OFF, ended_at=clock.now())
    Letter.objects.filter(pk__in=letters, sent_at=None).delete()
    return ended
