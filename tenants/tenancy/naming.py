"""A shop gets another name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from tenants.tenancy.models import Merchant


@verb
def rename_merchant(*, by: Actor, merchant_id: UUID, names: Mapping[str, str]) -> Merchant:
    """What buyers read from now on, by language; its address stays."""
    with transaction.atomic():
        row = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        before, row.names = row.names, dict(names)
        row.save(update_fields=["names"])
        audit(
            by=by,
            action="merchant.renamed",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"names": before},
            after={"names": row.names},
        )
    return row
