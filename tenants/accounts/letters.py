"""Mails: written in the transaction they belong to, sent by a worker, and again when the mail server was away."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.outbox import record
from tenants.accounts.events import LetterWritten
from tenants.accounts.models import Letter


def write_letter(*, email: str, subject: str, text: str) -> None:
    """Have a mail sent if and only if the open transaction is committed."""
    with transaction.atomic():
        letter = Letter.objects.create(email=email, subject=subject[:200], text=text)
        record(LetterWritten(letter_id=letter.pk))


def send_letter(event: LetterWritten) -> None:
    """Outward reaction. A worker that dies between sending and noting it sends the letter twice. Raises what the mail server raises."""
    letter = Letter.objects.get(pk=event.letter_id)
    if letter.sent_at:
        return
    EmailMessage(letter.subject, letter.text, to=[letter.email]).send()
    letter.text, letter.sent_at = "", clock.now()
    letter.save(update_fields=["text", "sent_at"])
