"""Public copies of details: verbs. They are called by the flow that changes the product, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.details.models import ListingDetail

COPIED = ["subtitles", "size_table", "copied_at"]


@verb
def put_details(*, by: Actor, merchant_id: UUID, details: Iterable[ListingDetail]) -> None:
    """Write copies, new or changed; one that says nothing is removed."""
    details = list(details)
    ListingDetail.objects.filter(merchant_id=merchant_id, pk__in=[row.pk for row in details if not row.says_anything]).delete()
    said = [row for row in details if row.says_anything]
    ListingDetail.objects.bulk_create(said, update_conflicts=True, unique_fields=["id"], update_fields=COPIED, batch_size=500)


@verb
def put_size_tables(*, by: Actor, merchant_id: UUID, tables: Mapping[UUID, dict[str, Any] | None]) -> list[UUID]:
    """Product → its size table as it is now (None: none), of listings that there are. What was approved of a subtitle stays. Which differ."""
    there = {row.pk: row for row in ListingDetail.objects.filter(Q(merchant_id=merchant_id), pk__in=tables).select_for_update(of=("self",))}
    changed = []
    for key, table in tables.items():
        row = there.get(key) or ListingDetail(pk=key, merchant_id=merchant_id)
        if row.size_table != table:
            row.size_table = table
            changed.append(row)
    put_details(by=by, merchant_id=merchant_id, details=changed)
    return [row.pk for row in changed]
