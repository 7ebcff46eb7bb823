"""Mails: written in the transaction they belong to, sent by a worker, and again when the mail server was away."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.accounts.events import LetterWritten
from tenants.accounts.models import Letter


def write_letter(*, email: str, subject: str, text: str, html: str = "", kind: str = "") -> None:
    """Have a mail sent if and only if the open transaction is committed.

    Its subject is one line: names of shops and goods come into it, and a line break there would never leave.
    """
    with transaction.atomic():
        letter = Letter.objects.create(email=email, kind=kind, subject=" ".join(subject.split())[:200], text=text, html=html)
        record(LetterWritten(letter_id=letter.pk))


@verb
def ask_to_confirm(*, by: Actor, request: HttpRequest) -> bool:
    """Send the letter again that asks whether an address is its owner's. False when there is nothing to confirm."""
    address = EmailAddress.objects.filter(user_id=by.person, verified=False).order_by("-primary").first()
    if address is not None:
        address.send_confirmation(request)
    return address is not None


FORGOTTEN = "closed.invalid"  # the domain of addresses that stand for nobody
LEAVES_NOTHING = "account_closed"


@verb
def forget_letters(*, by: Actor, email: str) -> None:
    """Of letters to this address goes to whom they went and what they were about; one that waits is sent first."""
    mine = Letter.objects.filter(email__iexact=email)
    mine.filter(sent_at__isnull=False).update(email=f"nobody@{FORGOTTEN}", subject="")
    mine.filter(sent_at=None).update(kind=LEAVES_NOTHING)


def send_letter(event: LetterWritten) -> None:
    """Outward reaction. A worker that dies between sending and noting it sends the letter twice. Raises what the mail server raises."""
    letter = Letter.objects.get(pk=event.letter_id)
    if letter.sent_at:
        return
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.email])
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    mail.send()
    letter.text, letter.html, letter.sent_at = "", "", clock.now()
    if letter.kind == LEAVES_NOTHING:
        letter.email, letter.subject = f"nobody@{FORGOTTEN}", ""
    letter.save(update_fields=["email", "subject", "text", "html", "sent_at"])
