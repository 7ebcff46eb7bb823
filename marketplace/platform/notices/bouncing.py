"""What providers tell afterwards: a mail came back, an SMS arrived. And addresses that nothing is sent to any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.errors import BadReport
from marketplace.platform.notices.models import Channel, DeadAddress, Dispatch
from tenants.accounts.models import User

S = Dispatch.State
Why = DeadAddress.Why


def note_dead(email: str, *, said: str, why: str = Why.BOUNCE) -> None:
    """Nothing more is sent there. A second report changes nothing."""
    DeadAddress.objects.get_or_create(pk=email.lower(), defaults={"why": why, "said": said[:300]})


@verb
def take_bounce(*, by: Actor, report: Mapping[str, Any]) -> None:
    """A mail server's report: {"email", "kind": "bounce" | "complaint" | "delay", "why", "message_id"}. Harmless when repeated. Raises BadReport.

    A delay is noted nowhere: the mail server is still trying.
    """
    email, kind = report.get("email"), report.get("kind")
    if not isinstance(email, str) or "@" not in email or kind not in (*Why.values, "delay"):
        raise BadReport
    if kind == "delay":
        return
    with transaction.atomic():
        said = str(report.get("why", ""))[:300]
        note_dead(email.strip(), said=said, why=str(kind))
        dispatch_id = _uuid(str(report.get("message_id", "")).strip("<>").partition("@")[0])
        if kind == Why.BOUNCE and dispatch_id:
            mine = Dispatch.objects.filter(pk=dispatch_id, channel=Channel.MAIL, to__iexact=email.strip(), state__in=(S.SENT, S.DELIVERED))
            mine.update(state=S.BOUNCED, ended_at=clock.now(), error=said)


@verb
def take_receipt(*, by: Actor, report: Mapping[str, Any]) -> None:
    """An SMS provider's receipt: {"id", "ref", "state": "delivered" | "failed", "why"}. In any order, and as often as it likes. Raises BadReport."""
    dispatch_id, state = _uuid(str(report.get("id", ""))), report.get("state")
    if dispatch_id is None or state not in ("delivered", "failed"):
        raise BadReport
    # What was delivered stays so; one that fails before we noted that it was taken is not sent a second time.
    moving = Dispatch.objects.filter(Q(state=S.SENT) | Q(state=S.WAITING, attempts__gt=0), pk=dispatch_id, channel=Channel.SMS)
    ended = {"ended_at": clock.now(), "error": str(report.get("why", ""))[:300], "text": ""}
    moving.update(state=S.DELIVERED if state == "delivered" else S.BOUNCED, **ended)


@verb
def address_works(*, by: Actor) -> None:
    """The person says that mail reaches them: it is sent there again. Safe to repeat."""
    with transaction.atomic():
        user = User.objects.get(pk=by.person)
        if DeadAddress.objects.filter(pk=user.email.lower()).delete()[0]:
            audit(by=by, action="notices.address_works", subject="person", subject_id=user.pk)


def address_confirmed(sender: object, email_address: EmailAddress, **kwargs: Any) -> None:
    """Signal: a letter to this address was followed, so it arrives."""
    DeadAddress.objects.filter(pk=email_address.email.lower()).delete()


def password_renewed(sender: object, user: User, **kwargs: Any) -> None:
    """Signal: a link that was sent to the address was followed."""
    DeadAddress.objects.filter(pk=user.email.lower()).delete()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
