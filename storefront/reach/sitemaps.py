"""The map of a host for search engines: an index, and parts of at most 5,000 pages, each page in every language.

Parts of products begin at a key, not at a number: one that was read stays where it is while others are put on sale. All is kept for an hour.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from wagtail.models import Page

from marketplace.kernel.errors import NotFound
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category, VirtualCategory
from marketplace.platform.taxonomy.queries import hidden_ids
from storefront.reach.addresses import address, base_of, languages_of
from storefront.shop.shelves import menu_of
from storefront.templatetags.market import html_language
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.models import Domain, Merchant
from tenants.tenancy.standing import FOUND

IN_A_PART = 5_000
KEPT_S = 3600
NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


class Entry(NamedTuple):
    """A page: the origin it is kept under, its path, and when it last changed."""

    base: str
    path: str
    changed: datetime | None = None


def index(request: HttpRequest) -> HttpResponse:
    """sitemap.xml."""
    base = base_of(request)
    return _answer("index", lambda: _index(f"{base}/sitemaps/{name}.xml" for name in _part_names(request)))


def part(request: HttpRequest, part: str) -> HttpResponse:
    """One file of the map. Raises NotFound."""
    make = _maker(request, part)
    if make is None:
        raise NotFound
    return _answer(part, lambda: _urls(request, make()))


def _part_names(request: HttpRequest) -> list[str]:
    if request.domain.kind == Domain.Kind.SHOP:  # type: ignore[attr-defined]
        return ["pages"]
    return ["pages", "categories", "shops", *(f"products-{first}" for first in _first_keys())]


def _maker(request: HttpRequest, part: str) -> Callable[[], Iterable[Entry]] | None:
    """What makes the entries of a part; None where this host has none of that name."""
    base = base_of(request)
    if part == "pages":
        return lambda: _pages(request, base)
    if request.domain.kind != Domain.Kind.MARKET:  # type: ignore[attr-defined]
        return None
    if part.startswith("products-"):
        try:
            first = UUID(part.removeprefix("products-"))
        except ValueError:
            return None
        return lambda: _products(base, first)
    known: dict[str, Callable[[], Iterable[Entry]]] = {"categories": lambda: _categories(base), "shops": _shops}
    return known.get(part)


def _first_keys() -> list[UUID]:
    """The key that each part of products begins with: one walk along the index."""
    numbered = Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).annotate(n=Window(RowNumber(), order_by="id"))
    return list(numbered.annotate(place=F("n") % IN_A_PART).filter(place=1).order_by("id").values_list("id", flat=True))


def _products(base: str, first: UUID) -> Iterator[Entry]:
    rows = Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND, pk__gte=first).order_by("pk").values_list("pk", "changed_at")
    return (Entry(base, f"/p/{key}/", changed) for key, changed in rows[:IN_A_PART])


def _categories(base: str) -> list[Entry]:
    """Those in which, or below which, something is on sale."""
    changed: dict[int, datetime] = {}
    newest = dict(Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).values_list("category_id").annotate(last=Max("changed_at")))
    hidden = hidden_ids()
    for own, path in Category.objects.filter(pk__in=newest).values_list("pk", "path"):
        if hidden.isdisjoint(path):
            for key in path:
                changed[key] = max(changed.get(key, newest[own]), newest[own])
    by_rule = VirtualCategory.objects.filter(is_shown=True).order_by("position", "id").values_list("code", "changed_at")
    return [Entry(base, f"/c/{key}/", at) for key, at in sorted(changed.items())] + [Entry(base, f"/v/{code}/", at) for code, at in by_rule]


def _shops() -> list[Entry]:
    """The first pages of all shops, on their own hosts: each shop's robots.txt says that this map may name them."""
    newest = dict(Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).values_list("merchant_id").annotate(last=Max("changed_at")))
    shops = Merchant.objects.filter(status__in=FOUND).order_by("pk")
    return [Entry(shop_url(shop, ""), "/", newest.get(shop.pk, shop.opened_at)) for shop in shops]


def _pages(request: HttpRequest, base: str) -> list[Entry]:
    """First page, fixed pages, what editors published on this host, and a shop's own categories."""
    fixed = ["/", "/categories/", "/shops/", "/sell/"] if request.domain.kind == Domain.Kind.MARKET else ["/"]  # type: ignore[attr-defined]
    below = Page.objects.live().public().filter(depth__gt=2).order_by("path")
    written = [(page.get_url(request), page.last_published_at) for page in below]
    if request.domain.kind == Domain.Kind.SHOP:  # type: ignore[attr-defined]
        written += [(f"/v/{entry.code}/", None) for entry in menu_of(request.merchant)]  # type: ignore[attr-defined]
    return [Entry(base, path) for path in fixed] + [Entry(base, path, at) for path, at in written if path and path.startswith("/")]


def _index(addresses: Iterable[str]) -> str:
    return f"<sitemapindex {NAMESPACES}>" + "".join(f"<sitemap><loc>{escape(one)}</loc></sitemap>" for one in addresses) + "</sitemapindex>"


def _urls(request: HttpRequest, entries: Iterable[Entry]) -> str:
    """Every language of a page is an entry of its own and names the others."""
    codes = languages_of(request)
    lines = []
    for entry in entries:
        changed = f"<lastmod>{entry.changed.isoformat(timespec='seconds')}</lastmod>" if entry.changed else ""
        places = {code: escape(address(entry.base, entry.path, code, codes[0])) for code in codes}
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{html_language(code)}" href="{place}"/>' for code, place in places.items())
        links += f'<xhtml:link rel="alternate" hreflang="x-default" href="{places[codes[0]]}"/>'
        lines += [f"<url><loc>{place}</loc>{changed}{links if len(codes) > 1 else ''}</url>" for place in places.values()]
    return f"<urlset {NAMESPACES}>{''.join(lines)}</urlset>"


def _answer(name: str, make: Callable[[], str]) -> HttpResponse:
    """The file as it was made within the last hour. Keys of the cache carry the schema, so hosts of two shops do not meet."""
    key = f"sitemap:{name}"
    kept = cache.get(key)
    if kept is None:
        kept = zlib.compress(('<?xml version="1.0" encoding="UTF-8"?>' + make()).encode(), 6)
        cache.set(key, kept, KEPT_S)
    return HttpResponse(zlib.decompress(kept), content_type="application/xml; charset=utf-8")
