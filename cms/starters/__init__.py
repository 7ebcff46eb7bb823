"""Starters: first pages to begin with, in both languages. Their texts stand in starters.toml, their pictures are drawn by our own code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from cms.pictures import image_called

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Starter:
    """A first page as it is offered: names and what is in it by language, the look that goes with it, and its blocks."""

    code: str
    names: dict[str, str]
    about: dict[str, str]
    look: dict[str, str]
    blocks: list[dict[str, Any]]


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((HERE / "starters.toml").read_text())


@cache
def starters() -> dict[str, Starter]:
    return {code: Starter(code, both(row["name"]), both(row["about"]), row["look"], row["blocks"]) for code, row in _texts()["starters"].items()}


def starter(code: str) -> Starter:
    """Raises KeyError."""
    return starters()[code]


def both(pair: list[str]) -> dict[str, str]:
    return {"zh-hans": pair[0], "en": pair[1]}


def two(pair: list[str]) -> dict[str, str]:
    """A pair of Chinese and English as a block with both takes it."""
    return {"zh": pair[0], "en": pair[1]}


def blocks_of(chosen: Starter, image: Any) -> list[tuple[str, dict[str, Any]]]:
    """The blocks of a starter, as a stream takes them."""
    return [built(block, image) for block in chosen.blocks]


def market_blocks() -> list[tuple[str, dict[str, Any]]]:
    """What a market's first page is made of when it opens."""
    return [built(block, None) for block in _texts()["market"]["blocks"]]


def campaign_blocks(image: Any) -> list[tuple[str, dict[str, Any]]]:
    return [built(block, image) for block in _texts()["campaign"]["blocks"]]


def campaign_titles(number: int) -> list[str]:
    """Chinese and English titles of a new campaign page."""
    return [title.format(n=number) for title in _texts()["campaign"]["titles"]]


def built(block: dict[str, Any], image: Any) -> tuple[str, dict[str, Any]]:
    """A block from a table of a TOML file: pairs become texts in two languages, `image = true` the picture that goes with it."""
    return block["is"], {name: _value(value, image) for name, value in block.items() if name != "is"}


def _value(value: Any, image: Any) -> Any:
    if value is True:
        return image
    if isinstance(value, dict):
        return {name: _value(inner, image) for name, inner in value.items()}
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value):
        return two(value)
    if isinstance(value, list):
        return [_value(inner, image) for inner in value]
    return value


def picture_path(code: str) -> Path:
    return HERE.parent / "static" / "cms" / "starters" / f"{code}.webp"


def picture_of(code: str) -> Any:
    """The starter's picture among the images of this tree, put there the first time."""
    return image_called(f"wanshang-{code}", _described(code), picture_path(code))


def _described(code: str) -> str:
    pair = _texts()["pictures"][code]
    return pair[1] if get_language() == "en" else pair[0]
