"""Whose an e-mail address is: known once somebody followed a link that was sent there."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from tenants.accounts.blocks import check_not_blocked
from tenants.accounts.models import User
from tenants.accounts.proving import check_own_password


def checked_address(text: str, field: str = "email") -> str:
    """The address without blanks around it. Raises InvalidInput."""
    text = text.strip()
    try:
        validate_email(text)
    except ValidationError as wrong:
        raise InvalidInput(field=field, why=_("“{email}” is not an e-mail address.").format(email=text)) from wrong
    return text


def is_in_doubt(user: User) -> bool:
    """Whether the person registered with this address and never followed a letter to it. Accounts made by an operator are in no doubt:
    they have no password until their owner follows a letter."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=False).exists()


def confirm_address(user: Any, **kwargs: Any) -> None:
    """Signal: a new password was set by a link that was sent to the address."""
    EmailAddress.objects.filter(user=user, email__iexact=user.email).update(verified=True)


def waiting_address(user: User) -> EmailAddress | None:
    """The address the person wants to change to and has not confirmed yet."""
    return EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email).first()


@verb
def ask_for_address(*, by: Actor, request: HttpRequest, email: str, password: str) -> None:
    """Change to another address once the letter sent there was followed. Raises InvalidInput, Blocked.

    Whether somebody else has the address is told to its mailbox only: the letter's link then changes nothing.
    """
    email = checked_address(email.lower())
    check_not_blocked(email=email)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.person)
        check_own_password(user, password)
        if email == user.email.lower():
            raise InvalidInput(field="email", why=_("This is your address already."))
        EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email).delete()
        EmailAddress.objects.create(user=user, email=email, verified=False, primary=False).send_confirmation(request)
        audit(by=by, action="person.address_asked", subject="person", subject_id=user.pk)


@verb
def drop_asked_address(*, by: Actor) -> None:
    """Stay with the address one has. Safe to repeat."""
    with transaction.atomic():
        user = User.objects.get(pk=by.person)
        if EmailAddress.objects.filter(user=user, verified=False).exclude(email__iexact=user.email).delete()[0]:
            audit(by=by, action="person.address_dropped", subject="person", subject_id=user.pk)
