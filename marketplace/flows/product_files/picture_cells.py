"""What rows say of a product's pictures: which they are, in which order, and what each shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from marketplace.flows.product_files.columns import same_text
from marketplace.flows.product_files.held import Held, alt_cell, alt_text
from marketplace.flows.product_files.words import MANY
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.merchant.catalogue.models import Picture
from marketplace.merchant.media.actions import LONGEST_ALT
from tenants.packages.errors import LimitReached
from tenants.packages.models import Limit

if TYPE_CHECKING:
    from marketplace.flows.product_files.compiling import Line, Plan

APART = re.compile(r"[|\n]|[;,]\s*(?=https?://)")  # between the pictures of a cell
type_alts = dict[str, Mapping[str, str]]  # picture → language → what it shows, in the order of the pictures


class PictureCells:
    """Part of Compiling (compiling.py): reads cells of pictures, notes problems."""

    plan: Plan
    rows: Sequence[Line]
    there: Held | None
    wrong: Callable[[Line, str, str], None]

    def pictures(self) -> list[tuple[str, Mapping[str, str]]]:
        """Of all rows together, each once. What the shop says of a picture that stays is kept, unless a row says something else."""
        held: list[Picture] = self.there.pictures if self.there else []
        current: type_alts = {picture.key: picture.alt for picture in held}
        found, named = self._pictures(current)
        for language in ("zh-hans", "en"):
            self._say(found, named, language)
        if len(current) < len(held) and found == current:
            return [(picture.key, picture.alt) for picture in held]  # one that stands there twice
        return list(found.items())

    def _pictures(self, current: type_alts) -> tuple[type_alts, dict[int, list[str]]]:
        """The pictures, and which of them each line names."""
        cells = [(row, cell) for row in self.rows if (cell := self.plan.cell(row, "pictures"))]
        if not cells or (len(cells) == 1 and same_text(cells[0][1], MANY.join(current))):
            return dict(current), {}
        found: type_alts = {}
        named: dict[int, list[str]] = {}
        for row, cell in cells:
            for ref in filter(None, (part.strip() for part in APART.split(plain_cell(cell)))):
                try:
                    key = ref if ref in current else self.plan.picture(ref)
                except MarketError as refusal:
                    self.wrong(row, "pictures", _("{ref}: {why}").format(ref=ref[:100], why=str(refusal)))
                else:
                    found[key] = current.get(key, {})
                    named.setdefault(row.line, []).append(key)
        if self.plan.most_pictures is not None and len(found) > self.plan.most_pictures:
            self.wrong(cells[0][0], "pictures", str(LimitReached(what=Limit.PICTURES.label, limit=self.plan.most_pictures)))
        return found, named

    def _say(self, found: type_alts, named: Mapping[int, list[str]], language: str) -> None:
        """Put what each row says of the pictures it names; where it names none, of all in their order."""
        meant = f"alt:{language}"
        as_held = alt_cell([picture.alt for picture in self.there.pictures], language) if self.there else ""  # pictures that move keep their words
        for row in self.rows:
            keys = named.get(row.line) or list(found)
            cell = self.plan.cell(row, meant)
            if not cell or same_text(cell, as_held) or same_text(cell, alt_cell([found[key] for key in keys], language)):
                continue
            said = [" ".join(text.split()) for text in plain_cell(cell).split(MANY)]
            if len(said) > len(keys):
                why = _("Here are {n} texts and {m} pictures. Write one text a picture, in their order, with {sign} between.")
                self.wrong(row, meant, why.format(n=len(said), m=len(keys), sign=MANY))
                continue
            if any(len(text) > LONGEST_ALT for text in said):
                self.wrong(row, meant, _("Write at most {most} characters.").format(most=LONGEST_ALT))
                continue
            for key, text in zip(keys, said, strict=False):
                if text and text != alt_text(found[key], language):
                    found[key] = {**found[key], language: text}
