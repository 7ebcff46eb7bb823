"""S7: markup that would run, typed where text is wanted, is text or gone: for a parser, and for a real browser."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import expand_db_html

from cms.blocks.words import FEATURES
from marketplace.kernel.descriptions import TAGS as DESCRIPTION_TAGS
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from storefront.templatetags.descriptions import html_text
from tests.safety.vectors import addresses_elsewhere, markup, scripts_as_addresses

VECTORS = markup()
# A page as harmless as ours, but without the rule that lets no script of its own run: what is shown has to be safe by itself.
START = "http://page.example/"
PAGE = "<!doctype html><title>x</title><main>{}</main>"
# Whatever somebody could do on the page is done: so handlers of a click or of a pointer run too.
POKE = """() => new Promise(done => {
  for (const e of document.querySelectorAll('main, main *')) {
    for (const kind of ['mouseover', 'pointerenter']) e.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}));
    e.click?.();
  }
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""


class Tags(HTMLParser):
    """Which elements and attributes a text has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes += attrs


def as_description(text: str) -> str:
    """What a page shows of a product's description, from what a merchant sent."""
    kept = ProductInput(1, {"en": "Tea"}, [VariantInput("T-1")], {"en": text})
    kept.clean()
    return str(html_text(dict(kept.descriptions)))


def as_rich_text(text: str) -> str:
    """What a page shows of an editor's rich text, from what was sent for it: not what the editor's program would send."""
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    converter = ContentstateConverter(features=FEATURES)
    kept = converter.to_database_format(json.dumps({"blocks": [block], "entityMap": {}}))
    return str(expand_db_html(kept))


def as_link(address: str) -> str:
    """A link to this address in an editor's rich text."""
    block = {"key": "a", "text": "x", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": [{"offset": 0, "length": 1, "key": 0}]}
    link = {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": address}}}
    converter = ContentstateConverter(features=FEATURES)
    return str(expand_db_html(converter.to_database_format(json.dumps({"blocks": [block], "entityMap": link}))))


# ── For a parser ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", VECTORS)
def test_a_description_keeps_letters_and_simple_structure_only(name):
    tags = Tags(as_description(VECTORS[name]))
    assert tags.found <= DESCRIPTION_TAGS | {"div"}
    assert {name for name, _value in tags.attributes} == {"lang"}


@pytest.mark.parametrize("name", VECTORS)
def test_markup_in_a_rich_text_is_letters(name):
    tags = Tags(as_rich_text(VECTORS[name]))
    assert tags.found <= {"p", "br"}
    assert {key for key, _value in tags.attributes} <= {"data-block-key"}


def test_a_link_of_a_rich_text_leads_to_pages_only():
    kept = {address: Tags(as_link(address)).attributes for address in [*scripts_as_addresses().values(), *addresses_elsewhere()]}
    for address, attributes in kept.items():
        for _name, value in attributes:
            where = "".join(letter for letter in (value or "") if letter > " " and letter.isprintable()).lower()
            assert not where.startswith(("javascript:", "vbscript:", "data:", "blob:")), address


def test_a_link_to_a_page_stays():
    assert 'href="https://example.com/"' in as_link("https://example.com/")


# ── For a browser ────────────────────────────────────────────────────────────────────────────────────────────────────


def effects(browser: Any, shown: str) -> list[str]:
    """What a text makes a browser do when it is shown as it is: dialogs, and asking for anything anywhere."""
    found: list[str] = []

    def shut(dialog: Any) -> None:
        found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def asked(route: Any) -> None:
        if route.request.url == START:
            route.fulfill(body=PAGE.format(shown), content_type="text/html")
            return
        found.append(f"asks for {route.request.url}")
        route.abort()

    window = browser.new_page()
    window.on("dialog", shut)
    window.route("**/*", asked)
    try:
        window.goto(START)
        window.evaluate(POKE)
    except PlaywrightError as gone:  # it was led elsewhere before it could be looked at
        found.append(f"{gone}")
    window.close()
    return found


def test_a_browser_does_nothing_for_what_is_shown(browser):
    shown = [as_description(text) for text in VECTORS.values()] + [as_rich_text(text) for text in VECTORS.values()]
    shown += [as_link(address) for address in scripts_as_addresses().values()]
    done = effects(browser, "".join(f"<section>{text}</section>" for text in shown))
    # A link may lead to another page of ours, whatever that is called.
    assert [what for what in done if what.startswith(("dialog", "asks for")) and START not in what] == []


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.long)])
def test_the_browser_would_have_been_heard(browser, every):
    """The control: the same texts shown as they came."""
    raw = dict(list(VECTORS.items())[::every])
    heard = {name: found for name, text in raw.items() if (found := effects(browser, text))}
    assert len(heard) >= 0.75 * len(raw), f"nothing was heard of {sorted(set(raw) - set(heard))}"
    assert sum("dialog" in what for found in heard.values() for what in found) >= len(raw) / 2
