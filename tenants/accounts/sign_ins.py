"""Who signed in when, from where: for the person, who can end each of those sessions, and for the operator, who looks into a complaint.

A session is ended by taking its row away; a new password or a closed account ends all of them besides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import pgettext

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from tenants.access.actors import address_of_client
from tenants.accounts.errors import SignInUnknown
from tenants.accounts.models import HandOver, SignIn, User
from tenants.tenancy.models import Domain

KEPT_FOR = timedelta(days=180)
FORGOTTEN_AT_ONCE = 5000  # rows that one run of `forget_sign_ins` takes away

# What a browser calls itself, the first that fits. Each of the later ones names the earlier too.
BROWSERS = (
    (r"MicroMessenger", "WeChat"),
    (r"QQBrowser", "QQ"),
    (r"Edg[A-Z]?\w*/", "Edge"),
    (r"OPR/", "Opera"),
    (r"Firefox|FxiOS", "Firefox"),
    (r"Chrome|CriOS", "Chrome"),
    (r"Safari", "Safari"),
)
SYSTEMS = (
    (r"HarmonyOS", "HarmonyOS"),
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"Linux|X11", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """A session that is open, as its person sees it."""

    sign_in: SignIn
    name: str
    is_this: bool
    shops: int  # how many shops and workbenches it was carried on to


def device_in_words(agent: str) -> str:
    """“Chrome · Windows” for what a browser says of itself."""
    found = [name for table in (BROWSERS, SYSTEMS) for name in [next((name for pattern, name in table if re.search(pattern, agent)), "")] if name]
    return " · ".join(found) or (pgettext("browser", "Another program") if agent else pgettext("browser", "Unknown"))


def host_of(request: HttpRequest) -> str:
    """The host that was asked, as a sign-in there is kept."""
    return request.get_host().partition(":")[0][:253]


# ── Written by signals of signing in ─────────────────────────────────────────────────────────────────────────────────


def note_signed_in(sender: object, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Signal: somebody came in, by the form or carried on from the market."""
    if (domain := getattr(request, "domain", None)) is None or request is None:
        return
    if not request.session.session_key:
        request.session.save()
    is_carried = domain.kind in (Domain.Kind.SHOP, Domain.Kind.WORKBENCH)
    _note(request, user.pk, SignIn.Outcome.CARRIED if is_carried else SignIn.Outcome.IN, request.session.session_key or "")


def note_refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Signal: a sign-in was refused. Of an address that nobody has, nothing is kept."""
    email = str(credentials.get("email") or credentials.get("username") or "")
    user = User.objects.filter(email__iexact=email).only("pk", "is_active").first() if email else None
    if user is not None and request is not None:
        _note(request, user.pk, SignIn.Outcome.FAILED if user.is_active else SignIn.Outcome.REFUSED)


def follow_new_key(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signal: with a new password the other sessions are over, and this one goes on under a new key."""
    end_sessions(user.pk, but=request)


