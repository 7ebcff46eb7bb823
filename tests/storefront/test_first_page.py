"""The market's first page and its shell: what stands there is true, and costs as many queries with many shops as with few."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.platform.taxonomy.models import Category
from storefront.shop import sections
from tenants.tenancy.models import Market
from tests import factories as make

pytestmark = pytest.mark.django_db
MARKET = "market.localhost"


def page(path: str, host: str = MARKET, user: Any = None, language: str = "en") -> Any:
    client = Client(headers={"host": host, "accept-language": language})
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(path)


def queries_of(path: str, host: str = MARKET) -> int:
    page(path, host)  # what is cached once a process does not count
    with CaptureQueriesContext(connection) as captured:
        assert page(path, host).status_code == 200
    return len(captured)


def test_as_many_queries_for_many_shops_as_for_one():
    for n in range(3):
        make.a_product("a", title=f"Mug {n}")
    few = queries_of("/")
    for shop in ("b", "c"):
        for n in range(4):
            make.a_product(shop, title=f"Cup {n}")
    assert queries_of("/") == few <= 19


def test_a_shop_is_shown_with_its_goods_and_kinds():
    for n in range(3):
        make.a_product("a", title=f"Mug {n}")
    make.a_product("b", title="Lonely cup")
    part, _other = sorted(sections.open_shops(), key=lambda part: -part.goods)
    assert (part.goods, len(part.listings), part.kinds) == (3, 3, [Category.objects.get().name])


def test_what_nobody_bought_is_not_bought_most():
    make.a_product("a", title="Mug")
    assert sections.popular() == []
    assert "Bought most" not in page("/").content.decode()


def test_picks_come_from_the_category_and_below():
    make.a_category("cups")
    below = make.a_category("mugs", {"en": "Mugs"}, "cups")
    for n in range(sections.IN_A_STRIP):
        make.a_product("a", title=f"Mug {n}", category=below)
    roots = list(Category.objects.filter(parent=None))
    found = sections.picks(roots)
    assert [pick.category.pk for pick in found] == [roots[0].pk] and len(found[0].listings) == sections.IN_A_STRIP


def test_promises_follow_from_the_settings():
    market = Market.objects.get()
    market.ship_days, market.return_days = 1, 0
    made = [promise.title for promise in sections.promises(market)]
    assert any("1" in title for title in made) and len(made) == 3  # nobody promises zero days to send something back


@pytest.mark.parametrize("host", [MARKET, "kiln.market.localhost"])
def test_the_menu_leads_to_the_markets_categories(host):
    category = make.a_category()
    answer = page("/categories/menu/", host)
    assert f"http://{MARKET}" in (html := answer.content.decode()) and f"/c/{category.pk}/" in html
    assert "max-age" in answer.headers["Cache-Control"]


def test_all_categories_stand_on_a_page_without_a_script():
    make.a_category("cups")
    below = make.a_category("mugs", {"en": "Mugs"}, "cups")
    assert f"/c/{below.pk}/" in page("/categories/").content.decode()
    assert 'href="http://market.localhost' in page("/").content.decode()


def test_who_is_signed_in_sees_what_waits():
    buyer = make.a_buyer("mine@example.com")
    assert "To pay" in page("/", user=buyer).content.decode()
    assert "To pay" not in page("/").content.decode()
