"""Form bodies with nested brackets, as the SDK sends them, and reading them strictly."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.stripe.errors import Refusal, malformed, missing, unknown_parameter


def decoded(raw: str) -> dict[str, Any]:
    """`a[b][0][c]=1` as {"a": {"b": [{"c": "1"}]}}."""
    out: dict[str, Any] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        steps = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        inner = out
        for step in steps[:-1]:
            inner = inner.setdefault(_step(step, inner), {})
        inner[_step(steps[-1], inner)] = value
    return {name: _lists(value) for name, value in out.items()}


def _step(step: str, inside: dict[str, Any]) -> str:
    return step or str(len(inside))  # `a[]=1` counts up


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class Form:
    """The parameters of a request. Everything it refuses is failed validation."""

    def __init__(self, values: dict[str, Any], within: str = "") -> None:
        self.values = values
        self.within = within

    def named(self, name: str) -> str:
        return f"{self.within}[{name}]" if self.within else name

    def only(self, *names: str) -> Form:
        """Refuse parameters that the endpoint does not have, or that this fake does not play."""
        for name in self.values:
            if name not in names:
                raise unknown_parameter(self.named(name))
        return self

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, *, choices: tuple[str, ...] = ()) -> str | None:
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise malformed(f"Invalid string: {value}", param=self.named(name))
        if choices and value not in choices:
            wanted = " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
            raise malformed(f"Invalid {self.named(name)}: must be one of {wanted}", param=self.named(name))
        return value

    def needed(self, name: str, *, choices: tuple[str, ...] = ()) -> str:
        value = self.text(name, choices=choices)
        if value is None:
            raise missing(self.named(name))
        return value

    def number(self, name: str, *, least: int | None = 1) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d+", value):
            raise malformed(f"Invalid integer: {value}", code="parameter_invalid_integer", param=self.named(name))
        if least is not None and int(value) < least:
            raise malformed("This value must be greater than or equal to " + str(least) + ".", code="parameter_invalid_integer", param=self.named(name))
        return int(value)

    def needed_number(self, name: str, *, least: int | None = 1) -> int:
        value = self.number(name, least=least)
        if value is None:
            raise missing(self.named(name))
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name, choices=("true", "false"))
        return default if value is None else value == "true"

    def currency(self, name: str = "currency") -> str:
        value = self.needed(name)
        if not re.fullmatch(r"[a-zA-Z]{3}", value):
            raise malformed(f"Invalid currency: {value}.", param=self.named(name))
        return value.lower()

    def inside(self, name: str) -> Form:
        value = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise malformed("Invalid object", param=self.named(name))
        return Form(value, self.named(name))

    def each(self, name: str) -> list[Form]:
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise malformed("Invalid array", param=self.named(name))
        return [Form(one, f"{self.named(name)}[{number}]") for number, one in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise malformed("Invalid array", param=self.named(name))
        return value

    def metadata(self, before: dict[str, str] | None = None) -> dict[str, str]:
        """The key-value pairs, laid over those of `before`; an empty value takes a key away."""
        given = self.values.get("metadata")
        if given == "":
            return {}
        pairs = {**(before or {}), **{name: value for name, value in self.inside("metadata").values.items() if isinstance(value, str)}}
        kept = {name: value for name, value in pairs.items() if value != ""}
        if len(kept) > 50:
            raise malformed("You can have up to 50 metadata keys.", param=self.named("metadata"))
        for name, value in kept.items():
            if len(name) > 40 or len(value) > 500:
                raise malformed("Metadata keys have up to 40 characters and values up to 500.", param=self.named("metadata"))
        return kept


def refused_body(raw: bytes) -> Refusal | None:
    """The API takes forms, never JSON."""
    return malformed("Invalid request body: send it as application/x-www-form-urlencoded.") if raw.lstrip().startswith((b"{", b"[")) else None
