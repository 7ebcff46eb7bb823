"""What the operator's staff keep about a consumer, and that they looked at what is masked: verbs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.verbs import verb
from marketplace.platform.members.models import ConsumerNote
from tenants.accounts.errors import PersonUnknown
from tenants.accounts.models import User

MOST_SIGNS = 500


@verb
def note_on_consumer(*, by: Actor, user_id: UUID, note_id: UUID, text: str) -> ConsumerNote:
    """Keep a note. The form makes its key: the same form sent twice keeps one. Raises PersonUnknown, InvalidInput."""
    text = text.strip()
    if not text or len(text) > MOST_SIGNS:
        raise InvalidInput(field="text", why=_("Write a note of at most {most} characters.").format(most=MOST_SIGNS))
    with transaction.atomic():
        if not User.objects.filter(pk=user_id).exists():
            raise PersonUnknown
        row, is_new = ConsumerNote.objects.get_or_create(pk=note_id, defaults={"user_id": user_id, "text": text, "by_label": by.label})
        if is_new:
            audit(by=by, action="person.noted", subject="person", subject_id=user_id, after={"signs": len(text)})
    return row


@verb
def note_contact_shown(*, by: Actor, user_id: UUID, why: str) -> None:
    """Somebody looks at mail, phone and addresses of a person in full: that is written down with the reason. Raises ReasonMissing, PersonUnknown."""
    check_reason(why, field="why")
    with transaction.atomic():
        if not User.objects.filter(pk=user_id).exists():
            raise PersonUnknown
        audit(by=by, action="person.contact_shown", subject="person", subject_id=user_id, why=why.strip()[:500])
