"""The main job, played in a browser over imported goods: from a merchant who is let in to a statement that balances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.models import Statement
from tenants.tenancy.models import Market
from tests import factories as make
from tests.journeys.goods import PASSWORD, Wanted, import_goods, three_shops
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, at_a_screen, number_in
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD as OPERATORS

OPERATOR = "operator@market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMarket]:
    """All processes, over imported shops; orders are settled on the day they are received."""
    with transaction.atomic():
        Market.objects.update(settle_days=0)
        make.commission()
    import_goods(tmp_path_factory.mktemp("owners"))
    with running(own_database, static_files) as processes:
        yield processes


@pytest.mark.parametrize(("screen", "first"), [(PHONE, 0), (DESKTOP, 3)], ids=["zh-Hans on a phone", "en on a desktop"])
def test_the_main_job(browser: Browser, market: RunningMarket, screen: Screen, first: int):
    play(browser, market, screen, first, slug=f"paper-{screen.language}")


def play(browser: Browser, market: RunningMarket, screen: Screen, first: int, slug: str) -> None:
    wanted = three_shops(screen.language, first)
    title = {"zh-hans": "手作信纸套装", "en": "Letter set, made by hand"}[screen.language] + f" {slug}"

    with at_a_screen(browser, market, screen, "operator") as operator:
        opens_a_merchant(operator, slug)
    with at_a_screen(browser, market, screen, "owner") as owner:
        sets_a_password(owner, slug)
        puts_on_sale(owner, slug, title)

    with at_a_screen(browser, market, screen, "buyer") as buyer:
        for one in wanted:
            finds_and_adds(buyer, one)
        finds_what_is_new(buyer, title)
        registers_at_the_cart(buyer)
        number = orders_and_pays(buyer, parts=4)
        slugs = [one.slug for one in wanted] + [slug]
        for place, each in enumerate(slugs):
            with at_a_screen(browser, market, screen, f"merchant{place}") as merchant:
                ships_its_own_order(merchant, each, number, password=PASSWORD)
        receives_everything(buyer, number, parts=4)

    with at_a_screen(browser, market, screen, "operator") as operator:
        settles(operator, slugs)


def opens_a_merchant(operator: Person, slug: str) -> None:
    operator.go("/merchants/new/", "ops.market.localhost")
    operator.sign_in(OPERATOR, OPERATORS)
    page = operator.page
    page.wait_for_selector("[name=slug]")
    operator.look("new-merchant")
    page.fill("[name=name_zh]", f"纸间 {slug}")
    page.fill("[name=name_en]", f"Paper & Between {slug}")
    page.fill("[name=slug]", slug)
    page.fill("[name=owner_email]", f"owner@{slug}.localhost")
    page.fill("[name=owner_name]", "周纸")
    operator.press("Open the shop")
    expect(page.locator(".tag-success").first).to_be_visible(timeout=30_000)
    operator.sees(f"{slug}.seller.market.localhost")
    operator.look("merchant")


def sets_a_password(owner: Person, slug: str) -> None:
    """The owner has no password yet: the letter that “Forgotten?” sends lies in the folder of mails."""
    page, mails = owner.page, Path(owner.market.env["DATA_DIR"]) / "mails"
    owner.go("/", f"{slug}.seller.market.localhost")
    owner.follow("Forgotten your password?")
    page.fill("[name=email]", f"owner@{slug}.localhost")
    page.locator("main form button").first.click()

    def letters() -> list[str]:
        texts = [file.read_text() for file in sorted(mails.glob("*"))]
        return [text for text in texts if f"owner@{slug}.localhost" in text]

    until(letters, within_s=20, what="a letter with a link to set the password")
    link = re.search(r"http://\S+/password/new/\S+", letters()[-1].replace("=\n", "").replace("=3D", "="))
    assert link
    page.goto(link.group())
    page.fill("[name=password1]", PASSWORD)
    if page.locator("[name=password2]").count():
        page.fill("[name=password2]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()


def enter_workbench(merchant: Person, slug: str, password: str, path: str = "/") -> None:
    merchant.go(path, f"{slug}.seller.market.localhost")
    if merchant.page.locator("[name=login]").count():
        merchant.sign_in(f"owner@{slug}.localhost", password)
    merchant.page.wait_for_url(f"http://{slug}.seller.market.localhost:{merchant.market.port}/**")


def puts_on_sale(owner: Person, slug: str, title: str) -> None:
    enter_workbench(owner, slug, PASSWORD)
    owner.look("overview")
    owner.go("/products/", f"{slug}.seller.market.localhost")
    owner.look("no-products")
    owner.go("/products/new/", f"{slug}.seller.market.localhost")
    page = owner.page
    page.fill("[name=title_zh]" if owner.screen.language == "zh-hans" else "[name=title_en]", title)
    page.fill("[name=category_query]", "paper" if owner.screen.language == "en" else "纸")
    page.locator("[name=find_category]").click()
    page.locator("[name=category]").first.check()
    page.fill("[name=sku_0]", "PAPER-1")
    page.fill("[name=price_0]", "68.80")
    page.fill("[name=market_0]", "88")
    page.fill("[name=stock_0]", "12")
    pixels = BytesIO()
    Image.new("RGB", (800, 800), "#c9b79c").save(pixels, "PNG")
    page.locator("[name=picture]").set_input_files({"name": "letters.png", "mimeType": "image/png", "buffer": pixels.getvalue()})
    owner.look("new-product")
    owner.press("Save and put on sale")
    expect(page.locator(".tag-success").first).to_be_visible()
    owner.look("product")


def searches(buyer: Person, text: str) -> None:
    buyer.go()
    box = buyer.page.locator("input[name=q]:visible").first
    box.fill(text)
    box.press("Enter")
    buyer.page.wait_for_url("**/search/**")


def finds_and_adds(buyer: Person, wanted: Wanted) -> None:
    """From all shops' goods to one: the count beside a shop is what one sees after choosing it, and a price narrows further."""
    page = buyer.page
    searches(buyer, wanted.word)
    before = total(page)
    opens_filters(buyer)
    choice = page.locator("[role=checkbox][href*='shop=']", has_text=wanted.shop).locator("visible=true").first  # a brand may be called the same
    promised = number_in(choice.locator(".count").inner_text())
    choice.click()
    page.wait_for_url("**shop=**")
    assert total(page) == promised < before
    opens_filters(buyer)
    page.locator("[name=from]:visible").fill(str(wanted.price.decimal))
    page.locator("[name=to]:visible").fill(str(wanted.price.decimal))
    page.locator("[name=to]:visible").press("Enter")
    page.wait_for_url("**to=**")
    assert 1 <= total(page) <= promised
    buyer.look("found")
    adds(buyer, wanted.title)


