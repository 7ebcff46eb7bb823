"""What allauth's pages change of a person, for the log: its views call no verb, so its signals write the rows.

The routes are atomic (storefront/auth.py), so a row is in the transaction of its change.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.http import HttpRequest

from marketplace.kernel.audit import audit
from tenants.access.actors import holder_of_link
from tenants.accounts.models import User

BY_LINK = "set by the link in a letter"


def note_password(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signal: a new password, by somebody who is signed in. That it is new is all there is to tell."""
    audit(by=holder_of_link(request, user), action="person.password_changed", subject="person", subject_id=user.pk)


def note_password_by_link(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signal: a new password, by the link in a letter."""
    audit(by=holder_of_link(request, user), action="person.password_changed", subject="person", subject_id=user.pk, why=BY_LINK)


def note_registered(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signal: somebody made an account of their own."""
    after = {"email": user.email, "name": user.name}
    audit(by=holder_of_link(request, user), action="person.made", subject="person", subject_id=user.pk, after=after)


def note_address(request: HttpRequest, confirmed: EmailAddress, before: str) -> None:
    """The link to an address was followed: it is confirmed now, or takes the place of the address before."""
    user = confirmed.user
    about: dict[str, Any] = {"by": holder_of_link(request, user), "subject": "person", "subject_id": user.pk}
    if before.lower() == confirmed.email.lower():
        audit(action="person.address_confirmed", before={"confirmed": False}, after={"confirmed": True}, **about)
    else:
        audit(action="person.address_changed", before={"email": before}, after={"email": confirmed.email}, **about)
