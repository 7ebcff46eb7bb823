"""A merchant imports five hundred products with twenty mistakes, mends them from the report, and finishes; then undoes it all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect

from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.taxonomy.actions import put_categories
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS
from tests.imports.files import cups
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, Seen, at_a_screen
from tests.running import RunningMarket, running
from tests.world import PASSWORD

KILN = "kiln.seller.market.localhost"
HEADS = ["款号", "Title in English", "商品标题", "Category", "Colour", "SKU", "售价", "库存"]


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    with running(own_database, static_files) as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("imports"))


def table(products: int, mistakes: int, prefix: str) -> tuple[bytes, dict[tuple[str, int], str]]:
    """A file in GBK as a Chinese Excel writes it, and what the cells with mistakes should have said."""
    rows, right = [], {}
    for n in range(products):
        row = [f"{prefix}{n}", f"Cup {n}", f"杯子 {n} 号", "Cups", "white", f"{prefix}{n}", "88.00", "5"]
        if n < mistakes:
            place, wrong = [(6, "cheap"), (3, "Spoons"), (4, "pink"), (7, "-3")][n % 4]
            right[row[0], place] = row[place]
            row[place] = wrong
        rows.append(row)
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *rows])
    return out.getvalue().encode("gbk"), right


def hands_in(person: Person, name: str, data: bytes) -> None:
    person.go("/imports/new/", KILN)
    if person.page.locator("[name=login]").count():
        person.sign_in("owner-a@market.localhost", PASSWORD)
        person.go("/imports/new/", KILN)
    person.page.set_input_files("[name=table]", {"name": name, "mimeType": "text/csv", "buffer": data})
    person.look("import-new")
    person.send("Go on")


def has_it_checked(person: Person) -> None:
    person.look("import-columns")
    person.send("Check all rows")
    person.page.wait_for_selector("form[action$='/start/'] button", timeout=30_000)


def takes_what_is_good(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.locator("form[action$='/start/'] button").click()
    person.page.wait_for_selector("form[action$='/undo/'] button", timeout=60_000)


def mends(report: str, right: dict[tuple[str, int], str]) -> bytes:
    """As in a spreadsheet: every cell that the remarks name."""
    head, *rows = csv.reader(io.StringIO(report.lstrip("\ufeff")))
    for row in rows:
        assert row[-1], "every row says what is wrong with it"
        for (code, place), said in right.items():
            if row[0] == code:
                row[place] = said
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def of_the_file(prefix: str) -> int:
    with merchant_schema(MERCHANTS["a"]):
        return Product.objects.filter(source_ref__startswith=prefix).count()


def _importing(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen, products: int) -> None:
    cups()
    put_categories(by=SYSTEM, rows=[{"code": "cups", "parent": None, "names": {"zh-hans": "杯子", "en": "Cups"}}])
    connection.close()
    prefix, mistakes = f"J{screen.language[0].upper()}", min(20, products // 4)
    data, right = table(products, mistakes, prefix)
    with at_a_screen(browser, market, screen, "importer", seen) as person:
        page = person.page
        hands_in(person, "goods.csv", data)
        has_it_checked(person)
        person.look("import-checked")
        expect(page.locator("dd.text-danger")).to_have_text(str(mistakes))
        takes_what_is_good(person)
        person.look("import-done")
        assert of_the_file(prefix) == products - mistakes
        with page.expect_download() as download:
            page.locator("a[href$='/to-mend/']").click()
        report = Path(download.value.path()).read_text(encoding="utf-8")
        page.locator("a[href*='/import-rows/']").first.click()
        person.look("import-rows")
        hands_in(person, "mended.csv", mends(report, right))
        has_it_checked(person)
        takes_what_is_good(person)
        assert page.locator("dd.text-danger").count() == 0 and of_the_file(prefix) == products
        person.decide("Undo the import")
        page.wait_for_selector(f"text={person.word('Undone')}", timeout=30_000)
        person.look("import-undone")
        assert of_the_file(prefix) == products - mistakes
        person.go("/imports/", KILN)
        person.look("imports")


def test_a_merchant_mends_an_import_from_its_report_and_finishes(browser: Browser, market: RunningMarket, seen: Seen):
    _importing(browser, market, seen, PHONE, 40)


@pytest.mark.long
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["zh-Hans on a phone", "en on a desktop"])
def test_the_same_with_five_hundred_products_in_both_languages(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    with merchant_schema(MERCHANTS["a"]):
        Product.objects.filter(source_ref__startswith="J").delete()
    _importing(browser, market, seen, screen, 500)
