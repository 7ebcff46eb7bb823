"""What a person wants to be told, when, and by which number: verbs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.channels import sms
from marketplace.platform.notices.errors import CodeOver, CodeTooSoon, CodeWrong, NoSms, NoticeUnknown
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.messages import worded
from marketplace.platform.notices.models import Channel, Dispatch, Notice, NoticeChoice, NoticeHours, SmsNumber
from marketplace.platform.notices.queries import notices_of
from marketplace.platform.notices.telling import send_when_due
from marketplace.platform.notices.wishes import wants
from tenants.accounts.models import User
from tenants.tenancy.models import Domain

CODE_HOLDS, BETWEEN_CODES, MOST_TRIES = timedelta(minutes=10), timedelta(minutes=1), 5


@verb
def choose(*, by: Actor, wanted: Mapping[tuple[str, str], bool]) -> None:
    """(kind, channel) → whether the person wants it. Service notices come by mail whatever is said here. Raises InvalidInput."""
    for kind, channel in wanted:
        if kind not in ALL or channel not in Channel.values:
            raise InvalidInput(field="kind", why=_("There is no such notice."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.person)
        before, after = {}, {}
        for (kind, channel), is_wanted in sorted(wanted.items()):
            was = wants(person, ALL[kind], Channel(channel))
            if was == is_wanted or (channel == Channel.MAIL and not ALL[kind].may_refuse_mail):
                continue
            NoticeChoice.objects.update_or_create(person=person, kind=kind, channel=channel, defaults={"is_wanted": is_wanted})
            before[f"{kind} {channel}"], after[f"{kind} {channel}"] = was, is_wanted
        if after:
            audit(by=by, action="notices.chosen", subject="person", subject_id=person.pk, before=before, after=after)


@verb
def set_hours(*, by: Actor, daily_at: int | None, quiet_from: int, quiet_until: int, is_mail_quiet: bool) -> None:
    """Full hours of the market's clock, 0 to 23; equal ones: never quiet. Raises InvalidInput."""
    for field, hour in (("daily_at", daily_at), ("quiet_from", quiet_from), ("quiet_until", quiet_until)):
        if hour is not None and not 0 <= hour <= 23:
            raise InvalidInput(field=field, why=_("Choose a full hour from 0 to 23."))
    values = {"daily_at": daily_at, "quiet_from": quiet_from, "quiet_until": quiet_until, "is_mail_quiet": is_mail_quiet}
    with transaction.atomic():
        was = NoticeHours.objects.select_for_update().filter(pk=by.person).first() or NoticeHours(pk=by.person)
        before = {name: getattr(was, name) for name in values}
        NoticeHours.objects.update_or_create(pk=by.person, defaults=values)
        if before != values:
            audit(by=by, action="notices.hours_set", subject="person", subject_id=by.person, before=before, after=values)


@verb
def refuse_kind(*, by: Actor, person_id: UUID, kind: str) -> None:
    """By the link in a letter: no more mail of this kind. Safe to repeat. Raises NoticeUnknown where it cannot be refused."""
    known = ALL.get(kind)
    if known is None or not known.may_refuse_mail:
        raise NoticeUnknown
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=person_id, is_active=True).first()
        if person is None:
            raise NoticeUnknown
        if not wants(person, known, Channel.MAIL):
            return
        NoticeChoice.objects.update_or_create(person=person, kind=kind, channel=Channel.MAIL, defaults={"is_wanted": False})
        said = f"{kind} {Channel.MAIL}"
        audit(by=by, action="notices.refused", subject="person", subject_id=person_id, before={said: True}, after={said: False})


@verb
def mark_read(*, by: Actor, place: str = Domain.Kind.MARKET, merchant_id: UUID | None = None, notice_id: UUID | None = None, is_read: bool = True) -> int:
    """One notice, or all of a place. Returns how many changed. Raises NoticeUnknown for what is not the person's, or not of this place."""
    mine = notices_of(by.person, place, merchant_id)
    if notice_id is not None:
        mine = mine.filter(pk=notice_id)
        if not mine.exists():
            raise NoticeUnknown
    return mine.filter(read_at__isnull=is_read).update(read_at=clock.now() if is_read else None)


# ── The number for SMS ───────────────────────────────────────────────────────────────────────────────────────────────


@verb
def give_number(*, by: Actor, number: str, country: str) -> SmsNumber:
    """Send a code to a number; it counts once the code came back. A number that was confirmed before is used no more.

    Raises NoSms, InvalidInput, CodeTooSoon.
    """
    if not sms.is_on():
        raise NoSms
    parsed, now = parse_phone(number, country, field="number"), clock.now()
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.person)
        old = SmsNumber.objects.filter(pk=person.pk).first()
        if old is not None and old.code_until is not None and old.asked_at > now - BETWEEN_CODES:
            raise CodeTooSoon
        row, _made = SmsNumber.objects.update_or_create(
            pk=person.pk,
            defaults={
                "number": parsed,
                "confirmed_at": None,
                "code_hash": _hash(person.pk, code),
                "code_until": now + CODE_HOLDS,
                "tries": 0,
                "asked_at": now,
            },
        )
        _send_code(person, parsed, code)
        audit(by=by, action="notices.number_given", subject="person", subject_id=person.pk, after={"number": f"…{parsed[-4:]}"})
    return row


def _send_code(person: User, number: str, code: str) -> None:
    message = worded("phone_code", {"code": code})
    notice = Notice.objects.create(
        key=f"code:{secrets.token_hex(16)}", kind="phone_code", person=person, language=person.language, title=message.subject, is_listed=False
    )
    send_when_due(Dispatch(notice=notice, channel=Channel.SMS, to=number, text=message.sms, until=clock.now() + CODE_HOLDS))


@verb
def confirm_number(*, by: Actor, code: str) -> SmsNumber:
    """Raises CodeOver (too late, or five wrong ones), CodeWrong."""
    with transaction.atomic():
        row = SmsNumber.objects.select_for_update().filter(pk=by.person, confirmed_at=None).first()
        if row is None or row.code_until is None or row.code_until < clock.now() or row.tries >= MOST_TRIES:
            raise CodeOver
        is_right = constant_time_compare(row.code_hash, _hash(by.person, code.strip()))
        row.tries += 1
        if is_right:
            number = f"…{row.number[-4:]}"
            before, after = {"number": number, "confirmed": False}, {"number": number, "confirmed": True}
            row.confirmed_at, row.code_hash, row.code_until = clock.now(), "", None
            audit(by=by, action="notices.number_confirmed", subject="person", subject_id=by.person, before=before, after=after)
        row.save()
    if not is_right:
        raise CodeWrong
    return row


@verb
def drop_number(*, by: Actor) -> None:
    """No SMS any more. Safe to repeat."""
    with transaction.atomic():
        row = SmsNumber.objects.select_for_update().filter(pk=by.person).first()
        if row is not None:
            row.delete()
            audit(by=by, action="notices.number_dropped", subject="person", subject_id=by.person, before={"number": f"…{row.number[-4:]}"})


def _hash(person_id: UUID, code: str) -> str:
    return hashlib.sha256(f"{person_id}:{code}".encode()).hexdigest()
