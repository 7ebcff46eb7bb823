"""Words that texts of products must not hold, and words that a person looks at: the list, and finding them.

Signs between the letters hide nothing: width, case, invisible signs, and what stands between Chinese characters are left out of the comparison.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any
from uuid import UUID

import nh3
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.descriptions import alts_in
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import IN_FIELDS
from marketplace.kernel.verbs import verb
from marketplace.platform.customising.fields import texts_in
from marketplace.platform.listings.errors import WordForbidden, WordUnknown
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.taxonomy.models import Category

LONGEST, MOST = 60, 5000
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
WITHIN = re.compile(r"</?(?:b|strong|i|em)>")
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Hit:
    """A word of the list, and the field of the product form in which it stands."""

    field: str
    word: ForbiddenWord


def plain(text: str) -> str:
    """In one width and case, without what nobody sees."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


@lru_cache(maxsize=8192)
def _pattern(word: str) -> re.Pattern[str]:
    """Between Chinese signs anything but letters and digits may stand; a word in letters is a whole word, with any space within."""
    parts = []
    for before, sign in zip(["", *word[:-1]], word, strict=True):
        if before and CHINESE.match(before) and CHINESE.match(sign):
            parts.append(r"[\W_]*")
        parts.append(r"[\W_]+" if sign == " " else re.escape(sign))
    left = "" if CHINESE.match(word[0]) or not word[0].isalnum() else r"(?<![^\W_])"
    right = "" if CHINESE.match(word[-1]) or not word[-1].isalnum() else r"(?![^\W_])"
    return re.compile(f"{left}{''.join(parts)}{right}")


def texts_of(proposed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, plain text) of everything a buyer would read, of a proposal as ProductChange holds it."""
    found = [(f"title_{IN_FIELDS.get(code, code)}", text) for code, text in proposed["titles"].items()]
    found += [(f"subtitle_{IN_FIELDS.get(code, code)}", text) for code, text in proposed.get("subtitles", {}).items()]
    found += [(f"description_{IN_FIELDS.get(code, code)}", said_in(html)) for code, html in proposed["descriptions"].items()]
    found += [(f"description_{IN_FIELDS.get(code, code)}", alt) for code, html in proposed["descriptions"].items() for alt in alts_in(html)]
    found += [("attributes", text) for _key, _values, free in proposed["attributes"] for text in (free or {}).values()]
    found += [("customising", text) for text in texts_in(proposed.get("customising", {}).get("fields", ()))]
    found += [("pictures", text) for picture in proposed["pictures"] for text in picture.get("alt", {}).values()]
    return [(field, plain(text)) for field, text in found if text]


def said_in(html: str) -> str:
    """What a description says: a tag within a word divides it no more than it does for a reader, and signs that HTML spells are signs."""
    return unescape(nh3.clean(WITHIN.sub("", html).replace("<", " <"), tags=set()))


def every_word() -> list[ForbiddenWord]:
    """The whole list, for whoever looks at many products."""
    return list(ForbiddenWord.objects.select_related("category").order_by("text"))


def hits_in(proposed: Mapping[str, Any], among: Sequence[ForbiddenWord] | None = None) -> list[Hit]:
    """Each word of the list that a proposal says, once per field; the refused ones first. `among` is the list, if it was read already."""
    among = every_word() if among is None else among
    if any(word.category_id for word in among):
        path = Category.objects.filter(pk=proposed["category_id"]).values_list("path", flat=True).first() or [proposed["category_id"]]
        among = [word for word in among if word.category_id is None or word.category_id in path]
    texts = texts_of(proposed) if among else []
    found = [Hit(field, word) for word in among for field in dict.fromkeys(f for f, text in texts if _pattern(word.text).search(text))]
    return sorted(found, key=lambda hit: hit.word.weight != ForbiddenWord.Weight.REFUSED)


def words_in(text: str) -> list[ForbiddenWord]:
    """The words of the whole list that a text says, whatever its category."""
    said = plain(text)
    return [word for word in every_word() if _pattern(word.text).search(said)]


def check_words(proposed: Mapping[str, Any], among: Sequence[ForbiddenWord] | None = None) -> list[Hit]:
    """Words that a person has to look at. Raises WordForbidden, naming the field and the word."""
    found = hits_in(proposed, among)
    if found and found[0].word.weight == ForbiddenWord.Weight.REFUSED:
        raise WordForbidden(field=found[0].field, word=found[0].word.text, note=found[0].word.note)
    return found


@verb
def put_words(*, by: Actor, texts: Iterable[str], weight: str, category_id: int | None, note: str) -> int:
    """Enter words; one that is there for the same category gets weight and note of now. Returns how many there are new. Raises InvalidInput."""
    wanted = list(dict.fromkeys(word for word in (plain(text) for text in texts) if word))
    if not wanted:
        raise InvalidInput(field="texts", why=_("Write at least one word."))
    if weight not in ForbiddenWord.Weight:
        raise InvalidInput(field="weight", why=_("Choose what happens to it."))
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise InvalidInput(field="category", why=_("Choose a category."))
    for word in wanted:
        if len(word) > LONGEST or not any(sign.isalnum() for sign in word):
            raise InvalidInput(field="texts", why=_("“{word}” is too long, or no word: at most {most} characters.").format(word=word[:LONGEST], most=LONGEST))
    with transaction.atomic():
        known = {row.text: row for row in ForbiddenWord.objects.select_for_update(of=("self",)).filter(text__in=wanted, category=category_id)}
        if ForbiddenWord.objects.count() + len(wanted) - len(known) > MOST:
            raise InvalidInput(field="texts", why=_("The list holds at most {most} words.").format(most=MOST))
        before = {word: row.weight for word, row in known.items() if (row.weight, row.note) != (weight, note.strip()[:200])}
        for word in wanted:
            row = known.get(word) or ForbiddenWord(text=word, category_id=category_id)
            row.weight, row.note, row.by_label = weight, note.strip()[:200], by.label
            row.save()
        new = [word for word in wanted if word not in known]
        if new or before:
            audit(
                by=by,
                action="words.put",
                subject="words",
                subject_id=len(wanted),
                before=before or {"words": []},
                after={"words": new, "weight": weight, "category": category_id},
                why=note.strip()[:200],
            )
    return len(new)


@verb
def drop_word(*, by: Actor, word_id: UUID) -> ForbiddenWord:
    """Take a word off the list. Raises WordUnknown."""
    with transaction.atomic():
        row = ForbiddenWord.objects.select_for_update(of=("self",)).filter(pk=word_id).first()
        if row is None:
            raise WordUnknown
        said = {"word": row.text, "weight": row.weight, "category": row.category_id}
        row.delete()
        audit(by=by, action="words.dropped", subject="words", subject_id=1, before=said, after={"word": None})
    return row
