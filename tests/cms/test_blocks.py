"""Blocks of pages: what they show, in which language, and in how many queries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.rich_text import RichText

from cms.actions import publish
from cms.merchant.models import ShopHome, ShopPage
from cms.panels import untranslated
from cms.platform.models import MarketHome
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.listings.models import Listing
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
SHOP, MARKET = "kiln.market.localhost", "market.localhost"


def two(zh: str = "", en: str = "") -> dict[str, str]:
    return {"zh": zh, "en": en}


def rule(**changed: Any) -> tuple[str, dict[str, Any]]:
    return "goods_by_rule", {"heading": two("货架", "Shelf"), "order": "newest", "count": 8, "category": None, "brand": None, "below": None, **changed}


def on_first_page(blocks: list[Any], shop: str = "a") -> None:
    with merchant_schema(MERCHANTS[shop]):
        home = ShopHome.objects.get()
        home.blocks = blocks
        publish(home, SYSTEM)


def read(host: str = SHOP, path: str = "/", language: str = "en") -> str:
    response = Client().get(path, headers={"host": host, "accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_a_reader_gets_their_language_and_the_other_one_marked_where_it_is_missing():
    on_first_page(
        [
            ("text", {"text": {"zh": RichText("<p>你好</p>"), "en": RichText("<p>Hello</p>")}}),
            ("text", {"text": {"zh": RichText("<p>只有中文</p>"), "en": RichText("")}}),
        ]
    )
    page = read()
    assert "Hello" in page
    assert "你好" not in page
    assert '<div lang="zh-Hans"><p' in page.replace("\n", "")
    assert "只有中文" in page
    assert "你好" in read(language="zh-hans")


def test_goods_by_hand_stand_in_their_order_and_leave_when_they_leave_the_market():
    mug, bowl = make.a_product("a", title="Mug"), make.a_product("a", title="Bowl")
    listings = Listing.objects.in_bulk([mug.pk, bowl.pk])
    on_first_page([("goods", {"heading": two("精选", "Picks"), "goods": [listings[bowl.pk], listings[mug.pk]]})])
    page = read()
    assert page.index("Bowl") < page.index("Mug")
    Listing.objects.filter(pk=bowl.pk).update(is_on_sale=False)
    assert "Bowl" not in read()


def test_a_first_page_with_goods_leads_to_the_others_and_repeats_none():
    for n in range(3):
        make.a_product("a", title=f"Mug {n}")
    assert "All goods (" not in read()
    assert read().count("Mug 0</a>") == 1
    on_first_page([rule()])
    page = read()
    assert "All goods (3)" in page
    assert page.count("Mug 0</a>") == 1
    on_first_page([rule(below=1)])
    assert "All goods (" not in read()


def test_a_shop_shows_no_goods_of_another_shop():
    foreign = make.a_product("b", title="Foreign tent")
    on_first_page([("goods", {"heading": two(), "goods": [Listing.objects.get(pk=foreign.pk)]}), rule()])
    assert "Foreign tent" not in read()


def test_a_rule_keeps_order_price_and_number():
    for title, price in (("Dear", "900"), ("Cheap", "10"), ("Middle", "50")):
        make.a_product("a", title=title, price=price)
    on_first_page([rule(order="cheapest", below=100, count=2)])
    page = read()
    assert page.index("Cheap") < page.index("Middle")
    assert "Dear" not in page


def test_queries_do_not_grow_with_blocks_and_goods():
    for n in range(4):
        make.a_product("a", title=f"Mug {n}")
    listings = list(Listing.objects.filter(merchant_id=MERCHANTS["a"]))

    def queries(blocks: list[Any]) -> int:
        on_first_page(blocks)
        read()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            read()
        return len(caught)

    few = queries([rule(), ("goods", {"heading": two(), "goods": listings[:1]})])
    many = queries(
        [rule(order=order) for order in ("newest", "popular", "cheapest") for _n in range(3)] + [("goods", {"heading": two(), "goods": listings})] * 5
    )
    assert many <= few


def test_the_editor_is_told_what_lacks_a_language():
    page = ShopPage(title="关于", title_en="", slug="about")
    page.blocks = [("hero", {"image": None, "title": two("大标题"), "text": two("一句", "One"), "button": {"words": two(), "page": None, "address": ""}})]
    with translation.override("en"):
        found = untranslated(page)
    assert [(one.text, one.language) for one in found] == [("关于", "English"), ("大标题", "English")]
    page.title_en, page.blocks = "About", [("text", {"text": {"zh": RichText("<p>你好</p>"), "en": RichText("<p>Hello</p>")}})]
    assert untranslated(page) == []


def test_the_market_shows_shops_and_categories():
    make.a_product("a", title="Mug")
    home = MarketHome.objects.get()
    home.blocks = [
        ("shops", {"heading": two("店铺", "Our shops"), "shops": [], "count": 4}),
        ("categories", {"heading": two("分类", "Kinds"), "categories": []}),
    ]
    publish(home, SYSTEM)
    page = read(MARKET)
    assert "Our shops" in page
    assert "Kinds" in page


FORM = {
    "heading": two("联系", "Write to us"),
    "text": two(),
    "thanks": two("谢谢", "Thanks a lot"),
    "questions": [
        {"label": two("称呼", "Name"), "kind": "line", "required": True},
        {"label": two("邮箱", "E-mail"), "kind": "email", "required": False},
    ],
}


class TestForm:
    @pytest.fixture
    def form(self) -> tuple[int, UUID]:
        on_first_page([("form", FORM)])
        with merchant_schema(MERCHANTS["a"]):
            home = ShopHome.objects.get()
            return home.pk, UUID(home.blocks[0].id)

    def messages(self, shop: str = "a") -> list[Any]:
        from cms.merchant.models import Message

        with merchant_schema(MERCHANTS[shop]):
            return list(Message.objects.order_by("sent_at"))

    def send(self, form: tuple[int, UUID], host: str = SHOP, **said: str) -> Any:
        return Client().post(f"/forms/{form[0]}/{form[1]}/", said, headers={"host": host, "accept-language": "en"})

    def test_what_is_sent_lies_with_the_shop_and_nobody_else(self, form):
        response = self.send(form, key="0b0e0b5e-0000-4000-8000-000000000001", q0="Mei", q1="mei@example.com")
        assert response.status_code == 302
        assert "Thanks a lot" in read(path=response.headers["Location"].split("#")[0])
        assert [message.answers for message in self.messages()] == [[["Name", "Mei"], ["E-mail", "mei@example.com"]]]
        assert self.messages("b") == []

    def test_the_same_form_sent_twice_is_one_message(self, form):
        for _n in range(2):
            self.send(form, key="0b0e0b5e-0000-4000-8000-000000000001", q0="Mei")
        assert len(self.messages()) == 1

    @pytest.mark.parametrize(
        ("said", "words"), [({"q0": ""}, "has to be answered"), ({"q0": "x" * 201}, "too long"), ({"q0": "Mei", "q1": "no mail"}, "no e-mail")]
    )
    def test_what_is_wrong_is_refused_and_nothing_kept(self, form, said, words):
        response = self.send(form, **said)
        assert (response.status_code, words in response.content.decode()) == (422, True)
        assert self.messages() == []

    def test_a_program_that_fills_in_everything_leaves_nothing(self, form):
        assert self.send(form, q0="Mei", website="http://spam.example").status_code == 302
        assert self.messages() == []

    def test_a_form_of_another_host_or_of_no_page_is_gone(self, form):
        assert self.send(form, host=MARKET, q0="Mei").status_code == 404
        assert self.send((form[0] + 1000, form[1]), q0="Mei").status_code == 404
