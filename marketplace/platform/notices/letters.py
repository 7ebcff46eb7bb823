"""Telling people by their address: the older name of notify(), for what is written to an address rather than to a person."""

from __future__ import annotations

from marketplace.platform.notices.messages import Message
from marketplace.platform.notices.telling import notify
from tenants.accounts.models import User


def post_letter(email: str, message: Message) -> None:
    """Tell whoever has this address, if and only if the open transaction is committed. In the active language. See notify()."""
    notify(message, person=User.objects.filter(email__iexact=email, is_active=True).first(), email=email)
