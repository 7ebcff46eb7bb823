"""What its merchant takes off sale stays off; what is to go on sale by itself still does after an edit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.flows.listing_times import Moment, set_listing_times
from marketplace.flows.publish_product import put_on_sale
from marketplace.flows.sale_conditions import set_conditions
from marketplace.flows.stop_selling import stop_selling
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import due_at
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.inventory.actions import count_stock
from marketplace.platform.listings.models import Listing, ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.flows.test_packages import offer
from tests.flows.test_product_review import now, pass_days, save, waiting_of
from tests.flows.test_times_of_sale import WORKBENCH, A, approve, at, in_english, scheduled
from tests.tenants.test_contracts import a_shop_with_dossier, owner, sign, signs_for_market

pytestmark = pytest.mark.django_db
__all__ = ["in_english"]


def stop(product: Product) -> Product:
    with merchant_schema(A):
        return stop_selling(by=SYSTEM, product_id=product.pk)


def count(product: Product, n: int) -> None:
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(product): n})
    deliver_events()


def condition(product: Product, off_at: int | None, on_at: int | None, waits: bool = False) -> None:
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=off_at, on_at=on_at, waits_for_stock=waits)


def times(product: Product, **fields: str) -> object:
    return at(WORKBENCH).post("/products/times/", {"chosen": [product.pk], "keeps_until": "on", **fields})


def test_an_edit_in_review_is_taken_back_with_the_product_so_that_nothing_puts_it_on_sale_again():
    product = make.a_product("a")
    save(product, title="Cup")
    change, client = waiting_of(product), at(WORKBENCH)
    answer = client.post(f"/products/{product.pk}/off-sale/")
    said = [str(message) for message in client.get(answer.url).context["messages"]]
    assert said[1] == "What waited for review is taken back. Submit it again when it is to be sold."
    assert (now(product).status, now(product).review) == ("off_sale", "none")
    change.refresh_from_db()
    assert change.status == ProductChange.Status.WITHDRAWN and not Listing.objects.get(pk=product.pk).is_on_sale
    save(product, title="Cup", submits=True)  # now it is wanted again
    assert approve(product).status == "on_sale"


def test_of_many_that_are_taken_off_what_waits_is_taken_back_too():
    live, off = make.a_product("a"), stop(make.a_product("a"))
    save(live, title="Cup")
    save(off, title="Bowl", submits=True)
    at(WORKBENCH).post("/products/off-sale/", {"chosen": [live.pk, off.pk]})
    assert {(now(row).status, now(row).review) for row in (live, off)} == {("off_sale", "none")}
    assert not ProductChange.objects.filter(status="waiting").exists()


def test_what_its_condition_took_off_stays_off_once_its_merchant_says_so():
    product = make.a_product("a", stock=10)
    condition(product, 3, 8)
    count(product, 2)
    assert now(product).status == "off_sale"
    stop(product)
    assert AuditEvent.objects.filter(action="product.stays_off", subject_id=str(product.pk)).count() == 1
    count(product, 20)
    assert now(product).status == "off_sale"
    stop(product)
    assert AuditEvent.objects.filter(action="product.stays_off").count() == 1, "a second time nothing is left to say"
    with merchant_schema(A):
        assert SaleCondition.objects.get().on_at == 8, "the condition itself stays"
        assert put_on_sale(by=SYSTEM, product_id=product.pk).status == "on_sale"
    count(product, 2)
    count(product, 9)
    assert now(product).status == "on_sale"


def test_what_waits_for_its_first_stock_waits_no_more():
    product = make.a_product("a", stock=0, on_sale=False)
    save(product, stock=0, submits=True)
    condition(product, None, None, waits=True)
    assert approve(product).status == "off_sale"
    stop(product)
    count(product, 5)
    assert now(product).status == "off_sale"


def test_an_edit_of_what_is_to_go_on_sale_on_a_day_goes_into_review_and_it_comes_on_its_day():
    product = scheduled()
    begins = now(product).listed_from
    save(product, title="Better words", listed_from=begins)
    assert now(product).review == "waiting"
    assert approve(product).status == "off_sale" and due_at(kind="product.listed_from", subject_id=product.pk) == begins
    pass_days(2.1)
    assert now(product).status == "on_sale" and Listing.objects.get(pk=product.pk).titles["en"] == "Better words"


def test_an_edit_that_is_in_review_on_the_day_goes_on_sale_when_it_has_passed():
    product = scheduled()
    save(product, title="Better words", listed_from=now(product).listed_from)
    pass_days(2.1)
    assert now(product).status == "off_sale"
    with clock.shifted(timedelta(days=3)):
        assert approve(product).status == "on_sale"


def test_an_edit_of_what_its_condition_brings_back_goes_into_review_too():
    product = make.a_product("a", stock=10)
    condition(product, 3, 8)
    count(product, 2)
    save(product, title="Better words", stock=2)
    assert now(product).review == "waiting"
    approve(product)
    deliver_events()
    assert now(product).status == "off_sale"
    count(product, 9)
    assert now(product).status == "on_sale"


def test_an_edit_of_what_somebody_took_off_waits_until_it_is_handed_in():
    product = stop(make.a_product("a"))
    save(product, title="Better words")
    assert now(product).review == "none"


@pytest.mark.parametrize("by", ["times", "form"])
def test_what_is_approved_and_loses_its_day_goes_on_sale_at_once(by):
    product = scheduled()
    if by == "times":
        assert times(product).status_code == 302
    else:
        save(product)
    assert now(product).status == "on_sale" and now(product).listed_from is None
    assert Listing.objects.get(pk=product.pk).is_on_sale
    assert due_at(kind="product.listed_from", subject_id=product.pk) is None


def test_where_it_may_not_go_on_sale_at_once_it_is_said_at_the_field_and_its_day_stays():
    product = scheduled()
    offer("free", default=True, products=1)
    make.a_product("a", title="Pot")
    answer = times(product)
    assert answer.status_code == 422 and "“Mug” cannot go on sale" in answer.context["form"].errors["listed_from"][0]
    assert (now(product).status, now(product).listed_from is None) == ("off_sale", False)


def test_what_loses_its_day_still_waits_for_its_condition():
    low, first = scheduled(), scheduled()
    condition(low, 3, 8)
    condition(first, None, None, waits=True)
    count(low, 2)
    count(first, 0)
    assert times(low).status_code == times(first).status_code == 302
    assert {now(row).status for row in (low, first)} == {"off_sale"}
    count(low, 5)
    assert now(low).status == "off_sale", "above the lower level, below the higher one"
    count(low, 8)
    count(first, 1)
    assert {now(row).status for row in (low, first)} == {"on_sale"}


def test_after_the_contract_has_ended_an_edit_is_kept_and_not_handed_in():
    make.a_contract_template()
    contract = signs_for_market(sign(a_shop_with_dossier(), owner()))
    with clock.shifted(contract.ends_at + timedelta(hours=1) - clock.now()):
        product = scheduled_by_hand()
        save(product, title="Better words", listed_from=now(product).listed_from)
        assert (now(product).title.text, now(product).review) == ("Better words", "none")


def scheduled_by_hand() -> Product:
    """Approved, off sale, and with a day to come, whatever the shop may do."""
    product = stop(make.a_product("a"))
    with merchant_schema(A):
        set_listing_times(by=SYSTEM, product_ids=[product.pk], begins=Moment(clock.now() + timedelta(days=2)), ends=Moment())
    return now(product)
