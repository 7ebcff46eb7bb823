"""Size tables as buyers read them: centimetres and inches beside each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

from marketplace.kernel.texts import localised

register = template.Library()
OTHER = {"cm": ("in", Decimal(1) / Decimal("2.54"), "0.1"), "in": ("cm", Decimal("2.54"), "0.1"), "mm": ("cm", Decimal("0.1"), "0.1")}
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def beside(text: str, unit: str) -> str:
    """Every number of a measure in the other unit, with its name: "98-102" cm is "38.6-40.2 in". "" where there is none."""
    if unit not in OTHER or not NUMBER.search(text):
        return ""
    other, factor, step = OTHER[unit]
    return NUMBER.sub(lambda found: f"{(Decimal(found[0]) * factor).quantize(Decimal(step), ROUND_HALF_UP).normalize():f}", text) + f" {other}"


@register.inclusion_tag("shop/_size_table.html")
def size_table(table: Mapping[str, Any]) -> dict[str, Any]:
    """`table` as ListingDetail.size_table holds it."""
    units = [column["unit"] for column in table["columns"]]
    return {
        "columns": [{"name": localised(column["names"]), "unit": column["unit"]} for column in table["columns"]],
        "rows": [{"size": size, "cells": [(text, beside(text, unit)) for text, unit in zip(cells, units, strict=False)]} for size, cells in table["rows"]],
        "notes": localised(table["notes"]) if table["notes"] else None,
    }
