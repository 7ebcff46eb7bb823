"""Passing a product on: links, a QR code, a poster. All made here; nothing of the reader's is told to anybody before a link is followed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from marketplace.kernel.formats import money_parts
from marketplace.platform.listings.models import Listing
from storefront.media import TYPES
from storefront.shop.offer import listing_on_sale
from tenants.tenancy.hosts import market_url

POSTER_S = 24 * 3600
LINES, LINE_EMS = 3, 16.4  # of a title on the poster
LAST_LINE, LEADING, CODE_PX = 934, 54, 170


@dataclass(frozen=True)
class Way:
    """A site where a link can be left, and the address that begins it there."""

    name: str
    href: str


def product_url(listing: Listing) -> str:
    return market_url(f"/p/{listing.pk}/")


def ways_to_share(listing: Listing) -> list[Way]:
    url, title, picture = product_url(listing), listing.title.text, market_url(f"/media/{listing.picture}") if listing.picture else ""
    return [
        Way(_("Weibo"), "https://service.weibo.com/share/share.php?" + urlencode({"url": url, "title": title, "pic": picture})),
        Way("X", "https://x.com/intent/post?" + urlencode({"url": url, "text": title})),
        Way("Facebook", "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": url})),
        Way("Pinterest", "https://www.pinterest.com/pin/create/button/?" + urlencode({"url": url, "media": picture, "description": title})),
    ]


def qr(url: str) -> SafeString:
    """The code of an address as SVG that takes the size of its box. Its dark modules are black: on a light ground only."""
    code = segno.make(url, error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True))  # noqa: S308  segno's own drawing of an address of ours


def share(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    listing = listing_on_sale(listing_id)
    context = {"listing": listing, "url": product_url(listing), "ways": ways_to_share(listing), "code": qr(product_url(listing))}
    return render(request, "shop/_share.html" if request.htmx else "shop/share.html", context)  # type: ignore[attr-defined]


def poster(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """The poster on a page of its own, to save or print."""
    return render(request, "shop/poster.html", {"listing": listing_on_sale(listing_id)})


def poster_picture(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """The poster itself: one SVG with everything in it, kept for a day or until the listing changes."""
    listing = listing_on_sale(listing_id)
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    key = f"poster.{listing.pk}.{listing.changed_at.timestamp()}.{language}"
    drawn = cache.get(key)
    if drawn is None:
        code = segno.make(product_url(listing), error="m", micro=False)
        lines = title_lines(listing.title.text)
        symbol, whole, decimals = money_parts(listing.price)
        context = {
            "listing": listing,
            "lines": [(LAST_LINE - LEADING * (len(lines) - n), line) for n, line in enumerate(lines, 1)],
            "picture": _inline(listing.picture),
            "symbol": symbol,
            "amount": whole + (decimals if decimals.strip(".0") else ""),
            "code": mark_safe(code.svg_inline(border=0, scale=CODE_PX / code.symbol_size(border=0)[0])),  # noqa: S308  as in qr()
        }
        drawn = render_to_string("shop/_poster.html", context, request)
        cache.set(key, drawn, POSTER_S)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    patch_cache_control(response, private=True, max_age=600)
    return response


def _inline(key: str) -> str:
    """A public picture as an address that holds it; "" when there is none."""
    file = Path(settings.MEDIA_ROOT) / key
    kind = TYPES.get(file.suffix.lower())
    if not key or kind is None or not file.is_file():
        return ""
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def title_lines(title: str) -> list[str]:
    """A title in lines of the poster: SVG does not break lines itself. Latin breaks at spaces, Chinese anywhere; what is too long is cut."""
    lines, line, width = [], "", 0.0
    for word in _words(title):
        ems = sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in word)
        if line and width + ems > LINE_EMS:
            lines.append(line.strip())
            line, width = "", 0.0
        line, width = line + word, width + ems
    lines.append(line.strip())
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], lines[LINES - 1].rstrip("，, ")[:-1] + "…"]


def _words(text: str) -> list[str]:
    words: list[str] = []
    for sign in text:
        if words and ord(sign) < 0x2E80 and ord(words[-1][-1]) < 0x2E80 and not words[-1].endswith(" ") and len(words[-1]) < LINE_EMS:
            words[-1] += sign
        else:
            words.append(sign)
    return words
