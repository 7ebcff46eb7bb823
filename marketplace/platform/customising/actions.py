"""Public copies of customisations: verbs. They are called by the flow that changes the product, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.customising.fields import with_surcharges
from marketplace.platform.customising.models import ListedCustomisation


@verb
def put_customisations(*, by: Actor, merchant_id: UUID, listing_ids: Iterable[UUID], copies: Iterable[ListedCustomisation]) -> None:
    """Of these listings these are the copies, and there are no others."""
    copies = list(copies)
    ListedCustomisation.objects.filter(merchant_id=merchant_id, pk__in=list(listing_ids)).exclude(pk__in=[row.pk for row in copies]).delete()
    ListedCustomisation.objects.bulk_create(copies, update_conflicts=True, unique_fields=["id"], update_fields=["fields", "days", "copied_at"], batch_size=500)


@verb
def put_surcharges(*, by: Actor, merchant_id: UUID, listing_id: UUID, fields: Iterable[Mapping[str, Any]], days: int) -> None:
    """What was approved stays; what it costs and how long it takes is as the shop says now. Nothing where nothing was approved."""
    row = ListedCustomisation.objects.filter(Q(merchant_id=merchant_id), pk=listing_id).select_for_update(of=("self",)).first()
    if row is None:
        return
    row.fields, row.days, row.copied_at = with_surcharges(row.fields, fields), days, clock.now()
    row.save(update_fields=["fields", "days", "copied_at"])
