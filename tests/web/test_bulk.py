"""Several rows at once: what can be done is done, what cannot is told with its reason, and only the shop's own rows are touched."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.flows.ship_order import ship_order
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.orders.models import Order
from marketplace.web.lists.bulk import MOST_CHOSEN
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}
A = MERCHANTS["a"]


def signed_in(user: User) -> Client:
    found = Client()
    found.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def client() -> Client:
    return signed_in(User.objects.get(email="owner-a@market.localhost"))


def sent(client: Client, path: str, *keys: object, query: str = "") -> tuple[str, list[tuple[str, str]]]:
    """Where it leads, and what is told there, each with its kind."""
    answer = client.post(path, {"chosen": keys, "query": query}, headers=HOST)
    assert answer.status_code == 302
    page = client.get(answer.url, headers=HOST)
    return answer.url, [(message.level_tag, str(message)) for message in page.context["messages"]]


def statuses(*products: Product) -> list[str]:
    with merchant_schema(A):
        found = dict(Product.objects.values_list("pk", "status"))
    return [found[product.pk] for product in products]


def test_several_products_go_off_sale_and_on_again(client):
    products = [make.a_product("a", title=title) for title in ("One", "Two")]
    url, told = sent(client, "/products/off-sale/", *(product.pk for product in products), query="show=on_sale&q=o")
    assert (url, told) == ("/products/?show=on_sale&q=o", [("success", "2 products are off sale.")])
    assert statuses(*products) == ["off_sale", "off_sale"]
    assert sent(client, "/products/on-sale/", *(product.pk for product in products))[1] == [("success", "2 products are on sale, or will be at their time.")]
    assert statuses(*products) == ["on_sale", "on_sale"]
    assert AuditEvent.objects.filter(action="product.off_sale", actor_label="owner-a@market.localhost").count() == 2


def test_what_cannot_be_done_is_told_and_the_rest_is_done(client):
    draft, other = make.a_product("a", on_sale=False), make.a_product("a")
    _url, told = sent(client, "/products/off-sale/", other.pk)
    assert told == [("success", "1 product is off sale.")]
    _url, told = sent(client, "/products/on-sale/", draft.pk, other.pk)
    assert [kind for kind, _text in told] == ["success", "error"]
    assert statuses(draft, other) == ["draft", "on_sale"]


def test_nothing_ticked_too_much_ticked_and_nonsense_change_nothing(client):
    product = make.a_product("a")
    for keys, words in (((), "Tick at least one row"), ([uuid4() for _n in range(MOST_CHOSEN + 1)], "at most 100"), ((product.pk, "x"), "does not exist")):
        _url, told = sent(client, "/products/off-sale/", *keys)
        assert [kind for kind, _text in told] == ["error"] and words in told[0][1]
    assert statuses(product) == ["on_sale"]


def test_rows_of_another_shop_are_not_there(client):
    theirs = make.a_product("b")
    _url, told = sent(client, "/products/off-sale/", theirs.pk)
    assert [kind for kind, _text in told] == ["error"]
    with merchant_schema(MERCHANTS["b"]):
        assert Product.objects.get(pk=theirs.pk).status == "on_sale"
    foreign = make.pay(make.a_placed_group(("b", theirs, 1))).orders.get()
    sent(client, "/orders/accept/", foreign.pk)
    with merchant_schema(MERCHANTS["b"]):
        assert Order.objects.get(pk=foreign.pk).accepted_at is None
    assert client.get("/orders/slips/", {"chosen": foreign.pk}, headers=HOST).status_code == 404


def test_paid_orders_are_accepted_and_unpaid_ones_are_not(client):
    product = make.a_product("a")
    paid, unpaid = make.pay(make.a_placed_group(("a", product, 1))).orders.get(), make.a_placed_group(("a", product, 1)).orders.get()
    _url, told = sent(client, "/orders/accept/", paid.pk, unpaid.pk)
    assert told[0] == ("success", "1 order is accepted.") and told[1][0] == "error"
    with merchant_schema(A):
        assert Order.objects.get(pk=paid.pk).accepted_at and Order.objects.get(pk=unpaid.pk).accepted_at is None


def test_slips_of_several_orders_each_on_a_page_of_its_own(client):
    product = make.a_product("a", title="Alpine cup", stock=20)
    copies = [make.pay(make.a_placed_group(("a", product, n))).orders.get() for n in (1, 2)]
    with merchant_schema(A):
        ship_order(by=SYSTEM, package_id=uuid4(), number=copies[0].number, carrier="sf", tracking_number="SF1234567")
    page = client.get("/orders/slips/", {"chosen": [copy.pk for copy in copies]}, headers=HOST)
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count('class="paper"') == 2 and all(copy.number in text for copy in copies)
    pdf = client.get("/orders/slips/pdf/", {"chosen": [copy.pk for copy in copies]}, headers=HOST)
    assert pdf.content.startswith(b"%PDF-")
    for nothing in ({}, {"chosen": "x"}, {"chosen": uuid4()}):
        assert client.get("/orders/slips/", nothing, headers=HOST).status_code in (404, 422)


def test_ticks_and_buttons_are_there_for_who_may(client):
    product = make.a_product("a")
    clerk = make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="order_clerk", merchant_id=A)
    assert f'value="{product.pk}" form="bulk"' in client.get("/products/", headers=HOST).content.decode()
    offered = signed_in(clerk).get("/products/", headers=HOST).content.decode()
    assert "/products/labels/" in offered, "who sees goods may print their labels"
    assert not any(f"/products/{act}/" in offered for act in ("submit", "on-sale", "off-sale", "conditions", "times"))
