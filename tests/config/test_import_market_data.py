"""The import of whole folders, on the sample that was invented for it; the real folder where there is one."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from marketplace.config.market_data import naming, reading
from marketplace.config.market_data.categories import category_of
from marketplace.config.market_data.run import AnotherRuns, Result, Wishes, converted, import_all, stock_of
from marketplace.kernel.models import AuditEvent, DeadLetter, OutboxEvent
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.models import Price
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Category, CategoryAttribute
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import databases
from tests.factories import yuan
from tests.market_data_sample.make import written
from tests.servers import database_url

SAMPLE = Path(__file__).parent.parent / "market_data_sample"
REAL = Path(settings.ROOT).parent / "shared" / "data"
WISHES = Wishes(rates={"USD": Decimal("7.2"), "GBP": Decimal("9.2")}, own_shop=50)
ICECAT = 242
GOODS = ICECAT + 60 + 6


@pytest.fixture(scope="module")
def imported(own_database) -> Result:
    return import_all(SAMPLE, WISHES)


@pytest.fixture
def fresh_database(django_db_setup, django_db_blocker):
    """A clone of its own for a test that imports in its own way."""
    name = f"{connection.settings_dict['NAME']}_fresh"[:63]
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.using(name):
            yield name
        databases.drop(name)


@pytest.fixture
def folder(tmp_path) -> Path:
    """The sample, to be changed."""
    shutil.copytree(SAMPLE, tmp_path / "data")
    return tmp_path / "data"


def rewrite(folder: Path, name: str, change) -> None:
    """Put each line of a file through `change`."""
    lines = gzip.decompress((folder / name).read_bytes()).decode().splitlines()
    (folder / name).write_bytes(gzip.compress("\n".join(change(lines)).encode()))


def traces() -> tuple[object, ...]:
    prices = 0
    for merchant in Merchant.objects.all():
        with merchant_schema(merchant.pk):
            prices += Price.objects.count()
    versions = Listing.objects.aggregate(total=Sum("version"))["total"]
    return (Listing.objects.count(), ListingVariant.objects.count(), versions, prices, OutboxEvent.objects.count(), AuditEvent.objects.count())


def listing_of(ref: str) -> Listing:
    for merchant in Merchant.objects.all():
        with merchant_schema(merchant.pk):
            if key := Product.objects.filter(source_ref=ref).values_list("pk", flat=True).first():
                return Listing.objects.get(pk=key)
    raise LookupError(ref)


class TestSample:
    def test_the_committed_files_are_what_the_script_writes(self):
        for name, content in written().items():
            assert gzip.decompress((SAMPLE / name).read_bytes()) == content, name
        assert sum(file.stat().st_size for file in SAMPLE.rglob("*.gz")) < 200_000

    def test_every_row_of_it_is_goods(self, imported):
        assert (imported.goods, imported.problems) == (GOODS, [])
        assert (imported.imported.entered, imported.imported.changed, imported.imported.unchanged) == (GOODS, 0, 0)
        assert Listing.objects.filter(is_on_sale=True).count() == GOODS
        assert not DeadLetter.objects.exists()


class TestShops:
    def test_a_large_brand_has_a_shop_and_the_others_share_by_what_they_are(self, imported):
        goods = {slug: Listing.objects.filter(merchant__slug=slug).count() for slug in Merchant.objects.values_list("slug", flat=True)}
        assert imported.shops == 9
        assert {slug: count for slug, count in goods.items() if count} == {
            "kabelhaus": 64,
            "tintoro": 80,
            "longline": 40,
            "bitworks": 42,
            "inkwell": 16,
            "corner-grocer": 20,
            "wardrobe": 20,
            "homeroom": 20,
            "adventure-works": 6,
        }

    def test_every_shop_is_open_and_has_an_owner(self, imported):
        shop = Merchant.objects.get(slug="kabelhaus")
        assert (shop.status, shop.names) == ("open", {"zh-hans": "Kabelhaus小店", "en": "Kabelhaus Corner"})
        assert Merchant.objects.filter(status="open").count() == Merchant.objects.count()


class TestPrices:
    def test_are_exact_in_the_market_s_currency(self, imported):
        goods = {one.ref: one for one in reading.goods_of(SAMPLE, [])}
        for ref in ("icecat/9000001", "icecat/9000120", "retail/00000000-0000-4000-8000-000000000007", "bikes/Gull"):
            dollars = goods[ref].parts[0].price
            assert listing_of(ref).price == converted(dollars, Decimal("7.2"), "CNY")
        assert listing_of("bikes/Gull").price == yuan("867.96")

    @pytest.mark.parametrize(
        ("amount", "rate", "currency", "money"),
        [
            ("129.99", "7.2", "CNY", Money(93593, "CNY")),
            ("0.05", "7.1", "CNY", Money(36, "CNY")),  # 0.355: half up
            ("0.85", "9.2", "CNY", Money(782, "CNY")),
            ("10", "150.5", "JPY", Money(1505, "JPY")),
        ],
    )
    def test_are_rounded_half_up_once(self, amount, rate, currency, money):
        assert converted(Decimal(amount), Decimal(rate), currency) == money


class TestTaxonomy:
    def test_stands_beside_the_operator_s_own_in_three_languages(self, imported):
        hdmi = Category.objects.get(code="tx-el-7-7-1-2")
        assert set(hdmi.names) == {"en", "zh-hans", "zh-hant"}
        assert [Category.objects.get(pk=key).code for key in hdmi.path] == ["tx-el", "tx-el-7", "tx-el-7-7", "tx-el-7-7-1", "tx-el-7-7-1-2"]
        assert Category.objects.filter(code="tx-other", names__en="Other").exists()

    def test_wrong_chinese_is_put_right(self, imported):
        assert AttributeValue.objects.get(attribute__code="tx-color", code="color__blue").names["zh-hans"] == "蓝色"
        assert Category.objects.get(code="tx-el-6-6").names["zh-hans"] == "便携电脑"  # ours says nothing of it

    def test_an_attribute_that_borrows_values_has_them(self, imported):
        assert AttributeValue.objects.filter(attribute__code="tx-bag_color").count() == 6

    def test_categories_are_described_by_what_their_goods_have(self, imported):
        described = CategoryAttribute.objects.filter(category__code="tx-el-7-7-4-2").values_list("attribute__code", flat=True)
        assert {"ic-cable_length-range", "ic-connector_gender", "tx-color"} <= set(described)

    def test_roots_with_goods_come_first(self, imported):
        roots = list(Category.objects.filter(parent=None, code__startswith="tx-").order_by("position", "pk").values_list("code", flat=True))
        assert roots[0] == "tx-el" and roots[-1] == "tx-other"


class TestCategories:
    def test_what_fits_nowhere_stands_under_other(self, imported):
        other = Listing.objects.filter(category__code="tx-other")
        assert {listing.titles["en"][:10] for listing in other} >= {"Zettelwerk", "Pebble"}
        assert imported.other == other.count() == 6 + 10 + 1

    def test_the_title_says_more_than_the_guess(self):
        goods = reading.Goods("icecat/1", reading.PRODUCTS, 1, "USD", {"en": "Brand 3 m VGA monitor cable HD15 M/M"}, {}, [], kind="monitor")
        assert category_of(goods) == "el-7-7-1-3"

    def test_what_the_taxonomy_lacks_stands_in_the_nearest_above_it(self, imported):
        assert listing_of("icecat/9000010").category.code == "tx-el-7-7-4-2"


class TestDescriptions:
    def test_languages_of_ours_are_kept_and_no_others(self, imported):
        gull = listing_of("bikes/Gull")
        assert gull.descriptions == {"en": "<p>Gull: made up for a test.</p>", "zh-hans": "<p>Gull 是为测试编的。</p>"}
        assert set(listing_of("icecat/9000001").descriptions) == {"en"}
        assert "&amp;" in listing_of("icecat/9000001").descriptions["en"]

    def test_variants_differ_by_colour_and_size(self, imported):
        gull = listing_of("bikes/Gull")
        colour, size = Attribute.objects.get(code="tx-color").pk, Attribute.objects.get(code="im-size").pk
        assert gull.axes == [colour, size] and gull.variants.count() == 6
        assert {len(variant.options) for variant in gull.variants.all()} == {2}
        tern = {variant.sku: variant.options for variant in listing_of("bikes/Tern").variants.all()}
        names = {AttributeValue.objects.get(pk=options[str(colour)]).names["zh-hans"] for options in tern.values()}
        assert names == {"蓝色", "银黑"}

    def test_few_values_become_facets_and_figures_of_the_warehouse_nothing(self, imported):
        facet = Attribute.objects.get(code="ic-connector_gender")
        assert (facet.is_facet, facet.kind, facet.names["zh-hans"]) == (True, "choice", "接头公母")
        assert {value.names["zh-hans"] for value in facet.values.all()} == {"公对公", "公对母"}
        assert Attribute.objects.get(code="ic-cable_length-range").is_facet
        length = Attribute.objects.get(code="ic-cable_length")
        assert (length.is_facet, length.kind) == (False, "text")
        assert not Attribute.objects.filter(code__regex="package|harmonized|pallet|oem").exists()
        row = next(row for row in listing_of("icecat/9000006").attributes if row[0] == length.pk)
        assert row[2] == {"en": "1 m", "zh-hans": "1 米"}

    def test_a_colour_is_the_taxonomy_s(self, imported):
        colour = Attribute.objects.get(code="tx-color")
        ((_key, values, _text),) = [row for row in listing_of("icecat/9000005").attributes if row[0] == colour.pk]
        assert [AttributeValue.objects.get(pk=value).code for value in values] == ["color__gray"]

    @pytest.mark.parametrize(
        ("name", "english", "chinese"),
        [
            ("usb_2_0_ports_quantity", "USB 2.0 ports quantity", "USB 2.0 接口数量"),
            ("battery_life__max_", "Battery life (max)", "续航（最大）"),
            ("number_of_displays_supported", "Number of displays supported", "支持的屏幕数量"),
            ("operating_temperature__t_t_", "Operating temperature", "工作温度"),
            ("hdd_capacity", "HDD capacity", "机械硬盘容量"),
            ("frobnication_index", "Frobnication index", None),
        ],
    )
    def test_names_are_put_together(self, name, english, chinese):
        assert (naming.english(name), naming.chinese(name)) == (english, chinese)


class TestPicturesAndStock:
    def test_a_picture_is_copied_once_a_shop(self, imported):
        shop = Merchant.objects.get(slug="kabelhaus")
        keys = {picture["key"] for listing in Listing.objects.filter(merchant=shop) for picture in listing.pictures}
        assert len(keys) == 1
        assert all((Path(settings.MEDIA_ROOT) / key).is_file() for key in keys)

    def test_stock_is_always_the_same_for_an_article(self, imported):
        with merchant_schema(Merchant.objects.get(slug="tintoro").pk):
            stock = dict(StockLevel.objects.values_list("variant__sku", "on_hand"))
        assert stock == {sku: stock_of(sku) for sku in stock} and len(stock) == 80
        lots = [stock_of(f"IC-{number}") for number in range(2000)]
        assert 20 < lots.count(0) < 120 and max(lots) == 200


def test_a_second_run_changes_nothing(imported):
    before = traces()
    again = import_all(SAMPLE, WISHES)
    assert (again.imported.entered, again.imported.changed, again.imported.unchanged) == (0, 0, GOODS)
    assert traces() == before


@pytest.mark.long
def test_a_run_that_is_stopped_goes_on_where_it_was(fresh_database):
    def stop_after_the_second_shop(done: int, of: int) -> None:
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_all(SAMPLE, WISHES, progress=stop_after_the_second_shop)
    there = Listing.objects.count()
    assert 100 < there < GOODS
    done = import_all(SAMPLE, WISHES)
    assert (done.imported.entered, done.imported.unchanged, done.imported.changed) == (GOODS - there, there, 0)
    assert Listing.objects.count() == GOODS and set(Listing.objects.values_list("version", flat=True)) == {1}


def test_two_runs_at_once_do_not_mix(own_database):
    with psycopg.connect(database_url(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('wanshang.import_market_data'))")
        with pytest.raises(AnotherRuns):
            import_all(SAMPLE, WISHES)


class TestCommand:
    def run(self, *args: str, **options: object) -> tuple[str, str, int]:
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command("import_market_data", *args, stdout=out, stderr=err, own_shop=50, **options)
        except SystemExit as ended:
            code = int(str(ended.code))
        return out.getvalue(), err.getvalue(), code

    def test_names_its_source_and_counts(self, imported):
        out, err, code = self.run("--sample")
        assert "invented for this project's tests" in out and f"{GOODS} goods" in out and f"{GOODS} as they were" in out
        assert (err, code) == ("", 0)

    def test_rows_that_are_no_goods_are_named_with_file_and_line_and_the_rest_goes_in(self, imported, folder):
        def spoil(lines: list[str]) -> list[str]:
            good = json.loads(lines[0])
            priceless = json.dumps({**good, "id": "1", "price_usd_cents": 0})
            return [*lines, "{not json", priceless, json.dumps({**good, "id": "2", "title": " "})]

        rewrite(folder, reading.PRODUCTS, spoil)
        out, err, code = self.run(str(folder))
        first = ICECAT + 1
        assert f"left out: {reading.PRODUCTS}:{first}: not a row of JSON" in err
        assert f"{reading.PRODUCTS}:{first + 1}: price_usd_cents is no amount above zero" in err
        assert f"{reading.PRODUCTS}:{first + 2}: no title" in err
        assert f"{GOODS} as they were, 3 left out" in out
        assert code == 1

    def test_two_variants_of_one_combination_are_left_out_with_their_line(self, imported, folder):
        def repeat(lines: list[str]) -> list[str]:
            row = json.loads(lines[-1])
            row["model"], row["variants"] = "Twice", [{"sku": f"TW-{n}", "price": 5.5, "color": "Red"} for n in range(2)]
            return [*lines, json.dumps(row)]

        rewrite(folder, reading.BIKES, repeat)
        _out, err, code = self.run(str(folder))
        assert f"left out: {reading.BIKES}:7: " in err and code == 1

    def test_gifts_come_when_asked_for_at_the_rate_of_the_pound(self, imported):
        self.run("--sample", gifts=True)
        assert Listing.objects.filter(merchant__slug="giftroom").count() == 20
        assert listing_of("gifts/S0001").price == converted(Decimal("1.25"), Decimal("9.2"), "CNY")

    def test_a_folder_that_lacks_files_is_refused_by_name(self, own_database, tmp_path):
        with pytest.raises(CommandError, match=r"lacks: .*taxonomy/categories"):
            self.run(str(tmp_path))

    def test_neither_or_both_sources_are_refused(self, own_database):
        for args in ((), ("--sample", str(SAMPLE))):
            with pytest.raises(CommandError, match="Name one folder"):
                self.run(*args)

    def test_a_rate_is_above_zero(self, own_database):
        with pytest.raises(CommandError, match="--usd 0"):
            self.run("--sample", usd="0")


@pytest.mark.long
@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real data is not here")
def test_a_slice_of_the_real_folder(fresh_database):
    wishes = Wishes(rates=WISHES.rates, most=1500)
    done = import_all(REAL, wishes)
    assert done.problems == []
    assert 1400 < done.imported.entered == Listing.objects.count() < 1700
    assert 20 <= done.shops <= 30
    assert done.other < 0.06 * done.goods
    assert Category.objects.filter(code__startswith="tx-").count() > 10_000
    facets = Attribute.objects.filter(code__startswith="ic-", is_facet=True)
    assert 150 < facets.count() < 350
    assert sum("zh-hans" in facet.names for facet in facets) > 0.95 * facets.count()
    again = import_all(REAL, wishes)
    assert (again.imported.entered, again.imported.changed) == (0, 0)
