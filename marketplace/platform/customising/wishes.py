"""What a buyer wishes: read from a form, weighed, and frozen as it was. Pure.

Wishes are texts of strangers: they are measured, cleaned of signs that are not seen, and never trusted by whoever shows them.
In a cart they are field id → text: what was written, the key of a choice, or a whole number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.kernel.plain import fingerprint
from marketplace.kernel.texts import localised
from marketplace.platform.customising.fields import Field, Kind, Signs

Wishes = Mapping[str, str]
GONE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # nobody sees them
JOINERS = "\u200d\ufe0f\u20e3"  # inside of an emoji
MARKS_IN_A_ROW = 2
LONGEST_TYPED = 1000  # beyond this nothing is read at all
PUNCTUATION = {Signs.LATIN: " .,-–—&'’!?+/:;()#\"@%*", Signs.CHINESE: " ·，。、！？：；（）《》“”‘’—…", Signs.DIGITS: " ./-:"}


def read_wishes(fields: Sequence[Field], typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by field id, clean and in the order of the fields; what is not wished is left out. Raises InvalidInput, naming field and remedy."""
    found = {field.id: said for field in fields if (said := read_wish(field, typed.get(field.id, "")))}
    for field in fields:
        if field.is_required and field.id not in found:
            remedy = _("Choose “{field}”: it is made as you wish.") if field.kind == Kind.CHOICE else _("Fill in “{field}”: it is made as you wish.")
            raise InvalidInput(field=field.name, why=remedy.format(field=localised(field.labels).text))
    return found


def read_wish(field: Field, typed: str) -> str:
    """One of them; "" for none. Raises InvalidInput."""
    if len(typed) > LONGEST_TYPED:
        raise _wrong(field, _("“{field}” is too long: at most {most} characters."), most=field.most)
    if field.kind == Kind.CHOICE:
        if typed and field.choice(typed) is None:
            raise _wrong(field, _("Choose one of what is offered for “{field}”."))
        return typed
    if field.kind == Kind.NUMBER:
        return _number(field, unicodedata.normalize("NFKC", typed).strip())
    return _text(field, typed)


def _number(field: Field, typed: str) -> str:
    if not typed:
        return ""
    digits = typed.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9) or not field.least <= int(typed) <= field.greatest:
        raise _wrong(field, _("“{field}” is a whole number from {least} to {greatest}."), least=field.least, greatest=field.greatest)
    return str(int(typed))


def _text(field: Field, typed: str) -> str:
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    lines = [" ".join("".join(sign for sign in line if _is_seen(sign, field)).split()) for line in lines]
    said = ("\n" if field.has_lines else " ").join(lines).strip()
    if not any(sign not in JOINERS and not sign.isspace() for sign in said):
        return ""
    if len(said) > field.most:
        raise _wrong(field, _("“{field}” has {n} characters, and there is room for {most}. Shorten it."), n=len(said), most=field.most)
    marks = 0
    for sign in said:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") and sign not in JOINERS else 0
        if marks > MARKS_IN_A_ROW or not (sign == "\n" or _may_stand(sign, field)):
            allowed = str(Signs(field.signs).label)
            raise _wrong(field, _("“{sign}” cannot be made in “{field}”. Possible: {allowed}."), sign=sign, allowed=allowed)
    return said


def _is_seen(sign: str, field: Field) -> bool:
    if sign in JOINERS:
        return field.has_emoji
    return sign == "\t" or unicodedata.category(sign) not in GONE


def _may_stand(sign: str, field: Field) -> bool:
    if is_emoji(sign):
        return field.has_emoji and field.signs == Signs.ANY
    if field.signs == Signs.ANY:
        return True
    if sign in PUNCTUATION[Signs(field.signs)]:
        return True
    if field.signs == Signs.CHINESE:
        return unicodedata.name(sign, "").startswith("CJK UNIFIED IDEOGRAPH")
    if "0" <= sign <= "9":
        return True
    return field.signs == Signs.LATIN and unicodedata.name(sign, "").startswith("LATIN ")


def is_emoji(sign: str) -> bool:
    """Pictures among signs, and what joins them."""
    return sign in JOINERS or (ord(sign) >= 0x1F000 and ord(sign) < 0x20000) or 0x2600 <= ord(sign) <= 0x27BF or 0x2B00 <= ord(sign) <= 0x2BFF


def _wrong(field: Field, why: str, **facts: object) -> InvalidInput:
    return InvalidInput(field=field.name, why=why.format(field=localised(field.labels).text, **facts))


def key_of(wishes: Wishes) -> str:
    """Equal wishes, equal keys; "" for none: lines of a cart are told apart by it."""
    return fingerprint(wishes) if wishes else ""


@dataclass(frozen=True)
class Fitted:
    """Wishes as they would be made at this moment: in words, with what each costs a piece, and by how many days it leaves later."""

    said: Sequence[Mapping[str, Any]]
    surcharge_minor: int
    days: int

    def on(self, unit: Money) -> Money:
        """What a piece costs, made as it is wished: tax, commission and what comes back are of this."""
        return Money(unit.minor + self.surcharge_minor, unit.currency)


def fit(fields: Sequence[Field], days: int, wishes: Wishes) -> Fitted | None:
    """None where these wishes cannot be made (any more): a required one is missing, or one says what is not offered."""
    try:
        clean = read_wishes(fields, wishes)
    except MarketError:
        return None
    if clean != dict(wishes):
        return None
    said = [_said(field, clean[field.id]) for field in fields if field.id in clean]
    return Fitted(said, sum(one["surcharge_minor"] for one in said), days if said else 0)


def _said(field: Field, wish: str) -> dict[str, Any]:
    """A wish in words, as orders keep it: it says itself without the field it was written in."""
    one: dict[str, Any] = {"id": field.id, "kind": field.kind, "labels": dict(field.labels), "surcharge_minor": field.surcharge_minor}
    choice = field.choice(wish) if field.kind == Kind.CHOICE else None
    if choice is not None:
        return {**one, "names": dict(choice.names), "surcharge_minor": choice.surcharge_minor}
    return {**one, "text": f"{wish} {field.unit}".strip() if field.kind == Kind.NUMBER else wish}


def in_words(said: Sequence[Mapping[str, Any]], between: str = " · ") -> str:
    """`Engraving: For Lin · Script: Kai`, in the reader's language, on one line: lists, letters, exports."""
    return between.join(f"{localised(one['labels']).text}{_(': ')}{value_of(one)}" for one in said)


def value_of(one: Mapping[str, Any]) -> str:
    text = localised(one["names"]).text if "names" in one else str(one.get("text", ""))
    return " / ".join(text.split("\n"))


def forgotten(said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same without what the buyer wrote: what is left when their account has gone."""
    return [{**one, "text": ""} if one["kind"] == Kind.TEXT else dict(one) for one in said]


def is_asked(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a shop waits for its buyer's answer about one of these lines, as public copies of orders hold them."""
    return any(one["waits"] for line in lines for one in line.get("custom", {}).get("questions", ()))


def without_what_was_written(custom: Mapping[str, Any]) -> dict[str, Any]:
    """What public copies of orders hold of a line that is made to wishes, without what its buyer wrote: wishes and answers."""
    asked = {"questions": [{**one, "answer": ""} for one in custom["questions"]]} if "questions" in custom else {}
    return {**custom, "wishes": forgotten(custom["wishes"]), **asked}
