"""Lists of goods with filters: search, a category, a brand, and the goods of one shop on its own host. One search contract behind all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, TextField
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.brands import led_to_brand
from marketplace.platform.taxonomy.models import Category, VirtualCategory
from marketplace.platform.taxonomy.queries import TREE, hidden_ids, led_to, path_of
from search.by_rule import query_of
from search.contract import SIZE, Answer, Query, Sort
from search.find import find, find_in_order
from search.searched import note_searched
from search.suggestions.asked import note_asked
from search.tokens import folded, query_clauses
from storefront.account.liking import liked_by
from storefront.pages import Pages
from storefront.shop import near, search_page
from storefront.shop.place import Place
from storefront.shop.ranking import counts_as_well
from storefront.shop.search_page import Chip, Names, Row
from storefront.shop.similar import NOT_ON_CARDS
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import shops_by_key
from tenants.tenancy.models import Merchant
from tenants.tenancy.stamps import note
from tenants.tenancy.standing import FOUND

SHOP_HITS = 2
LONGEST_NAME = 60
BETWEEN = "\x1f"  # names of one shop, where all of them are searched: nobody types it
TOP_BRANDS = 8


def search(request: HttpRequest) -> HttpResponse:
    """All shops' goods by words; above them a shop that is called so."""
    context = found_at(request, Place())
    if context["has_words"]:
        _note(request, context["query"], context["answer"])
    return render(request, "shop/search.html", {**context, "shop_hits": shops_called(context["query"].text)})


def _note(request: HttpRequest, query: Query, answer: Answer) -> None:
    """What came of words alone, and as they were typed, for the operator's figures; and where they found something by themselves, that they may be
    proposed to others, if enough others ask for them."""
    if set(request.GET) <= {"q", "hl"}:
        note_searched(by=actor_of(request), text=query.text, language=query.language, answer=answer)
        if answer.total and not answer.rung and not answer.read_as:
            note_asked(by=actor_of(request), text=query.text)


def category(request: HttpRequest, category_id: int) -> HttpResponse:
    found = led_to(category_id)
    if found is None:
        raise NotFound
    note(TREE)
    if found.pk != category_id:
        return HttpResponsePermanentRedirect(with_query(request, f"/c/{found.pk}/"))
    if hidden := hidden_ids().intersection(found.path):
        return HttpResponseRedirect(_nearest_shown(found, hidden))
    context = found_at(request, Place(category=found))
    answer, names = context["answer"], context["names"]
    brands = [Row(n.id, names.brands[n.id].name, n.count, href=f"{request.path}?{urlencode({'brand': n.id})}") for n in answer.brands if n.id in names.brands]
    first = context["is_plain"] and context["pages"].now == 1
    return render(request, "shop/category.html", {**context, "brands": brands[:TOP_BRANDS], "trail": path_of(found), "is_first": first})


def _nearest_shown(category: Category, hidden: Collection[int]) -> str:
    """Where a buyer goes who has the address of a category that is hidden for now."""
    first = next(n for n, key in enumerate(category.path) if key in hidden)
    return f"/c/{category.path[first - 1]}/" if first else "/categories/"


def with_query(request: HttpRequest, path: str) -> str:
    """Another address with the same filters."""
    return f"{path}?{request.GET.urlencode()}" if request.GET else path


def brand(request: HttpRequest, brand_id: int) -> HttpResponse:
    """A brand's goods in all shops."""
    found = led_to_brand(brand_id)
    if found is None:
        raise NotFound
    if found.pk != brand_id:
        return HttpResponsePermanentRedirect(with_query(request, f"/b/{found.pk}/"))
    context = found_at(request, Place(brand=found))
    names: Names = context["names"]
    sellers = [names.shops[n.id] for n in context["answer"].shops if n.id in names.shops]
    return render(request, "shop/brand.html", {**context, "brand": found, "sellers": sellers})


def virtual(request: HttpRequest, code: str) -> HttpResponse:
    """Goods by a rule of the operator's, wherever they stand."""
    found = VirtualCategory.objects.filter(code=code, is_shown=True).first()
    if found is None:
        raise NotFound
    rule = query_of(found.rule)
    context = found_at(request, Place(rule=rule, is_sorted="sort" in request.GET))
    context["facets"] = list(within_rule(context["facets"], rule))
    return render(request, "shop/virtual.html", {**context, "virtual": found})


