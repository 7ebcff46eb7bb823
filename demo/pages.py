"""How the demo's shops look, and what they and the market have written: read from pages.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files import File
from wagtail.models import Page

from cms.actions import home_here, note_on_page, publish
from cms.blocks.words import two_texts
from cms.merchant.models import ShopArticle, ShopArticles, ShopCampaign, Video
from cms.pictures import image_called
from cms.platform.models import MarketArticle, MarketArticles, MarketCampaign, MarketHome
from cms.starters import built
from demo.catalogue import catalogue, key_of
from demo.pictures import picture_file
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.platform.listings.models import Listing
from marketplace.platform.themes.actions import Chosen, set_theme
from marketplace.platform.themes.models import Theme
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

BY = Actor(kind="system", label="demo")
LIST_SLUG = "notes"


@cache
def pages() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("pages.toml").read_text())


def dress_shops(merchants: Mapping[str, Merchant]) -> None:
    """A look of its own for each shop that has none."""
    dressed = set(Theme.objects.values_list("merchant_id", flat=True))
    for slug, merchant in merchants.items():
        if merchant.pk not in dressed:
            set_theme(by=BY, merchant_id=merchant.pk, chosen=Chosen(**pages()["looks"][slug]))


def decorate_shops(merchants: Mapping[str, Merchant]) -> None:
    """First page, campaign and articles of each shop whose first page is empty."""
    for slug, merchant in merchants.items():
        with merchant_schema(merchant.pk):
            home = home_here()
            if not home.blocks:
                write(home, pages()["shops"][slug], slug, (ShopCampaign, ShopArticles, ShopArticle))


def write_market_pages() -> None:
    """The market's first page as the demo has it, a campaign over three shops, articles; once, so that what an operator changes stays."""
    home = MarketHome.objects.get()
    if not home.get_children().filter(slug=pages()["market"]["campaign"]["slug"]).exists():
        write(home, pages()["market"], "", (MarketCampaign, MarketArticles, MarketArticle), more=[two_texts(*catalogue()["home"])])


def write(home: Any, texts: Mapping[str, Any], slug: str, kinds: tuple[type[Page], type[Page], type[Page]], more: list[Any] | None = None) -> None:
    """Pages below a first page, and then the first page, whose buttons lead to them."""
    campaign, article_list, article = kinds
    if texts.get("campaign"):
        _add(home, campaign, texts["campaign"], slug)
    if texts.get("articles"):
        below = _add(home, article_list, {"slug": LIST_SLUG, "title": pages()["lists"]["articles"]}, slug)
        for one in texts["articles"]:
            _add(below, article, one, slug)
    home.blocks = [*_blocks(texts["home"], slug), *(more or [])]
    publish(home, BY)
    note_on_page(by=BY, page=home, action="page.published")


def _add(parent: Any, kind: Any, text: Mapping[str, Any], slug: str) -> Any:
    """A page as a table of pages.toml says, published so many days ago."""
    page = kind(slug=text["slug"], title=text["title"][0], title_en=text["title"][1])
    if "teaser" in text:
        page.teaser, page.teaser_en = text["teaser"]
        page.image = _image(text["image"])
    if "blocks" in text:
        page.blocks = _blocks(text["blocks"], slug)
    if "days_ago" in text:
        page.first_published_at = clock.now() - timedelta(days=text["days_ago"])
    parent.add_child(instance=page)
    publish(page, BY)
    return page


def _blocks(written: list[dict[str, Any]], slug: str) -> list[Any]:
    return [built(dict(_found(block, slug)), None) for block in written]


def _found(block: Mapping[str, Any], slug: str) -> Iterator[tuple[str, Any]]:
    """What a block names, found: pictures, goods, pages, shops."""
    for name, value in block.items():
        if name == "image":
            yield name, _image(value)
        elif name == "video":
            yield name, _video(value)
        elif name == "goods":
            keys = [_key(ref, slug) for ref in value]
            rows = Listing.objects.in_bulk(keys)
            yield name, [rows[key] for key in keys if key in rows]  # a short range lacks some
        elif name == "product":
            yield name, Listing.objects.get(pk=_key(value, slug))
        elif name == "page":
            yield name, Page.objects.get(slug=value)
        elif name == "shops":
            yield name, [Merchant.objects.get(slug=one) for one in value]
        elif isinstance(value, dict):
            yield name, dict(_found(value, slug))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield name, [dict(_found(one, slug)) for one in value]
        else:
            yield name, value


def _key(ref: str, slug: str) -> Any:
    return key_of(*(ref.split("/") if "/" in ref else (slug, ref)))


def _video(name: str) -> Any:
    """The demo's film among the videos of this tree, put there the first time."""
    from demo.draw_film import FILE

    title = f"demo-{name}"
    return Video.objects.filter(title=title).first() or Video.objects.create(title=title, file=File(BytesIO(FILE.read_bytes()), name="video.mp4"))


def _image(name: str) -> Any:
    """A drawn picture among the images of this tree, put there the first time."""
    return image_called(f"demo-{name}", " / ".join(pages()["pictures"][name]), picture_file(name))
