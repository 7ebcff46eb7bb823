"""The market's first page is made of blocks: like the designed one when the market opens, and then as the operator builds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.actions import publish
from cms.platform.models import MarketHome
from cms.starters import market_blocks
from marketplace.kernel.actors import SYSTEM
from storefront.shop import sections
from tests import factories as make

pytestmark = pytest.mark.django_db


def built_of(blocks: list[Any]) -> None:
    home = MarketHome.objects.get()
    home.blocks = blocks
    publish(home, SYSTEM)


def page(language: str = "en") -> str:
    response = Client().get("/", headers={"host": "market.localhost", "accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def main_of(html: str) -> str:
    """What is between header and footer, without blanks and without what differs from answer to answer."""
    found = re.search(r"<main.*</main>", html, re.DOTALL)
    assert found
    return re.sub(r"\s+", "", re.sub(r'value="[^"]{20,}"|http://market.localhost(:\d+)?', "", found[0]))


@pytest.fixture
def goods() -> None:
    make.a_category("cups")
    below = make.a_category("mugs", {"en": "Mugs"}, "cups")
    for n in range(sections.IN_A_STRIP):
        make.a_product("a", title=f"Mug {n}", category=below)
    make.a_product("b", title="Cup")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_new_market_looks_as_designed(goods, language):
    designed = main_of(page(language))
    built_of(market_blocks())
    assert main_of(page(language)) == designed
    assert "Mug0" in designed


def test_the_operator_leaves_parts_out_and_moves_them(goods):
    assert "New in the market" in page()
    built_of([("section", {"kind": "shops"}), ("section", {"kind": "picks"})])
    html = page()
    assert "New in the market" not in html
    assert html.index("All shops") < html.index("Mug 0")
    built_of([("section", {"kind": "newest"}), ("section", {"kind": "shops"})])
    html = page()
    assert html.index("New in the market") < html.index("All shops")


def test_blocks_of_texts_alone_stand_below_the_designed_page(goods):
    built_of([("reasons", {"heading": {"zh": "", "en": "Why here"}, "reasons": []})])
    html = page()
    assert html.index("New in the market") < html.index("Why here")


def test_what_is_not_shown_is_not_read(goods):
    def queries() -> int:
        page()
        with CaptureQueriesContext(connection) as caught:
            page()
        return len(caught)

    built_of(market_blocks())
    whole = queries()
    built_of([("section", {"kind": "promises"})])
    assert queries() <= whole - 6
    assert whole <= 20
