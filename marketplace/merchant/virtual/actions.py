"""Which products are virtual: verbs. All run in the merchant's schema that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.errors import KindFixed, KindInBundle
from marketplace.merchant.virtual.models import LineValidity, VirtualProduct
from marketplace.merchant.virtual.queries import is_kind_fixed
from marketplace.platform.virtual.kinds import LONGEST, SHORTEST, GoodsKind
from tenants.tenancy.rows import insert_new
from tenants.tenancy.schemas import current_merchant_id


@dataclass(frozen=True)
class Kind:
    """What kind of goods a product is to be; `valid_days` of a service."""

    name: str
    valid_days: int | None = None


@verb
def set_kind(*, by: Actor, product_id: UUID, kind: str, valid_days: int | None = None) -> bool:
    """What kind of goods a product is; of a service, for how many days from payment on its vouchers are valid. True where it changed.

    The kind stays once the product was on sale or is being reviewed; days of validity may change, for what is bought afterwards.
    Raises ProductUnknown, InvalidInput, KindFixed, KindInBundle.
    """
    if kind not in GoodsKind.values:
        raise InvalidInput(field="kind", why=_("Choose what kind of goods it is."))
    if kind == GoodsKind.SERVICE and (valid_days is None or not SHORTEST <= valid_days <= LONGEST):
        raise InvalidInput(
            field="valid_days", why=_("Write for how many days a voucher is valid, from {least} to {most}.").format(least=SHORTEST, most=LONGEST)
        )
    valid_days = valid_days if kind == GoodsKind.SERVICE else None
    with transaction.atomic():
        row = locked_product(product_id)
        held = VirtualProduct.objects.filter(product=row).first()
        before = (held.kind, held.valid_days) if held else (str(GoodsKind.GOODS.value), None)
        if before == (kind, valid_days):
            return False
        if before[0] != kind:
            check_kind(row, before[0], kind)
        if kind == GoodsKind.GOODS:
            VirtualProduct.objects.filter(product=row).delete()
        else:
            VirtualProduct.objects.update_or_create(product=row, defaults={"kind": kind, "valid_days": valid_days})
        if before[0] != kind:  # a draft: what the operator said of it was said of something else
            row.version, row.review, row.changed_at = row.version + 1, Product.Review.NONE, clock.now()
            row.save(update_fields=["version", "review", "changed_at"])
        audit(
            by=by,
            action="product.kind_set",
            subject="product",
            subject_id=row.pk,
            merchant_id=current_merchant_id(),
            before={"kind": before[0], "valid_days": before[1]},
            after={"kind": kind, "valid_days": valid_days},
        )
    return True


def check_kind(row: Product, before: str, kind: str) -> None:
    """Whether a product can become another kind of goods. Raises KindFixed, KindInBundle, InvalidInput."""
    if is_kind_fixed(row):
        raise KindFixed(title=row.title.text)
    if kind != GoodsKind.GOODS and _in_bundle(row):
        raise KindInBundle(title=row.title.text)
    if kind != GoodsKind.GOODS and Product.objects.filter(pk=row.pk, customisation__isnull=False).exists():
        raise InvalidInput(field="kind", why=_("Buyers say wishes about it, and what is made to wishes is shipped. Take the wishes away first."))
    if GoodsKind.CODES in (before, kind) and Product.objects.filter(pk=row.pk, variants__levels__on_hand__gt=0).exists():
        raise InvalidInput(field="kind", why=_("Of codes the stock is their number, and something lies in stock. Count it to 0, or remove the codes, first."))


def _in_bundle(row: Product) -> bool:
    return Product.objects.filter(Q(pk=row.pk, parts__isnull=False) | Q(parts__variant__product=row)).exists()


@verb
def note_kinds(*, by: Actor, rows: Sequence[VirtualProduct]) -> None:
    """What of products that were entered in this transaction is not shipped. The verb that entered them has audited it."""
    insert_new(list(rows))


@verb
def note_validities(*, by: Actor, rows: Sequence[LineValidity]) -> None:
    """For how long the vouchers of a new order will be valid. The order's own verb has audited it."""
    insert_new(list(rows))
