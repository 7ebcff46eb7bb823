"""Two variants of a product turn out to be the same thing: they become one."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.events import VariantsMerged
from marketplace.flows.kept_off import Asked
from marketplace.flows.review_product import after_change
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.models import BundlePart
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.errors import CannotMerge
from marketplace.merchant.catalogue.merging import fold_variant, two_variants
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.merging import hand_over_stock, lock_levels, what_keeps_apart
from marketplace.merchant.virtual.queries import kind_of
from marketplace.platform.cart.following import follow_variant
from marketplace.platform.virtual.kinds import GoodsKind
from tenants.tenancy.schemas import current_merchant_id


@verb
def merge_variants(*, by: Actor, product_id: UUID, variant_id: UUID, into_id: UUID, why: str) -> Product:
    """One variant of a product becomes part of another: stock moves over with movements that say so, carts follow, what comes back of its orders goes
    to the other. Orders and the history of prices keep naming it; it is never sold again. Of a product on sale the change is reviewed as any other of
    its variants. Safe to repeat.

    Raises ReasonMissing, ProductUnknown, InvalidInput, CannotMerge (orders hold pieces of it, or a stocktake, transfer or supplier's order names it),
    and as submit_product().
    """
    check_reason(why, field="why")
    with transaction.atomic():
        row = locked_product(product_id)
        asked = Asked.of(row)
        variant, into = two_variants(product_id, variant_id, into_id)
        if variant is None:
            raise InvalidInput(field="variant", why=_("Choose the variant that is the same as another."))
        if into is None or into == variant or not into.is_active:
            raise InvalidInput(field="into", why=_("Choose another variant of this product that is sold."))
        if variant.merged_into_id is not None:
            if variant.merged_into_id == into.pk:
                return row
            raise InvalidInput(field="variant", why=_("It has become part of another variant already."))
        if BundlePart.objects.filter(bundle=row).exists():
            raise CannotMerge(sku=variant.sku, why=_("A set is sold as one thing, and has no variants."))
        if kind_of(product_id) == GoodsKind.CODES:
            raise CannotMerge(sku=variant.sku, why=_("It is sold as codes, and codes stay with the variant they were loaded for."))
        lock_levels(by, variant, into)
        if reasons := [*_sets_with(variant), *what_keeps_apart(variant, into)]:
            raise CannotMerge(sku=variant.sku, why=" ".join(reasons))
        was_sold = variant.is_active
        pieces = hand_over_stock(by=by, variant=variant, into=into)
        row = fold_variant(by=by, variant=variant, into=into)
        audit(
            by=by,
            action="variants.merged",
            subject="product",
            subject_id=product_id,
            merchant_id=current_merchant_id(),
            before={"variant": str(variant.pk), "sku": variant.sku, "is_active": was_sold},
            after={"into": str(into.pk), "sku": into.sku, "pieces": pieces},
            why=why.strip(),
        )
        if was_sold:
            row = after_change(by=by, row=row, asked=asked)
        record(VariantsMerged(merchant_id=current_merchant_id(), product_id=product_id, variant_id=variant.pk, into_id=into.pk))
    return row


def _sets_with(variant: Variant) -> Iterator[str]:
    """Bundles that hold the variant stand in the way, too: they would be sold out for ever."""
    for part in BundlePart.objects.filter(variant=variant).select_related("bundle").order_by("pk")[:3]:
        yield _("The set “{title}” holds it. Take it out there first.").format(title=part.bundle.title.text)


def follow_in_carts(event: VariantsMerged) -> None:
    """Reaction: whoever has the one in the cart has the other instead. Not in the verb's transaction: placing orders locks carts before stock."""
    follow_variant(by=SYSTEM, variant_id=event.variant_id, into_id=event.into_id)
