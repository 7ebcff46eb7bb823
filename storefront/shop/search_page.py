"""The search page's address, both ways: from its parameters to a query, and from an answer to facets with links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_money
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.taxonomy.merging import chosen_now
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from marketplace.platform.taxonomy.queries import Called, brands_now, names_of, shown_categories
from search.by_rule import NOTHING
from search.contract import Answer, Count, Query, Sort
from storefront.pages import page_number
from tenants.tenancy.hosts import shops_by_ordinal
from tenants.tenancy.models import Merchant
from tenants.tenancy.own import own_shops

MOST_FACETS, OPEN_FACETS = 8, 5  # attributes shown; groups unfolded at first
MOST_VALUES = 40
TELLING = 10  # values of a group that say how useful it is
MOST_RANGES = 5  # of prices
MOST_PAGES = 100
ATTRIBUTE = re.compile(r"a[0-9]{1,8}")  # a parameter that chooses values of one
MOST_GROUPS, MOST_CHOSEN = 12, 50  # attributes that an address can choose from, and values of each: every one costs a count of its own


def sort_names(*, is_arranged: bool = False) -> list[tuple[Sort, str]]:
    """`is_arranged`: somebody has put these goods into an order."""
    return [
        (Sort.RELEVANCE, _("As the shop arranged them") if is_arranged else _("Best match")),
        (Sort.POPULAR, _("Most bought")),
        (Sort.NEWEST, pgettext("search", "Newest")),
        (Sort.PRICE_UP, _("Price, low to high")),
        (Sort.PRICE_DOWN, _("Price, high to low")),
    ]


@dataclass
class Asked:
    """A query as read from an address, with what could not be read."""

    query: Query
    price_error: str = ""
    own_only: bool = False  # of the market's own shops only
    chosen_shops: frozenset[int] | None = None  # by name, of those; None: not of own shops only


def read_query(parameters: QueryDict, category: Category | None, currency: str) -> Asked:
    """What the address asks for. Parameters that make no sense are left out; a price that is none is named."""
    price_error = ""
    ends: dict[str, int | None] = {}
    for name in ("from", "to"):
        ends[name] = None
        if text := parameters.get(name, "").strip():
            try:
                ends[name] = max(Money.parse(text, currency).minor, 0)
            except MarketError as wrong:
                price_error = str(wrong)
    values = {
        int(name[1:]): chosen
        for name in islice((name for name in parameters if ATTRIBUTE.fullmatch(name)), MOST_GROUPS)
        if (chosen := _ids(parameters.getlist(name)))
    }
    values = {attribute: chosen for attribute, chosen in chosen_now(values).items() if chosen}
    sort = parameters.get("sort", "")
    own_only = parameters.get("own") == "1"
    shops = _ids(parameters.getlist("shop"))
    query = Query(
        text=" ".join(parameters.get("q", "").split())[:200],
        language=(get_language() or "").lower(),
        category=category.pk if category else None,
        brands=brands_now(_ids(parameters.getlist("brand"))),
        shops=narrowed_to_own(shops) if own_only else shops,
        values=values,
        price_from=ends["from"],
        price_to=ends["to"],
        in_stock=parameters.get("stock") == "1",
        sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
        as_typed=parameters.get("typed") == "1",
        exact=parameters.get("exact") == "1",
        page=page_number(parameters.get("page"), MOST_PAGES),
    )
    return Asked(query, price_error, own_only, shops if own_only else None)


def as_now(parameters: QueryDict, query: Query) -> QueryDict:
    """The address, with brands and values as they are now where they were merged, and keys without zeros before them: what links and forms are made of, so
    all that is chosen can be taken away."""
    now = parameters.copy()
    for name in [name for name in now if ATTRIBUTE.fullmatch(name) and name != f"a{int(name[1:])}"]:
        del now[name]
    shops = _ids(now.getlist("shop"))
    for name, chosen in (("brand", query.brands), ("shop", shops), *((f"a{key}", chosen) for key, chosen in query.values.items())):
        keys = [str(key) for key in sorted(chosen)]
        if sorted(now.getlist(name)) != sorted(keys):
            now.setlist(name, keys)
    return now


def narrowed_to_own(shops: frozenset[int]) -> frozenset[int]:
    """Of the shops that were chosen, or of all, those of the market's own; search knows shops by their numbers."""
    own = frozenset(own_shops().values())
    return (shops & own if shops else own) or NOTHING


def _ids(texts: Iterable[str]) -> frozenset[int]:
    return frozenset(islice((int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10), MOST_CHOSEN))


@dataclass
class Row:
    id: int
    name: str
    count: int
    is_chosen: bool = False
    language: str = ""  # when the name is not in the page's language
    href: str = ""
    of: Any = None  # what the row stands for, where a page shows more of it


