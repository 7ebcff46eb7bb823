"""Two variants that are the same thing become one: stock with its movements, carts, what comes back; and what stands in the way."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.utils import translation

from marketplace.flows.merge_variants import merge_variants
from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput, change_product
from marketplace.merchant.catalogue.errors import CannotMerge, ProductUnknown
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.actions import allocate_stock, release_stock, ship_stock, take_back_stock
from marketplace.merchant.inventory.checking import findings
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.merchant.inventory.moves import adjust_stock, end_transfer, send_transfer
from marketplace.merchant.inventory.places import Place, open_location
from marketplace.merchant.inventory.restocking import end_restock, order_restock
from marketplace.merchant.inventory.stocktakes import begin_stocktake, cancel_stocktake
from marketplace.merchant.pricing.models import Price
from marketplace.platform.cart.models import CartLine
from marketplace.platform.listings.models import ListingVariant, ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.merchant.test_stock_places import hold, main

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture
def product(db) -> Product:
    return make.a_product("a", variants=3, stock=10)


def pair(product: Product) -> tuple[UUID, UUID]:
    with merchant_schema(A):
        first, second = product.variants.order_by("position").values_list("pk", flat=True)[:2]
    return first, second


def merge(product: Product, variant: UUID, into: UUID, why: str = "entered twice") -> Product:
    with merchant_schema(A):
        return merge_variants(by=SYSTEM, product_id=product.pk, variant_id=variant, into_id=into, why=why)


def lying() -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for level in StockLevel.objects.all():
        found[level.variant_id] = found.get(level.variant_id, 0) + level.on_hand
    return found


def test_stock_moves_over_place_by_place_and_the_ledger_says_so(product):
    with merchant_schema(A):
        gone, stays = pair(product)
        store = uuid4()
        open_location(by=SYSTEM, location_id=store, place=Place({"en": "Store"}))
        adjust_stock(by=SYSTEM, movement_id=uuid4(), variant_id=gone, location_id=store, cause="found", quantity=4)
    merge(product, gone, stays)
    with merchant_schema(A):
        assert (lying()[gone], lying()[stays]) == (0, 24)
        assert StockLevel.objects.get(variant=stays, location_id=store).on_hand == 4
        skus = dict(Variant.objects.values_list("pk", "sku"))
        moved = StockMovement.objects.filter(kind__in=["moved_out", "moved_in"])
        assert sorted((row.level.variant_id == gone, row.quantity) for row in moved) == [(False, 4), (False, 10), (True, -10), (True, -4)]
        assert all(skus[stays if row.level.variant_id == gone else gone] in row.note for row in moved)
        assert findings() == []
        variant = Variant.objects.get(pk=gone)
        assert (variant.is_active, variant.merged_into_id) == (False, stays)


def test_its_prices_stay_as_history_and_the_log_tells_who_and_why(product):
    gone, stays = pair(product)
    with merchant_schema(A):
        before = list(Price.objects.order_by("pk").values())
    merge(product, gone, stays, why="one colour, two names")
    with merchant_schema(A):
        assert list(Price.objects.order_by("pk").values()) == before
    row = AuditEvent.objects.get(action="variants.merged")
    assert (row.why, row.after["pieces"], row.before["variant"]) == ("one colour, two names", 10, str(gone))


def test_the_same_merging_twice_is_one(product):
    gone, stays = pair(product)
    for _time in range(2):
        merge(product, gone, stays)
    assert AuditEvent.objects.filter(action="variants.merged").count() == 1
    with merchant_schema(A):
        assert lying()[stays] == 20


def test_the_barcode_goes_along_where_the_other_has_none(product):
    gone, stays = pair(product)
    with merchant_schema(A):
        Variant.objects.filter(pk=gone).update(barcode="96385074", weight_g=300)
    merge(product, gone, stays)
    with merchant_schema(A):
        assert Variant.objects.filter(pk=stays).values_list("barcode", "weight_g").get() == ("96385074", 300)


def held(product: Product, variant: UUID) -> UUID:
    return hold((variant, 3))[0]


def counted(product: Product, variant: UUID) -> str:
    row = begin_stocktake(by=SYSTEM, stocktake_id=uuid4(), location_id=main().pk, scope="chosen", variant_ids=[variant])
    return str(row.number)


def sent(product: Product, variant: UUID) -> str:
    target = uuid4()
    open_location(by=SYSTEM, location_id=target, place=Place({"en": "Store"}))
    return str(send_transfer(by=SYSTEM, transfer_id=uuid4(), source_id=main().pk, target_id=target, pieces={variant: 2}).number)


def expected(product: Product, variant: UUID) -> str:
    return str(order_restock(by=SYSTEM, restock_id=uuid4(), location_id=main().pk, pieces={variant: 5}).number)


@pytest.mark.parametrize(
    ("make_it", "undo", "said"),
    [
        (held, lambda key: release_stock(by=SYSTEM, order_id=key), "3 pieces are held for orders"),
        (counted, lambda key: cancel_stocktake(by=SYSTEM, number=key, why="x"), "Stocktake {key} counts it"),
        (sent, lambda key: end_transfer(by=SYSTEM, number=key), "Transfer {key} is on the way"),
        (expected, lambda key: end_restock(by=SYSTEM, number=key, why="x"), "Order {key} from a supplier"),
    ],
)
def test_what_is_under_way_stands_in_the_way_and_is_named(product, make_it, undo, said):
    gone, stays = pair(product)
    with merchant_schema(A):
        key = make_it(product, gone)
        before = lying()
    with translation.override("en"), pytest.raises(CannotMerge) as refusal:
        merge(product, gone, stays)
    assert said.format(key=key) in str(refusal.value)
    with merchant_schema(A):
        assert lying() == before and Variant.objects.get(pk=gone).is_active
        undo(key)  # the control: without it nothing stands in the way
    merge(product, gone, stays)
    with merchant_schema(A):
        assert sum(lying().values()) == sum(before.values()) + (2 if make_it is sent else 0) and findings() == []


def test_what_is_chosen_wrongly_is_refused(product):
    gone, stays = pair(product)
    other = make.a_product("a", title="Other")
    with pytest.raises(ReasonMissing):
        merge(product, gone, stays, why=" ")
    with pytest.raises(ProductUnknown), merchant_schema(A):
        merge_variants(by=SYSTEM, product_id=uuid4(), variant_id=gone, into_id=stays, why="x")
    for variant, into in ((gone, gone), (gone, make.variant_of(other)), (make.variant_of(other), stays), (gone, uuid4())):
        with pytest.raises(InvalidInput):
            merge(product, variant, into)
    merge(product, gone, stays)
    third = make.variant_of(product)
    with merchant_schema(A):
        third = product.variants.order_by("position").last().pk
    for variant, into in ((gone, third), (third, gone)):
        with pytest.raises(InvalidInput):
            merge(product, variant, into)


def test_what_was_shipped_comes_back_to_the_other(product):
    gone, stays = pair(product)
    with merchant_schema(A):
        order, (wanted,) = hold((gone, 2))
        line = wanted.line_id
        allocate_stock(by=SYSTEM, order_id=order)
        ship_stock(by=SYSTEM, order_id=order, shipped={line: 2}, ref="1")
    merge(product, gone, stays)
    with merchant_schema(A):
        take_back_stock(by=SYSTEM, order_id=order, pieces={line: 1}, ref="R1")
        assert (lying()[gone], lying()[stays]) == (0, 19) and findings() == []


def test_carts_follow_and_two_lines_become_one(product):
    gone, stays = pair(product)
    one, both = (make.a_cart(make.a_buyer(), ("a", product, 1)) for _buyer in range(2))  # the first variant, one piece
    CartLine.objects.create(cart=both, merchant_id=A, variant_id=stays, quantity=2)
    merge(product, gone, stays)
    deliver_events()
    assert list(CartLine.objects.filter(cart=one).values_list("variant_id", "quantity")) == [(stays, 1)]
    assert list(CartLine.objects.filter(cart=both).values_list("variant_id", "quantity")) == [(stays, 3)]


def test_of_a_product_on_sale_it_is_reviewed_and_cannot_be_bought_meanwhile(product):
    gone, stays = pair(product)
    assert merge(product, gone, stays).review == Product.Review.WAITING
    assert dict(ListingVariant.objects.filter(pk__in=[gone, stays]).values_list("pk", "in_stock")) == {gone: False, stays: True}
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    assert not ListingVariant.objects.filter(pk=gone).exists() and ListingVariant.objects.filter(pk=stays).exists()


def test_one_that_was_off_sale_already_needs_no_review(product):
    gone, stays = pair(product)
    with merchant_schema(A):
        Variant.objects.filter(pk=gone).update(is_active=False)
    assert merge(product, gone, stays).review == Product.Review.APPROVED
    with merchant_schema(A):
        assert lying()[stays] == 20


def test_a_chain_leads_to_its_end_and_a_combination_chosen_again_is_a_variant_of_its_own(product):
    first, second = pair(product)
    with merchant_schema(A):
        third = product.variants.order_by("position").last().pk
    merge(product, first, second)
    merge(product, second, third)
    with merchant_schema(A):
        assert set(Variant.objects.filter(pk__in=[first, second]).values_list("merged_into", flat=True)) == {third}
        rows = {row.pk: row for row in product.variants.all()}
        wanted = [VariantInput(sku=rows[key].sku, options={1: n}, id=key) for n, key in enumerate((first, third))]
        change_product(
            by=SYSTEM,
            product_id=product.pk,
            product=ProductInput(product.category_id, {"en": "Mug"}, wanted, pictures=[("demo/mug.webp", {})]),
        )
        assert Variant.objects.filter(pk=first).values_list("is_active", "merged_into").get() == (True, None)
