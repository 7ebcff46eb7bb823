"""Changes of a shop's dossier: decided by the operator; where buyers read of it, they read the new in the same transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from marketplace.flows.qualify import settle_listings
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from tenants.onboarding.dossiers import decide_dossier_change
from tenants.onboarding.models import DossierChange
from tenants.tenancy.naming import rename_merchant
from tenants.tenancy.stamps import change_stamps, stamp_of_shop


@verb
def review_dossier(*, by: Actor, change_id: UUID, approves: bool, note: str = "") -> DossierChange:
    """Approve or refuse. A new name is the shop's at once, in search and on kept pages too; another kind of seller is asked for what such a one is.

    Raises NotFound, DossierChangeDecided, ReasonMissing.
    """
    with transaction.atomic():
        row: DossierChange = decide_dossier_change(by=by, change_id=change_id, approves=approves, note=note)
        if approves and "names" in row.after:
            rename_merchant(by=by, merchant_id=row.merchant_id, names=row.after["names"])
            announce(row.merchant_id, list(Listing.objects.filter(merchant_id=row.merchant_id, is_on_sale=True).order_by("pk").values_list("pk", flat=True)))
        if approves and {"kind", "sells_many_brands"} & row.after.keys():
            settle_listings(by=by, merchant_id=row.merchant_id)
        if approves:
            change_stamps([stamp_of_shop(row.merchant_id)])
    return row
