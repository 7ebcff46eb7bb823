"""The actor of a request: who is signed in, from where, under which request id."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from marketplace.kernel.actors import Actor


def actor_of(request: HttpRequest) -> Actor:
    """A visitor who is not signed in is a person without an id."""
    user = request.user
    known = user.is_authenticated
    return Actor(
        kind="person",
        user_id=user.pk if known else None,
        label=user.email if known else "visitor",
        address=address_of_client(request),
        request_id=getattr(request, "request_id", ""),
    )


def address_of_client(request: HttpRequest) -> str:
    """The caller's network address; behind our proxy, the last hop that the proxy wrote down."""
    if settings.TRUST_FORWARDED_FOR and (hops := request.headers.get("X-Forwarded-For")):
        return hops.rsplit(",", 1)[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
