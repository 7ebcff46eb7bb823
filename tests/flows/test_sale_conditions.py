"""A product goes off sale at a low stock, comes back at a higher one, waits for its first stock; and the shop reads why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.flows.publish_product import publish_product, put_on_sale, take_product_off_sale
from marketplace.flows.sale_conditions import act, set_conditions
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.errors import ConditionHolds
from marketplace.merchant.conditions.events import WatchedStockChanged
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.inventory.actions import count_stock
from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
ON, OFF = Product.Status.ON_SALE, Product.Status.OFF_SALE


@pytest.fixture
def mug() -> Any:
    return make.a_product("a", title="Mug", stock=10)


def condition(product: Any, off_at: int | None = 3, on_at: int | None = 8, *, waits: bool = False) -> None:
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=off_at, on_at=on_at, waits_for_stock=waits)


def count(product: Any, n: int) -> None:
    """So many lie there, and what follows from that has been done."""
    variant = make.variant_of(product)
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={variant: n})
    deliver_events()


def status(product: Any) -> str:
    with merchant_schema(A):
        return str(Product.objects.get(pk=product.pk).status)


def test_it_goes_off_at_the_low_level_and_comes_back_at_the_high_one_only(mug):
    condition(mug)
    seen = []
    for n in (4, 3, 4, 7, 3, 8, 4, 0, 9):
        count(mug, n)
        seen.append(status(mug) == ON)
        assert Listing.objects.get(pk=mug.pk).is_on_sale == seen[-1]
    assert seen == [True, False, False, False, False, True, True, False, True]


def test_an_order_that_takes_the_stock_down_takes_it_off_sale(mug):
    condition(mug)
    make.a_placed_group(("a", mug, 7))
    assert status(mug) == ON
    deliver_events()
    assert status(mug) == OFF
    with merchant_schema(A):
        row = SaleCondition.objects.get()
        assert (row.left, row.taken_off_at is not None) == (3, True)


def test_the_log_names_the_system_and_the_rule(mug):
    condition(mug)
    count(mug, 2)
    row = AuditEvent.objects.get(action="product.off_by_condition")
    assert (row.actor_kind, row.why, row.subject_id) == ("system", "stock fell to its level", str(mug.pk))
    assert (row.after["stock"], row.after["off_at"]) == (2, 3)
    count(mug, 20)
    back = AuditEvent.objects.get(action="product.on_by_condition")
    assert (back.why, back.after["stock"], back.after["on_at"]) == ("stock is back at its level", 20, 8)


def test_events_that_come_late_and_again_change_nothing(mug):
    condition(mug)
    count(mug, 2)
    before = AuditEvent.objects.count()
    for _time in range(2):
        act(WatchedStockChanged(merchant_id=A, variant_ids=[make.variant_of(mug)]))
    assert status(mug) == OFF and AuditEvent.objects.count() == before


def test_without_a_condition_nobody_is_told_and_nothing_follows(mug):
    count(mug, 1)
    assert status(mug) == ON and not AuditEvent.objects.filter(action__contains="by_condition").exists()


def test_it_waits_for_its_first_stock_once(mug):
    count(mug, 0)
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=mug.pk)
    condition(mug, None, None, waits=True)
    assert status(mug) == OFF
    count(mug, 5)
    assert status(mug) == ON
    with merchant_schema(A):
        assert not SaleCondition.objects.exists()
        take_product_off_sale(by=SYSTEM, product_id=mug.pk)
    count(mug, 0)
    count(mug, 5)
    assert status(mug) == OFF  # what a person took off stays off


def test_what_a_person_took_off_is_not_put_back(mug):
    condition(mug)
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=mug.pk)
    count(mug, 2)
    count(mug, 50)
    assert status(mug) == OFF


def test_a_person_puts_it_back_between_the_levels_and_not_below(mug):
    condition(mug)
    count(mug, 3)
    with merchant_schema(A), pytest.raises(ConditionHolds) as refused:
        put_on_sale(by=SYSTEM, product_id=mug.pk)
    assert refused.value.facts == {"n": 3, "most": 3}
    count(mug, 5)
    with merchant_schema(A):
        put_on_sale(by=SYSTEM, product_id=mug.pk)
        assert SaleCondition.objects.get().taken_off_at is None
    assert status(mug) == ON


def test_what_has_ended_does_not_come_back(mug):
    condition(mug)
    count(mug, 3)
    with merchant_schema(A):
        Product.objects.filter(pk=mug.pk).update(listed_until=clock.now() - timedelta(hours=1))
    count(mug, 50)
    assert status(mug) == OFF


def test_a_new_product_that_passes_review_waits_for_its_stock():
    product = make.a_product("a", title="Bowl", stock=0, on_sale=False)
    condition(product, None, None, waits=True)
    with merchant_schema(A):
        assert publish_product(by=SYSTEM, product_id=product.pk).status == OFF
    count(product, 1)
    assert status(product) == ON


@pytest.mark.parametrize("on_at", [None, 8])
def test_a_new_product_that_waits_for_its_stock_comes_as_soon_as_it_is_above_its_lower_level(on_at):
    product = make.a_product("a", title="Bowl", stock=0, on_sale=False)
    condition(product, 3, on_at, waits=True)
    with merchant_schema(A):
        assert publish_product(by=SYSTEM, product_id=product.pk).status == OFF
        assert SaleCondition.objects.get().taken_off_at is None
    assert not AuditEvent.objects.filter(action="product.off_by_condition").exists(), "it was never on sale"
    count(product, 3)
    assert status(product) == OFF
    count(product, 5)
    assert status(product) == ON
    count(product, 3)
    count(product, 5)
    assert status(product) == OFF, "it has waited once; from now on its levels hold"


def test_a_condition_that_is_met_already_acts_at_once_and_taking_it_away_leaves_things_as_they_are(mug):
    condition(mug, 10, None)
    assert status(mug) == OFF
    condition(mug, None, None)
    with merchant_schema(A):
        assert not SaleCondition.objects.exists()
    assert status(mug) == OFF


@pytest.mark.parametrize(("off_at", "on_at", "field"), [(-1, None, "off_at"), (5, 5, "on_at"), (None, 5, "off_at"), (5, 10_000_000, "on_at")])
def test_levels_that_make_no_sense_are_refused_and_change_nothing(mug, off_at, on_at, field):
    other = make.a_product("a", title="Vase")
    with merchant_schema(A), pytest.raises(InvalidInput) as refused:
        set_conditions(by=SYSTEM, product_ids=[other.pk, mug.pk], off_at=off_at, on_at=on_at, waits_for_stock=False)
    assert refused.value.field == field
    with merchant_schema(A):
        assert not SaleCondition.objects.exists()