def finds_what_is_new(buyer: Person, title: str) -> None:
    """It has just been put on sale: the index follows within a moment."""
    searches(buyer, title)
    until(lambda: buyer.page.reload() and buyer.page.get_by_text(title).count(), within_s=20, what=f"“{title}” is found")
    adds(buyer, title)


def adds(buyer: Person, title: str) -> None:
    page = buyer.page
    page.get_by_role("link", name=title).first.click()
    page.wait_for_url("**/p/**")
    buyer.look("product")
    if not page.locator("form button[name=buy]").count():  # this variant is sold out
        page.locator(".opt:not(.border-dashed)").first.click()
    buyer.press("Add to cart")
    expect(page.locator(".toast").first).to_be_visible()


def opens_filters(buyer: Person) -> None:
    if buyer.screen.is_phone:
        buyer.press("Filter")


def total(page: Page) -> int:
    return int(page.locator("[data-total]").get_attribute("data-total") or "0")


def registers_at_the_cart(buyer: Person) -> None:
    page = buyer.page
    buyer.go("/cart/")
    buyer.look("cart")
    buyer.follow("Check out")
    buyer.follow("Register")
    page.fill("[name=email]", f"{uuid4().hex[:12]}@example.com")
    page.fill("[name=password1]", "kiln-and-trail-22")
    page.locator("main form button").first.click()
    page.wait_for_url("**/checkout/**")
    buyer.look("address")
    for name, text in {"recipient": "林晚", "phone": "13800138000", "province": "上海市", "city": "上海市", "street": "武康路 118 弄 6 号"}.items():
        page.fill(f"[name={name}]", text)
    buyer.press("Use this address")
    page.wait_for_selector("[name=address]:checked")


