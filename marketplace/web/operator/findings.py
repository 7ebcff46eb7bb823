"""What a machine can say about a submission before a person looks: findings in plain words, and what differs, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from typing import Any

import nh3
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.platform.listings.words import Hit, said_in

# Claims that no proof can back; Chinese law on advertising (article 9) forbids them, too.
CLAIMS = re.compile(
    r"国家级|世界级|最高级|最佳|最好|最强|最低价|全网第一|销量第一|第一品牌|顶级|绝无仅有"
    r"|\b(?:best in the world|world's best|number one|no\. ?1|guaranteed cure)\b",
    re.IGNORECASE,
)
TOO_FAR = 2  # a market price of more than so many times the sale price is looked at
TOKENS = re.compile(r"[一-鿿]|\w+|\s+|[^\w\s]")
MOST_TOKENS = 400  # of texts that are compared word by word; of longer ones all is gone and all is new
END_OF_LINE = re.compile(r"<br\s*/?>|<img\b[^>]*>|</(?:p|h\d|li|blockquote|div)>", re.IGNORECASE)
AFTER_A_SENTENCE = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;]\s)")


@dataclass(frozen=True)
class Finding:
    is_good: bool
    text: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text. `kind`: same, gone or new."""

    kind: str
    text: str


def findings_of(proposed: dict[str, Any], sent_back_before: int, hits: Sequence[Hit] = ()) -> list[Finding]:
    """The worst first; one good line if there is nothing."""
    titles, texts = proposed["titles"], {code: said_in(html) for code, html in proposed["descriptions"].items()}
    found = [
        _("A word of your list: “{word}”. {note}").format(word=hit.word.text, note=hit.word.note).strip()
        for hit in {each.word.pk: each for each in hits}.values()
    ]
    words = sorted({match[0] for text in (*titles.values(), *texts.values()) for match in CLAIMS.finditer(text)})
    if words:
        found.append(_("It claims what cannot be proved: {words}").format(words=_(", ").join(words)))
    dear = [one for one in proposed["variants"] if one["market_minor"] and one["market_minor"] > TOO_FAR * one["price_minor"]]
    if dear:
        n = len(dear)
        found.append(
            ngettext(
                "The market price of {n} variant is more than twice its sale price.", "The market price of {n} variants is more than twice their sale price.", n
            ).format(n=n)
        )
    if not titles.get("zh-hans") or not titles.get("en"):
        found.append(_("It has a title in one language only."))
    if not any(text.strip() for text in texts.values()):
        found.append(_("It has no description."))
    if len(proposed["pictures"]) < 2:
        found.append(_("It has one picture.") if proposed["pictures"] else _("It has no picture."))
    if sent_back_before:
        found.append(ngettext("It was sent back {n} time before.", "It was sent back {n} times before.", sent_back_before).format(n=sent_back_before))
    if not any(one["available"] for one in proposed["variants"]):
        found.append(_("None of it is in stock."))
    return [Finding(False, text) for text in found] or [Finding(True, _("Titles, description, pictures, prices and stock look whole."))]


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, with what is gone and what is new: Chinese by the sign, other writing by the word."""
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    if max(len(before), len(after)) > MOST_TOKENS:
        before, after = [old] if old else [], [new] if new else []
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        if b > a:
            left.append(Piece("same" if tag == "equal" else "gone", "".join(before[a:b])))
        if d > c:
            right.append(Piece("same" if tag == "equal" else "new", "".join(after[c:d])))
    return left, right


def marked_descriptions(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """What two descriptions say, a line a paragraph and without their form, in pieces: by the sentence, and within those that differ by the word."""
    before, after = (AFTER_A_SENTENCE.split(_said(html)) for html in (old, new))
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        was, becomes = "".join(before[a:b]), "".join(after[c:d])
        pieces = ([Piece("same", was)], [Piece("same", becomes)]) if tag == "equal" else marked(was, becomes)
        left += pieces[0]
        right += pieces[1]
    return left, right


def _said(html: str) -> str:
    lines = nh3.clean(END_OF_LINE.sub("\n", html), tags=set()).splitlines()
    return "\n".join(line for line in (" ".join(unescape(line).split()) for line in lines) if line)


def marked_rows(old: Sequence[str], new: Sequence[str]) -> tuple[list[Piece], list[Piece]]:
    """Rows of both, a line each: those that are in one of them alone are gone or new."""
    return _lines(old, new, "gone"), _lines(new, old, "new")


def _lines(mine: Sequence[str], others: Sequence[str], alone: str) -> list[Piece]:
    return [Piece("same" if row in others else alone, row if n == len(mine) else f"{row}\n") for n, row in enumerate(mine, 1)]
