"""Letters as the product writes them: one shape for all, rendered as text and as HTML, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language

from marketplace.kernel import clock
from marketplace.kernel.context import running
from tenants.accounts.letters import write_letter
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market


@dataclass(frozen=True)
class Table:
    """Rows of two: what, and how much."""

    title: str
    rows: Sequence[tuple[str, str]]
    total: tuple[str, str] | None = None


@dataclass(frozen=True)
class Message:
    """What a letter says. `kind` names it for the log; `button` is where one goes from here."""

    kind: str
    subject: str
    lines: Sequence[str]
    tables: Sequence[Table] = field(default_factory=tuple)
    button: tuple[str, str] | None = None
    closing: Sequence[str] = field(default_factory=tuple)


@contextmanager
def read_in(language: str) -> Iterator[None]:
    """Inside, words are in the reader's language and times in the market's zone: a worker has neither of its own."""
    with translation.override(language), timezone.override(Market.objects.get().tz):
        yield


NEWS_FOR = timedelta(days=3)


def post_letter(email: str, message: Message) -> None:
    """Have it sent if and only if the open transaction is committed. In the active language.

    Not about what has happened long ago: after days of standstill people have looked, and an old letter would mislead them.
    """
    since = running.get().since
    if since is not None and since < clock.now() - NEWS_FOR:
        return
    market = Market.objects.get()
    context = {"message": message, "market": market, "market_url": market_url("/"), "language": (get_language() or "en").replace("hans", "Hans")}
    text = render_to_string("letters/letter.txt", context)
    html = render_to_string("letters/letter.html", context)
    write_letter(email=email, subject=message.subject, text=text, html=html, kind=message.kind)
