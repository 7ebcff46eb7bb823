"""What a person does with a list: sort, arrange, keep views, search in pinyin, act on all rows of a filter, also without JavaScript."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.orders.models import Order, OrderLine
from marketplace.merchant.orders.search_keys import fill_search_keys
from marketplace.platform.backoffice.models import ListJob
from marketplace.web.all_lists import LISTS
from tenants.access.rules import all_routes, rule_of
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
HOST = {"host": "kiln.seller.market.localhost", "accept-language": "en"}
CONSOLE = {"host": "ops.market.localhost", "accept-language": "en"}


def signed_in(user: User) -> Client:
    found = Client()
    found.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def client() -> Client:
    return signed_in(User.objects.get(email="owner-a@market.localhost"))


@pytest.fixture
def clerk() -> Client:
    user = make.a_buyer()
    give_role(by=SYSTEM, user_id=user.pk, role="order_clerk", merchant_id=A)
    return signed_in(user)


def post(client: Client, path: str, headers: dict[str, str] = HOST, **data: Any) -> Any:
    return client.post(path, data, headers=headers)


def said(client: Client, answer: Any) -> list[str]:
    return [str(message) for message in client.get(answer.url, headers=HOST).context["messages"]]


def numbers(client: Client, query: str = "") -> list[str]:
    return [row.number for row in client.get(f"/orders/{query}", headers=HOST).context["page"].rows]


def an_order(recipient: str = "林知夏", phone: str = "13800138000", pieces: int = 1, product: Product | None = None) -> Order:
    """A paid order of shop a, to this recipient."""
    buyer = make.a_buyer()
    address = {"recipient": recipient, "phone": phone, "country": "CN", "province": "上海市", "city": "上海市", "district": "徐汇区", "street": "漕溪北路 1 号"}
    key = make.save_address(by=make.acting(buyer), address_id=uuid4(), is_default=True, fields=address).pk
    product = product or make.a_product("a", stock=100)
    make.commission()
    group = make.pay(make.place(buyer, make.a_cart(buyer, ("a", product, pieces)), address_id=key))
    with merchant_schema(A):
        return Order.objects.get(pk=group.orders.get().pk)


def test_every_list_is_known_to_workers_by_its_route_and_asks_for_its_right():
    found = {}
    for kind in ("workbench", "console"):
        for _pattern, route, name in all_routes(kind):
            if type(page := getattr(route.callback, "__wrapped__", None)).__name__ == "ListPage":
                found[kind == "workbench", name] = page
                assert page.right == rule_of(route.callback, kind, name).right, name
                assert len({column.key for column in page.columns}) == len(page.columns) and page.is_arranged, name
    assert found == LISTS


# ── sorting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_head_sorts_falling_and_pressed_again_rising_over_all_pages(client):
    product = make.a_product("a", stock=100)
    by_amount = [an_order(product=product, pieces=pieces).number for pieces in (2, 3, 1)]
    rising = [by_amount[2], by_amount[0], by_amount[1]]
    page = client.get("/orders/", headers=HOST).content.decode()
    assert 'href="/orders/?sort=-amount"' in page
    assert numbers(client, "?sort=-amount") == rising[::-1] and numbers(client, "?sort=amount") == rising
    assert 'aria-sort="descending"' in client.get("/orders/?sort=-amount", headers=HOST).content.decode()
    assert numbers(client, "?sort=nonsense") == numbers(client, "?sort=-buyer") == numbers(client)


def test_what_is_to_ship_sorts_by_its_clock_and_only_there(client):
    late, soon = an_order(), an_order()
    with merchant_schema(A):
        Order.objects.filter(pk=late.pk).update(ship_by=clock.now() - timedelta(hours=3))
        Order.objects.filter(pk=soon.pk).update(ship_by=clock.now() + timedelta(hours=2))
    assert numbers(client, "?show=to_ship&sort=status") == [late.number, soon.number]
    page = client.get("/orders/?show=to_ship", headers=HOST).content.decode()
    assert "3 h 0 min late" in page and "1 h 59 min left" in page and "sort=-status" in page
    assert "sort=-status" not in client.get("/orders/", headers=HOST).content.decode()


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_recipient_is_found_by_name_pinyin_initials_and_the_end_of_the_phone(client):
    found, other = an_order("陈望舒", "13912345678"), an_order("Amara Okafor", "13800138000")
    for words in ("陈望舒", "陈望", "chenwangshu", "ChenWang", "chen wangshu", "cws", "5678", "12345678", "139 1234 5678", "ｃｗｓ"):
        assert numbers(client, f"?q={words}") == [found.number], words
    for words in ("okafor", "amara o", "ao"):
        assert numbers(client, f"?q={words}") == [other.number], words
    for nothing in ("望", "wangshu", "c", "678", "zzz", "%"):
        assert numbers(client, f"?q={nothing}") == [], nothing


def test_an_order_is_found_by_number_with_or_without_its_dash_and_by_sku(client):
    product = make.a_product("a", title="Bowl")
    order, _other = an_order(product=product), an_order()
    with merchant_schema(A):
        sku = OrderLine.objects.get(order=order).sku
    for words in (order.number, order.number.replace("-", ""), order.number[:12], sku, sku.lower()):
        assert numbers(client, f"?q={words}") == [order.number], words
    assert numbers(client, f"?q={sku[:-1]}") == []


def test_words_that_mean_two_things_find_both(client):
    named = an_order("Bowl")
    with merchant_schema(A):
        other = an_order()
        OrderLine.objects.filter(order=other).update(sku="BOWL")
    assert set(numbers(client, "?q=bowl")) == {named.number, other.number}


def test_orders_from_before_get_their_keys_once(client):
    order = an_order("陈望舒")
    with merchant_schema(A):
        Order.objects.update(recipient_key="", recipient_pinyin="", recipient_initials="", phone_key="")
        assert numbers(client, "?q=cws") == []
        last = fill_search_keys(by=SYSTEM, limit=1)
        assert last and fill_search_keys(by=SYSTEM, after=last) is None
    assert numbers(client, "?q=cws") == [order.number]


def test_a_search_of_orders_asks_indexes_and_joins_nothing(client):
    an_order()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get("/orders/?q=cws", headers=HOST)
    asked = [query["sql"] for query in captured if "merchant_orders_order" in query["sql"] and "LIKE" in query["sql"]]
    assert asked and not any("JOIN" in sql or "DISTINCT" in sql for sql in asked)


def test_merchants_are_found_in_pinyin_in_the_console():
    Merchant.objects.filter(pk=A).update(names={"zh-hans": "山岚陶作", "en": "Kiln"})
    operator = signed_in(User.objects.get(email="operator@market.localhost"))
    for words in ("shanlan", "sltz", "山岚", "kil"):
        assert [row.pk for row in operator.get(f"/merchants/?q={words}", headers=CONSOLE).context["page"].rows] == [A], words


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_is_the_markets_day_and_until_is_its_end(client):
    early, late = an_order(), an_order()
    with merchant_schema(A):
        Order.objects.filter(pk=early.pk).update(placed_at="2026-03-04T23:59:59+08:00")
        Order.objects.filter(pk=late.pk).update(placed_at="2026-03-05T00:00:00+08:00")
    assert numbers(client, "?since=2026-03-05&until=2026-03-05") == [late.number]
    assert numbers(client, "?until=2026-03-04") == [early.number]
    assert numbers(client, "?since=9999-12-31") == [] and len(numbers(client, "?until=9999-12-31")) == 2


def test_filters_that_are_on_stand_as_chips_each_with_its_way_out(client):
    an_order()
    page = client.get("/orders/?q=cws&since=2026-01-02&show=to_ship", headers=HOST)
    chips = {chip.label: chip.href for chip in page.context["chips"]}
    assert chips == {"Search": "/orders/?since=2026-01-02&show=to_ship", "Since": "/orders/?q=cws&show=to_ship"}


def test_tabs_say_how_many_they_hold_by_one_statement_and_not_while_one_searches(client):
    an_order()
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/orders/", headers=HOST)
    assert {tab.value: tab.count for tab in page.context["tabs"]}["to_ship"] == "1"
    assert len([query for query in captured if "AS counted" in query["sql"]]) == 1
    page = client.get("/orders/?q=lzx", headers=HOST)
    assert [tab.count for tab in page.context["tabs"]] == ["1", "", "", "", "", "", "", ""]


# ── all rows of a filter ─────────────────────────────────────────────────────────────────────────────────────────────


def test_all_rows_of_a_filter_are_shown_with_number_and_sum_and_done_by_a_worker(client):
    product = make.a_product("a", stock=100)
    orders = [an_order(product=product) for _n in range(3)]
    unpaid = make.a_placed_group(("a", product, 1)).orders.get()
    page = client.get("/orders/?show=to_ship&all=1", headers=HOST)
    assert page.context["all_of_them"][0] == 3 and page.context["all_of_them"][1] == sum((order.total for order in orders[1:]), orders[0].total)
    form = page.content.decode()
    assert "All 3 rows" in form and '<input type="hidden" name="all" value="1">' in form
    answer = post(client, "/orders/accept/", all="1", query="show=to_ship&all=1", job_id=uuid4())
    later = an_order(product=product)  # after the form was sent: not meant
    deliver_events()
    job = ListJob.objects.get(pk=answer.url.partition("=")[2])
    assert (job.status, job.done, job.refused, job.total) == ("done", 3, 0, 3)
    with merchant_schema(A):
        accepted = dict(Order.objects.values_list("pk", "accepted_at"))
    assert all(accepted[order.pk] for order in orders) and accepted[later.pk] is None and accepted[unpaid.pk] is None
    assert AuditEvent.objects.filter(action="order.accepted", actor_label="owner-a@market.localhost").count() == 3


def test_what_is_refused_is_told_row_by_row_and_the_rest_is_done(client):
    off, draft = make.a_product("a", title="Resting"), make.a_product("a", title="Unfinished", on_sale=False)
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=off.pk)
    answer = post(client, "/products/on-sale/", all="1", query="", job_id=uuid4())
    deliver_events()
    key = answer.url.partition("=")[2]
    job = ListJob.objects.get(pk=key)
    assert (job.status, job.done, job.refused) == ("done", 1, 1)
    with merchant_schema(A):
        assert dict(Product.objects.values_list("pk", "status")) == {off.pk: "on_sale", draft.pk: "draft"}
    page = client.get(f"/jobs/{key}/", headers=HOST).content.decode()
    for product_key in {row[1] for row in job.refusals}:
        assert f'href="/products/{product_key}/"' in page
    assert job.refused and str(draft.pk) in {row[1] for row in job.refusals}


def test_a_worker_that_was_stopped_goes_on_behind_the_last_row(client):
    """And the control: without its place it would begin again."""
    product = make.a_product("a", stock=100)
    orders = [an_order(product=product) for _n in range(3)]
    answer = post(client, "/orders/accept/", all="1", query="", job_id=uuid4())
    from marketplace.web.lists.keyset import cursor

    with merchant_schema(A):
        middle = cursor(Order.objects.get(pk=orders[1].pk), ["placed_at", "pk"])
    key = answer.url.partition("=")[2]
    ListJob.objects.filter(pk=key).update(place=middle, done=2, total=3)
    deliver_events()
    with merchant_schema(A):
        accepted = set(Order.objects.exclude(accepted_at=None).values_list("pk", flat=True))
    assert accepted == {orders[0].pk} and ListJob.objects.get(pk=key).done == 3


def test_a_button_without_its_right_works_on_no_row_at_all():
    editor = make.a_buyer()
    give_role(by=SYSTEM, user_id=editor.pk, role="product_editor", merchant_id=A)
    an_order()
    assert post(signed_in(editor), "/orders/accept/", all="1", query="").status_code == 403
    assert not ListJob.objects.exists()


# ── without JavaScript, with htmx ────────────────────────────────────────────────────────────────────────────────────


def test_everything_is_a_link_or_a_form(client):
    for _n in range(2):
        an_order()
    page = html.unescape(client.get("/orders/?q=lzx", headers=HOST).content.decode())
    assert "<noscript><button" in page and 'formaction="/orders/accept/"' in page and "onclick" not in page
    for do in ("view-save", "columns", "density", "export"):
        assert re.search(rf'<button [^>]*name="do" value="{do}"', page), do
    assert "style=" not in page


def test_htmx_gets_rows_and_tabs_and_a_page_from_history_is_whole(client):
    an_order()
    part = client.get("/orders/?q=lzx", headers=HOST | {"hx-request": "true"}).content.decode()
    assert "<html" not in part and 'id="list-tabs"' in part and 'hx-swap-oob="true"' in part
    whole = client.get("/orders/?q=lzx", headers=HOST | {"hx-request": "true", "hx-history-restore-request": "true"}).content.decode()
    assert "<html" in whole


def test_an_empty_list_teaches_and_offers_one_way_on_to_who_may(client, clerk):
    with merchant_schema(A):
        assert not Product.objects.exists()
    page = client.get("/products/", headers=HOST).content.decode()
    assert "No product yet." in page and page.count('href="/products/new/" class="btn btn-primary"') == 1
    assert 'href="/products/new/" class="btn btn-primary"' not in clerk.get("/products/", headers=HOST).content.decode()
