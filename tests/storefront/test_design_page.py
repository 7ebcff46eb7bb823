"""The living page of the design system, and the contrast of its colours."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.test import Client
from django.test.utils import override_settings

from launch.paths import ROOT
from marketplace.merchant.orders.states import Label, label_of
from storefront.design.samples import ORDERS

pytestmark = pytest.mark.django_db
STYLES = ROOT / "storefront" / "styles"
TEMPLATES = ROOT / "storefront" / "templates"
# (text or edge, its ground, least contrast): WCAG 2.2 AA for text, 3 for edges of controls and glyphs beside a number.
PAIRS = [
    *((text, ground, 4.5) for text, ground in product(("ink", "ink-2", "ink-3"), ("bg", "surface", "sunk"))),
    *((tone, ground, 4.5) for tone in ("sale", "success", "warn", "danger", "info", "violet") for ground in ("surface", f"{tone}-soft")),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-hover", 4.5),
    ("on-sale", "sale", 4.5),
    ("on-danger", "danger", 4.5),
    ("brand-ink", "brand-soft", 4.5),
    *((edge, ground, 3) for edge, ground in product(("line-strong", "focus", "brand"), ("bg", "surface"))),
    ("star", "surface", 3),
]


def page(client: Client, language: str) -> str:
    client.cookies["language"] = language
    with override_settings(DEBUG=True):
        answer = client.get("/design/", headers={"host": "market.localhost"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_components_in_both_languages(client: Client):
    assert "设计系统" in page(client, "zh-hans")
    assert "Design system" in page(client, "en")


def test_buyers_do_not_find_it(client: Client):
    assert client.get("/design/", headers={"host": "market.localhost"}).status_code == 404


def test_every_state_of_an_order_is_shown():
    shown = {label_of(one.status, one.payment_status, one.fulfilment_status, one.open_returns) for one in ORDERS}
    assert shown == set(Label)


def tokens(theme: str) -> dict[str, str]:
    """Colours by role: those of the dark theme over those of the light one."""
    text = (STYLES / "tokens.css").read_text()
    light, dark = (re.search(rf"{re.escape(head)} \{{(.*?)\n\}}", text, re.DOTALL) for head in (":root", ':root[data-theme="dark"]'))
    assert light and dark
    found = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", light[1]))
    return found | dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", dark[1])) if theme == "dark" else found


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_right():
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_and_edges_can_be_seen(theme: str):
    colours = tokens(theme)
    weak = {(text, ground): round(seen, 2) for text, ground, least in PAIRS if (seen := contrast(colours[text], colours[ground])) < least}
    assert weak == {}


def test_no_template_holds_a_raw_colour():
    raw = [
        f"{file.relative_to(ROOT)}: {found[0]}"
        for folder in (TEMPLATES, ROOT / "marketplace" / "web" / "templates", ROOT / "cms" / "templates")
        for file in folder.rglob("*.html")
        if (found := re.search(r"(?:bg|text|border)-\[#[0-9a-fA-F]{3,8}\]|style=\"[^\"]*#[0-9a-fA-F]{3,8}", file.read_text()))
    ]
    assert raw == []
