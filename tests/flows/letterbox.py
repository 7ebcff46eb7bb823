"""What the market has written: each letter as its reader gets it, and whether it is sound."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from marketplace.kernel.relay import deliver_events
from tenants.accounts.models import Letter

UUID_SHAPE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.I)


@dataclass(frozen=True)
class Sent:
    kind: str
    to: str
    subject: str
    text: str
    html: str

    @property
    def address(self) -> str:
        """Where its button leads, or ""."""
        found = re.search(r'<a href="([^"]+)" style="display:inline-block', self.html)
        return html.unescape(found[1]) if found else ""

    @property
    def shown(self) -> str:
        """Words of the HTML part, without its tags."""
        return html.unescape(re.sub(r"<[^>]+>", "\n", self.html))

    @property
    def all(self) -> str:
        return f"{self.subject}\n{self.text}\n{self.shown}"

    def rows(self) -> dict[str, str]:
        """Tables of the text part: what → how much."""
        return dict(re.findall(r"^  (.+?)    (.+)$", self.text, re.M))


def letters(kind: str) -> list[Sent]:
    """All of a kind that have left, in the order they were written, after everything that is due has run."""
    deliver_events()
    left = list(mail.outbox)
    found = []
    of_this_test = Letter.objects.exclude(kind="shop_opened", email__startswith="owner-")  # the world's shops were told before
    for letter in of_this_test.filter(sent_at__isnull=False).order_by("written_at", "pk"):
        message = next(one for one in left if one.to == [letter.email] and one.subject == letter.subject)
        left.remove(message)
        if letter.kind == kind:
            assert isinstance(message, EmailMultiAlternatives)
            ((page, mime),) = message.alternatives
            assert mime == "text/html"
            port = f":{settings.BASE_PORT}/"
            found.append(Sent(kind, letter.email, str(message.subject), str(message.body).replace(port, "/"), str(page).replace(port, "/")))
    assert not Letter.objects.filter(sent_at=None).exists()
    return found


def letter(kind: str) -> Sent:
    """The only one of a kind; read for soundness."""
    (found,) = letters(kind)
    check(found)
    return found


def check(sent: Sent) -> None:
    """Both parts say the same, in one language; its links lead to us; nothing in it is ours to keep."""
    for row in filter(None, (line.strip() for line in sent.text.splitlines())):
        for said in row.split("    "):
            label, _colon, address = said.partition(": http")
            assert label in sent.shown or said in sent.shown, f"the HTML part lacks {said!r}"
            assert not address or f"http{address}" in html.unescape(sent.html)
    assert sent.subject in sent.shown
    assert sent.html.startswith("<!doctype html>") and "{" not in sent.text and "{{" not in sent.html
    for address in re.findall(r'href="([^"]+)"', sent.html) + re.findall(r"https?://\S+", sent.text):
        assert str(urlsplit(html.unescape(address)).hostname).endswith("market.localhost")
    assert not UUID_SHAPE.search(re.sub(r"/products/[0-9a-f-]{36}/", "", sent.all)), "a key of ours"  # a product has no other address
    assert "None" not in sent.all
