"""What the blocks of a page show, read from the public rows for all blocks at once: a handful of queries however many blocks there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.db.models import IntegerField, QuerySet, Value
from django.utils.html import strip_tags
from wagtail.blocks import StructValue
from wagtail.models import Page

from cms.blocks.goods import MOST_BY_RULE
from cms.blocks.goods import ORDERS as ORDERS_OF_GOODS
from cms.blocks.words import TwoValue
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.shops import shop_cards
from marketplace.platform.taxonomy.queries import as_shown, shown_roots
from tenants.tenancy.link import connection
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import SchemaOf
from tenants.tenancy.standing import FOUND

ORDERED = {"newest": ("-published_at", "pk"), "popular": ("-sold", "-published_at", "pk"), "cheapest": ("price_minor", "pk")}
assert set(ORDERED) == {code for code, _name in ORDERS_OF_GOODS}


def load(stream: Any, page: Page) -> None:
    """Lay beside each block of the stream what it shows, as `shown`."""
    blocks: dict[str, list[StructValue]] = {}
    for child in stream or []:
        blocks.setdefault(child.block_type, []).append(child.value)
    shop = connection.tenant.merchant_id if isinstance(connection.tenant, SchemaOf) else None
    for child in stream or []:
        if child.block_type == "form":
            child.value.block_id, child.value.page_id, child.value.form_key = child.id, page.pk, uuid4()
    for value in blocks.get("goods", []):
        value.shown = [listing for listing in value["goods"] if listing and _is_shown(listing, shop)]
    for value in blocks.get("hotspots", []):
        points = [point for point in value["points"] if point["product"] and _is_shown(point["product"], shop)]
        value.shown = [(number, point) for number, point in enumerate(points, 1)]
    if rules := blocks.get("goods_by_rule", []):
        _load_rules(rules, shop)
    if walls := blocks.get("categories", []):
        _load_categories(walls)
    if walls := blocks.get("shops", []):
        _load_shops(walls)
    for value in blocks.get("brands", []):
        value.shown = [brand for brand in value["brands"] if brand]
    if lists := blocks.get("articles", []):
        newest = list(articles_near(page)[: max(value["count"] for value in lists)])
        for value in lists:
            value.shown = newest[: value["count"]]


def _is_shown(listing: Listing, shop: UUID | None) -> bool:
    """On sale, and on a shop's pages the shop's own."""
    return listing.is_on_sale and shop in (None, listing.merchant_id) and (shop is not None or listing.merchant.status in FOUND)


def rule_of(value: StructValue, shop: UUID | None, currency: str) -> QuerySet[Listing]:
    """The goods that a rule asks for, in its order."""
    goods = Listing.objects.filter(is_on_sale=True, in_stock=True, merchant__status__in=FOUND)
    if shop:
        goods = goods.filter(merchant_id=shop)
    if value["category"]:
        goods = goods.filter(category__path__contains=value["category"].merged_into_id or value["category"].pk)
    if value["brand"]:
        goods = goods.filter(brand_id=value["brand"].merged_into_id or value["brand"].pk)
    if value["below"] is not None:
        goods = goods.filter(price_minor__lt=Money.parse(str(value["below"]), currency).minor)
    return goods.order_by(*ORDERED[value["order"]])[: min(value["count"], MOST_BY_RULE)]


def _load_rules(rules: list[StructValue], shop: UUID | None) -> None:
    """Two queries: the keys of all rules in one union, and their rows."""
    currency = Market.objects.values_list("currency", flat=True).get()
    parts = [rule_of(value, shop, currency).annotate(rule=Value(n, IntegerField())).values_list("pk", "rule") for n, value in enumerate(rules)]
    found = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    rows = Listing.objects.select_related("merchant").in_bulk({key for key, _n in found})
    for n, value in enumerate(rules):
        value.shown = [rows[key] for key, rule in found if rule == n and key in rows]


def _load_categories(walls: list[StructValue]) -> None:
    roots = list(shown_roots()[:20]) if any(not _chosen(value["categories"]) for value in walls) else []
    for value in walls:
        value.shown = as_shown(_chosen(value["categories"])) or roots


def _load_shops(walls: list[StructValue]) -> None:
    newest = list(Merchant.objects.filter(status__in=FOUND).order_by("-opened_at")[: max(value["count"] for value in walls)])
    chosen = {n: [shop for shop in _chosen(value["shops"]) if shop.status in FOUND] for n, value in enumerate(walls)}
    shops = {shop.pk: shop for shop in [*newest, *(shop for shops in chosen.values() for shop in shops)]}
    cards = {card.merchant.pk: card for card in shop_cards(list(shops.values())) if card.goods}
    for n, value in enumerate(walls):
        value.shown = [cards[shop.pk] for shop in chosen[n] or newest[: value["count"]] if shop.pk in cards]


def _chosen(values: Any) -> list[Any]:
    return [value for value in values or [] if value]


def articles_near(page: Page) -> QuerySet[Page]:
    """The newest articles of the page's tree."""
    root = page.path[:8] if page.path else "00010001"
    kinds = ("marketarticle", "shoparticle")
    below = Page.objects.filter(path__startswith=root, content_type__model__in=kinds).live()
    return below.specific().order_by("-first_published_at", "-pk")


def texts_in(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every text in two languages within a stream, with where it stands: the labels of the blocks around it."""
    if isinstance(value, TwoValue):
        yield where, value
    elif isinstance(value, StructValue):
        for name, child in value.items():
            label = value.block.child_blocks[name].label
            yield from texts_in(child, f"{where} › {label}" if where else str(label))
    elif hasattr(value, "stream_block"):
        for n, child in enumerate(value, 1):
            yield from texts_in(child.value, f"{n} · {child.block.label}")
    elif hasattr(value, "list_block"):
        for n, child in enumerate(value, 1):
            yield from texts_in(child, f"{where} {n}")


def first_words(page: Any) -> str:
    """How a page's first text begins, in the reader's language, without markup."""
    found = (localised(value.texts).text for stream in page.streams for _where, value in texts_in(stream) if value.texts)
    return strip_tags(max((text for _n, text in zip(range(4), found, strict=False)), key=len, default=""))[:200]