def note_signed_out(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Signal: the session of this request is over, and those it was carried on to."""
    if key := request.session.session_key:
        end_of_session(by=SYSTEM, key=key)


def _note(request: HttpRequest, user_id: UUID, outcome: str, session_key: str = "") -> None:
    row = SignIn.objects.create(
        user_id=user_id,
        outcome=outcome,
        host=host_of(request),
        address=address_of_client(request),
        agent=" ".join(request.headers.get("User-Agent", "").split())[:300],
        session_key=session_key,
    )
    if session_key:
        request.session["sign_in"] = str(row.pk)  # finds it again when the key changes


# ── Ended ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def end_sessions(user_id: UUID, *, but: HttpRequest | None = None) -> int:
    """End every open session of a person, perhaps all but that of a request. Returns how many. Part of a verb, or of a signal."""
    mine = SignIn.objects.filter(user_id=user_id, ended_at=None).exclude(session_key="")
    if but is not None and (kept := but.session.get("sign_in")):
        SignIn.objects.filter(pk=kept, user_id=user_id).update(session_key=but.session.session_key or "", ended_at=None)
        mine = mine.exclude(pk=kept)
    return _end(list(mine.values_list("session_key", flat=True)))


@verb
def end_of_session(*, by: Actor, key: str) -> None:
    """A session is over, and where it was carried to. Bookkeeping: whose act it was is in the log of that act."""
    _end([key, *_carried_on(key)])


def _end(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    return SignIn.objects.filter(session_key__in=keys, ended_at=None).update(ended_at=clock.now())


def _carried_on(key: str) -> list[str]:
    """Sessions in shops and workbenches that this one at the market was carried on to."""
    return list(HandOver.objects.filter(origin_session=key).exclude(target_session="").values_list("target_session", flat=True))


@verb
def end_device(*, by: Actor, sign_in_id: UUID) -> SignIn:
    """Sign out on one of one's own devices, and where it was carried on to. Safe to repeat. Raises SignInUnknown."""
    with transaction.atomic():
        row = SignIn.objects.select_for_update(of=("self",)).filter(pk=sign_in_id, user_id=by.person).exclude(session_key="").first()
        if row is None:
            raise SignInUnknown
        if row.ended_at is None:
            _end([row.session_key, *_carried_on(row.session_key)])
            audit(by=by, action="person.device_ended", subject="person", subject_id=by.person, before={"device": device_in_words(row.agent)})
    return row


@verb
def forget_sign_ins(*, by: Actor) -> int:
    """Take away what is older than 180 days. Returns how many rows; a run takes some, the next goes on."""
    old = SignIn.objects.filter(at__lt=clock.now() - KEPT_FOR).order_by("at").values_list("pk", flat=True)
    return SignIn.objects.filter(pk__in=list(old[:FORGOTTEN_AT_ONCE])).delete()[0]


# ── Read ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def devices_of(request: HttpRequest, user_id: UUID) -> list[Device]:
    """Open sessions of a person at market and console, this one first, then the newest."""
    rows = list(SignIn.objects.filter(user_id=user_id, outcome=SignIn.Outcome.IN, ended_at=None).exclude(session_key="").order_by("-at", "-pk"))
    open_keys = _open_keys(row.session_key for row in rows)
    carried = list(HandOver.objects.filter(origin_session__in=open_keys).exclude(target_session="").values_list("origin_session", "target_session"))
    still = _open_keys(target for _origin, target in carried)
    shops = Counter(origin for origin, target in carried if target in still)
    found = [
        Device(row, device_in_words(row.agent), _is_this(request, row), shops[row.session_key])
        for row in rows
        if row.session_key in open_keys or _is_this(request, row)
    ]
    return sorted(found, key=lambda device: not device.is_this)


def _is_this(request: HttpRequest, row: SignIn) -> bool:
    return row.session_key == request.session.session_key or request.session.get("sign_in") == str(row.pk)


def _open_keys(keys: Iterable[str]) -> set[str]:
    return set(Session.objects.filter(session_key__in=list(keys), expire_date__gt=clock.now()).values_list("session_key", flat=True))


def sign_ins_of(user_id: UUID, most: int, *, host: str = "") -> list[SignIn]:
    """The latest of a person, perhaps at one host, failed ones too, each with its device in words."""
    mine = SignIn.objects.filter(user_id=user_id)
    rows = list((mine.filter(host=host) if host else mine).order_by("-at", "-pk")[:most])
    for row in rows:
        row.device = device_in_words(row.agent)  # type: ignore[attr-defined]
    return rows


def refused_lately(user_id: UUID) -> list[SignIn]:
    """Wrong passwords of the last thirty days, at most five."""
    rows = SignIn.objects.filter(user_id=user_id, outcome=SignIn.Outcome.FAILED, at__gt=clock.now() - timedelta(days=30))
    return list(rows.order_by("-at", "-pk")[:5])


def last_sign_ins(user_ids: Iterable[UUID]) -> dict[UUID, SignIn]:
    """The latest successful one of each, in one question."""
    rows = SignIn.objects.filter(user_id__in=list(user_ids), outcome__in=[SignIn.Outcome.IN, SignIn.Outcome.CARRIED])
    return {row.user_id: row for row in rows.order_by("user_id", "-at", "-pk").distinct("user_id")}
