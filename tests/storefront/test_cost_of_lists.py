"""Search and category pages: as many queries for many goods, shops and filters as for one of each; and names are asked for once a process."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.relay import deliver_events
from marketplace.platform.taxonomy.models import Attribute, AttributeValue
from tenants.tenancy.models import Merchant
from tenants.tenancy.remembered import GROUPS
from tests import factories as make
from tests.databases import MERCHANTS
from tests.storefront.goods import a_choice, a_matrix

MOST = 13  # queries of a page, where nothing is remembered; two of them note what was searched for


def statements(path: str) -> list[str]:
    client = Client(headers={"host": "market.localhost", "accept-language": "en"})
    client.get(path)  # what is cached once a process does not count
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200 and answer.context["listings"]
    return [each["sql"] for each in captured.captured_queries]


def goods(shop: str, many: int) -> None:
    """Jackets, each in some colours and sizes."""
    for n in range(many):
        a_matrix({(f"colour {n}", "M"): 5, (f"colour {n + 1}", "L"): 5}, shop=shop, title=f"Jacket {n}", prices={(f"colour {n}", "M"): str(100 + n)})
    deliver_events()


@pytest.fixture
def paths(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    request.getfixturevalue("db")
    goods("a", 1)
    attribute, values = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, ["colour 0", "colour 1"])
    chosen = "&".join(f"a{attribute}={value}" for value in values.values())
    return f"/search/?q=jacket&{chosen}", f"/c/{make.a_category().pk}/?{chosen}", "/search/?q=jacket"


def test_many_goods_shops_and_filters_cost_as_many_queries_as_one_of_each(paths):
    few = [len(statements(path)) for path in paths]
    goods("a", 5)
    goods("b", 9)
    goods("c", 9)
    assert [len(statements(path)) for path in paths] == few and max(few) <= MOST


def test_names_are_asked_for_once_a_process(own_database):
    goods("a", 2)
    attribute, values = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, ["colour 0", "colour 1"])
    path = f"/c/{make.a_category().pk}/?a{attribute}={values['colour 1']}"
    for _time in range(2):
        statements(path)  # the stamps are made
    # Whether a chosen value was merged is asked each time.
    asked = [sql for sql in statements(path) if "merged_into_id" not in sql]
    assert any("platform_listings_listing" in sql for sql in asked)
    assert not any(f'FROM "{table}"' in sql for sql in asked for tables in GROUPS.values() for table in tables)


def test_what_a_process_remembers_is_as_it_is_for_the_next_page(own_database):
    goods("a", 2)
    attribute, values = a_choice("colour", {"en": "Colour", "zh-hans": "颜色"}, ["colour 0", "colour 1"])
    path = f"/c/{make.a_category().pk}/?a{attribute}={values['colour 1']}"

    def page() -> str:
        return str(Client(headers={"host": "market.localhost", "accept-language": "en"}).get(path).content.decode())

    for _time in range(3):
        before = page()
    AttributeValue.objects.filter(pk=values["colour 1"]).update(names={"en": "Teal"})
    Attribute.objects.filter(pk=attribute).update(names={"en": "Glaze"})
    now = page()
    assert "Teal" not in before and "Glaze" not in before and "Teal" in now and "Glaze" in now
    Merchant.objects.filter(pk=MERCHANTS["a"]).update(status=Merchant.Status.SUSPENDED)
    suspended = page()
    Merchant.objects.filter(pk=MERCHANTS["a"]).update(status=Merchant.Status.OPEN)
    assert "Jacket 0" in now and "Jacket 0" not in suspended and "Jacket 0" in page()
