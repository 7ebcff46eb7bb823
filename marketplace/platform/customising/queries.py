"""What buyers may wish of listings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from marketplace.platform.customising.fields import Field, fields_of
from marketplace.platform.customising.models import ListedCustomisation


@dataclass(frozen=True)
class Customisation:
    """The fields of a product, and by how many days what is made to wishes leaves later."""

    fields: tuple[Field, ...]
    days: int

    @property
    def is_required(self) -> bool:
        """Whether nobody can buy it without a wish."""
        return any(field.is_required for field in self.fields)


AS_IT_IS = Customisation((), 0)


def customisations_of(listing_ids: Collection[UUID]) -> Mapping[UUID, Customisation]:
    """Listing → what may be wished of it; only of those where something may. One query, none for none."""
    if not listing_ids:
        return {}
    rows = ListedCustomisation.objects.filter(pk__in=listing_ids).values_list("pk", "fields", "days")
    return {key: Customisation(fields_of(fields), days) for key, fields, days in rows}


def kept_of(listing_id: UUID) -> dict[str, Any]:
    """What is on the market, in the form of a proposal."""
    row = ListedCustomisation.objects.filter(pk=listing_id).values("fields", "days").first()
    return dict(row) if row else {"fields": [], "days": 0}


def is_custom() -> Exists:
    """For `annotate(is_custom=is_custom())` on public copies of variants."""
    return Exists(ListedCustomisation.objects.filter(pk=OuterRef("listing_id")))
