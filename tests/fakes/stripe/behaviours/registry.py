"""The list of behaviours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.fakes.stripe.behaviours.scene import Scene

type_need = Literal["", "account", "control"]


@dataclass(frozen=True)
class Behaviour:
    """`needs`: nothing, an account that is onboarded already, or the fake's control."""

    number: int
    needs: type_need
    play: Callable[[Scene], None]

    @property
    def name(self) -> str:
        return f"B{self.number}-{self.play.__name__}"

    @property
    def sentence(self) -> str:
        return " ".join((self.play.__doc__ or "").split())


REGISTERED: dict[int, Behaviour] = {}


def behaviour(number: int, needs: type_need = "") -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Put a function on the list; its docstring is the promise."""

    def put(play: Callable[[Scene], None]) -> Callable[[Scene], None]:
        assert number not in REGISTERED, f"B{number} is there already"
        REGISTERED[number] = Behaviour(number, needs, play)
        return play

    return put
