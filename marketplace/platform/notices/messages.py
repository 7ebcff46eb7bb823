"""What a notice says: one shape for all, rendered as text and as HTML, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language

from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.words import Words, filled, filled_lines, with_market, words_of
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market

NEWS_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Table:
    """Rows of two: what, and how much."""

    title: str
    rows: Sequence[tuple[str, str]]
    total: tuple[str, str] | None = None


@dataclass(frozen=True)
class Message:
    """What a notice says. `kind` is its code in the catalogue; `button` is where one goes from here."""

    kind: str
    subject: str
    lines: Sequence[str]
    tables: Sequence[Table] = field(default_factory=tuple)
    button: tuple[str, str] | None = None
    closing: Sequence[str] = field(default_factory=tuple)
    sms: str = ""
    link: str = ""  # where it leads, also without a button
    subject_id: UUID | None = None  # what it is about, for what may be called off (call_off)
    until: datetime | None = None  # it is not sent after that

    @property
    def leads_to(self) -> str:
        return self.button[1] if self.button else self.link


@contextmanager
def read_in(language: str) -> Iterator[None]:
    """Inside, words are in the reader's language and times in the market's zone: a worker has neither of its own."""
    with translation.override(language), timezone.override(Market.objects.get().tz):
        yield


def worded(
    kind: str,
    facts: Mapping[str, str],
    *,
    link: str = "",
    tables: Sequence[Table] = (),
    subject_id: UUID | None = None,
    until: datetime | None = None,
) -> Message:
    """The message of a kind in the catalogue, in the active language, in the operator's words or ours. Raises KeyError."""
    return said(kind, words_of(ALL[kind]), facts, link=link, tables=tables, subject_id=subject_id, until=until)


def said(
    kind: str,
    words: Words,
    facts: Mapping[str, str],
    *,
    link: str = "",
    tables: Sequence[Table] = (),
    subject_id: UUID | None = None,
    until: datetime | None = None,
) -> Message:
    """These words with these facts."""
    known = with_market(facts)
    button = (filled(words.button, known), link) if words.button and link else None
    return Message(
        kind,
        filled(words.subject, known),
        filled_lines(words.body, known),
        tables,
        button,
        filled_lines(words.closing, known),
        filled(words.sms, {**known, "link": link}),
        link,
        subject_id,
        until,
    )


def rendered(message: Message, *, refuse_at: str = "", choose_at: str = "") -> tuple[str, str]:
    """(text, HTML) of a mail, in the active language. `refuse_at` is where its reader says that they want no more of it."""
    context = {
        "message": message,
        "market": Market.objects.get(),
        "market_url": market_url("/"),
        "language": (get_language() or "en").replace("hans", "Hans"),
        "refuse_at": refuse_at,
        "choose_at": choose_at,
    }
    return render_to_string("letters/letter.txt", context), render_to_string("letters/letter.html", context)
