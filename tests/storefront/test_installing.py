"""The market as something one installs: its manifest, and a worker that never keeps a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from launch.paths import ROOT
from storefront.reach import pwa

pytestmark = pytest.mark.django_db
MARKET = {"host": "market.localhost"}


def get(path: str, **headers: str):
    return Client().get(path, headers={**MARKET, **headers})


def test_the_manifest_speaks_the_readers_language_and_its_icons_are_what_it_says():
    facts = get("/manifest.webmanifest", **{"Accept-Language": "en"}).json()
    assert facts["name"] == "Wanshang" and facts["lang"] == "en" and facts["display"] == "standalone" and facts["start_url"] == facts["scope"] == "/"
    assert get("/manifest.webmanifest").json()["name"] == "万商"
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        file = finders.find(icon["src"].removeprefix("/static/"))
        assert file, icon["src"]
        if icon["type"] == "image/png":
            with Image.open(file) as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_its_colours_are_the_designs():
    tokens = (ROOT / "storefront/styles/tokens.css").read_text()
    assert f"--bg: {pwa.BACKGROUND_COLOUR}" in tokens and f"--brand: {pwa.THEME_COLOUR}" in tokens


def test_pages_of_the_market_name_it_and_a_shops_pages_do_not():
    assert '<link rel="manifest" href="/manifest.webmanifest">' in get("/").content.decode()
    assert "webmanifest" not in get("/", host="kiln.market.localhost").content.decode()
    assert get("/manifest.webmanifest", host="kiln.market.localhost").status_code == 404


def test_the_worker_stands_at_the_root_and_is_asked_for_anew():
    answer = get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript") and answer.headers["Cache-Control"] == "no-cache"
    text = answer.content.decode()
    assert "FACTS" not in text and "VERSION" not in text and "/offline/" in text


def test_the_worker_keeps_static_files_with_a_hash_in_their_name_and_no_page():
    """What may be put into its cache passes one gate, and a navigation never comes near it."""
    text = Path(pwa.WORKER).read_text()
    assert text.count("cache.put(") == 1 and text.count("cache.addAll(") == 1
    navigation = re.search(r'request\.mode === "navigate"\) \{(.*?)\}', text, re.DOTALL)
    assert navigation and "put" not in navigation[1] and "kept" not in navigation[1]
    hashed = re.compile(re.search(r"const hashed = /(.*)/;", text)[1])
    assert hashed.search("/static/built/app.0123456789ab.css") and not hashed.search("/static/built/app.css")
    assert not any(hashed.search(path) for path in ("/", "/cart/", "/orders/WS-1/", "/p/0190/", "/media/public/products/4f.webp"))


def test_the_page_without_a_connection_says_so_in_both_languages_and_knows_nobody():
    client = Client()
    answer = client.get("/offline/", headers=MARKET)
    html = answer.content.decode()
    assert "没有网络" in html and "No connection" in html and "csrf" not in html and not answer.cookies
