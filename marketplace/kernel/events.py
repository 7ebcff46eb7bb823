"""Facts in the past tense. Every class stands in docs/events.md (a test compares)."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self
from uuid import UUID

from marketplace.kernel.plain import plain

BY_TOPIC: dict[str, type[Event]] = {}
MOST_JOINED = 200  # keys


@dataclass(frozen=True)
class Event:
    """Base of all facts. Fields are str, int, bool, UUID, lists of these, or None; `merchant_id` says whose fact it is."""

    topic: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.topic in BY_TOPIC:
            raise TypeError(f"two events with the topic {cls.topic}")
        BY_TOPIC[cls.topic] = cls

    def body(self) -> dict[str, Any]:
        return plain(asdict(self))  # type: ignore[no-any-return]

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """The fact again. Keys that this version does not know are left out, so a newer writer does no harm."""
        kinds = typing.get_type_hints(cls)
        return cls(**{f.name: _read(kinds[f.name], body[f.name]) for f in fields(cls) if f.name in body})


def joined(name: str) -> Callable[[Sequence[Any]], tuple[Any, int]]:
    """The `join` of a reaction (registry.py) to facts that name what to look at in their list `name`: the first of them, each key once, as far as one run
    should take."""

    def join(facts: Sequence[Any]) -> tuple[Any, int]:
        keys, taken = dict.fromkeys(getattr(facts[0], name)), 1
        for fact in facts[1:]:
            more = keys | dict.fromkeys(getattr(fact, name))
            if len(more) > MOST_JOINED:
                break
            keys, taken = more, taken + 1
        return replace(facts[0], **{name: list(keys)}), taken

    return join


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        kind = next(inner for inner in typing.get_args(kind) if inner is not type(None))
    if typing.get_origin(kind) is list:
        (inner,) = typing.get_args(kind)
        return [_read(inner, each) for each in value]
    return UUID(value) if kind is UUID else value


@dataclass(frozen=True)
class DeadlineReached(Event):
    """A waiting state has run out; the default outcome of its kind follows."""

    topic = "deadline.reached"
    kind: str
    subject_id: UUID
    merchant_id: UUID | None = None


@dataclass(frozen=True)
class LogCheckAsked(Event):
    """The log is to be verified."""

    topic = "log.check_asked"
    check_id: UUID
