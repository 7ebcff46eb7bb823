"""A proposal of a shop beside what is on the market, field by field, as the market and the shop read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from marketplace.flows.offers_now import Offer
from marketplace.flows.review_product import NOTE_LABELS
from marketplace.flows.review_rules import form_of
from marketplace.kernel.money import Money
from marketplace.kernel.texts import IN_FIELDS, localised
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, TaxClass
from marketplace.platform.taxonomy.queries import path_of
from marketplace.web.operator.findings import Piece, marked, marked_descriptions, marked_rows
from marketplace.web.operator.review_wishes import wishes_told

IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)


@dataclass
class Fact:
    """A field of a product: as it is on the market now, and as it would be."""

    code: str
    new: Any
    old: Any = None
    kind: str = "text"  # text, rows, html, pictures

    @property
    def name(self) -> str:
        return str(NOTE_LABELS[self.code])

    @property
    def is_changed(self) -> bool:
        return self.old is not None and self.old != self.new

    @cached_property
    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """What it says now and would say, with what is gone and what is new."""
        if self.kind == "rows":
            return marked_rows(self.old or [], self.new or [])
        compared = marked_descriptions if self.kind == "html" else marked
        return compared(str(self.old or ""), str(self.new or ""))

    @property
    def before(self) -> list[Piece]:
        return self.pieces[0]

    @property
    def after(self) -> list[Piece]:
        return self.pieces[1]

    @property
    def is_marked(self) -> bool:
        """Whether its pieces tell what differs: of a description that is shown otherwise and says the same, they do not."""
        return self.kind != "pictures" and any(piece.kind != "same" for some in self.pieces for piece in some)

    @property
    def has_other_pictures(self) -> bool:
        """Whether other pictures stand in a description."""
        return self.kind == "html" and IMAGE.findall(self.old or "") != IMAGE.findall(self.new or "")

    @property
    def pictures_before(self) -> list[dict[str, Any]]:
        return _told_apart(self.old or [], self.new or [], "gone")

    @property
    def pictures_after(self) -> list[dict[str, Any]]:
        return _told_apart(self.new or [], self.old or [], "new")

    @property
    def is_order_alone(self) -> bool:
        """Whether the same pictures stand in another order."""
        return self.kind == "pictures" and self.is_changed and not any(one["differs"] for one in self.pictures_after + self.pictures_before)


def _told_apart(mine: list[dict[str, Any]], others: list[dict[str, Any]], alone: str) -> list[dict[str, Any]]:
    """Pictures with what is different about each beside the others: `alone` where it is in no place of theirs, "changed", or ""."""
    there = {one["key"]: one for one in others}
    return [one | {"differs": "" if there.get(one["key"]) == one else "changed" if one["key"] in there else alone} for one in mine]


@dataclass
class Shown:
    """A variant of the proposal: its price and stock as they were when it was submitted, and as they are now where that was asked for."""

    label: str
    sku: str
    price: Money
    market_price: Money | None
    available: int
    is_new: bool = False
    now: Offer | None = None

    @property
    def is_price_other(self) -> bool:
        """Whether another price holds now than was submitted."""
        return self.now is not None and self.now.price != self.price

    @property
    def is_market_other(self) -> bool:
        return self.now is not None and self.now.market_price != self.market_price

    @property
    def is_stock_other(self) -> bool:
        return self.now is not None and self.now.available != self.available


@dataclass
class Case:
    """A submission as the operator reads it."""

    facts: list[Fact]
    variants: list[Shown]
    gone: list[str] = field(default_factory=list)  # variants that would no longer be sold
    relabelled: list[tuple[str, str]] = field(default_factory=list)  # variants that stay and are told apart otherwise: as now, and as they would be

    @property
    def changed(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_changed]

    @property
    def unchanged(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.is_changed]

    @property
    def added(self) -> list[str]:
        """Variants that are not on the market yet, of what is."""
        return [one.label or one.sku for one in self.variants if one.is_new]

    @property
    def has_other_variants(self) -> bool:
        return bool(self.added or self.gone or self.relabelled)


def case_of(found: ProductChange, live: Listing | None, now: Mapping[UUID, Offer] | None = None) -> Case:
    """Field by field, what would be and what is. `now`: by variant, what holds now of price and stock, which no review is asked for."""
    new, old = found.proposed, form_of(live) if live else None
    names = _Names([new, *([old] if old else [])])

    def fact(code: str, read: Any, kind: str = "text") -> Fact:
        return Fact(code, read(new), read(old) if old else None, kind)

    facts = [
        fact("title_zh", lambda p: p["titles"].get("zh-hans", "")),
        fact("title_en", lambda p: p["titles"].get("en", "")),
        fact("subtitle_zh", lambda p: p.get("subtitles", {}).get("zh-hans", "")),
        fact("subtitle_en", lambda p: p.get("subtitles", {}).get("en", "")),
        fact("category", lambda p: names.category(p["category_id"])),
        fact("brand", lambda p: names.brand(p["brand_id"])),
        fact("tax_class", lambda p: str(TaxClass(p["tax_class"]).label)),
        fact("pictures", lambda p: [names.picture(one) for one in p["pictures"]], "pictures"),
        fact("description_zh", lambda p: p["descriptions"].get("zh-hans", ""), "html"),
        fact("description_en", lambda p: p["descriptions"].get("en", ""), "html"),
        fact("attributes", lambda p: names.attributes(p["attributes"]), "rows"),
    ]
    if wishes_told(new, found.currency) or wishes_told(old, found.currency):
        facts.append(fact("customising", lambda p: wishes_told(p, found.currency), "rows"))
    there = {variant["id"]: variant for variant in old["variants"]} if old else {}
    shown = [
        Shown(
            names.options(one["options"]),
            one["sku"],
            Money(one["price_minor"], found.currency),
            Money(one["market_minor"], found.currency) if one["market_minor"] else None,
            one["available"],
            is_new=old is not None and one["id"] not in there,
            now=(now or {}).get(UUID(one["id"])) if one.get("id") else None,
        )
        for one in new["variants"]
    ]
    kept = {one["id"] for one in new["variants"]}
    pairs = [(there[one["id"]], one) for one in new["variants"] if one.get("id") in there]
    return Case(
        facts,
        shown,
        gone=[names.variant(one) for key, one in there.items() if key not in kept],
        relabelled=[(names.variant(was), names.variant(one)) for was, one in pairs if was["options"] != one["options"]],
    )


class _Names:
    """Names of everything that proposals mention, fetched at once."""

    def __init__(self, proposals: list[dict[str, Any]]) -> None:
        attributes = {row[0] for p in proposals for row in p["attributes"]} | {int(a) for p in proposals for v in p["variants"] for a in v["options"]}
        values = {v for p in proposals for row in p["attributes"] for v in row[1]} | {
            int(v) for p in proposals for one in p["variants"] for v in one["options"].values()
        }
        values |= {one["value"] for p in proposals for one in p["pictures"] if one.get("value")}
        self._attributes, self._values = Attribute.objects.in_bulk(attributes), AttributeValue.objects.in_bulk(values)
        self._categories = Category.objects.in_bulk({p["category_id"] for p in proposals})
        self._brands = Brand.objects.in_bulk({p["brand_id"] for p in proposals if p["brand_id"]})

    def picture(self, one: dict[str, Any]) -> dict[str, Any]:
        """As it is shown: what a card shows of it, what it says in each language, which choice it stands for, and the film behind it."""
        value = self._values.get(one.get("value") or 0)
        said = [one["alt"][code] for code in ("zh-hans", "en") if (one.get("alt") or {}).get(code)]
        film = one.get("film", "")
        return {
            "key": one["key"],
            "square": one.get("square", ""),
            "said": said,
            "value": value.name if value else "",
            "film": film,
            "kind": f"video/{film.rpartition('.')[2]}",
        }

    def category(self, key: int) -> str:
        found = self._categories.get(key)
        return " › ".join(step.name for step in path_of(found)) if found else str(key)

    def brand(self, key: int | None) -> str:
        return self._brands[key].name if key in self._brands else "—"

    def variant(self, one: dict[str, Any]) -> str:
        return self.options(one["options"]) or str(one["sku"])

    def options(self, options: dict[str, int]) -> str:
        return " / ".join(self._values[int(v)].name for v in options.values() if int(v) in self._values)

    def attributes(self, rows: list[list[Any]]) -> list[str]:
        found = []
        for attribute_id, value_ids, free in rows:
            if attribute_id in self._attributes:
                texts = [self._values[v].name for v in value_ids if v in self._values] or _free(self._attributes[attribute_id], free or {})
                found.append(f"{self._attributes[attribute_id].name}: {', '.join(texts)}")
        return found


def _free(attribute: Attribute, free: Mapping[str, str]) -> list[str]:
    """What was entered: a text in every language it is said in, as each is reviewed; anything else as the reader reads it."""
    if attribute.kind == Attribute.Kind.TEXT:
        return [" / ".join(dict.fromkeys(free[code] for code in (*IN_FIELDS, *free) if free.get(code)))] if free else []
    return [localised(free).text] if free else []
