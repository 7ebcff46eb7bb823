"""From the words of a kind and the facts of a case to a message. Words are the operator's, or ours; nothing in them is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import localised
from marketplace.platform.notices.kinds import Kind
from marketplace.platform.notices.models import Wording
from tenants.tenancy.hosts import market_row

PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Words:
    """What a kind says in one language."""

    subject: str
    body: Sequence[str]
    button: str
    sms: str
    closing: Sequence[str] = ()
    version: int = 0  # of the operator's; 0: ours

    @property
    def body_text(self) -> str:
        return "\n\n".join(self.body)


def our_words(kind: Kind) -> Words:
    """In the active language, as the product brings them."""
    return Words(
        gettext(kind.subject) if kind.subject else "",
        [gettext(line) for line in kind.body],
        gettext(kind.button) if kind.button else "",
        gettext(kind.sms) if kind.sms else "",
        [gettext(line) for line in kind.closing],
    )


def words_of(kind: Kind) -> Words:
    """In force now, in the active language."""
    row = newest(kind.code, get_language() or "en")
    ours = our_words(kind)
    if row is None or row.is_built_in:
        return ours
    return Words(row.subject, paragraphs(row.body), row.button, row.sms, ours.closing, row.version)


def newest(kind: str, language: str) -> Wording | None:
    return Wording.objects.filter(kind=kind, language=language).order_by("-version").first()


def paragraphs(text: str) -> list[str]:
    """Between empty lines; a line break within one is a blank."""
    parts = re.split(r"\n\s*\n", text.replace("\r", ""))
    return [" ".join(part.split()) for part in parts if part.strip()]


def filled(text: str, facts: Mapping[str, str]) -> str:
    """With every known place filled, once: braces in a fact stay what they are."""
    return PLACE.sub(lambda found: facts.get(found[1], found[0]), text)


def filled_lines(lines: Sequence[str], facts: Mapping[str, str]) -> list[str]:
    """Without those in which a named place has nothing to say. A fact of several lines makes as many paragraphs."""
    said = [filled(line, facts) for line in lines if all(facts.get(name) != "" for name in PLACE.findall(line))]
    return [part for line in said for part in line.split("\n") if part.strip()]


def with_market(facts: Mapping[str, str]) -> dict[str, str]:
    market = market_row()
    return {"market": localised(market.names).text if market else "", **facts}


# ── What an operator may write ───────────────────────────────────────────────────────────────────────────────────────


def check_words(kind: Kind, *, subject: str, body: str, button: str, sms: str) -> None:
    """Raises InvalidInput naming the field, and the place that is unknown or missing."""
    texts = {"subject": subject, "body": body, "button": button, "sms": sms}
    for name, text in texts.items():
        allowed = kind.places | ({"link"} if name == "sms" else frozenset())
        for place in PLACE.findall(text):
            if place not in allowed:
                raise InvalidInput(field=name, why=gettext("“{place}” is not known here. These are: {known}.").format(place=place, known=_listed(allowed)))
        if re.search(r"[{}]", PLACE.sub("", text)):
            raise InvalidInput(
                field=name, why=gettext("A brace stands alone. Write places as they stand beside the form, such as {example}.").format(example=_example(kind))
            )
    if "\n" in subject.strip() or not subject.strip():
        raise InvalidInput(field="subject", why=gettext("Write a subject of one line."))
    if not paragraphs(body):
        raise InvalidInput(field="body", why=gettext("Write at least one paragraph."))
    if kind.button and not button.strip():
        raise InvalidInput(field="button", why=gettext("Write what the button says: it leads to what the notice is about."))
    written = set(PLACE.findall(f"{subject}\n{body}"))
    if missing := kind.needed - written:
        raise InvalidInput(field="body", why=gettext("These have to stand in the subject or the text: {places}.").format(places=_listed(missing)))
    if kind.sms and (missing := kind.sms_needed - set(PLACE.findall(sms))):
        raise InvalidInput(field="sms", why=gettext("These have to stand in the SMS: {places}.").format(places=_listed(missing)))


def _listed(places: frozenset[str] | set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(places))


def _example(kind: Kind) -> str:
    return f"{{{min(kind.places)}}}"
