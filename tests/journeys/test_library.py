"""A shop's library, played in a browser: many files at once, a frame that is dragged, a gallery put in order, a film; and what a buyer sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import Browser, expect

from demo.draw_film import FILE
from marketplace.flows.review_product import approve_change
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import clean_picture
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.models import LibraryPicture
from marketplace.platform.listings.models import ProductChange
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


def halves(colour: str) -> bytes:
    """Wide, of two colours."""
    picture = Image.new("RGB", (900, 500), colour)
    picture.paste("#223344", (450, 0, 900, 500))
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    for language in ("en", "zh-hans"):
        make.a_product("a", title=f"Bowl {language}", titles={"en": f"Bowl {language}", "zh-hans": f"碗 {language}"})
    with merchant_schema(MERCHANTS["a"]):
        default_storage.save("demo/mug.webp", ContentFile(clean_picture(halves("#998877"), "picture", longest_side=900, to="WEBP").data))
    make.commission()
    deliver_events()
    with running(own_database, static_files, PAGE_CACHE_S="0") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("library"))


@on_both(ci=None)
def test_pictures_are_uploaded_cut_ordered_and_seen_with_a_film(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    with merchant_schema(MERCHANTS["a"]):
        product = Product.objects.get(titles__en=f"Bowl {screen.language}")
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        owner.go("/library/", WORKBENCH)
        owner.sign_in(OWNER, PASSWORD)
        uploads(owner)
        cuts(owner)
        fills_the_gallery(owner, product)
    change = ProductChange.objects.get(product_id=product.pk, status="waiting")
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    with at_a_screen(browser, market, screen, "visitor", seen) as visitor:
        sees(visitor, product)


def uploads(owner: Person) -> None:
    """Three files: two are kept, and the one that is no picture is named."""
    page = owner.page
    page.locator("details.pop:has([data-upload]) > summary").click()
    files = [{"name": f"{colour[1:]}.png", "mimeType": "image/png", "buffer": halves(colour)} for colour in shades(owner)]
    page.locator("[name=pictures]").set_input_files([*files, {"name": "page.png", "mimeType": "image/png", "buffer": b"<html>"}])
    expect(page.locator("[data-uploads] .error")).to_contain_text("page.png")
    expect(page.locator("[data-uploads] progress")).to_have_count(0)
    for colour in shades(owner):
        expect(page.locator("#rows")).to_contain_text(f"{colour[1:]}.png")
    page.keyboard.press("Escape")
    owner.look("library")


def shades(owner: Person) -> tuple[str, str]:
    return ("#aa3344", "#4433aa") if owner.screen == DESKTOP else ("#33aa44", "#aa8833")


def cuts(owner: Person) -> None:
    """The frame is dragged from its lower right corner to the middle; the server cuts what the frame said."""
    page, name = owner.page, f"{shades(owner)[0][1:]}.png"
    page.get_by_role("link", name=name).first.click()
    page.wait_for_selector("[data-part=se]")
    stage, corner = page.locator("[data-stage]").bounding_box(), page.locator("[data-part=se]").bounding_box()
    assert stage and corner
    page.mouse.move(corner["x"] + 8, corner["y"] + 8)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] - 4, steps=4)
    page.mouse.up()
    width = int(page.input_value("[name=width]"))
    assert 380 < width < 520
    owner.look("library-picture")
    owner.send("Save the cut")
    page.fill("[name=alt_en]", "A red bowl")
    page.fill("[name=alt_zh]", "一只红碗")
    with page.expect_navigation():
        page.locator("form:has([name=alt_en]) .btn-primary").click()
    with merchant_schema(MERCHANTS["a"]):
        row = LibraryPicture.objects.get(name=name)
        assert row.cut and row.cut[2] == width and row.alt["en"] == "A red bowl"


def fills_the_gallery(owner: Person, product: Product) -> None:
    """Chosen from the library, moved by arrow, a film uploaded right there, and submitted while it is on its way."""
    page = owner.page
    owner.go(f"/products/{product.pk}/", WORKBENCH)
    page.locator("#gallery details summary").click()
    name = f"{shades(owner)[0][1:]}.png"
    page.locator("#library-choice label", has_text=name).locator("input").check()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        owner.press("Add what is ticked")
    expect(page.locator("[data-shot-item]")).to_have_count(2)
    expect(page.locator("[data-shot-item]").nth(1).locator("[name^=alt_en]")).to_have_value("A red bowl")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[data-shot-item]").nth(1).locator("[id^=up-]").click()
    expect(page.locator("[data-shot-item]").first.locator("[name^=alt_en]")).to_have_value("A red bowl")
    page.locator("[name=film_file]").set_input_files({"name": "wheel.mp4", "mimeType": "video/mp4", "buffer": FILE.read_bytes()})
    with page.expect_navigation():
        page.locator("#product-form button[value=save]").click()
    expect(page.locator("#gallery video")).to_have_count(1)
    owner.look("gallery")


def sees(visitor: Person, product: Product) -> None:
    page = visitor.page
    visitor.go(f"/p/{product.pk}/")
    said = "A red bowl" if visitor.screen == DESKTOP else "一只红碗"
    expect(page.locator("[data-shot] img").first).to_have_attribute("alt", said)
    film = page.locator("[data-gallery] video")
    assert film.get_attribute("preload") == "none" and film.get_attribute("autoplay") is None
    page.locator("[data-thumbs] a").nth(1).click()
    piece = "fetch(document.querySelector('[data-gallery] source').src, {headers: {range: 'bytes=0-9'}}).then(answer => answer.status)"
    assert page.evaluate(piece) == 206
    visitor.look("product-with-a-film")
