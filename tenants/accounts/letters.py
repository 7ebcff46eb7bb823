"""Mails: written in the transaction they belong to, sent by a worker, and again when the mail server was away."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr

from allauth.account.models import EmailAddress
from django.conf import settings
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
        record(LetterWritten(letter_id=keep_letter(email=email, subject=subject, text=text, html=html, kind=kind).pk))


def keep_letter(*, email: str, subject: str, text: str, html: str = "", kind: str = "") -> Letter:
    """The row alone, for whoever has it sent by themselves."""
    return Letter.objects.create(email=email, kind=kind, subject=" ".join(subject.split())[:200], text=text, html=html)


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


def hand_over_letter(letter: Letter, *, name: str, headers: Mapping[str, str]) -> None:
    """Give it to the mail server and forget its text. `name` is the same at every attempt, so that a mailbox can tell a letter that comes twice.

    Raises what the mail server raises.
    """
    message_id = f"<{name}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>"
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.email], headers={"Message-ID": message_id, **headers})
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    mail.send()


def forget_text(letter: Letter) -> None:
    """It has left, or never will: what it said is kept nowhere."""
    letter.text, letter.html, letter.sent_at = "", "", clock.now()
    if letter.kind == LEAVES_NOTHING:
        letter.email, letter.subject = f"nobody@{FORGOTTEN}", ""
    letter.save(update_fields=["email", "subject", "text", "html", "sent_at"])
