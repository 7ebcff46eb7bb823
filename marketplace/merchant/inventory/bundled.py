"""Bundles whose parts have moved: which of them may have run out, or can be had again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from marketplace.merchant.bundles.queries import bundles_with
from marketplace.merchant.inventory.queries import selling_levels


def crossed_bundles(moved: Sequence[tuple[UUID, UUID, int]]) -> list[UUID]:
    """Variants of bundles, of (variant, level, by how much more of it is free now). One query where no bundle holds them.

    Where a part lies at several places, others may change it at the same moment without either of us seeing both: then it is told of in any case.
    """
    by_level = {level_id: by for _variant, level_id, by in moved if by}
    held = bundles_with({variant_id for variant_id, _level, by in moved if by}) if by_level else []
    if not held:
        return []
    now: dict[UUID, int] = defaultdict(int)
    before: dict[UUID, int] = defaultdict(int)
    places: dict[UUID, int] = defaultdict(int)
    for level in selling_levels().filter(variant_id__in={part for _bundle, part, _n in held}):
        now[level.variant_id] += level.available
        before[level.variant_id] += level.available - by_level.get(level.pk, 0)
        places[level.variant_id] += 1
    return [bundle for bundle, part, n in held if places[part] > 1 or (before[part] >= n) != (now[part] >= n)]
