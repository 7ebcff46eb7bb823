"""What may be wished of a product: entered by the shop, reviewed like its texts, copied for buyers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.kept_off import Asked
from marketplace.flows.review_product import after_change
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.actions import put_customisation
from marketplace.merchant.customising.errors import CannotCustomise
from marketplace.merchant.virtual.queries import virtual_of
from marketplace.platform.customising.fields import Field


@verb
def customise_product(*, by: Actor, product_id: UUID, fields: Sequence[Field], days: int) -> Product:
    """Buyers may wish this of the product from now on; none: it is sold as it is. Carts follow what is on the market.

    Of a product on sale, surcharges and days take effect at once; new words go into review by themselves, and buyers read on what was approved.
    Raises ProductUnknown, InvalidInput, CannotCustomise, and as submit_product().
    """
    with transaction.atomic():
        row = locked_product(product_id)
        if fields and (BundlePart.objects.filter(bundle=row) | BundlePart.objects.filter(variant__product=row)).exists():
            raise CannotCustomise(title=row.title.text)
        if fields and virtual_of([product_id]):
            raise InvalidInput(field="fields", why=_("It is not shipped, and what is made to buyers' wishes is. Wishes are for goods that are shipped."))
        asked, version = Asked.of(row), row.version
        row = put_customisation(by=by, product_id=product_id, fields=fields, days=days)
        return row if row.version == version else after_change(by=by, row=row, asked=asked)
