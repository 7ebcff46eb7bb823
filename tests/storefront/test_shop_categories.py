"""A shop's own categories: chosen by hand or by rule, in the shop's order, for its visitors, and never with another shop's goods."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_id
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.shelves import actions
from marketplace.merchant.shelves.actions import (
    keep_shop_category,
    make_shop_category,
    move_shop_category,
    put_into_shop_category,
    remove_shop_category,
    restore_shop_category,
)
from marketplace.merchant.shelves.errors import ShopCategoryByRule, ShopCategoryChanged, ShopCategoryUnknown
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.shelves.queries import shop_categories
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

A = MERCHANTS["a"]
SHOP, WORKBENCH = "kiln.market.localhost", "kiln.seller.market.localhost"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def goods() -> dict[str, Product]:
    cups = make.a_category("cups-s", {"en": "Cups", "zh-hans": "杯"})
    found = {
        "mug": make.a_product("a", title="Mug", price="20", category=cups),
        "bowl": make.a_product("a", title="Bowl", price="90"),
        "pot": make.a_product("a", title="Pot", price="30"),
        "foreign": make.a_product("b", title="Foreign", price="10", category=cups),
    }
    deliver_events()
    return found


def made(kind: str = "rule", name: str = "Cheap things", **fields: Any) -> ShopCategory:
    said = {"names": {"zh-hans": f"{name}（中文）", "en": name}, "is_shown": True, **fields}
    with merchant_schema(A):
        return make_shop_category(by=SYSTEM, category_id=new_id(), kind=kind, fields=said)


def page(path: str, status: int = 200, language: str = "en") -> str:
    response = Client().get(path, headers={"host": SHOP, "accept-language": language})
    assert response.status_code == status
    return response.content.decode()


def shown(path: str) -> list[UUID]:
    """What is found; not what is popular besides where nothing is."""
    return [UUID(key) for key in dict.fromkeys(re.findall(r"/p/([0-9a-f-]{36})/", page(path).partition('id="found"')[2].partition("data-near")[0]))]


# ── What buyers see ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_finds_goods_of_this_shop_only_and_a_buyer_narrows_it(goods):
    row = made(rule={"to": 5000, "sort": "price_up"})
    assert row.code == "cheap-things"
    assert shown("/v/cheap-things/") == [goods["mug"].pk, goods["pot"].pk]
    assert shown("/v/cheap-things/?from=25") == [goods["pot"].pk]
    assert shown("/v/cheap-things/?sort=price_down") == [goods["pot"].pk, goods["mug"].pk]
    assert shown("/v/cheap-things/?to=9999") == [goods["mug"].pk, goods["pot"].pk]
    assert ">from CN¥50.00<" in page("/search/") and ">from CN¥50.00<" not in page("/v/cheap-things/"), "a range is of what the rule finds"
    with merchant_schema(MERCHANTS["b"]):
        assert not ShopCategory.objects.exists()


def test_a_rule_cannot_name_other_shops(goods):
    assert made(rule={"to": 5000, "shops": [1, 2, 3]}).rule == {"to": 5000, "sort": "relevance"}


def test_what_is_chosen_by_hand_stands_in_the_shops_order_page_by_page(goods, monkeypatch):
    order = [goods["bowl"].pk, goods["mug"].pk, goods["pot"].pk]
    made("picked", "Gifts", picks=[*order, goods["foreign"].pk])
    assert shown("/v/gifts/") == order
    assert "As the shop arranged them" in page("/v/gifts/") and "put them into this order" in page("/v/gifts/")
    assert shown("/v/gifts/?sort=price_up") == [goods["mug"].pk, goods["pot"].pk, goods["bowl"].pk]
    assert shown("/v/gifts/?to=50") == order[1:]
    monkeypatch.setattr("search.find.AT_ONCE", 2)  # more than one answer holds
    assert shown("/v/gifts/") == order


def test_the_menu_holds_in_order_what_is_shown_and_not_empty(goods):
    gifts, cheap = made("picked", "Gifts", picks=[goods["mug"].pk]), made(rule={"to": 5000})
    made(name="Nothing yet", rule={"to": 1})
    made(name="Kept back", rule={"to": 5000}, is_shown=False)
    menu = re.findall(r'href="/v/([a-z-]+)/"', page("/"))
    assert menu == ["gifts", "cheap-things"] == re.findall(r'href="/v/([a-z-]+)/"', page("/about/"))
    assert "Gifts（中文）" in page("/", language="zh-hans")
    page("/v/kept-back/", 404)
    with merchant_schema(A):
        move_shop_category(by=SYSTEM, category_id=cheap.pk, is_up=True)
    assert re.findall(r'href="/v/([a-z-]+)/"', page("/search/")) == ["cheap-things", "gifts"]
    with merchant_schema(A):
        take_product_off_sale(by=SYSTEM, product_id=goods["mug"].pk)
    deliver_events()
    cache.clear()  # a minute later
    assert re.findall(r'href="/v/([a-z-]+)/"', page("/")) == ["cheap-things"]
    assert "/v/cheap-things/" in page("/sitemaps/pages.xml") and "/v/gifts/" not in page("/sitemaps/pages.xml")
    assert gifts.code == "gifts" and not shown("/v/gifts/")


def test_only_the_plain_page_may_be_found_by_search_engines(goods):
    made(rule={"to": 5000}, texts={"en": "Small money", "zh-hans": "小钱"})
    assert 'rel="canonical"' in page("/v/cheap-things/") and "Small money" in page("/v/cheap-things/")
    assert 'rel="canonical"' not in page("/v/cheap-things/?from=25")


# ── What the shop does ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_older_form_is_refused_and_what_is_deleted_comes_back_under_its_address(goods):
    row = made("picked", "Gifts", picks=[goods["mug"].pk])
    with merchant_schema(A):
        keep_shop_category(by=SYSTEM, category_id=row.pk, seen=1, fields={"is_shown": False})
        with pytest.raises(ShopCategoryChanged):
            keep_shop_category(by=SYSTEM, category_id=row.pk, seen=1, fields={"is_shown": True})
        remove_shop_category(by=SYSTEM, category_id=row.pk, seen=2)
        assert not shop_categories().exists()
        with pytest.raises(ShopCategoryUnknown):
            put_into_shop_category(by=SYSTEM, category_id=row.pk, product_ids=[goods["pot"].pk])
        second = make_shop_category(by=SYSTEM, category_id=new_id(), kind="picked", fields={"names": {"zh-hans": "礼", "en": "Gifts!"}})
        assert second.code == "gifts-2"  # the other keeps its address
        back = restore_shop_category(by=SYSTEM, category_id=row.pk)
        assert (back.code, back.picks, [one.code for one in shop_categories()]) == ("gifts", [goods["mug"].pk], ["gifts-2", "gifts"])


def test_the_same_form_sent_twice_makes_one_and_limits_are_kept(goods, monkeypatch):
    key = uuid4()
    with merchant_schema(A):
        for _n in range(2):
            make_shop_category(by=SYSTEM, category_id=key, kind="picked", fields={"names": {"zh-hans": "礼", "en": "Gifts"}})
        assert shop_categories().count() == 1
        monkeypatch.setattr(actions, "MOST_PICKED", 1)
        with pytest.raises(InvalidInput, match="at most 1"):
            put_into_shop_category(by=SYSTEM, category_id=key, product_ids=[goods["mug"].pk, goods["pot"].pk])
        monkeypatch.setattr(actions, "MOST", 1)
        with pytest.raises(InvalidInput, match="already"):
            make_shop_category(by=SYSTEM, category_id=new_id(), kind="picked", fields={"names": {"zh-hans": "茶", "en": "Tea"}})
        remove_shop_category(by=SYSTEM, category_id=key, seen=1)
        make_shop_category(by=SYSTEM, category_id=new_id(), kind="picked", fields={"names": {"zh-hans": "茶", "en": "Tea"}})
        with pytest.raises(InvalidInput, match="already"):
            restore_shop_category(by=SYSTEM, category_id=key)


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("rule", {"rule": {}}, "category"),
        ("picked", {"names": {"en": "Gifts", "zh-hans": ""}}, "name_zh"),
        ("other", {}, "kind"),
        ("picked", {"texts": {"en": "x" * 301}}, "text_zh"),
    ],
)
def test_what_says_too_little_or_too_much_is_refused(kind, fields, field):
    with pytest.raises(InvalidInput) as refused:
        made(kind, **fields)
    assert refused.value.field == field


def test_products_cannot_be_put_into_what_a_rule_fills(goods):
    row = made(rule={"to": 5000})
    with merchant_schema(A), pytest.raises(ShopCategoryByRule):
        put_into_shop_category(by=SYSTEM, category_id=row.pk, product_ids=[goods["mug"].pk])


# ── In the workbench ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def owner() -> Client:
    client = Client(headers={"host": WORKBENCH, "accept-language": "en"})
    client.force_login(User.objects.get(email="owner-a@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def test_products_are_added_ordered_and_taken_out_before_anything_is_kept(owner, goods):
    mug, pot = goods["mug"].pk.hex, goods["pot"].pk.hex
    head = {"category_id": uuid4(), "kind": "picked", "name_zh": "礼物", "name_en": "Gifts", "is_shown": "on"}
    found = text(owner.post("/shop-categories/new/", {**head, "q": "Mug", "then": f"in:{mug}"}))
    assert "1 product; buyers see 1 of them now" in found and 'value="Gifts"' in found
    ordered = text(owner.post("/shop-categories/new/", {**head, "pick": [mug, pot], "then": f"up:{pot}"}))
    assert re.findall(r'name="pick" value="(\w+)"', ordered) == [pot, mug]
    assert re.findall(r'name="pick" value="(\w+)"', text(owner.post("/shop-categories/new/", {**head, "pick": [mug, pot], "then": f"out:{mug}"}))) == [pot]
    with merchant_schema(A):
        assert not ShopCategory.objects.exists()
    assert "Give it a name" not in found and "required" in text(
        owner.post("/shop-categories/new/", {**head, "name_zh": "", "pick": [pot, mug], "then": "save"}), 422
    )
    saved = owner.post("/shop-categories/new/", {**head, "pick": [pot, mug, "nonsense"], "then": "save"})
    assert saved.status_code == 302 and shown("/v/gifts/") == [goods["pot"].pk, goods["mug"].pk]
    bowl = text(owner.post("/products/shop-category/", {"chosen": goods["bowl"].pk, "shop_category": head["category_id"].hex}), 302)
    assert not bowl and shown("/v/gifts/") == [goods["pot"].pk, goods["mug"].pk, goods["bowl"].pk]


def test_a_rule_is_looked_at_before_it_is_kept_and_deleting_is_taken_back(owner, goods):
    data = {"category_id": uuid4(), "kind": "rule", "name_zh": "便宜", "name_en": "Cheap", "price_to": "50", "sort": "newest", "is_shown": "on"}
    looked = text(owner.post("/shop-categories/new/", {**data, "then": "look"}))
    assert "2 products" in looked
    assert owner.post("/shop-categories/new/", {**data, "then": "save"}).status_code == 302
    assert "2 products" in text(owner.get("/shop-categories/"))
    path = f"/shop-categories/{data['category_id']}/"
    assert "Somebody has changed" in text(owner.post(path, {**data, "seen": 7, "then": "save"}), 422)
    assert owner.post(f"{path}remove/", {"seen": 1}).status_code == 302
    assert owner.get(path).status_code == 404 and "Take it back" in text(owner.get("/shop-categories/"))
    assert owner.post(f"{path}restore/").status_code == 302 and shown("/v/cheap/")
