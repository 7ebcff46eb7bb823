"""Price lists and their buyers that two people change at the same moment: on a real database with two connections."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from marketplace.flows.price_lists import put_list_prices, save_group, save_list, switch_list, tag_customer
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customers.actions import recount_customer
from marketplace.merchant.pricing.models import ListBuyer, PriceList
from marketplace.platform.prices.models import OfferedList, OfferedListBuyer
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.races.pairs import one_inside_the_other, type_act

pytestmark = pytest.mark.usefixtures("own_database")
A = MERCHANTS["a"]


def a_group(word: str) -> UUID:
    with merchant_schema(A):
        return save_group(by=SYSTEM, group_id=uuid4(), name=f"Of {word} {uuid4().hex[:6]}", tags=[word]).pk


def a_list(word: str, product: Product) -> UUID:
    """One for whoever has this tag."""
    key, group_id = uuid4(), a_group(word)
    with merchant_schema(A):
        save_list(by=SYSTEM, list_id=key, name=f"List {key.hex[:6]}", group_id=group_id, currency="CNY", starts_at=None, ends_at=None)
        put_list_prices(by=SYSTEM, list_id=key, prices={(make.variant_of(product), 1): make.yuan("70")})
    return key


def a_customer(*words: str) -> tuple[User, UUID]:
    """Somebody who has paid here, with these tags."""
    buyer = make.a_buyer()
    make.pay(make.a_placed_group(("a", make.a_product("a", title="First"), 1), buyer=buyer))
    with merchant_schema(A):
        key = recount_customer(by=SYSTEM, buyer_id=buyer.pk).pk
        tag_customer(by=SYSTEM, customer_id=key, tags=list(words))
    return buyer, key


def tags(key: UUID, *words: str) -> type_act:
    return lambda: tag_customer(by=SYSTEM, customer_id=key, tags=list(words))


def switches(key: UUID, *, on: bool) -> type_act:
    return lambda: switch_list(by=SYSTEM, list_id=key, is_on=on)


def moves(key: UUID) -> None:
    """It ends on another day: its prices are laid anew, for which its products are locked before heads and buyers are copied."""
    row = PriceList.objects.get(pk=key)
    ends_at = clock.now() + timedelta(days=9)
    save_list(by=SYSTEM, list_id=key, name=row.name, group_id=row.group_id, currency="CNY", starts_at=None, ends_at=ends_at)


def one_before_the_other(first: type_act, second: type_act, then: type_act = lambda: None) -> None:
    """All of it in the shop."""

    def here(act: type_act) -> type_act:
        def acting() -> None:
            with merchant_schema(A):
                act()

        return acting

    one_inside_the_other(here(first), here(second), here(then))


def agree() -> None:
    """What buyers are asked by says the same as the shop's own tables."""
    with merchant_schema(A):
        heads = set(PriceList.objects.values_list("pk", "position", "is_on", "for_everybody"))
        buyers = set(ListBuyer.objects.values_list("price_list_id", "user_id"))
    assert set(OfferedList.objects.filter(merchant_id=A).values_list("pk", "position", "is_on", "for_everybody")) == heads
    assert set(OfferedListBuyer.objects.filter(price_list__merchant_id=A).values_list("price_list_id", "user_id")) == buyers


def buyers_of(key: UUID) -> set[UUID]:
    return set(OfferedListBuyer.objects.filter(price_list=key).values_list("user_id", flat=True))


@pytest.fixture
def mug() -> Product:
    return make.a_product("a", title="Mug")


def test_a_first_list_that_is_made_while_a_customer_is_tagged_has_them_as_a_buyer():
    (buyer, customer), key, group_id = a_customer(), uuid4(), a_group("first")
    about = {"name": "The first", "group_id": group_id, "currency": "CNY", "starts_at": None, "ends_at": None}
    one_before_the_other(tags(customer, "first"), lambda: save_list(by=SYSTEM, list_id=key, **about))
    agree()
    assert buyers_of(key) == {buyer.pk}


def test_a_list_that_is_switched_off_while_a_customer_is_tagged_stays_off(mug):
    key, (buyer, customer) = a_list("big", mug), a_customer()
    one_before_the_other(switches(key, on=False), tags(customer, "big"))
    agree()
    assert not OfferedList.objects.get(pk=key).is_on and buyers_of(key) == {buyer.pk}
    one_before_the_other(tags(customer), switches(key, on=True))
    agree()
    assert OfferedList.objects.get(pk=key).is_on and not buyers_of(key)


def test_of_two_who_are_tagged_at_once_each_buys_by_what_they_were_given(mug):
    key = a_list("gold", mug)
    (one, one_key), (other, other_key) = a_customer(), a_customer("gold")
    one_before_the_other(tags(one_key, "gold"), tags(other_key))
    agree()
    assert buyers_of(key) == {one.pk}
    one_before_the_other(tags(one_key), tags(other_key, "gold"))
    agree()
    assert buyers_of(key) == {other.pk}


def test_two_lists_of_the_same_goods_never_wait_for_each_other_in_a_circle(mug):
    """One copies heads and buyers and goes on to the goods; the other has to lock the goods before it copies heads and buyers."""
    first, second = a_list("one", mug), a_list("two", mug)
    one_before_the_other(switches(first, on=False), lambda: moves(second), then=switches(first, on=True))
    agree()
    customer = a_customer()[1]
    one_before_the_other(tags(customer, "one"), lambda: moves(second), then=switches(first, on=False))
    agree()
