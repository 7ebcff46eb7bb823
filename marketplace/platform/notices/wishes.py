"""What a person wants to be told by which channel: reads. The verbs that change it stand in choosing.py."""

from __future__ import annotations

from marketplace.platform.notices.kinds import Kind
from marketplace.platform.notices.models import Channel, DeadAddress, NoticeChoice, SmsNumber
from tenants.accounts.models import User


def by_itself(kind: Kind, channel: Channel) -> bool:
    """What holds where nobody has chosen: mail of everything, SMS of nothing."""
    return channel == Channel.MAIL


def wants(person: User, kind: Kind, channel: Channel) -> bool:
    """A service notice always comes by mail; everything else as the person chose."""
    if channel == Channel.MAIL and not kind.may_refuse_mail:
        return True
    chosen = NoticeChoice.objects.filter(person=person, kind=kind.code, channel=channel).values_list("is_wanted", flat=True).first()
    return by_itself(kind, channel) if chosen is None else chosen


def number_for_sms(person: User) -> str | None:
    """The number that the person has confirmed."""
    return SmsNumber.objects.filter(person=person, confirmed_at__isnull=False).values_list("number", flat=True).first()


def dead_address(email: str) -> DeadAddress | None:
    return DeadAddress.objects.filter(pk=email.lower()).first()
