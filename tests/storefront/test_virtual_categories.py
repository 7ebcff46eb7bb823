"""Virtual categories: a rule of the operator's is a page of goods, narrowed by the buyer and never widened."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.attributes import describe_by_hand, keep_attribute
from marketplace.platform.taxonomy.errors import VirtualChanged
from marketplace.platform.taxonomy.models import AttributeValue, Brand, VirtualCategory
from marketplace.platform.taxonomy.tree import merge_category
from marketplace.platform.taxonomy.virtual import clean_rule, keep_virtual
from search.by_rule import NOTHING, query_of, within
from search.contract import Query, Sort
from search.find import find
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def goods() -> dict[str, Any]:
    cups, pots = make.a_category("cups-v", {"en": "Cups", "zh-hans": "杯"}), make.a_category("pots-v", {"en": "Pots", "zh-hans": "壶"})
    found = {"cups": cups, "pots": pots, "mug": make.a_product("a", title="Mug", price="20", category=cups).pk}
    found["bowl"] = make.a_product("b", title="Bowl", price="90", category=cups).pk
    found["pot"] = make.a_product("b", title="Pot", price="30", category=pots).pk
    deliver_events()
    return found


def kept(rule: dict[str, Any], **fields: Any) -> VirtualCategory:
    shown = {"names": {"en": "Picked", "zh-hans": "精选"}, "is_shown": True, "in_menu": True, "rule": rule}
    return keep_virtual(by=SYSTEM, virtual_id=None, seen=0, code="picked", fields=shown | fields)


def page(path: str, status: int = 200, host: str = "market.localhost", client: Client | None = None) -> str:
    response = (client or Client()).get(path, headers={"host": host, "accept-language": "en"})
    assert response.status_code == status
    return html.unescape(response.content.decode())


def shown(path: str) -> set[str]:
    """What is found; not what is popular besides where nothing is."""
    return set(re.findall(r"/p/([0-9a-f-]{36})/", page(path).partition("data-near")[0]))


def test_what_lies_outside_the_rule_is_called_by_its_name_where_it_is_taken_off(goods):
    inside, outside = (Brand.objects.create(code=name, names={"zh-hans": name, "en": name}) for name in ("inside", "outside"))
    kept({"brands": [inside.pk]})
    found = page(f"/v/picked/?brand={outside.pk}")
    assert f'aria-current="true">{outside.name}<' in found and "no longer" not in found


def test_its_page_shows_what_the_rule_finds_and_what_a_buyer_chooses_of_it(goods):
    kept({"to": 5000})
    assert shown("/v/picked/") == {str(goods["mug"]), str(goods["pot"])}
    assert shown(f"/v/picked/?c={goods['cups'].pk}") == {str(goods["mug"])}
    assert shown("/v/picked/?from=25") == {str(goods["pot"])}
    assert shown("/v/picked/?to=9999") == {str(goods["mug"]), str(goods["pot"])}
    trail = Merchant.objects.get(pk=MERCHANTS["b"]).ordinal
    assert shown(f"/v/picked/?shop={trail}") == {str(goods["pot"])}


def offered(path: str) -> Any:
    """What the page is made of."""
    return Client().get(path, headers={"host": "market.localhost", "accept-language": "en"}).context


def test_ranges_of_prices_say_what_a_click_finds_and_a_rule_with_a_price_offers_none(goods):
    row = kept({"days": 7})
    ranges = offered("/v/picked/")["prices"].rows
    assert len(ranges) == 2 and [len(shown(each.href)) for each in ranges] == [each.count for each in ranges]
    for rule, span in (({"to": 5000}, ("20", "50")), ({"from": 2500}, ("25", "90")), ({"from": 2500, "to": 5000}, ("25", "50"))):
        row = keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"rule": rule})
        found = offered("/v/picked/")
        assert not found["prices"].rows and (found["span_from"], found["span_to"]) == span, rule
    keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"rule": {"from": 50000}})
    assert (offered("/v/picked/")["span_from"], offered("/v/picked/")["span_to"]) == ("", "")


def test_what_is_said_of_shops_is_counted_within_the_rule(goods):
    make.the_markets_own("c")
    make.a_product("c", title="Own mug", price="70", category=goods["cups"])
    deliver_events()
    kiln, trail, own = (Merchant.objects.get(pk=MERCHANTS[name]).ordinal for name in "abc")
    row = kept({"shops": [kiln]})
    alone = page("/v/picked/")
    assert "1 product" in alone and "from 3 shops" not in alone and "Only sold by the market itself" not in alone
    for shops, count in (([kiln, trail], 0), ([kiln, own], 1)):
        row = keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"rule": {"shops": shops}})
        assert offered("/v/picked/")["own_count"] == count == len(shown("/v/picked/?own=1"))


def test_it_stands_in_menu_and_site_map_while_it_is_shown_and_nowhere_else(goods):
    row = kept({"category": goods["cups"].pk})
    for path in ("/categories/", "/categories/menu/", "/sitemaps/categories.xml"):
        assert "/v/picked/" in page(path)
    keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"is_shown": False})
    page("/v/picked/", 404)
    assert "/v/picked/" not in page("/categories/")


def test_a_rule_follows_what_was_merged_and_finds_nothing_of_what_is_gone(goods):
    row = kept({"category": goods["cups"].pk})
    merge_category(by=SYSTEM, category_id=goods["cups"].pk, seen=1, into_id=goods["pots"].pk, seen_into=1, why="one")
    assert query_of(row.rule).category == goods["pots"].pk
    assert find(query_of({"category": 10**8, "sort": "relevance"})).total == 0
    assert find(query_of({"brands": [10**8], "sort": "relevance"})).total == 0


def test_a_buyer_narrows_a_rule_and_never_widens_it():
    rule = Query(brands=frozenset({1, 2}), values={7: frozenset({70})}, price_from=100, price_to=900, in_stock=True, sort=Sort.NEWEST)
    asked = Query(brands=frozenset({2, 3}), values={7: frozenset({71}), 8: frozenset({80})}, price_from=50, price_to=500, sort=Sort.PRICE_UP)
    found = within(rule, asked, is_sorted=False)
    assert (found.brands, found.values) == (frozenset({2}), {7: NOTHING, 8: frozenset({80})})
    assert (found.price_from, found.price_to, found.in_stock, found.sort) == (100, 500, True, Sort.NEWEST)
    assert within(rule, asked, is_sorted=True).sort == Sort.PRICE_UP


def test_a_rule_knows_what_is_reduced_rated_and_new_at_this_moment(goods):
    listings = Listing.objects
    listings.filter(pk=goods["mug"]).update(lowest_minor=2500, saved_percent=20, reduced_until=clock.now() + timedelta(hours=1))
    listings.filter(pk=goods["bowl"]).update(rating_sum=22, rating_count=5)  # 4.4
    listings.filter(pk=goods["pot"]).update(rating_sum=5, rating_count=1, published_at=clock.now() - timedelta(days=30))
    row = kept({"reduced": 20})
    for rule, wanted in (
        ({"reduced": 20}, {"mug"}),
        ({"reduced": 21}, set()),
        ({"rated": 44, "reviews": 3}, {"bowl"}),
        ({"rated": 45}, {"pot"}),
        ({"days": 7}, {"mug", "bowl"}),
        ({"days": 7, "to": 5000}, {"mug"}),
    ):
        row = keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"rule": rule})
        assert shown("/v/picked/") == {str(goods[name]) for name in wanted}, rule
    keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version, code=row.code, fields={"rule": {"reduced": 10}})
    assert shown(f"/v/picked/?c={goods['pots'].pk}") == set()
    with clock.shifted(timedelta(hours=2)):
        assert shown("/v/picked/") == set()  # over, though no worker has come


@pytest.mark.parametrize("rule", [{"reduced": 0}, {"reduced": 100}, {"rated": 60}, {"reviews": 3}, {"days": 0}])
def test_numbers_that_make_no_sense_are_refused(rule):
    with pytest.raises(InvalidInput):
        clean_rule(rule)


@pytest.mark.parametrize("rule", [{}, {"sort": "newest"}, {"from": 5, "to": 1}, {"brands": list(range(100))}])
def test_a_rule_that_says_nothing_or_too_much_is_refused(rule):
    with pytest.raises(InvalidInput):
        clean_rule(rule)


def test_a_rule_may_name_every_value_of_an_attribute(goods):
    glaze = keep_attribute(by=SYSTEM, attribute_id=None, seen=0, fields={"names": {"zh-hans": "釉色", "en": "Glaze"}, "kind": "choice", "is_facet": True})
    rows = [AttributeValue(attribute=glaze, code=str(n), names={"en": f"Glaze {n}"}, position=n) for n in range(502)]
    values = AttributeValue.objects.bulk_create(rows)
    describe_by_hand(by=SYSTEM, category_id=goods["cups"].pk, seen=goods["cups"].version, rows=[(glaze.pk, False, False)])
    client, headers = Client(), {"host": "ops.market.localhost", "accept-language": "en"}
    client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    data = {"name_zh": "精选", "name_en": "Picked", "code": "picked", "category": goods["cups"].pk, "sort": "newest", "is_shown": "on"}
    assert client.post("/virtual-categories/new/", {**data, f"a_{glaze.pk}": values[499].pk}, headers=headers).status_code == 302
    row = VirtualCategory.objects.get()
    assert row.rule["values"] == {str(glaze.pk): [values[499].pk]}
    VirtualCategory.objects.update(rule=row.rule | {"values": {str(glaze.pk): [values[501].pk]}})  # its place has changed since
    path = f"/virtual-categories/{row.pk}/"
    assert f'<option value="{values[501].pk}" selected>' in page(path, host=headers["host"], client=client)
    sent = {**data, "seen": row.version, "name_en": "Chosen", f"a_{glaze.pk}": values[501].pk}
    assert client.post(path, sent, headers=headers).status_code == 302
    assert VirtualCategory.objects.get().rule["values"] == {str(glaze.pk): [values[501].pk]}


def test_the_operator_looks_before_it_is_kept_and_an_older_form_is_refused(goods):
    client = Client()
    client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    data = {"name_zh": "精选", "name_en": "Picked", "code": "picked", "category": goods["cups"].pk, "price_to": "50", "sort": "newest", "is_shown": "on"}
    headers = {"host": "ops.market.localhost", "accept-language": "en"}
    looked = client.post("/virtual-categories/new/", {**data, "then": "look"}, headers=headers)
    assert looked.status_code == 200 and "1 product" in looked.content.decode() and not VirtualCategory.objects.exists()
    wrong = client.post("/virtual-categories/new/", {**data, "brands": "No such brand"}, headers=headers)
    assert wrong.status_code == 422 and "is not known" in html.unescape(wrong.content.decode())
    assert client.post("/virtual-categories/new/", data, headers=headers).status_code == 302
    row = VirtualCategory.objects.get()
    assert row.rule == {"category": goods["cups"].pk, "to": 5000, "sort": "newest"} and shown("/v/picked/") == {str(goods["mug"])}
    assert "1 product" in page("/virtual-categories/", host="ops.market.localhost", client=client)
    with pytest.raises(VirtualChanged):
        keep_virtual(by=SYSTEM, virtual_id=row.pk, seen=row.version + 1, code=row.code, fields={"position": 3})
    assert client.post(f"/virtual-categories/{row.pk}/remove/", {"seen": row.version}, headers=headers).status_code == 302
    assert not VirtualCategory.objects.exists()
