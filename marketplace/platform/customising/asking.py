"""The fields of a product as a form shows them: with what was typed, what each costs, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.money import Money
from marketplace.platform.customising.fields import Field, Kind, Signs
from marketplace.platform.customising.queries import Customisation


@dataclass
class Ask:
    """A field as a form shows it."""

    field: Field
    currency: str
    value: str = ""
    error: str = ""

    @property
    def is_long(self) -> bool:
        return self.field.kind == Kind.TEXT and self.field.has_lines

    @property
    def signs(self) -> str:
        """Which signs it may hold, where that is not every one."""
        return str(Signs(self.field.signs).label) if self.field.kind == Kind.TEXT and self.field.signs != Signs.ANY else ""

    @property
    def surcharge(self) -> Money | None:
        return Money(self.field.surcharge_minor, self.currency) if self.field.surcharge_minor else None

    @property
    def choices(self) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "names": one.names,
                "surcharge": Money(one.surcharge_minor, self.currency) if one.surcharge_minor else None,
                "minor": one.surcharge_minor,
                "is_chosen": one.id == self.value,
            }
            for one in self.field.choices
        ]


@dataclass
class Asked:
    """What a buyer may wish of a product, as a form shows it. `unit`: what a piece costs without wishes."""

    custom: Customisation
    asks: Sequence[Ask]
    unit: Money

    @property
    def days(self) -> int:
        return self.custom.days

    @property
    def has_error(self) -> bool:
        return any(ask.error for ask in self.asks)

    @property
    def costs_more(self) -> bool:
        return any(ask.surcharge or any(one["minor"] for one in ask.choices) for ask in self.asks)


def asked_of(custom: Customisation | None, unit: Money, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> Asked | None:
    """None of what is sold as it is. `errors`: name of an input → what is wrong with it."""
    if custom is None:
        return None
    typed, errors = typed or {}, errors or {}
    asks = [Ask(field, unit.currency, typed.get(field.id, ""), errors.get(field.name, "")) for field in custom.fields]
    return Asked(custom, asks, unit)