def within_rule(groups: Sequence[search_page.Group], rule: Query) -> Iterator[search_page.Group]:
    """Filters as the rule leaves them: what it does not name cannot be chosen, and of one there is no choice."""
    named = {"brand": rule.brands, "shop": rule.shops, **{f"a{key}": chosen for key, chosen in rule.values.items()}}
    for group in groups:
        allowed = named.get(group.parameter)
        group.rows = [row for row in group.rows if not allowed or row.id in allowed]
        if len(group.rows) > 1 or group.is_chosen:
            yield group


def _priced_within(answer: Answer, rule: Query | None) -> Answer:
    """Prices are counted with the choice of prices aside, and a rule's own is one: it offers no ranges then, and what the goods cost ends where it does."""
    if rule is None or (rule.price_from is None and rule.price_to is None):
        return answer
    low = max(answer.price_from or 0, rule.price_from or 0)
    high = min((price for price in (answer.price_to, rule.price_to) if price is not None), default=0)
    is_any = answer.price_from is not None and low <= high
    return replace(answer, prices=[], price_from=low if is_any else None, price_to=high if is_any else None)


def found_at(request: HttpRequest, place: Place) -> dict[str, Any]:
    """What a list page shows, whatever the place. The address holds every filter."""
    currency = request.market.currency  # type: ignore[attr-defined]
    chosen_category = place.category or (_category_asked(request) if place.filters_by_category else None)
    asked = search_page.read_query(request.GET, chosen_category, currency)
    request.GET = search_page.as_now(request.GET, asked.query)  # type: ignore[assignment]  # what the page's links are made of
    query = near.may_loosen(place.narrowed(asked.query), place, chosen_category)
    has_words = bool(query_clauses(query.text))  # “the” and “!!!” are none: then all goods are found
    if has_words and query.sort == Sort.RELEVANCE:
        liked = liked_by(request.user.pk)
        query = query.but(liked_categories=frozenset(liked.categories), liked_brands=frozenset(liked.brands))
    is_arranged = bool(place.order) and query.sort == Sort.RELEVANCE and not query.text
    answer = _page_that_is_there(query, place.order if is_arranged else ())
    answer = _priced_within(near.with_neighbours(answer, place), place.rule)
    pages = Pages(min(query.page, _last_page(answer) or query.page), _last_page(answer))
    names = search_page.names_for(answer, query, asked.query)
    listings = _that_can_be_bought([*answer.ids, *answer.also])
    answer = near.as_written(answer, query, (title for row in listings.values() for title in row.titles.values()))
    own = asked.query if place.rule else query  # what was chosen here: the rule itself is no choice
    groups = search_page.facet_groups(answer, own, names, but=place.fixed, own_only=asked.chosen_shops)
    chips = search_page.chips(request.GET, own, names, request.path, currency, but=place.fixed)
    if chosen_category and place.category is None:
        left = request.GET.copy()
        left.pop("c", None)
        chips.insert(0, Chip(chosen_category.name, "category", f"{request.path}?{left.urlencode()}" if left else request.path, left))
    return {
        "query": query,
        "answer": answer,
        "names": names,
        "category": place.category,
        "listings": [listings[key] for key in answer.ids if key in listings],
        "also": [listings[key] for key in answer.also if key in listings],
        "category_counts": _categories(request, answer, names, place),
        "facets": search_page.with_links(groups, request.GET, request.path),
        "own_only": asked.own_only and place.shop is None,
        "own_count": search_page.own_count(answer, query.shops) if not place.shop else 0,
        "chosen": near.loosened(chips, place, chosen_category, currency) if chips and not answer.total and (query.exact or place.rule) else chips,
        "given": near.given_up(answer, query, chips, chosen_category),
        "prices": search_page.price_group(request.GET, answer, asked.query, request.path, currency),
        "clear": request.path + (f"?{urlencode({'q': query.text, **({'typed': '1'} if query.as_typed else {})})}" if query.text else ""),
        "sorts": search_page.sort_names(is_arranged=bool(place.order)),
        "is_arranged": is_arranged,
        "has_words": has_words,
        "counts_as_well": counts_as_well(query) if has_words else "",
        "kept": search_page.kept(request.GET, "sort"),
        "kept_but_price": search_page.kept(request.GET, "from", "to"),
        "price_from": request.GET.get("from", ""),
        "price_to": request.GET.get("to", ""),
        "price_error": asked.price_error,
        "span_from": _whole(answer.price_from, currency, ROUND_FLOOR),
        "span_to": _whole(answer.price_to, currency, ROUND_CEILING),
        "is_plain": is_plain(request),
        "is_dense": request.GET.get("view") == "dense",
        "pages": pages,
    }


