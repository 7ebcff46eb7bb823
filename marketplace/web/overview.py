"""What stands on the first page of a back office: what has to be done, sorted by its clock, and what a new shop lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.formats import format_count

FAR = datetime.max.replace(tzinfo=UTC)
MOST_COUNTED = 1000


@dataclass(frozen=True)
class ToDo:
    """Something that waits for a person. `tone`: danger, warn or info.

    `due`: by when the first of them has to be done; `since`: for how long the oldest has waited, where nothing has a date.
    """

    n: str
    label: str
    href: str
    tone: str = "warn"
    due: datetime | None = None
    since: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due < clock.now()


@dataclass(frozen=True)
class Step:
    """Something a new shop needs before it can sell and be paid. `href`: only for who may do it."""

    label: str
    hint: str
    is_done: bool
    href: str = ""


def capped(n: int) -> str:
    """A number as it is shown: counted up to a thousand."""
    return f"{format_count(MOST_COUNTED)}+" if n > MOST_COUNTED else format_count(n)


def by_clock(todos: Iterable[ToDo]) -> list[ToDo]:
    """What is late first, then what is broken, then by the date it is due, then what has waited longest, at last what may wait."""

    def key(todo: ToDo) -> tuple[int, datetime, datetime]:
        rank = 0 if todo.is_late else 1 if todo.tone == "danger" else 2 if todo.due else 4 if todo.tone == "info" else 3
        return rank, todo.due or FAR, todo.since or FAR

    return sorted(todos, key=key)


def span(length: timedelta) -> str:
    """`6 h 18 min`, `6 小时 18 分`; from two days on in days. Never negative."""
    minutes = int(abs(length).total_seconds() / 60 + 0.5)
    if minutes >= 48 * 60:
        n = minutes // (24 * 60)
        return ngettext("{n} day", "{n} days", n).format(n=format_count(n))
    hours, left = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("{n} h", "{n} h", hours).format(n=hours))
    if left or not hours:
        parts.append(ngettext("{n} min", "{n} min", left).format(n=left))
    return " ".join(parts)
