"""What a shop ticks in its guide, because nothing can measure it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from tenants.onboarding.models import SelfCheck
from tenants.tenancy.models import Merchant


@verb
def tick(*, by: Actor, merchant_id: UUID, codes: Iterable[str]) -> None:
    """Just these are done, as the shop says; others are not. Safe to repeat."""
    wanted = set(codes)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        before = ticked(merchant_id)
        if before == wanted:
            return
        SelfCheck.objects.filter(merchant_id=merchant_id, code__in=before - wanted).delete()
        SelfCheck.objects.bulk_create([SelfCheck(merchant_id=merchant_id, code=code, by_label=by.label) for code in sorted(wanted - before)])
        audit(
            by=by,
            action="merchant.guide_ticked",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"done": sorted(before)},
            after={"done": sorted(wanted)},
        )


def ticked(merchant_id: UUID) -> set[str]:
    return set(SelfCheck.objects.filter(merchant_id=merchant_id).values_list("code", flat=True))
