"""The pages a market cannot open without, in both languages, marked as a beginning for the operator to replace."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.html import escape

from cms.blocks.words import two_texts
from cms.platform.models import MarketHome, MarketPage
from cms.starters import market_blocks
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from tenants.tenancy.models import Market

TEXTS = Path(__file__).with_name("starter_pages.toml")


@verb
def put_starter_pages(*, by: Actor) -> list[str]:
    """Build the market's first page of blocks; write terms, privacy, imprint, rules for sellers, about and help below it. What is there already stays as it is.

    Names, address and days in them are those of the market at this moment. Returns the slugs of the pages written.
    """
    market = Market.objects.get()
    texts = tomllib.loads(TEXTS.read_text())
    written = []
    with transaction.atomic():
        home = MarketHome.objects.get()
        if not home.title_en or home.title_en == "Market":
            home.title_en = market.names.get("en", "")
            home.save(update_fields=["title_en"])
        if not home.blocks and not home.latest_revision_id:
            home.blocks = market_blocks()
            home.save_revision().publish()
            written.append(home.slug)
        there = set(MarketPage.objects.child_of(home).values_list("slug", flat=True))
        for slug, text in texts["pages"].items():
            if slug in there:
                continue
            page = MarketPage(slug=slug, title=text["title_zh"], title_en=text["title_en"])
            chinese = _filled(texts["notice_zh"] + text["body_zh"], market, "zh-hans")
            page.blocks = [two_texts(chinese, _filled(texts["notice_en"] + text["body_en"], market, "en"))]  # type: ignore[assignment]
            home.add_child(instance=page)
            page.save_revision().publish()
            written.append(slug)
        if written:
            audit(by=by, action="pages.started", subject="market", subject_id=market.pk, after={"pages": written})
    return written


def _filled(html: str, market: Market, language: str) -> str:
    facts: dict[str, Any] = {
        "market": market.names.get(language) or market.name,
        "contact": market.contact_email,
        "hold_minutes": market.hold_minutes,
        "receive_days": market.receive_days,
        "settle_days": market.settle_days,
        "ship_days": market.ship_days,
        "return_days": market.return_days,
        "answer_days": market.answer_days,
    }
    return html.format(**{name: escape(str(value)) for name, value in facts.items()})