@dataclass
class Group:
    name: str
    parameter: str
    rows: list[Row] = field(default_factory=list)
    usefulness: float = 0
    open: bool = True

    @property
    def is_chosen(self) -> bool:
        return any(row.is_chosen for row in self.rows)


@dataclass(frozen=True)
class PriceRange:
    """Prices from `low` to below `high`, in minor units; None: to the highest."""

    low: int
    high: int | None
    count: int


@dataclass
class Names:
    """Names of everything an answer mentions, at most one query a kind; for reading only."""

    categories: dict[int, Category]
    brands: dict[int, Called]
    shops: dict[int, Merchant]
    attributes: dict[int, Called]
    values: dict[int, Called]


def names_for(answer: Answer, query: Query, asked: Query) -> Names:
    """`asked`: as it was chosen, before the place narrowed it."""
    shown = _most_useful(answer, query)
    value_ids = {count.id for counts in shown.values() for count in counts[:MOST_VALUES]} | {v for some in query.values.values() for v in some}
    value_ids |= {v for some in asked.values.values() for v in some}
    return Names(
        shown_categories(count.id for count in answer.categories),
        names_of(Brand, {count.id for count in answer.brands[:MOST_VALUES]} | query.brands | asked.brands),
        shops_by_ordinal({count.id for count in answer.shops[:MOST_VALUES]} | query.shops | asked.shops),
        names_of(Attribute, {*shown, *query.values}),
        names_of(AttributeValue, value_ids),
    )


def facet_groups(answer: Answer, query: Query, names: Names, *, but: frozenset[str] = frozenset(), own_only: frozenset[int] | None = None) -> list[Group]:
    """What is chosen from stands first, then what helps most (`usefulness`). `own_only`: the shops that were chosen among the market's own, which are then
    all one can choose from."""
    shops, chosen = answer.shops, query.shops
    if own_only is not None:
        own = frozenset(own_shops().values())
        shops, chosen = [count for count in answer.shops if count.id in own], own_only
    groups = [
        Group(_("Brand"), "brand", _rows(answer.brands, names.brands, query.brands), usefulness(answer.brands, answer.total)),
        Group(_("Shop"), "shop", _rows(shops, names.shops, chosen), usefulness(shops, answer.total)),
    ]
    for attribute_id, counts in _most_useful(answer, query).items():
        attribute = names.attributes.get(attribute_id)
        if attribute:
            rows = _rows(counts, names.values, query.values.get(attribute_id, frozenset()))
            groups.append(Group(attribute.name, f"a{attribute_id}", rows, usefulness(counts, answer.total)))
    shown = [group for group in groups if group.parameter not in but and (len(group.rows) > 1 or group.is_chosen)]
    shown.sort(key=lambda group: (not group.is_chosen, -group.usefulness))
    for group in shown[OPEN_FACETS:]:
        group.open = group.is_chosen
    return shown


def with_links(groups: Sequence[Group], parameters: QueryDict, path: str) -> list[Group]:
    """The same groups; each row has the address that adds its value to what is chosen, or takes it away. A page number goes with every change."""
    left = {name: values for name, values in parameters.lists() if name != "page"}
    for group in groups:
        name, chosen = group.parameter, left.get(group.parameter, [])
        names = [*left] if name in left else [*left, name]
        before, after = (
            urlencode([(other, value) for other in others for value in left[other]]) for others in (names[: names.index(name)], names[names.index(name) + 1 :])
        )
        for row in group.rows:
            value = str(row.id)
            now = [other for other in chosen if other != value] if value in chosen else [*chosen, value]
            query = "&".join(part for part in (before, urlencode([(name, each) for each in now]), after) if part)
            row.href = f"{path}?{query}" if query else path
    return [*groups]


def usefulness(counts: Sequence[Count], total: int) -> float:
    """How well choosing from a group narrows what was found: of each of its TELLING largest values the share of goods it keeps times the share it takes
    away, added up, to two decimals. Nothing where all goods have one value, or few say anything; little where every one has its own."""
    shares = [min(count.count / total, 1) for count in counts[:TELLING]] if total else []
    return round(sum(share * (1 - share) for share in shares), 2)


def _most_useful(answer: Answer, query: Query) -> dict[int, list[Count]]:
    """The attributes that are shown; of equal ones first what most goods have."""
    ordered = sorted(answer.attributes.items(), key=lambda each: (each[0] not in query.values, -usefulness(each[1], answer.total)))
    return dict(ordered[:MOST_FACETS])


