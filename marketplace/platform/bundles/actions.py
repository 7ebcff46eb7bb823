"""Public copies of bundles: verbs. They are called by the flow that writes the listing, in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.bundles.models import ListedPart


@verb
def put_listed_parts(*, by: Actor, bundle_ids: Collection[UUID], parts: Iterable[ListedPart]) -> None:
    """These are the parts of these bundles, and no others."""
    ListedPart.objects.filter(bundle_id__in=bundle_ids).delete()
    ListedPart.objects.bulk_create(parts, batch_size=1000)
