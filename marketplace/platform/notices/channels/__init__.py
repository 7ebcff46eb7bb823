"""Ways out of the house, by the name of the channel. A new one is a module here and a value of Channel."""

from __future__ import annotations

from marketplace.platform.notices.channels import mail, sms
from marketplace.platform.notices.channels.port import Away, Refused, Taken, Way
from marketplace.platform.notices.models import Channel

__all__ = ["Away", "Refused", "Taken", "way_of"]

WAYS: dict[str, Way] = {Channel.MAIL: mail.send, Channel.SMS: sms.send}


def way_of(channel: str) -> Way:
    return WAYS[channel]
