"""The one rule of what a shop may sell: of everything asked of it for these goods, a valid qualification at this moment.

A requirement counts for a shop from the day it is enforced for all, or from the first qualification the shop was given: what was
shown once must stay true. Whoever came in before it was asked for, and was never given one, goes on as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tenants.onboarding.models import Dossier, Qualification, Requirement


class Span(NamedTuple):
    """From a moment on, and until another that belongs to it no more; None: without end."""

    start: datetime
    end: datetime | None


class Verdict(NamedTuple):
    """What goods of a category lack now, and, if nothing, until when that is known to be so; None: without end."""

    lacks: tuple[Requirement, ...]
    until: datetime | None


def covered_until(spans: Iterable[Span], at: datetime) -> tuple[bool, datetime | None]:
    """Whether `at` lies in one of the spans, and where the unbroken stretch of spans around it ends; None: never."""
    is_covered, end = False, at
    for span in sorted(spans):
        if span.start > end:
            break
        if span.end is None:
            return True, None
        if span.end > at:
            is_covered, end = True, max(end, span.end)
    return is_covered, end if is_covered else None


@dataclass
class Standing:
    """How one shop stands to all requirements of documents at a moment."""

    at: datetime
    asked: list[Requirement] = field(default_factory=list)  # of such a seller, whatever it sells
    of_brands: dict[int, Requirement] = field(default_factory=dict)  # of whoever sells goods of a brand, by its key
    spans: dict[UUID, list[Span]] = field(default_factory=dict)  # by requirement; there, but empty: all were revoked

    def is_counted(self, requirement: Requirement) -> bool:
        """Whether goods are held back for want of it."""
        enforced = requirement.enforced_from
        return requirement.pk in self.spans or (enforced is not None and enforced <= self.at)

    def cover(self, requirement: Requirement) -> tuple[bool, datetime | None]:
        return covered_until(self.spans.get(requirement.pk, ()), self.at)

    @property
    def is_plain(self) -> bool:
        """Nothing is asked of it at all."""
        return not self.asked and not self.of_brands

    def of(self, path: Sequence[int], brand_id: int | None = None) -> Verdict:
        """Over goods of a category, given by its path from the root, and of a brand."""
        lacks, ends = [], []
        needed = [one for one in self.asked if one.is_asked_for([path])]
        if brand_id in self.of_brands:
            needed.append(self.of_brands[brand_id])
        for requirement in needed:
            is_covered, until = self.cover(requirement)
            if self.is_counted(requirement):
                if not is_covered:
                    lacks.append(requirement)
                ends.append(until)
            elif requirement.enforced_from is not None:  # to come
                ends.append(requirement.enforced_from)
        return Verdict(tuple(lacks), None if lacks else min((end for end in ends if end is not None), default=None))


def seller_of(merchant_id: UUID) -> tuple[str, bool]:
    """Kind of seller, and whether of several brands, as its dossier says; ("", False) for a shop that never said so."""
    found = Dossier.objects.filter(merchant_id=merchant_id).values_list("kind", "sells_many_brands").first()
    return (found[0], found[1]) if found else ("", False)


def standing_of(merchant_id: UUID, at: datetime) -> Standing:
    """As the rows say. At most three queries."""
    requirements = list(Requirement.objects.filter(is_active=True, check_by=Requirement.Check.DOCUMENT))
    if not requirements:
        return Standing(at)
    kind, sells_many = seller_of(merchant_id)
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for key, state, start, end in Qualification.objects.filter(merchant_id=merchant_id).values_list("requirement_id", "state", "valid_from", "valid_until"):
        held = spans[key]
        if state != Qualification.State.REVOKED:
            held.append(Span(start, end))
    asked = [one for one in requirements if one.is_asked_of(kind, sells_many)]
    of_brands = {one.brand_id: one for one in asked if one.brand_id is not None}
    return Standing(at, [one for one in asked if one.brand_id is None], of_brands, dict(spans))
