"""The one money type: whole minor units with a currency.

Columns are `<what>_minor BIGINT` beside `currency CHAR(3)`; `money_of("total_minor")` joins them on a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError
from marketplace.kernel.ungrouping import ungrouped


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum: always a defect, never a refusal."""


class NotAnAmount(MarketError):
    """Text that is no amount of money, or has more decimals than the currency knows."""

    code, status = "not_an_amount", 422
    message = _("“{text}” is not an amount. Write it in figures, like 1299.50.")


@lru_cache
def minor_digits(currency: str) -> int:
    """Decimals of a currency: 2 for CNY, 0 for JPY. Raises ValueError for what is no ISO 4217 code."""
    if currency not in list_currencies():
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code")
    return int(get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount. Sums keep the currency, products round half up once, shares always add up to the whole."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money takes whole minor units, not {self.minor!r}")
        minor_digits(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """From what a person typed ("1,299.5", "￥88"). Raises NotAnAmount."""
        plain = ungrouped(text.strip()).lstrip("¥￥$€£").strip()
        try:
            value = Decimal(plain)
        except InvalidOperation:
            raise NotAnAmount(text=text) from None
        minor = value.scaleb(minor_digits(currency)) if value.is_finite() and abs(value.adjusted()) < 15 else Decimal("0.1")
        if minor != minor.to_integral_value() or abs(minor) >= 10**15:
            raise NotAnAmount(text=text)
        return cls(int(minor), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str) -> Money:
        total = cls(0, currency)
        for amount in amounts:
            total += amount
        return total

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return not self <= other

    def __ge__(self, other: Money) -> bool:
        return not self < other

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, factor: Decimal | int, per: Decimal | int = 1) -> Money:
        """This much × factor ÷ per, rounded half up, once: a quotient worked out before would be rounded already.

        A float is refused: it was inexact before it came here.
        """
        if not isinstance(factor, (Decimal, int)) or not isinstance(per, (Decimal, int)):
            raise TypeError(f"money is multiplied by Decimal or int, not {type(factor).__name__} or {type(per).__name__}")
        exact = Decimal(self.minor) * factor / per
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Shares by weight, largest remainder first, ties to the earlier: they always add up to the whole.

        Weights are whole and not negative; if all are 0 the shares are equal.
        """
        if not weights or any(weight < 0 for weight in weights):
            raise ValueError("weights are whole, not negative, at least one")
        if not any(weights):
            weights = [1] * len(weights)
        sign = -1 if self.minor < 0 else 1
        whole, of = abs(self.minor), sum(weights)
        shares = [whole * weight // of for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % of), i))
        for i in by_remainder[: whole - sum(shares)]:
            shares[i] += 1
        return [Money(sign * share, self.currency) for share in shares]


def money_of(minor: str, currency: str = "currency") -> Any:
    """A property that joins a model's `<what>_minor` column with its currency column."""

    def read(row: Any) -> Money | None:
        amount = getattr(row, minor)
        return None if amount is None else Money(amount, getattr(row, currency))

    return property(read)
