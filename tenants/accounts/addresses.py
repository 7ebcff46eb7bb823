"""Whose an e-mail address is: known once somebody followed a link that was sent there."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress

from tenants.accounts.models import User


def is_in_doubt(user: User) -> bool:
    """Whether the person registered with this address and never followed a letter to it. Accounts made by an operator are in no doubt:
    they have no password until their owner follows a letter."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=False).exists()


def confirm_address(user: Any, **kwargs: Any) -> None:
    """Signal: a new password was set by a link that was sent to the address."""
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)
