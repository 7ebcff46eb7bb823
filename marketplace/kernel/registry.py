"""Which reaction follows which fact. Filled once, by marketplace/config/subscriptions.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.events import DeadlineReached, Event


@dataclass(frozen=True)
class Reaction:
    """`run` gets the event and its id. An outward reaction calls a foreign system, so it runs outside a transaction
    and must itself be harmless when repeated; the others run in the transaction that marks them done.

    `join`: of a reaction that may answer several facts of one merchant at once. It gets the fact that is due and others of its topic that wait, and
    returns the fact that stands for the first so many of them, and how many these are, the one that is due included.
    """

    run: Callable[..., None]
    outward: bool = False
    join: Callable[[Sequence[Any]], tuple[Any, int]] | None = None

    @property
    def name(self) -> str:
        return f"{self.run.__module__}.{self.run.__qualname__}"


@dataclass(frozen=True)
class Duty:
    """Something that the scheduler's leader does when it starts, and then every `every_s` seconds. Short: it records that work is due."""

    name: str
    every_s: float
    run: Callable[[], object]


_by_topic: dict[str, list[Reaction]] = {}
_by_name: dict[str, Reaction] = {}
_duties: list[Duty] = []
_deadlines: dict[str, Callable[[DeadlineReached], None]] = {}


def install(
    reactions: Mapping[type[Event], Iterable[Reaction]], deadlines: Mapping[str, Callable[[DeadlineReached], None]], duties: Iterable[Duty] = ()
) -> None:
    _duties[:] = duties
    _by_topic.clear()
    _by_name.clear()
    _deadlines.clear()
    _deadlines.update(deadlines)
    followed: dict[type[Event], Iterable[Reaction]] = {DeadlineReached: [Reaction(end_waiting)], **reactions}
    for kind, follows in followed.items():
        _by_topic[kind.topic] = list(follows)
        for reaction in _by_topic[kind.topic]:
            if _by_name.setdefault(reaction.name, reaction) != reaction:
                raise ValueError(
                    f"{reaction.name} is named both as an outward reaction and as one in its delivery's transaction; give each a function of its own"
                )


def reactions_to(topic: str) -> list[Reaction]:
    return _by_topic.get(topic, [])


def duties() -> list[Duty]:
    return list(_duties)


def reaction_named(name: str) -> Reaction | None:
    return _by_name.get(name)


def deadline_kinds() -> frozenset[str]:
    return frozenset(_deadlines)


def end_waiting(event: DeadlineReached) -> None:
    """The default outcome of the deadline's kind."""
    _deadlines[event.kind](event)