def orders_and_pays(buyer: Person, parts: int) -> str:
    """Returns the number of the whole order."""
    page = buyer.page
    assert page.locator("main section.card").count() == parts
    buyer.look("checkout")
    page.locator("button[form=place]:visible, #place button:visible").first.click()
    page.wait_for_url("**/pay/**")
    buyer.look("payment")
    page.locator("button[value=succeeded]").click()
    page.wait_for_url("**/orders/**")
    number = page.url.rstrip("/").split("/")[-1]
    until(lambda: OrderCopy.objects.filter(group__number=number, status=OrderStatus.CONFIRMED).count() == parts, within_s=20, what="all orders paid")
    buyer.go(f"/orders/{number}/")
    assert page.locator("section[id^=order-]").count() == parts
    buyer.look("paid")
    return number


def ships_its_own_order(merchant: Person, slug: str, number: str, password: str) -> None:
    """The workbench shows this shop's part of the order, and nobody else's."""
    page = merchant.page
    enter_workbench(merchant, slug, password, "/orders/")
    own = OrderCopy.objects.get(group__number=number, merchant__slug=slug).number
    others = OrderCopy.objects.filter(group__number=number).exclude(merchant__slug=slug).values_list("number", flat=True)
    merchant.sees(own)
    assert not any(other in page.content() for other in others)
    merchant.look("orders")
    page.get_by_role("link", name=own).locator("visible=true").first.click()
    page.select_option("[name=carrier]", index=1)
    page.fill("[name=tracking_number]", f"SF{uuid4().int % 10**12:012d}")
    merchant.look("order")
    merchant.press("Ship")
    until(lambda: OrderCopy.objects.get(number=own).fulfilment_status == FulfilmentStatus.SHIPPED, within_s=20, what=f"order {own} is shipped")
    merchant.look("shipped")


def receives_everything(buyer: Person, number: str, parts: int) -> None:
    page = buyer.page
    for left in range(parts, 0, -1):
        buyer.go(f"/orders/{number}/")
        expect(page.locator("form[action$='/receive/'] button")).to_have_count(left)
        with page.expect_navigation():
            page.locator("form[action$='/receive/'] button").first.click()
    until(lambda: OrderCopy.objects.filter(group__number=number, status=OrderStatus.COMPLETED).count() == parts, within_s=20, what="all orders received")
    buyer.go(f"/orders/{number}/")
    buyer.look("received")


def settles(operator: Person, slugs: list[str]) -> None:
    operator.go("/settlement/", "ops.market.localhost")
    operator.sign_in(OPERATOR, OPERATORS)
    page = operator.page
    page.wait_for_selector("table")
    assert page.locator("tbody [name=merchant]").count() == len(slugs)
    operator.look("settlement")
    with page.expect_navigation():
        operator.press("Settle with the chosen shops")
    settled = {slug: Statement.objects.filter(merchant__slug=slug).latest("created_at") for slug in slugs}
    operator.go("/statements/", "ops.market.localhost")
    for statement in settled.values():
        operator.sees(statement.number)
    operator.look("statements")
    operator.go(f"/statements/{settled[slugs[0]].number}/", "ops.market.localhost")
    operator.look("statement")
    operator.go("/settlement/", "ops.market.localhost")
    difference = page.locator("dt", has_text=operator.word("Difference")).locator("xpath=following-sibling::dd[1]").inner_text()
    assert re.sub(r"[^\d.]", "", difference) in ("0", "0.00")
