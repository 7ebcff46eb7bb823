"""What sellers said and are asked for follows the market's categories, which have other keys and places by now. Verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from tenants.onboarding.models import Application, Requirement
from tenants.onboarding.requirements import put_requirement


@verb
def replace_sells(*, by: Actor, paths: Mapping[int, Sequence[int]]) -> int:
    """Applications say by paths what somebody will sell: each that ends in one of these categories is that path from now on. Returns how many differ."""
    changed = []
    with transaction.atomic():
        for row in Application.objects.exclude(sells=[]).select_for_update(of=("self",)).order_by("pk"):
            sells: list[list[int]] = []
            for path in row.sells:
                now = list(paths.get(path[-1], path)) if path else path
                if now not in sells:
                    sells.append(now)
            if sells != row.sells:
                row.sells = sells
                changed.append(row)
        Application.objects.bulk_update(changed, ["sells"], batch_size=200)
    return len(changed)


@verb
def carry_requirements(*, by: Actor, category_id: int, into_id: int, why: str) -> list[Requirement]:
    """What is asked for goods of a category is asked for goods of the other it became part of. Returns what was changed."""
    naming = [row for row in Requirement.objects.order_by("pk") if category_id in row.categories]
    for row in naming:
        categories = sorted({into_id if key == category_id else key for key in row.categories})
        put_requirement(by=by, code=row.code, fields={"categories": categories}, why=why)
    return naming
