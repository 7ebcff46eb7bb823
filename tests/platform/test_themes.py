"""A shop's dress: whatever colour is chosen, everything on it can be read, and it is no warning."""

from __future__ import annotations

import colorsys
import re

import pytest

from launch.paths import ROOT
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.platform.themes.actions import KEPT, Chosen, go_back_to, set_theme
from marketplace.platform.themes.colours import contrast, distance, hexed, lch
from marketplace.platform.themes.dress import DARK, LIGHT, Tokens, TooNearToAWarning, css_of, dress_of
from marketplace.platform.themes.errors import ColourTooNear, NoSuchRevision
from marketplace.platform.themes.models import Theme, ThemeRevision
from marketplace.platform.themes.queries import sheet_address, themes_of
from tests.databases import MERCHANTS


def colours() -> list[str]:
    """Hues all around, pale to deep, dull to vivid; black, white and greys."""
    found = ["#000000", "#ffffff", "#808080"]
    for hue in range(0, 360, 15):
        for light in (0.15, 0.35, 0.5, 0.7, 0.92):
            for full in (0.3, 1.0):
                found.append("#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue / 360, light, full)))
    return found


def test_every_colour_is_readable_in_light_and_dark_or_refused_as_a_warning():
    refused = 0
    for brand in colours():
        try:
            dress = dress_of(brand, brand)
        except TooNearToAWarning:
            refused += 1
            continue
        assert dress.light.broken(LIGHT) == [], brand
        assert dress.dark.broken(DARK) == [], brand
        for tokens, market in ((dress.light, LIGHT), (dress.dark, DARK)):
            assert all(distance(tokens.brand, market[name]) >= 0.06 for name in ("sale", "danger")), brand
    assert 0 < refused < len(colours()) / 10


def test_a_set_that_cannot_be_read_is_found():
    pale = Tokens("#f2c200", "#e0b000", "#fffbe6", "#f2c200", "#ffffff", "#ffffff", "#eeeeee")
    assert pale.broken(LIGHT) == ["on-brand/brand", "on-brand/brand-hover", "brand/surface", "brand/bg", "brand-ink/brand-soft", "band-ink/band"]


def test_a_colour_that_reads_well_stays_as_it_was_chosen():
    dress = dress_of("#566b3a", "#e9e4d6")
    assert (dress.light.brand, dress.light.shop_band, dress.was_adjusted) == ("#566b3a", "#e9e4d6", False)
    assert dress_of("#f2c200", "#fff4cc").was_adjusted


def test_oklab_there_and_back_is_the_same_colour():
    for colour in colours():
        assert distance(colour, hexed(lch(colour))) < 0.004
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_guard_compares_with_the_colours_of_the_style_sheet():
    sheet = (ROOT / "storefront/styles/tokens.css").read_text()
    blocks = {"light": sheet.split(":root {", 1)[1].split("}", 1)[0], "dark": sheet.split(':root[data-theme="dark"] {', 1)[1].split("}", 1)[0]}
    for market, block in ((LIGHT, blocks["light"]), (DARK, blocks["dark"])):
        for name, value in market.items():
            assert re.search(rf"--{name}:\s*{value}\b", block), name


def test_a_sheet_sets_custom_properties_of_its_shop_and_nothing_else():
    css = css_of("kiln", dress_of("#566b3a", "#e9e4d6"), face="serif", shape="round")
    assert {name for name in re.findall(r"([\w-]+):", css) if not name.startswith("--")} <= {"root", "prefers-color-scheme"}
    assert set(re.findall(r"data-shop=\"(\w+)\"", css)) == {"kiln"}
    assert len(css) < 1500


@pytest.mark.django_db
class TestVerbs:
    def test_dressing_a_shop_keeps_a_public_copy_and_a_revision_and_stands_in_the_log(self):
        theme = set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand="#566b3a", band="#e9e4d6", face="serif"))
        assert "--brand:#566b3a" in theme.css
        assert sheet_address(themes_of([MERCHANTS["a"], MERCHANTS["b"]]).values()).endswith(f"/{MERCHANTS['a'].hex}.css")
        assert ThemeRevision.objects.get(merchant_id=MERCHANTS["a"]).number == theme.number == 1
        assert AuditEvent.objects.filter(action="theme.set", merchant_id=MERCHANTS["a"]).count() == 1

    def test_the_same_look_again_changes_nothing(self):
        chosen = Chosen(brand="#566b3a")
        set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=chosen)
        assert set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=chosen).number == 1

    def test_going_back_is_a_new_look_and_can_be_undone_too(self):
        for brand in ("#566b3a", "#14607a"):
            set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand=brand))
        theme = go_back_to(by=SYSTEM, merchant_id=MERCHANTS["a"], number=1)
        assert (theme.brand, theme.number) == ("#566b3a", 3)

    def test_only_the_newest_looks_stay(self):
        for n in range(KEPT + 2):
            set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand=f"#1460{n + 16:02x}"))
        assert ThemeRevision.objects.filter(merchant_id=MERCHANTS["a"]).count() == KEPT
        with pytest.raises(NoSuchRevision):
            go_back_to(by=SYSTEM, merchant_id=MERCHANTS["a"], number=1)

    def test_nobody_goes_back_to_the_look_of_another_shop(self):
        set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=Chosen(brand="#566b3a"))
        with pytest.raises(NoSuchRevision):
            go_back_to(by=SYSTEM, merchant_id=MERCHANTS["b"], number=1)

    @pytest.mark.parametrize(
        ("chosen", "refusal", "field"),
        [
            (Chosen(brand="#bf3018"), ColourTooNear, "brand"),
            (Chosen(brand="red"), InvalidInput, "brand"),
            (Chosen(band="#12345"), InvalidInput, "band"),
            (Chosen(face="comic"), InvalidInput, "face"),
            (Chosen(shape="blob"), InvalidInput, "shape"),
            (Chosen(grid="none"), InvalidInput, "grid"),
        ],
    )
    def test_what_cannot_be_is_refused_and_changes_nothing(self, chosen, refusal, field):
        with pytest.raises(refusal) as refused:
            set_theme(by=SYSTEM, merchant_id=MERCHANTS["a"], chosen=chosen)
        assert refused.value.field == field
        assert not Theme.objects.exists()