def _page_that_is_there(query: Query, order: Sequence[UUID]) -> Answer:
    """The page that is asked for, or the last where there are not so many."""
    answer = find_in_order(query, order) if order else find(query)
    if not 0 < _last_page(answer) < query.page:
        return answer
    last = query.but(page=_last_page(answer))
    return find_in_order(last, order) if order else find(last)


def _last_page(answer: Answer) -> int:
    return min(-(-answer.total // SIZE), search_page.MOST_PAGES)


def _that_can_be_bought(keys: Sequence[UUID]) -> dict[UUID, Listing]:
    """Whatever the index says, what cannot be bought is not shown. All are read, so that a page that is kept hears of each."""
    rows = Listing.objects.defer(*NOT_ON_CARDS).in_bulk(keys)
    shops = shops_by_key(row.merchant_id for row in rows.values())
    for row in rows.values():
        row.merchant = shops[row.merchant_id]
    return {key: row for key, row in rows.items() if row.is_on_sale and not row.has_ended and row.merchant.status in FOUND}


def is_plain(request: HttpRequest) -> bool:
    """Whether this is the place itself, in some language, page by page: what search engines may keep."""
    return set(request.GET) <= {"hl", "page"}


def _category_asked(request: HttpRequest) -> Category | None:
    """In a shop or a brand a category is a filter like others."""
    asked = request.GET.get("c", "")
    return led_to(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None


def _categories(request: HttpRequest, answer: Answer, names: Names, place: Place) -> list[Row]:
    rows = [n for n in answer.categories if n.id in names.categories]
    return [Row(n.id, names.categories[n.id].name, n.count, href=_category_href(request, n.id, place), of=names.categories[n.id]) for n in rows]


def _category_href(request: HttpRequest, category_id: int, place: Place) -> str:
    left = request.GET.copy()
    for name in [name for name in left if name in ("page", "c") or name[:1] == "a"]:
        left.pop(name)
    if place.filters_by_category:
        left["c"] = str(category_id)
        return f"{request.path}?{left.urlencode()}"
    return f"/c/{category_id}/" + (f"?{left.urlencode()}" if left else "")


def shops_named(words: str) -> QuerySet[Merchant]:
    """Open shops that have these words in a name, written in traditional characters or in simplified ones; codes of languages are no names, and signs
    that stand between names neither."""
    names = Func(F("names"), template=f"(SELECT string_agg(value, '{BETWEEN}') FROM jsonb_each_text(%(expressions)s))", output_field=TextField())  # noqa: S608  a sign of ours
    found = Merchant.objects.filter(status__in=FOUND).annotate(written=names)
    return found.filter(Q(written__icontains=words) | Q(written__icontains=folded(words, LONGEST_NAME) or words))


def shops_called(text: str) -> list[Merchant]:
    """The few that fit best, the closest first."""
    if len(text) < 2 or len(text) > 40:
        return []
    ways = {text.casefold(), folded(text, LONGEST_NAME) or text}
    lengths = {
        shop: [len(name) for name in shop.names.values() if any(way in name.casefold() for way in ways)]
        for shop in shops_named(text).order_by("-opened_at", "pk")[: SHOP_HITS * 10]
    }
    return sorted((shop for shop in lengths if lengths[shop]), key=lambda shop: min(lengths[shop]))[:SHOP_HITS]


def _whole(minor: int | None, currency: str, rounding: str) -> str:
    """An end of the price span in whole units, as one would type it."""
    return str(Money(minor, currency).decimal.to_integral_value(rounding)) if minor is not None else ""
