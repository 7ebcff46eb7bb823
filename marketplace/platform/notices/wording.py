"""An operator writes words of their own, and sends again what failed: verbs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import IllegalMove, InvalidInput
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.errors import NoticeUnknown, NotSentAgain
from marketplace.platform.notices.events import DispatchDue
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.models import Channel, Dispatch, Reminders, Wording
from marketplace.platform.notices.words import check_words, newest
from tenants.tenancy.models import Market

LIMITS = {"subject": 150, "body": 4000, "button": 60, "sms": 300}


@verb
def put_words(*, by: Actor, kind: str, language: str, seen_version: int, subject: str, body: str, button: str, sms: str) -> Wording:
    """A new version; it is in force from the next notice on. The same words again make none. `seen_version` is what the form was made from.

    Raises NoticeUnknown, InvalidInput naming the field, IllegalMove when somebody was quicker.
    """
    known = ALL.get(kind)
    if known is None:
        raise NoticeUnknown
    _check_language(language)
    texts = {"subject": subject.strip(), "body": body.replace("\r", "").strip(), "button": button.strip(), "sms": " ".join(sms.split())}
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            raise InvalidInput(field=name, why=_("At most {n} characters.").format(n=LIMITS[name]))
    check_words(known, **texts)
    with transaction.atomic():
        last = _locked(kind, language, seen_version)
        before = _as_kept(last)
        if last is not None and not last.is_built_in and before == texts:
            return last
        row = Wording.objects.create(kind=kind, language=language, version=seen_version + 1, by_label=by.label, **texts)
        audit(by=by, action="notices.words_put", subject="notice_words", subject_id=f"{kind} {language}", before=before, after=texts)
    return row


@verb
def reset_words(*, by: Actor, kind: str, language: str, seen_version: int) -> None:
    """Back to our words; the operator's stay in the history. Safe to repeat. Raises NoticeUnknown, InvalidInput, IllegalMove."""
    if kind not in ALL:
        raise NoticeUnknown
    _check_language(language)
    with transaction.atomic():
        last = _locked(kind, language, seen_version)
        if last is None or last.is_built_in:
            return
        Wording.objects.create(kind=kind, language=language, version=seen_version + 1, is_built_in=True, by_label=by.label)
        audit(by=by, action="notices.words_reset", subject="notice_words", subject_id=f"{kind} {language}", before=_as_kept(last), after={"words": "built in"})


def _locked(kind: str, language: str, seen_version: int) -> Wording | None:
    """The version in force, while nobody else makes one. Raises IllegalMove."""
    Market.objects.select_for_update().get()
    last = newest(kind, language)
    if (last.version if last else 0) != seen_version:
        raise IllegalMove
    return last


def _check_language(language: str) -> None:
    if language not in Market.objects.get().languages:
        raise InvalidInput(field="language", why=_("Choose a language of the market."))


def _as_kept(row: Wording | None) -> dict[str, str] | None:
    return None if row is None or row.is_built_in else {name: getattr(row, name) for name in LIMITS}


@verb
def set_reminders(*, by: Actor, pay_percent: int, receipt_days: int) -> None:
    """When buyers are reminded; 0 is never. For orders from now on. Raises InvalidInput."""
    if not 0 <= pay_percent <= 95:
        raise InvalidInput(field="pay_percent", why=_("Write a share from 0 to 95 percent; 0 reminds nobody."))
    if not 0 <= receipt_days <= 30:
        raise InvalidInput(field="receipt_days", why=_("Write 0 to 30 days; 0 reminds nobody."))
    with transaction.atomic():
        Market.objects.select_for_update().get()
        old = Reminders.objects.first() or Reminders()
        values = {"pay_percent": pay_percent, "receipt_days": receipt_days}
        before = {name: getattr(old, name) for name in values}
        Reminders.objects.update_or_create(pk=1, defaults=values)
        audit(by=by, action="notices.reminders_set", subject="market", subject_id=1, before=before, after=values)


@verb
def send_again(*, by: Actor, dispatch_id: UUID) -> None:
    """Try what failed anew, with all its attempts before it. Raises NoticeUnknown, NotSentAgain."""
    with transaction.atomic():
        row = Dispatch.objects.select_for_update(of=("self",)).select_related("notice").filter(pk=dispatch_id).first()
        if row is None:
            raise NoticeUnknown
        has_text = bool(row.text) if row.channel == Channel.SMS else row.letter_id is not None
        if row.state != Dispatch.State.FAILED or not has_text:
            raise NotSentAgain
        row.state, row.attempts, row.due_at, row.ended_at, row.until = Dispatch.State.WAITING, 0, clock.now(), None, None
        row.save(update_fields=["state", "attempts", "due_at", "ended_at", "until"])
        record(DispatchDue(dispatch_id=row.pk))
        audit(by=by, action="notices.sent_again", subject="dispatch", subject_id=row.pk, before={"state": "failed"}, after={"state": "waiting"})
