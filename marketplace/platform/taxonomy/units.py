"""Units of numbers that goods are described by: entering one in another unit, and showing it in a second one. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ungrouping import ungrouped

# Kind of measure → unit → how many of the first unit it is.
MEASURES: dict[str, dict[str, Decimal]] = {
    "mass": {"g": Decimal(1), "mg": Decimal("0.001"), "kg": Decimal(1000), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")},
    "length": {"cm": Decimal(1), "mm": Decimal("0.1"), "m": Decimal(100), "in": Decimal("2.54"), "ft": Decimal("30.48")},
    "volume": {"ml": Decimal(1), "cl": Decimal(10), "l": Decimal(1000)},
    "power": {"W": Decimal(1), "kW": Decimal(1000)},
    "storage": {"GB": Decimal(1), "MB": Decimal("0.001"), "TB": Decimal(1000)},
    "time": {"min": Decimal(1), "s": Decimal(1) / 60, "h": Decimal(60)},
}
# What a number is shown in besides, and from (or up to) how many of its own unit on.
BESIDES: dict[str, tuple[str, Decimal]] = {
    "g": ("kg", Decimal(1000)),
    "mg": ("g", Decimal(1000)),
    "lb": ("kg", Decimal(0)),
    "oz": ("g", Decimal(0)),
    "in": ("cm", Decimal(0)),
    "ft": ("m", Decimal(0)),
    "mm": ("cm", Decimal(100)),
    "cm": ("m", Decimal(100)),
    "ml": ("l", Decimal(1000)),
    "W": ("kW", Decimal(1000)),
    "MB": ("GB", Decimal(1000)),
    "GB": ("TB", Decimal(1000)),
    "min": ("h", Decimal(60)),
    "s": ("min", Decimal(60)),
}
# How merchants write them, in small letters.
WRITTEN = {
    "克": "g", "公斤": "kg", "千克": "kg", "毫克": "mg", "磅": "lb", "盎司": "oz",
    "厘米": "cm", "毫米": "mm", "米": "m", "公尺": "m",
    "英寸": "in", "寸": "in", "inch": "in", "inches": "in", '"': "in", "″": "in", "英尺": "ft",
    "毫升": "ml", "升": "l", "瓦": "W", "千瓦": "kW", "小时": "h", "分钟": "min", "秒": "s",
    "gram": "g", "grams": "g", "litre": "l", "liter": "l", "hours": "h",
}  # fmt: skip
UNITS = [unit for units in MEASURES.values() for unit in units]
LARGEST = Decimal(10) ** 12
PLACES = Decimal("0.0001")

_NUMBER = re.compile(r"([-+]?[\d.,，]+)\s*([^\d\s.,，].*)?\Z")


def measure_of(unit: str) -> dict[str, Decimal]:
    """The units that can be entered instead of this one; empty for a unit of the market's own."""
    return next((units for units in MEASURES.values() if unit in units), {})


def parse_number(text: str, unit: str, *, field: str = "") -> str:
    """A number as it is kept: plain digits in the attribute's unit, at most four decimals. Another unit of the same measure is converted.

    Raises InvalidInput, naming what may be written.
    """
    found = _NUMBER.match(text.strip())
    units = measure_of(unit)
    try:
        value = Decimal(ungrouped(found[1]) if found else "x")
    except InvalidOperation as wrong:
        raise InvalidInput(field=field, why=_example(unit)) from wrong
    written = (found[2] or "").strip() if found else ""
    if written and written.casefold() != unit.casefold():
        meant = _unit_meant(written, units)
        if meant is None:
            raise InvalidInput(field=field, why=_example(unit))
        value = value * units[meant] / units[unit]
    if not value.is_finite() or abs(value) >= LARGEST:
        raise InvalidInput(field=field, why=_("This number is too large."))
    return plain(value.quantize(PLACES))


def _unit_meant(written: str, units: dict[str, Decimal]) -> str | None:
    known = WRITTEN.get(written.casefold(), written)
    return next((unit for unit in units if unit == known), None) or next((unit for unit in units if unit.casefold() == known.casefold()), None)


def _example(unit: str) -> str:
    units = [one for one in measure_of(unit) if one != unit]
    if unit and units:
        return _("Write a number in {unit}, for example 12.5, or with another unit: {others}.").format(unit=unit, others=_(", ").join(units))
    return _("Write a number, for example 12.5.")


def besides(value: Decimal, unit: str) -> tuple[Decimal, str] | None:
    """The same in a second unit that readers know better; None where there is none."""
    other, least = BESIDES.get(unit, ("", Decimal(0)))
    if not other or abs(value) < least:
        return None
    units = measure_of(unit)
    return (value * units[unit] / units[other]).quantize(Decimal("0.01")), other


def plain(value: Decimal) -> str:
    """Without an exponent and without zeros behind."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def shown_number(text: str, unit: str) -> str:
    """A kept number for a reader, with its unit and the second one. What is no number is shown as it is."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return f"{text} {unit}".strip()
    from_other = besides(value, unit)
    shown = f"{_grouped(value)} {unit}".strip()
    return f"{shown} ({_grouped(from_other[0])} {from_other[1]})" if from_other else shown


def _grouped(value: Decimal) -> str:
    """With a comma at thousands, as both languages write it."""
    whole, _point, rest = plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}" + (f".{rest}" if rest else "")
