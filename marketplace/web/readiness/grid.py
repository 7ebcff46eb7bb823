"""How far a shop is: five stages by thirteen concerns, each thing to do in one of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# In the order in which a shop goes through them.
STAGES: Sequence[tuple[int, str | Promise]] = (
    (1, pgettext_lazy("stage", "Coming in")),
    (2, pgettext_lazy("stage", "First days")),
    (3, pgettext_lazy("stage", "Beginning to grow")),
    (4, pgettext_lazy("stage", "Growing")),
    (5, pgettext_lazy("stage", "Grown")),
)
CONCERNS: Sequence[tuple[str, str | Promise]] = (
    ("positioning", pgettext_lazy("concern", "Position")),
    ("range", pgettext_lazy("concern", "Choice of goods")),
    ("channels", pgettext_lazy("concern", "Channels")),
    ("experience", pgettext_lazy("concern", "Buyers' experience")),
    ("pages", pgettext_lazy("concern", "Pages")),
    ("buying", pgettext_lazy("concern", "Buying")),
    ("marketing", pgettext_lazy("concern", "Marketing")),
    ("running", pgettext_lazy("concern", "Running the shop")),
    ("sales", pgettext_lazy("concern", "More sales")),
    ("costs", pgettext_lazy("concern", "Costs")),
    ("supply", pgettext_lazy("concern", "Supply chain")),
    ("resources", pgettext_lazy("concern", "People and partners")),
    ("improving", pgettext_lazy("concern", "Getting better")),
)


@dataclass(frozen=True)
class Item:
    """One thing to do. `is_measured`: found out by looking; else the shop ticks it."""

    code: str
    stage: int
    concern: str
    label: str
    hint: str
    href: str
    is_done: bool
    is_measured: bool = True


@dataclass(frozen=True)
class Part:
    """Some of the items: of a stage, of a concern, or of both."""

    key: str
    name: str
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def is_done(self) -> bool:
        return bool(self.items) and self.done == self.total

    @property
    def tone(self) -> str:
        """How loud a cell of the picture is; its numbers say the same in words."""
        if not self.items or not self.done:
            return ""
        return "success" if self.is_done else "warn"


def by_stage(items: Sequence[Item]) -> list[Part]:
    return [Part(str(n), str(name), [item for item in items if item.stage == n]) for n, name in STAGES]


def by_concern(items: Sequence[Item]) -> list[tuple[Part, list[Part]]]:
    """Each concern, and its cells by stage."""
    rows = []
    for code, name in CONCERNS:
        mine = [item for item in items if item.concern == code]
        rows.append((Part(code, str(name), mine), by_stage(mine)))
    return rows


def stage_now(items: Sequence[Item]) -> Part:
    """The first stage in which something is left; the last one when nothing is."""
    parts = by_stage(items)
    return next((part for part in parts if not part.is_done), parts[-1])
