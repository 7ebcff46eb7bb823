"""Descriptions as HTML: what is kept of it, and the pictures in it.

A product keeps `<img src="KEY">`: the key of a picture in its shop's library and nothing else. The public copy of it says
`<img src="SCHEMA/KEY" width="…" height="…" alt="…">`, which pages show in the width that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

import nh3

TAGS = {"p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "h3", "h4"}
KEY = r"[a-z0-9_-]+(?:/[A-Za-z0-9_-]+)+\.webp"
SCHEMA = r"m_[0-9a-f]{32}"
OURS = re.compile(rf"(?:/media/{SCHEMA}/)?{KEY}")
KEPT = re.compile(r'<img(?: src="([^"<>]*)")?>')
PUBLIC = re.compile(rf'<img src="({SCHEMA}/{KEY})" width="(\d{{1,5}})" height="(\d{{1,5}})" alt="([^"<>]*)">')
HOLDERS = re.compile("\ue000(\\d+)\ue001")


def clean(html: str) -> str:
    """Simple structure, and pictures by key or by their address on our own hosts; every other tag, attribute and address is gone."""
    kept = nh3.clean(html, tags=TAGS | {"img"}, attributes={"img": {"src"}}, attribute_filter=_only_ours)
    return KEPT.sub(lambda one: one.group() if one.group(1) else "", kept)


def _only_ours(tag: str, name: str, value: str) -> str | None:
    return value.strip() if OURS.fullmatch(value.strip()) else None


def named_in(html: str) -> list[str]:
    """What the pictures of a kept description are named by, in their order, each once."""
    return list(dict.fromkeys(name for name in KEPT.findall(html) if name))


def renamed(html: str, names: Mapping[str, str]) -> str:
    """The same with pictures named otherwise."""
    return KEPT.sub(lambda one: f'<img src="{names.get(one.group(1), one.group(1))}">', html)


def published(html: str, tell: Callable[[str], tuple[str, int, int, str] | None]) -> str:
    """A kept description as the public copy says it. `tell` gives of a key (schema and key, width, height, what it shows); None leaves it out."""

    def one(found: re.Match[str]) -> str:
        if (told := tell(found.group(1))) is None:
            return ""
        return f'<img src="{told[0]}" width="{told[1]}" height="{told[2]}" alt="{escape(told[3])}">'

    return KEPT.sub(one, html)


def public_keys(html: str) -> set[str]:
    """Schema and key of each picture of a public description."""
    return {found[0] for found in PUBLIC.findall(html)}


def alts_in(html: str) -> list[str]:
    """What the pictures of a public description show, in words."""
    return [unescape(found[3]) for found in PUBLIC.findall(html) if found[3]]


def shown(html: str, draw: Callable[[str, int, int, str], str]) -> str:
    """A public description for a page, cleaned once more; `draw` makes a picture (schema and key, width, height, words) into HTML."""
    pictures = [(key, int(width), int(height), unescape(alt)) for key, width, height, alt in PUBLIC.findall(html)]
    places = iter(range(len(pictures)))
    held = PUBLIC.sub(lambda _one: f"\ue000{next(places)}\ue001", html.replace("\ue000", "").replace("\ue001", ""))
    return HOLDERS.sub(lambda one: draw(*pictures[int(one.group(1))]), nh3.clean(held, tags=TAGS, attributes={}))
