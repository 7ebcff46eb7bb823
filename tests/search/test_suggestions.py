"""What is proposed while somebody types: from which names, for what was typed, and that it follows what can be found."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.flows.publish_product import take_product_off_sale
from marketplace.flows.shop_life import move
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, Category
from search import indexer
from search.models import AskedWords, Suggestion
from search.suggestions import keeping
from search.suggestions.answering import MOST, Kind, Suggestions, shared_out, suggest
from search.suggestions.asked import KEPT_DAYS, VISITORS, may_be_kept, note_asked
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
ZH, EN = "zh-hans", "en"
TITLES = {"zh-hans": "陶瓷马克杯", "en": "Ceramic mug"}


@pytest.fixture
def mugs():
    """Two listed mugs of a brand in a category, of one shop."""
    make.a_category("home", {"zh-hans": "家居", "en": "Home"})
    cups = make.a_category("cups", {"zh-hans": "水杯", "en": "Cups"}, parent="home")
    brand = Brand.objects.create(code="kiln", names={"zh-hans": "窑火", "en": "Kilnfire"}, aliases=["Yao & Huo"])
    made = [make.a_product(title=f"Mug {n}", titles=TITLES, category=cups) for n in range(2)]
    Listing.objects.update(brand=brand)
    with transaction.atomic():
        announce(MERCHANTS["a"], [product.pk for product in made])
    deliver_events()
    return {"goods": {product.pk for product in made}, "cups": cups, "brand": brand}


def stored() -> set[tuple[object, ...]]:
    return set(Suggestion.objects.values_list("kind", "target", "language", "place", "text", "norm", "pinyin", "initials", "weight"))


def make_rows(kind: Kind, languages: dict[str, str], weight: int = 1, pinyin: str = "") -> None:
    """Rows of these targets, each in its language and a little lighter than the one before."""
    for nth, (target, language) in enumerate(languages.items()):
        text = target if kind is Kind.PHRASE else ""
        Suggestion.objects.create(
            kind=kind, target=target, language=language, text=text, norm=target[:28], pinyin=pinyin, initials=pinyin[:1], weight=10 * weight - nth
        )


def counted_for(listing_id: object, **change: object) -> int:
    """How often goods of categories, brands and shops were counted when the index followed this change."""
    with CaptureQueriesContext(connection) as asked:
        Listing.objects.filter(pk=listing_id).update(**change)
        with transaction.atomic():
            announce(MERCHANTS["a"], [listing_id])
        deliver_events()
    return sum("nodes @> ARRAY[node]" in query["sql"] for query in asked)


class TestTyping:
    @pytest.mark.parametrize("typed", ["陶", "陶瓷", "馬克", "马克杯", "taoci", "tao ci", "make", "mkb", "tcmkb", "MUG", "ceram", "ceramic m", "ｍｕｇ"])
    def test_products_and_words_are_found_by_the_beginning_of_a_word_by_sound_and_initials(self, mugs, typed):
        for language in (ZH, EN):
            found = suggest(typed, language)
            assert set(found.products) == mugs["goods"], (typed, language)
            assert found.words or typed in ("马克杯", "MUG", "ｍｕｇ"), (typed, language)

    def test_a_category_a_brand_and_a_shop_are_found_by_their_names(self, mugs):
        shop = Merchant.objects.get(pk=MERCHANTS["a"])
        for typed in ("水", "shui", "sb", "cup"):
            assert suggest(typed, ZH).categories == [mugs["cups"].pk], typed
        for typed in ("窑火", "yaoh", "kilnf", "yaohuo", "yao&h"):
            assert suggest(typed, ZH).brands == [mugs["brand"].pk], typed
        for name in shop.names.values():
            assert suggest(name[:3], EN).shops == [shop.ordinal], name

    def test_the_readers_own_language_comes_first(self, mugs):
        make.a_product(title="Shuttle", titles={"en": "Shuttle", "zh-hans": "梭子"}, category=mugs["cups"])
        make.a_product(title="Shuttle", titles={"en": "Shuttle", "zh-hans": "梭子"}, category=mugs["cups"])
        deliver_events()
        assert suggest("shu", EN).words[0] == "shuttle"
        assert suggest("shu", ZH).categories == [mugs["cups"].pk]
        assert suggest("shu", ZH).words == ["shuttle"]

    @pytest.mark.parametrize("typed", ["q", "qu"])
    def test_other_languages_fill_what_the_readers_own_leaves_and_stay_out_where_it_leaves_nothing(self, typed):
        quilts = [f"quilt {n}" for n in range(100)]  # more than are read
        make_rows(Kind.PHRASE, dict.fromkeys(quilts, "en"), weight=90)
        make_rows(Kind.PHRASE, {f"裙{sign}": "zh-hans" for sign in "子装摆"}, pinyin="qun")
        assert suggest(typed, ZH).words == ["裙子", "裙装", "裙摆", *quilts[:5]]
        assert suggest(typed, EN).words == quilts[:8]
        make_rows(Kind.PRODUCT, {str(uuid4()): "zh-hans" for _n in range(5)}, pinyin="qun")
        make_rows(Kind.CATEGORY, {str(n): "zh-hans" for n in range(5)}, pinyin="qun")
        assert suggest(typed, ZH).words == ["裙子", "裙装", "裙摆"]

    def test_several_signs_are_looked_up_once_for_all_languages(self, mugs, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert suggest("cer", ZH).products

    def test_nothing_is_proposed_for_nothing_and_for_signs(self, mugs):
        for typed in ("", "   ", "%", "_", "'\\", "\x00", "%%%", "\ud83d", "zzzz", "x" * 500):
            assert suggest(typed, ZH) == Suggestions(), typed

    def test_what_was_typed_is_not_proposed_again(self, mugs):
        assert "mug" not in suggest("mug", EN).words
        assert "mug" in suggest("mu", EN).words

    def test_ten_at_most_and_what_one_kind_leaves_others_get(self):
        every = {Kind.PHRASE: 30, Kind.CATEGORY: 9, Kind.BRAND: 9, Kind.SHOP: 9, Kind.PRODUCT: 30}
        assert sum(shared_out(every).values()) == MOST
        assert min(shared_out(every).values()) >= 1
        assert shared_out({**every, Kind.CATEGORY: 0, Kind.BRAND: 0, Kind.SHOP: 0})[Kind.PHRASE] == 8
        assert shared_out(dict.fromkeys(every, 0) | {Kind.PRODUCT: 9})[Kind.PRODUCT] == 4

    def test_a_word_of_one_listing_is_proposed_as_a_product_only(self):
        product = make.a_product(title="Samovar")
        deliver_events()
        assert (suggest("samo", EN).words, suggest("samo", EN).products) == ([], [product.pk])


class TestFreshness:
    def test_what_goes_off_sale_leaves_with_all_it_alone_was_found_by(self, mugs):
        first, second = sorted(mugs["goods"])
        with merchant_schema(MERCHANTS["a"]):
            take_product_off_sale(by=SYSTEM, product_id=first)
        deliver_events()
        assert suggest("陶瓷", ZH).products == [second]
        assert suggest("陶", ZH).words == []  # one listing is no reason to look
        assert suggest("水", ZH).categories == [mugs["cups"].pk]
        with merchant_schema(MERCHANTS["a"]):
            take_product_off_sale(by=SYSTEM, product_id=second)
        deliver_events()
        assert stored() == set()

    def test_a_shop_that_is_suspended_leaves_with_its_goods_and_comes_back(self, mugs):
        before = stored()
        shop = Merchant.objects.get(pk=MERCHANTS["a"])
        assert suggest(shop.names["en"], EN).shops == [shop.ordinal]
        move(by=SYSTEM, merchant_id=shop.pk, to=Merchant.Status.SUSPENDED, kind="goods", reason="Fakes")
        deliver_events()
        assert stored() == set()
        move(by=SYSTEM, merchant_id=shop.pk, to=Merchant.Status.OPEN)
        deliver_events()
        assert stored() == before

    def test_a_shop_that_is_closed_leaves_with_its_goods(self, mugs):
        for status in (Merchant.Status.CLOSING, Merchant.Status.CLOSED):
            move(by=SYSTEM, merchant_id=MERCHANTS["a"], to=status, reason="Enough", is_owners=True)
        deliver_events()
        assert stored() == set()

    def test_a_changed_title_is_found_by_the_new_words_only(self, mugs):
        key = min(mugs["goods"])
        Listing.objects.filter(pk=key).update(titles={"en": "Blue bowl"})
        with transaction.atomic():
            announce(MERCHANTS["a"], [key])
        deliver_events()
        assert suggest("bow", EN).products == [key]
        assert key not in suggest("mug", EN).products
        assert suggest("ceram", EN).words == []

    def test_goods_in_another_category_leave_the_first_empty(self, mugs):
        bowls = make.a_category("bowls", {"zh-hans": "饭碗", "en": "Bowls"})
        Listing.objects.update(category=bowls)
        with transaction.atomic():
            announce(MERCHANTS["a"], sorted(mugs["goods"]))
        deliver_events()
        assert (suggest("水杯", ZH).categories, suggest("饭", ZH).categories) == ([], [bowls.pk])

    def test_a_change_of_price_writes_nothing(self, mugs):
        rows = set(Suggestion.objects.values_list("pk", flat=True))
        Listing.objects.update(price_minor=1)
        with transaction.atomic():
            announce(MERCHANTS["a"], sorted(mugs["goods"]))
        deliver_events()
        assert set(Suggestion.objects.values_list("pk", flat=True)) == rows

    def test_a_change_of_price_or_stock_counts_nothing(self, mugs):
        one = min(mugs["goods"])
        assert counted_for(one, price_minor=1, in_stock=False) == 0
        assert counted_for(one, titles={**TITLES, "en": "Ceramic beaker"}) == 1, "the control"
        assert counted_for(one, brand=None) == 1
        assert suggest("kilnf", EN).brands == [mugs["brand"].pk]
        assert counted_for(one, is_on_sale=False) == 1

    def test_a_rebuild_makes_the_same_as_the_changes_one_by_one(self, mugs):
        make.a_product("b", title="Ceramic mug", titles={"en": "Ceramic mug"}, category=mugs["cups"])
        deliver_events()
        before = stored()
        Suggestion.objects.all().delete()
        Suggestion.objects.create(kind="product", target="nobody", norm="ghost")
        indexer.rebuild(indexer.postgres)
        assert stored() == before

    def test_a_phrase_of_very_many_listings_weighs_no_more_than_one_of_many(self, mugs, monkeypatch):
        monkeypatch.setattr(keeping, "MOST_COUNTED", 1)  # of two
        Suggestion.objects.filter(kind=Kind.PHRASE).delete()
        with transaction.atomic():
            Listing.objects.filter(pk=min(mugs["goods"])).update(titles={**TITLES, "en": "Ceramic mug grey"})
            announce(MERCHANTS["a"], [min(mugs["goods"])])
        deliver_events()
        followed = stored()
        assert not Suggestion.objects.filter(kind=Kind.PHRASE, target="ceramic mug").exists(), "one is not enough, and no more are counted"
        keeping.rebuild()
        assert {row for row in stored() if "grey" in str(row)} == {row for row in followed if "grey" in str(row)}
        assert not Suggestion.objects.filter(kind=Kind.PHRASE, target="ceramic mug").exists()

    def test_a_phrase_stays_in_a_language_that_was_not_changed(self, mugs):
        there = Suggestion.objects.filter(kind=Kind.PHRASE, target="ceramic mug", language=EN)
        assert there.exists()
        extra = make.a_product(title="x", titles={"zh-hans": "Ceramic mug", "en": "Beaker"}, category=mugs["cups"])
        with transaction.atomic():
            announce(MERCHANTS["a"], [extra.pk])
        deliver_events()
        assert there.exists()

    def test_names_that_changed_and_hidden_categories_are_mended(self, mugs):
        Brand.objects.update(names={"en": "Emberware"})
        Category.objects.filter(pk=mugs["cups"].pk).update(is_hidden=True)
        keeping.mend()
        assert (suggest("ember", EN).brands, suggest("kilnf", EN).brands) == ([mugs["brand"].pk], [])
        assert suggest("水", ZH).categories == []


def asked_by(count: int, text: str, first: int = 0) -> None:
    for n in range(first, first + count):
        note_asked(by=Actor(kind="person", address=f"198.51.100.{n}"), text=text)


class TestWhatVisitorsAsked:
    def test_words_are_proposed_once_enough_different_visitors_asked(self, mugs):
        asked_by(VISITORS - 1, "Mug  ceramic")
        for _again in range(VISITORS):
            asked_by(1, "mug ceramic")
        keeping.mend()
        assert "mug ceramic" not in suggest("mug", EN).words
        asked_by(1, "mug ceramic", first=VISITORS)
        keeping.mend()
        assert suggest("mug c", EN).words[0] == suggest("mug c", ZH).words[0] == "mug ceramic"

    def test_words_that_find_nothing_any_more_are_proposed_no_more(self, mugs):
        asked_by(VISITORS, "mug ceramic")
        asked_by(VISITORS, "mug zeppelin")
        keeping.mend()
        assert suggest("mug z", EN).words == []
        assert suggest("mug c", EN).words == ["mug ceramic"]
        Listing.objects.update(is_on_sale=False)
        with transaction.atomic():
            announce(MERCHANTS["a"], sorted(mugs["goods"]))
        deliver_events()
        keeping.mend()
        assert suggest("mug c", EN).words == []

    def test_what_was_asked_is_forgotten_and_says_nothing_of_who_asked(self, mugs):
        asked_by(VISITORS, "mug ceramic")
        asked_by(VISITORS, "ceramic cups")
        rows = list(AskedWords.objects.values_list("text", "visitor"))
        assert len({visitor for _text, visitor in rows}) == 2 * VISITORS  # the same people, and nothing joins what they asked
        assert not any("198" in visitor for _text, visitor in rows)
        AskedWords.objects.update(day=clock.now().date() - timedelta(days=KEPT_DAYS + 1))
        keeping.mend()
        assert not AskedWords.objects.exists()

    @pytest.mark.parametrize(
        "text",
        ["ann@example.org", "www.example.org", "13800138000", "138-0013-8000", "6222 0212 3456 7890", "北京市朝阳区建国路88号", "中山路12弄3室",
         "12 Baker Street", "浙江省杭州市文三路", "a b c d e f g", "x", "x" * 41, "！！", "order 2026 1127 0001"],
    )  # fmt: skip
    def test_what_may_be_somebodys_is_never_noted(self, text):
        asked_by(1, text)
        assert not AskedWords.objects.exists()

    @pytest.mark.parametrize("text", ["路由器", "iphone 15 pro", "usb-c 数据线 2m", "tn-2110", "楼梯扶手", "市政工程帽", "1000 piece puzzle"])
    def test_goods_are_not_taken_for_addresses_and_numbers(self, text):
        assert may_be_kept(text)
