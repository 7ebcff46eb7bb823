"""The actor of a request: who is signed in, from where, under which request id."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

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
        on_behalf_of=getattr(getattr(request, "visit", None), "answered_by_id", None),
    )


def holder_of_link(request: HttpRequest, user: User) -> Actor:
    """Who follows a link that was sent to a person acts as that person, signed in or not, from where they are."""
    return replace(actor_of(request), user_id=user.pk, label=user.email)


def person_of(request: HttpRequest) -> User:
    """Who is signed in, on a route whose rule asks for it."""
    if not isinstance(request.user, User):
        raise RuntimeError("nobody is signed in: the route lacks its rule")
    return request.user


def address_of_client(request: HttpRequest) -> str:
    """The caller's network address. Behind our proxies, what the outermost of them wrote into X-Forwarded-For: what stands
    before that, the caller may have made up."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")] if settings.PROXY_COUNT else []
    if len(hops) >= settings.PROXY_COUNT > 0 and (written := _address(hops[-settings.PROXY_COUNT])):
        return written
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _address(text: str) -> str:
    """The address in `192.0.2.1`, `192.0.2.1:8000`, `2001:db8::1` or `[2001:db8::1]:8000`; "" for anything else."""
    host = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0] if text.count(":") == 1 else text
    try:
        return str(ip_address(host))
    except ValueError:
        return ""
