"""The actor of a request: who is signed in, from where, under which request id."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from marketplace.kernel.actors import Actor
from tenants.accounts.models import User


def actor_of(request: HttpRequest) -> Actor:
    """A visitor who is not signed in is a person without an id."""
    user = request.user if isinstance(request.user, User) else None
    return Actor(
        kind="person",
        user_id=user.pk if user else None,
        label=user.email if user else "visitor",
        address=address_of_client(request),
        request_id=getattr(request, "request_id", ""),
    )


def person_of(request: HttpRequest) -> User:
    """Who is signed in, on a route whose rule asks for it."""
    if not isinstance(request.user, User):
        raise RuntimeError("nobody is signed in: the route lacks its rule")
    return request.user


def address_of_client(request: HttpRequest) -> str:
    """The caller's network address; behind our proxy, the last hop that the proxy wrote down."""
    if settings.TRUST_FORWARDED_FOR and (hops := request.headers.get("X-Forwarded-For")):
        return hops.rsplit(",", 1)[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
