"""The texts of the product form in two languages, side by side: what is missing, and how far each language is. Nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.kernel.texts import IN_FIELDS
from marketplace.merchant.catalogue.models import Picture

if TYPE_CHECKING:
    from marketplace.web.seller.product_form import ProductForm

KINDS = ("title", "subtitle", "description")
ATTRIBUTE = re.compile(r"attribute_\d{1,9}")  # of a text: its fields are called as those of a title are
LANGUAGES = {short: code for code, short in IN_FIELDS.items()}


@dataclass(frozen=True)
class Side:
    field: BoundField
    source: str  # id of the same text in the other language
    is_missing: bool  # the other language says it


@dataclass(frozen=True)
class Pair:
    kind: str
    sides: list[Side]


@dataclass(frozen=True)
class Progress:
    """Of what is said in any language, how much is said in this one."""

    name: str
    done: int
    total: int

    @property
    def is_whole(self) -> bool:
        return self.done == self.total


def _said(field: BoundField) -> str:
    return str(field.value() or "").strip()


def attributes_in(form: ProductForm) -> list[str]:
    """The attributes of the form that are texts, as pairs are called."""
    first = next(iter(LANGUAGES))
    return [kind for kind in (name.removesuffix(f"_{first}") for name in form.fields) if f"{kind}_{first}" in form.fields and ATTRIBUTE.fullmatch(kind)]


def pairs(form: ProductForm, kinds: Sequence[str] = KINDS) -> list[Pair]:
    found = []
    for kind in kinds:
        fields = [form[f"{kind}_{short}"] for short in LANGUAGES]
        found.append(Pair(kind, [Side(one, other.id_for_label, not _said(one) and bool(_said(other))) for one, other in (fields, fields[::-1])]))
    return found


def progress(form: ProductForm, pictures: Iterable[Picture]) -> list[Progress]:
    """Title, subtitle, description, attributes in words, and the words of each picture; what is said in no language counts for none."""
    texts = [{code: _said(form[f"{kind}_{short}"]) for short, code in LANGUAGES.items()} for kind in (*KINDS, *attributes_in(form))]
    texts += [{code: str(picture.alt.get(code, "")) for code in LANGUAGES.values()} for picture in pictures]
    said = [one for one in texts if any(one.values())]
    names = {"zh-hans": _("Chinese"), "en": _("English")}
    return [Progress(names[code], sum(1 for one in said if one[code]), len(said)) for code in LANGUAGES.values()]


def copied(data: Any, target: str) -> QueryDict:
    """The form with the text of the other language in this field; as it was for a field that is no text."""
    kind, _underscore, short = target.rpartition("_")
    changed: QueryDict = data.copy()
    if (kind in KINDS or ATTRIBUTE.fullmatch(kind)) and short in LANGUAGES:
        other = next(one for one in LANGUAGES if one != short)
        changed[target] = changed.get(f"{kind}_{other}", "")
    return changed
