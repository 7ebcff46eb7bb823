"""Notices leave the house: one dispatch after the other, tried again while a provider is away, never lost with a worker."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Busy
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.bouncing import note_dead
from marketplace.platform.notices.channels import Away, Refused, Taken, way_of
from marketplace.platform.notices.events import DispatchDue
from marketplace.platform.notices.models import Channel, Dispatch, Notice
from marketplace.platform.notices.wishes import dead_address
from tenants.accounts.events import LetterWritten
from tenants.accounts.letters import LEAVES_NOTHING
from tenants.accounts.models import Letter, User

S = Dispatch.State
MOST_ATTEMPTS = 11  # one less than a delivery of the outbox has: the row says itself that it was given up
FORGOTTEN_AFTER = timedelta(minutes=15)
# What a person asked for this very moment, to show that an address is theirs: it goes to addresses mail came back from, too.
SHOWS_WHOSE_IT_IS = frozenset({"email_confirmation", "email_confirmation_signup", "password_reset_key", "address_check"})


def send_due(event: DispatchDue) -> None:
    """Outward reaction: try it once. Raises Busy while another worker has it, and Away while the provider is: the outbox comes again.

    A worker that dies between the provider's taking it and our noting so sends it again, under the same name (Message-ID, key of an SMS).
    """
    dispatch = Dispatch.objects.select_related("notice", "letter").filter(pk=event.dispatch_id).first()
    if dispatch is None or dispatch.state != S.WAITING:
        return
    now = clock.now()
    free = Dispatch.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=dispatch.pk, state=S.WAITING)
    if not free.update(claimed_until=now + timedelta(seconds=settings.OUTBOX_LEASE_S), attempts=F("attempts") + 1):
        raise Busy
    dispatch.attempts += 1
    if dispatch.until is not None and dispatch.until < now:
        return _end(dispatch, S.CALLED_OFF)
    if dispatch.channel == Channel.MAIL and dispatch.notice.kind not in SHOWS_WHOSE_IT_IS and (dead := dead_address(dispatch.to)):
        return _end(dispatch, S.BARRED, dead.said)
    if dispatch.attempts > MOST_ATTEMPTS:
        return _end(dispatch, S.FAILED, dispatch.error)
    try:
        taken = way_of(dispatch.channel)(dispatch)
    except Refused as refused:
        if refused.is_dead and dispatch.channel == Channel.MAIL:
            note_dead(dispatch.to, said=str(refused))
        _end(dispatch, S.BOUNCED if refused.is_dead else S.FAILED, str(refused))
    except Away as away:
        Dispatch.objects.filter(pk=dispatch.pk).update(error=str(away)[:300], claimed_until=None)
        raise
    else:
        _sent(dispatch, taken)


def _sent(dispatch: Dispatch, taken: Taken) -> None:
    now = clock.now()
    values = {"sent_at": now, "ref": taken.ref, "error": "", "claimed_until": None, "text": ""}
    if not Dispatch.objects.filter(pk=dispatch.pk, state=S.WAITING).update(state=S.SENT, **values):
        Dispatch.objects.filter(pk=dispatch.pk).update(**values)  # its receipt was quicker
    leave_no_address(dispatch)


def _end(dispatch: Dispatch, state: str, why: str = "") -> None:
    """Not sent, and will not be. The text of what failed is kept, so that it can be sent again."""
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state, ended_at=clock.now(), error=why[:300], claimed_until=None)
    leave_no_address(dispatch)
    if state != S.FAILED and dispatch.letter is not None:
        dispatch.letter.delete()


def leave_no_address(dispatch: Dispatch) -> None:
    """The last letter to somebody whose account is gone names nobody once it has left."""
    if dispatch.letter is not None and dispatch.letter.kind == LEAVES_NOTHING and dispatch.notice.person_id is None:
        Notice.objects.filter(pk=dispatch.notice_id).delete()


def send_at_its_moment(event: DeadlineReached) -> None:
    """Reaction to the deadline `dispatch.due`: quiet hours are over."""
    if Dispatch.objects.filter(pk=event.subject_id, state=S.WAITING).exists():
        record(DispatchDue(dispatch_id=event.subject_id))


def take_letter(event: LetterWritten) -> None:
    """Reaction: a letter of the accounts' own (a link to a new password, …) leaves by the same way, and stands in the same log."""
    letter = Letter.objects.get(pk=event.letter_id)
    person = User.objects.filter(email__iexact=letter.email).first()
    notice = Notice(
        key=f"letter:{letter.pk.hex}",
        kind=letter.kind or "letter",
        person=person,
        language=person.language if person else "",
        title=letter.subject,
        is_listed=False,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if Notice.objects.filter(pk=notice.pk).exists() and not letter.sent_at:
        dispatch = Dispatch.objects.create(notice=notice, channel=Channel.MAIL, to=letter.email.lower(), letter=letter)
        record(DispatchDue(dispatch_id=dispatch.pk))


@verb
def look_for_forgotten(*, by: Actor) -> int:
    """The last net, a duty of the scheduler: what should have left a quarter of an hour ago and has not is asked for again. Returns how many."""
    with transaction.atomic():
        late = Dispatch.objects.filter(state=S.WAITING, due_at__lt=clock.now() - FORGOTTEN_AFTER).order_by("due_at")
        rows = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True)[:200])
        for pk in rows:
            record(DispatchDue(dispatch_id=pk))
        Dispatch.objects.filter(pk__in=rows).update(due_at=clock.now())
    return len(rows)
