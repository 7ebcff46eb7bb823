"""A shop loads codes it has bought or made, and takes unused ones out: codes and stock change together, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import NotFound, check_reason
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.booking import Books
from marketplace.merchant.inventory.errors import StockHeld
from marketplace.merchant.inventory.models import StockLocation, StockMovement
from marketplace.merchant.virtual.errors import NotOfCodes
from marketplace.merchant.virtual.queries import kind_of
from marketplace.platform.virtual.access import code_of_shop
from marketplace.platform.virtual.actions import drop_code, known_codes, write_codes
from marketplace.platform.virtual.errors import CodeSpent
from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.platform.virtual.models import Code
from marketplace.platform.virtual.reading import read_codes
from tenants.tenancy.schemas import current_merchant_id

K = StockMovement.Kind


@dataclass(frozen=True)
class Loaded:
    """How many were new, and how many the shop had loaded before."""

    new: int
    known: int


@verb
def load_codes(*, by: Actor, product_id: UUID, variant_id: UUID, text: str) -> Loaded:
    """Put codes into the stock of a variant of the open shop: one a line. What the shop has loaded before is left out, so the same text twice
    loads once.

    Raises InvalidInput (naming the line), NotFound, NotOfCodes.
    """
    texts = read_codes(text)
    merchant_id = current_merchant_id()
    with transaction.atomic():
        variant = Variant.objects.filter(pk=variant_id, product_id=product_id, is_active=True).select_related("product").first()
        if variant is None:
            raise NotFound
        if kind_of(product_id) != GoodsKind.CODES:
            raise NotOfCodes(title=variant.product.title.text)
        # One load of a shop after the other: the same code can come twice at once, for two variants.
        location = StockLocation.objects.select_for_update(no_key=True).get(is_default=True)
        books = Books.at(by, location, [variant_id], holds_codes=True)
        known = known_codes(merchant_id, texts)
        new = [code for code in texts if code not in known]
        if new:
            write_codes(by=by, merchant_id=merchant_id, product_id=product_id, variant_id=variant_id, texts=new)
            books.move(books.levels[0], len(new), K.RECEIVED, note="codes loaded")
            books.close()
    return Loaded(len(new), len(known))


@verb
def remove_code(*, by: Actor, code_id: UUID, reason: str) -> Code:
    """Take an unused code of the open shop out of stock. Raises ReasonMissing, CodeUnknown, CodeSpent, StockHeld where orders hold all of them."""
    check_reason(reason)
    merchant_id = current_merchant_id()
    with transaction.atomic():
        row = code_of_shop(merchant_id, code_id)
        if row.status != Code.Status.FREE:
            raise CodeSpent(status=row.get_status_display())
        location = StockLocation.objects.get(is_default=True)
        books = Books.at(by, location, [row.variant_id], holds_codes=True)
        level = books.levels[0]
        if level.available < 1:
            raise StockHeld(held=level.held, sku=Variant.objects.get(pk=row.variant_id).sku)
        books.move(level, -1, K.ADJUSTED, note=reason)
        row = drop_code(by=by, merchant_id=merchant_id, code_id=code_id, reason=reason)
        books.close()
    return row