def price_ranges(steps: Sequence[Count]) -> list[PriceRange]:
    """Steps of prices put together to MOST_RANGES ranges at most, each with about as many goods as the others, open at both ends; none where there is but
    one."""
    fair = sum(step.count for step in steps) / MOST_RANGES
    parts: list[list[Count]] = [[]]
    for step in steps:
        if sum(each.count for each in parts[-1]) >= fair and len(parts) < MOST_RANGES:
            parts.append([])
        parts[-1].append(step)
    lows = [0, *(part[0].id for part in parts[1:])]
    ranges = [PriceRange(low, high, sum(each.count for each in part)) for low, high, part in zip(lows, [*lows[1:], None], parts, strict=False)]
    return ranges if len(ranges) > 1 else []


def price_group(parameters: QueryDict, answer: Answer, query: Query, path: str, currency: str) -> Group:
    """Ranges of prices to choose one of; the chosen one leads back."""
    group = Group(_("Price"), "price")
    for each in price_ranges(answer.prices):
        last = None if each.high is None else each.high - 1
        is_chosen = (query.price_from or 0, query.price_to) == (each.low, last)
        left = parameters.copy()
        for name, minor in (("page", None), ("from", each.low or None), ("to", last)):
            left.pop(name, None)
            if minor is not None and not is_chosen:
                left[name] = str(Money(minor, currency).decimal)
        group.rows.append(Row(each.low, _range_name(each, currency), each.count, is_chosen, href=f"{path}?{left.urlencode()}" if left else path))
    return group


def _range_name(each: PriceRange, currency: str) -> str:
    if each.high is None:
        return _("from {price}").format(price=format_money(Money(each.low, currency)))
    if not each.low:
        return _("below {price}").format(price=format_money(Money(each.high, currency)))
    return f"{format_money(Money(each.low, currency))} – {format_money(Money(each.high - 1, currency))}"


def _rows(counts: list[Count], names: dict[int, Any], chosen: frozenset[int]) -> list[Row]:
    here = (get_language() or "").lower()
    rows = []
    for count in counts[:MOST_VALUES]:
        if count.id in names:
            name = localised(names[count.id].names)
            rows.append(Row(count.id, name.text, count.count, count.id in chosen, "" if name.language == here else name.language))
    return rows


def own_count(answer: Answer, shops: frozenset[int]) -> int:
    """How many of what was found, in the shops that are asked for (none: in all), the market sells itself."""
    own = narrowed_to_own(shops)
    return sum(count.count for count in answer.shops if count.id in own)


@dataclass
class Chip:
    """A chosen filter, with the address that takes it away."""

    label: str
    group: str | int  # as a question names it: contract.LOOSE, or the key of an attribute
    without: str
    left: QueryDict  # what is asked for then
    total: int = 0  # how much there would be; asked for only where nothing is found


def chips(parameters: QueryDict, query: Query, names: Names, path: str, currency: str, *, but: frozenset[str] = frozenset()) -> list[Chip]:
    """What is chosen; groups in `but` belong to the place and are not chosen."""
    found: list[Chip] = []

    def add(label: str, group: str | int, **drop: str | None) -> None:
        left = parameters.copy()
        left.pop("page", None)
        for keyword, value in drop.items():
            name = keyword.rstrip("_")  # `from` is no name in Python
            left.setlist(name, [other for other in left.getlist(name) if value is not None and other != value])
        found.append(Chip(label, group, f"{path}?{left.urlencode()}" if any(left.values()) else path, left))

    own_only = parameters.get("own") == "1"
    groups: list[tuple[str | int, str, frozenset[int], Mapping[int, Any]]] = [
        ("brand", "brand", query.brands, names.brands),
        ("shop", "shop", query.shops & _ids(parameters.getlist("shop")) if own_only else query.shops, names.shops),
        *((key, f"a{key}", values, names.values) for key, values in query.values.items()),
    ]
    for group, name, chosen, known in groups:
        if group in but:
            continue
        there = sorted(chosen & known.keys())
        for key in there:
            add(known[key].name, group, **{name: str(key)})
        if chosen and not there:
            add(_("a filter that there is no longer"), group, **{name: None})
    if query.price_from is not None or query.price_to is not None:
        low = format_money(Money(query.price_from or 0, currency))
        high = format_money(Money(query.price_to, currency)) if query.price_to is not None else ""
        add(f"{low} – {high}" if high else _("from {price}").format(price=low), "price", from_=None, to=None)
    if own_only and "shop" not in but:
        add(_("Sold by the market"), "shop", own=None)
    if query.in_stock:
        add(_("In stock"), "stock", stock=None)
    return found


def kept(parameters: QueryDict, *but: str) -> list[tuple[str, str]]:
    """Parameters a form has to carry along."""
    return [(name, value) for name, values in parameters.lists() if name not in (*but, "page") for value in values]
