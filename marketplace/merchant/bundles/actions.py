"""What is in a bundle: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.bundles.errors import BundleFixed
from marketplace.merchant.bundles.models import BundlePart, OrderedBundle, OrderedPart
from marketplace.merchant.bundles.queries import bundles_among
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product, Variant
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id

MOST_PARTS = 20
MOST_PIECES = 99
LEAST_PIECES = 2
Parts = Sequence[tuple[UUID, int]]


def is_fixed(row: Product) -> bool:
    """Whether what is in it can no longer change: buyers have seen it, or the operator is looking at it."""
    return row.status != Product.Status.DRAFT or row.review in (Product.Review.WAITING, Product.Review.APPROVED)


def check_parts(parts: Parts) -> list[Variant]:
    """The variants, in the order given. Raises InvalidInput: too few or too many pieces, not the shop's, or bundles themselves."""
    if not 1 <= len(parts) <= MOST_PARTS or len({key for key, _n in parts}) < len(parts):
        raise InvalidInput(field="parts", why=_("Choose from 1 to {most} different articles.").format(most=MOST_PARTS))
    if any(not 1 <= n <= MOST_PIECES for _key, n in parts):
        raise InvalidInput(field="parts", why=_("Of each article 1 to {most} pieces can be in a bundle.").format(most=MOST_PIECES))
    if sum(n for _key, n in parts) < LEAST_PIECES:
        raise InvalidInput(field="parts", why=_("A bundle holds two pieces or more."))
    found = {row.pk: row for row in Variant.objects.filter(pk__in=[key for key, _n in parts], is_active=True).select_related("product")}
    if len(found) < len(parts):
        raise InvalidInput(field="parts", why=_("One of these articles is not there any more. Take it out."))
    if inner := bundles_among({row.product_id for row in found.values()}):
        title = next(row.product.title.text for row in found.values() if row.product_id in inner)
        raise InvalidInput(field="parts", why=_("“{title}” is a bundle itself. Choose what is in it instead.").format(title=title))
    if virtual := Product.objects.filter(pk__in={row.product_id for row in found.values()}, virtual__isnull=False).first():
        raise InvalidInput(field="parts", why=_("“{title}” is not shipped, and a bundle is. Take it out.").format(title=virtual.title.text))
    made = Product.objects.filter(pk__in={row.product_id for row in found.values()}, customisation__isnull=False).first()
    if made is not None:
        why = _("“{title}” is made to buyers' wishes, and in a bundle nobody says them. Take it out.")
        raise InvalidInput(field="parts", why=why.format(title=made.title.text))
    return [found[key] for key, _n in parts]


@verb
def put_parts(*, by: Actor, product_id: UUID, parts: Parts) -> Product:
    """These pieces, and no others, are in the bundle. It has to be reviewed anew.

    Of a product that nobody has seen and that is in no bundle. Raises ProductUnknown, BundleFixed, InvalidInput.
    """
    check_parts(parts)
    with transaction.atomic():
        row = locked_product(product_id)
        if is_fixed(row):
            raise BundleFixed(title=row.title.text)
        if BundlePart.objects.filter(variant__product=row).exists():
            raise InvalidInput(field="parts", why=_("“{title}” is in a bundle and cannot be one.").format(title=row.title.text))
        before = {str(part.variant_id): part.quantity for part in row.parts.all()}
        row.parts.all().delete()
        BundlePart.objects.bulk_create([BundlePart(bundle=row, variant_id=key, quantity=n, position=place) for place, (key, n) in enumerate(parts)])
        row.version, row.review, row.changed_at = row.version + 1, Product.Review.NONE, clock.now()
        row.save(update_fields=["version", "review", "changed_at"])
        audit(
            by=by,
            action="bundle.parts_put",
            subject="product",
            subject_id=row.pk,
            merchant_id=current_merchant_id(),
            before=before,
            after={str(key): n for key, n in parts},
        )
    return row


@verb
def note_bundles(*, by: Actor, bundles: Sequence[OrderedBundle], parts: Sequence[OrderedPart]) -> None:
    """Keep which lines of a new order were bought as bundles. The order's own verb has audited it."""
    insert_new(list(bundles))
    insert_new(list(parts))
