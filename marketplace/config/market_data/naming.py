"""How properties and their values are called: in English from the file's snake_case, in Chinese from known pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, TypeGuard

from marketplace.config.market_data.tables import table


def words_of(value: Any) -> list[str]:
    """The values of a property as texts: yes and no for truth, a list taken apart."""
    if isinstance(value, bool):
        return ["Yes" if value else "No"]
    text = re.sub(r"<[^>]*>", " ", str(value).replace("\\n", " · ")).strip(" ·")
    text = " ".join(text.split())
    if text in ("Y", "N"):
        return ["Yes" if text == "Y" else "No"]
    return [part.strip() for part in re.split(r",(?! )", text) if part.strip()]


def plain_number(value: Decimal | int) -> str:
    """Without needless zeros or powers: 1000, 1.83."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_number(value: Any) -> TypeGuard[Decimal | int]:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def in_chinese(text: str) -> str | None:
    """A value in Chinese, if every part of it is known."""
    known = table("properties")["values"]
    if text in known:
        return str(known[text])
    parts = [known.get(part.strip()) for part in re.split(r"[/,]", text)]
    return "、".join(parts) if len(parts) > 1 and all(parts) else None


def value_names(text: str) -> dict[str, str]:
    chinese = in_chinese(text)
    return {"en": text, "zh-hans": chinese} if chinese else {"en": text}


def with_unit(number: str, unit: str) -> dict[str, str]:
    """A number with its unit, in both languages where they differ."""
    if not unit:
        return {"en": number}
    spaced = "" if unit in "°%" else " "
    chinese = table("properties")["unit_words"].get(unit)
    texts = {"en": f"{number}{spaced}{unit}"}
    return texts | {"zh-hans": f"{number} {chinese}"} if chinese else texts


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _shown_name(name: str) -> str:
    for written, meant in table("properties")["plain"].items():
        name = name.replace(written, meant)
    return name.strip("_")


@cache
def english(name: str) -> str:
    """`usb_2_0_ports_quantity` → "USB 2.0 ports quantity"; `battery_life__max_` → "Battery life (max)"."""
    words = table("properties")["words"]
    parts = re.split(r"__(.+?)(?:_(?=_|$)|$)", _shown_name(name))
    shown = []
    for place, part in enumerate(parts):
        written = " ".join(_cased(word, words) for word in part.split("_") if word)
        if written:
            shown.append(f"({written})" if place % 2 else written)
    text = re.sub(r"\b(\d) (\d)\b", r"\1.\2", " ".join(shown)).replace("Wi Fi", "Wi-Fi")
    return text[:1].upper() + text[1:]


def _cased(word: str, words: Mapping[str, str]) -> str:
    """An acronym stands in capitals, as its Chinese does."""
    if word in table("properties")["acronyms"]:
        return word.upper()
    in_zh = str(words.get(word, "")).strip()
    return in_zh if in_zh.isascii() and in_zh.lower() == word else {"wi": "Wi", "fi": "Fi"}.get(word, word)


@cache
def chinese(name: str) -> str | None:
    """The name in Chinese, put together from known pieces; None when one is unknown."""
    words = table("properties")["words"]
    if name in words:
        return str(words[name]).strip()
    shown, before, after = _shown_name(name), "", ""
    if shown.startswith("number_of_"):
        shown, after = shown.removeprefix("number_of_"), "数量"
    if shown.startswith("supported_") or shown.endswith("_supported"):
        shown, before = shown.removeprefix("supported_").removesuffix("_supported"), "支持的"
    if shown not in words and shown.endswith("_included"):
        shown, before = shown.removesuffix("_included"), "附"
    pieces = []
    for place, part in enumerate(re.split(r"__(.+?)(?:_(?=_|$)|$)", shown)):
        if not part.strip("_"):
            continue
        found = _pieced([word for word in part.split("_") if word], words)
        if found is None:
            return None
        pieces.append(table("properties")["forms"]["aside"].format(found.strip()) if place % 2 else found)
    return (before + "".join(pieces).strip() + after) or None


def _pieced(parts: list[str], words: Mapping[str, str]) -> str | None:
    found, start = [], 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            if (piece := words.get("_".join(parts[start:end]))) is not None:
                found.append(piece)
                start = end
                break
        else:
            return None
    return "".join(found)


def names_of(name: str) -> dict[str, str]:
    if own := table("properties")["names"].get(name):
        return {"en": own[0], "zh-hans": own[1]}
    in_zh = chinese(name)
    return {"en": english(name), **({"zh-hans": in_zh} if in_zh else {})}


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def is_count(name: str) -> bool:
    shown = _shown_name(name)
    return shown.startswith("number_of_") or shown.endswith("_quantity") or bool({name, shown} & set(table("properties")["counts"]["names"]))


def unit_of(name: str, number: Decimal | int) -> str | None:
    """The unit of a number; "" for a count; None when the file leaves it open."""
    unit = table("properties")["units"].get(name)
    if isinstance(unit, list):
        return str(unit[2] if number >= unit[1] else unit[0])
    if unit is not None:
        return str(unit)
    return "" if is_count(name) else None


def range_of(name: str, number: Decimal | int) -> int | None:
    """The place of the range a number falls into, where one chooses by ranges."""
    limits = table("properties")["ranges"].get(name)
    if limits is None:
        return None
    return next((place for place, limit in enumerate(limits) if number <= Decimal(str(limit))), len(limits))


def range_names(name: str) -> list[dict[str, str]]:
    limits = [plain_number(Decimal(str(limit))) for limit in table("properties")["ranges"][name]]
    unit = str(table("properties")["units"][name])
    pairs = [f"≤ {limits[0]}", *(f"{low}\u2013{high}" for low, high in pairwise(limits)), f"> {limits[-1]}"]
    return [with_unit(pair, unit) for pair in pairs]
