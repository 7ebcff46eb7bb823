"""A sign-in carried from the market's host to a shop's or workbench's, whose cookies are its own.

The host that wants it sets a cookie with a secret and sends the browser to the market with the secret's hash; the market
sends it back with a token that works once, there, with that cookie, within a minute. So neither a stolen link nor a link
slipped to somebody signs anybody in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.verbs import verb
from tenants.accounts.models import HandOver, User
from tenants.tenancy.hosts import market_url, origin
from tenants.tenancy.models import Domain

COOKIE = "__Host-handover" if settings.HTTPS else "handover"
LIFE_S = 60


class HandOverSpent(MarketError):
    code, status = "hand_over_spent", 410
    message = _("This sign-in link was used before or is older than a minute. Open the page again to get a new one.")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """On the host that wants to know who it is: off to the market."""
    secret = secrets.token_urlsafe(24)
    host = request.domain.host  # type: ignore[attr-defined]
    response = HttpResponseRedirect(market_url("/hand-over/?" + urlencode({"host": host, "path": path, "state": _hash(secret)})))
    response.set_cookie(COOKIE, secret, max_age=600, httponly=True, secure=settings.HTTPS, samesite="Lax")
    return response


@verb
def issue_hand_over(*, by: Actor, user: User, host: str, path: str, state: str, origin_session: str) -> str:
    """On the market's host, for somebody signed in: the address to go back to. Raises HandOverSpent for a host that is not ours."""
    known = Domain.objects.filter(host=host, kind__in=[Domain.Kind.SHOP, Domain.Kind.WORKBENCH]).exists()
    if not known or len(state) != 64 or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        raise HandOverSpent
    token = secrets.token_urlsafe(32)
    HandOver.objects.create(
        token_hash=_hash(token),
        user=user,
        host=host,
        path=path[:500],
        state=state,
        origin_session=origin_session,
        expires_at=clock.now() + timedelta(seconds=LIFE_S),
    )
    return f"{origin(host)}/hand-over/accept/?{urlencode({'token': token})}"


@verb
def accept_hand_over(*, by: Actor, request: Any, token: str) -> str:
    """On the host that asked: sign in, once. Returns the path to go to. Raises HandOverSpent."""
    secret = request.COOKIES.get(COOKIE, "")
    with transaction.atomic():
        row = HandOver.objects.select_for_update().filter(token_hash=_hash(token)).select_related("user").first()
        usable = (
            row is not None
            and row.used_at is None
            and row.host == request.domain.host
            and row.expires_at > clock.now()
            and hmac.compare_digest(row.state, _hash(secret))
            and row.user.is_active
        )
        if row is None or not usable:
            raise HandOverSpent
        login(request, row.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        row.used_at, row.target_session = clock.now(), request.session.session_key
        row.save(update_fields=["used_at", "target_session"])
    return row.path


def end_handed_over_sessions(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Signing out at the market signs out where that sign-in was carried to."""
    key = request.session.session_key
    if key:
        carried = HandOver.objects.filter(origin_session=key).exclude(target_session="").values_list("target_session", flat=True)
        Session.objects.filter(session_key__in=list(carried)).delete()
