"""Verbs: the only functions that change data.

`@verb` marks one and notes, for the request that is running, that the change went through it. A back-office
request that writes outside a verb is refused (tenants/access/writes.py).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

_depth: ContextVar[int] = ContextVar("verb_depth", default=0)
_called: ContextVar[list[str] | None] = ContextVar("verbs_called", default=None)

ALL: dict[str, Callable[..., object]] = {}


def verb(function: F) -> F:
    """Mark a function that changes data: keyword arguments only, one of them `by`, who acts."""
    name = f"{function.__module__}.{function.__qualname__}"
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters):
        raise TypeError(f"{name}: a verb takes keyword arguments only")
    if "by" not in {p.name for p in parameters}:
        raise TypeError(f"{name}: a verb takes `by`, who acts")

    @functools.wraps(function)
    def acting(**arguments: object) -> object:
        if (called := _called.get()) is not None:
            called.append(name)
        token = _depth.set(_depth.get() + 1)
        try:
            return function(**arguments)
        finally:
            _depth.reset(token)

    ALL[name] = acting
    return acting  # type: ignore[return-value]


def is_acting() -> bool:
    """Whether a verb is running in this context."""
    return _depth.get() > 0


def watch() -> list[str]:
    """Start noting the verbs called in this context; the list fills as they are called."""
    called: list[str] = []
    _called.set(called)
    return called
