"""A merchant formats a description with the toolbar, puts a picture of the library into it, and a buyer reads it; without scripts the field is typed into."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import Browser, expect

from marketplace.flows.library import describe_picture
from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import keep_picture
from marketplace.platform.listings.models import ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"
A = MERCHANTS["a"]
SHOWN = """() => { const i = document.querySelector("#details img"), b = i.getBoundingClientRect(); return [b.width, b.height, i.naturalWidth]; }"""


def png(colour: str, size: tuple[int, int]) -> BytesIO:
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    data.seek(0)
    return data


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    for title in ("Bowl en", "Bowl zh-hans", "Plain"):
        make.a_product("a", title=title)
    with merchant_schema(A):
        default_storage.save("demo/mug.webp", ContentFile(clean_picture(png("#998877", (900, 900)).read(), "picture", longest_side=900, to="WEBP").data))
        row = keep_picture(by=SYSTEM, upload=png("#2a7f62", (1500, 700)), name="Kiln wide.png")
        describe_picture(by=SYSTEM, picture_id=row.pk, name="Kiln wide.png", alt={"en": "The kiln", "zh-hans": "窑炉"})
    make.commission()
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("describing"))


def product_called(title: str) -> Product:
    with merchant_schema(A):
        return Product.objects.get(titles__en=title)


def text_of(product: Product, code: str) -> str:
    with merchant_schema(A):
        return str(Product.objects.get(pk=product.pk).descriptions.get(code, ""))


@on_both(ci=None)
def test_a_description_is_formatted_pictured_and_read(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    product = product_called(f"Bowl {screen.language}")
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go(f"/products/{product.pk}/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        formats(owner)
        owner.look("describing")
        owner.page.locator("button[name=then][value=save]").click()
        owner.page.wait_for_load_state()
    written = text_of(product, "zh-hans")
    assert written.startswith("<h3>From the kiln</h3><p>Fired <b>twice</b></p>") and written.count('<img src="products/') == 1 and "style" not in written
    assert text_of(product, "en") == ""
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    deliver_events()
    for width in (360, 1440):
        small = Screen(screen.language, screen.locale, width, 900)
        with at_a_screen(browser, market, small, f"buyer {width}", seen) as buyer:
            buyer.go(f"/p/{product.pk}/")
            picture = buyer.page.locator("#details img")
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_attribute("alt", "窑炉")
            until(lambda: buyer.page.evaluate("document.querySelector('#details img').complete"), within_s=20, what="the picture")
            shown = buyer.page.evaluate(SHOWN)
            assert shown[2] > 0 and shown[0] <= width and abs(shown[0] / shown[1] - 1500 / 700) < 0.05
            assert buyer.page.evaluate("document.documentElement.scrollWidth") <= width
            buyer.look("described")


def formats(owner: Person) -> None:
    page = owner.page
    holder = page.locator("[data-description]").first
    area, field = holder.locator("[contenteditable]"), holder.locator("textarea")
    expect(field).to_be_hidden()

    def press(does: str) -> None:
        holder.locator(f"[data-does={does}]").click()

    area.click()
    press("h3")
    page.keyboard.type("From the kiln")
    expect(holder.locator("[data-does=h3]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    if area.locator("h3").count() > 1:
        press("h3")
    page.keyboard.type("Fired ")
    press("bold")
    page.keyboard.type("twice")
    press("picture")
    dialog = holder.locator("dialog")
    dialog.locator("input[type=search]").fill("Kiln")
    dialog.locator("[data-key]").first.click()
    expect(area.locator("img")).to_have_attribute("alt", "窑炉" if owner.screen.language == "zh-hans" else "The kiln")
    # What is pasted brings its structure, and nothing that could run or look otherwise.
    page.evaluate(
        """(area) => { const data = new DataTransfer();
        data.setData("text/html", '<div style="color:red"><p onclick="x()">Pasted <em>here</em></p><img src="https://evil.example/x.webp"><script>1</script></div>');
        area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        area.element_handle(),
    )
    expect(area).to_contain_text("Pasted here")
    assert "evil" not in field.input_value() and "<em>here</em>" in field.input_value() and "onclick" not in field.input_value()
    # As HTML and back: the same.
    before = field.input_value()
    press("text")
    expect(field).to_be_visible()
    press("text")
    expect(area.locator("img")).to_have_count(1)
    assert field.input_value() == before


def test_without_scripts_the_field_is_typed_into(browser: Browser, market: RunningMarket, seen: Seen):
    product = product_called("Plain")
    with at_a_screen(browser, market, DESKTOP, "no scripts", seen, scripts=False) as owner:
        owner.go(f"/products/{product.pk}/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        expect(owner.page.locator("[data-description] [role=toolbar]").first).to_be_hidden()
        owner.page.locator("[name=description_en]").fill("Thrown by hand.\n\nFired twice.")
        owner.page.locator("button[name=then][value=save]").click()
    assert text_of(product, "en") == "<p>Thrown by hand.</p><p>Fired twice.</p>"
