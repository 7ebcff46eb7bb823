"""Texts kept in several languages: `{"zh-hans": "杯子", "en": "Mug"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import get_language

type_texts = Mapping[str, str]  # language code (lower case) → text

# Languages that forms ask for, and what their fields call them: title_zh, title_en.
IN_FIELDS = {"zh-hans": "zh", "en": "en"}
# What a reader of a language can read next best, before anything else that is there.
NEXT_BEST = {"zh-hant": ("zh-hans",), "zh-hans": ("zh-hant",)}


class Localised(NamedTuple):
    """A text with the language it is really in, for the `lang` attribute."""

    text: str
    language: str


def localised(texts: type_texts, language: str | None = None) -> Localised:
    """The text in `language` (default: the active one), else in the next best language, else in any.

    Empty texts count as absent. An empty mapping gives an empty text in the asked language.
    """
    wanted = (language or get_language() or "en").lower()
    for code in (wanted, *NEXT_BEST.get(wanted, ()), "en", *texts):
        if texts.get(code):
            return Localised(texts[code], code)
    return Localised("", wanted)
