"""What is proposed while somebody types in the search box: rows of a list, as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing, sellable
from marketplace.platform.taxonomy.models import Brand, Category
from marketplace.platform.taxonomy.queries import hidden_ids
from search.suggestions.answering import Suggestions, suggest
from search.suggestions.entries import norm_of
from storefront.templatetags.market import html_language
from tenants.tenancy.hosts import market_url, shop_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import FOUND

LONGEST = 60  # characters that are read of what was typed
FOR_S = 60  # seconds for which a browser may keep an answer
_SIGN = re.compile(r"[^\W_]")


@dataclass
class Row:
    """`shown` is the text with what was typed marked; `below` says more in small."""

    href: str
    shown: SafeString
    below: str = ""
    icon: str = "search"
    words: str = ""  # what is looked for, where it leads to a search
    of: Any = None


@dataclass
class Group:
    name: str
    key: str
    rows: list[Row] = field(default_factory=list)


def suggestions(request: HttpRequest) -> HttpResponse:
    """For everybody the same in a language, so a browser may keep it for a while."""
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST]
    groups = groups_of(suggest(typed, get_language() or ""), typed)
    response = render(request, "ui/shell/suggestions.html", {"groups": groups, "count": sum(len(group.rows) for group in groups)})
    patch_cache_control(response, private=True, max_age=FOR_S)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def groups_of(found: Suggestions, typed: str) -> list[Group]:
    """Only what can be shown at this moment, whatever the table says; a query a kind that there is."""
    groups = [Group("", "words", [_words(text, typed) for text in found.words])]
    if found.categories:
        rows, hidden = Category.objects.select_related("parent").in_bulk(found.categories), hidden_ids()
        shown = [rows[key] for key in found.categories if key in rows and rows[key].merged_into_id is None and hidden.isdisjoint(rows[key].path)]
        groups.append(
            Group(
                _("Categories"),
                "categories",
                [Row(market_url(f"/c/{row.pk}/"), _named(row.names, typed), row.parent.name if row.parent else "", "grid") for row in shown],
            )
        )
    if found.brands:
        brands = Brand.objects.filter(merged_into=None).in_bulk(found.brands)
        shown_brands = [brands[key] for key in found.brands if key in brands]
        groups.append(Group(_("Brands"), "brands", [Row(market_url(f"/b/{row.pk}/"), _named(row.names, typed), icon="tag") for row in shown_brands]))
    if found.shops:
        shops = {row.ordinal: row for row in Merchant.objects.filter(ordinal__in=found.shops, status__in=FOUND)}
        shown_shops = [shops[key] for key in found.shops if key in shops]
        groups.append(Group(_("Shops"), "shops", [Row(shop_url(row), _named(row.names, typed), icon="shop") for row in shown_shops]))
    if found.products:
        listings = Listing.objects.filter(sellable(), merchant__status__in=FOUND).in_bulk(found.products)
        goods = [listings[key] for key in found.products if key in listings]
        groups.append(Group(_("Goods"), "products", [Row(market_url(f"/p/{row.pk}/"), _named(row.titles, typed), icon="", of=row) for row in goods]))
    return [group for group in groups if group.rows]


def _words(text: str, typed: str) -> Row:
    return Row(market_url(f"/search/?{urlencode({'q': text})}"), marked(text, typed), words=text)


def _named(names: dict[str, str], typed: str) -> SafeString:
    found = localised(names)
    if found.language == (get_language() or "").lower():
        return marked(found.text, typed)
    return format_html('<span lang="{}">{}</span>', html_language(found.language), marked(found.text, typed))


def marked(text: str, typed: str) -> SafeString:
    """The text with the first place that begins as it was typed in <mark>, whatever its case, width or blanks. Pinyin marks nothing."""
    signs = [(place, norm_of(sign)) for place, sign in enumerate(text) if _SIGN.match(sign)]
    joined, wanted = "".join(norm for _place, norm in signs), norm_of(typed)
    places = [place for place, norm in signs for _letter in norm]
    start = joined.find(wanted) if wanted else -1
    if start < 0:
        return format_html("{}", text)
    first, last = places[start], places[start + len(wanted) - 1] + 1
    return format_html_join("", "{}", ((text[:first],), (format_html("<mark>{}</mark>", text[first:last]),), (text[last:],)))
