"""What makes pages fast and findable: pictures in the width that fits, and what search engines and previews read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from marketplace.kernel.renditions import WIDTHS, rendition_name, widths_of
from marketplace.platform.taxonomy.models import Category
from storefront.reach import structured
from storefront.reach.addresses import alternates, base_of, canonical, languages_of, territory
from storefront.templatetags.market import escaped, media
from tenants.tenancy.hosts import market_url

register = template.Library()


@register.simple_tag(takes_context=True)
def picture(
    context: template.Context,
    key: str,
    *,
    width: int,
    height: int,
    alt: str = "",
    sizes: str = "",
    classes: str = "",
    eager: bool = False,
    eager_first: Any = 0,
    **attributes: str,
) -> SafeString:
    """A stored picture as <img>, in as many widths as there are of it. Its file is chosen by the browser: `sizes` says how wide it is shown
    (without it, as wide as `width`).

    `eager` is for the one picture a page is about: it is fetched first. In a loop `eager_first=4` fetches the first four without waiting
    for the scroll, the very first before others, and everything else is lazy. Other arguments are attributes: `id="photo"`, `data_full=…` for data-full.
    """
    loop: Any = context.get("forloop")
    place = loop["counter"] if loop and eager_first else 0
    is_early = eager or 0 < place <= int(eager_first)
    given: dict[str, Any] = {"src": media(key), "alt": alt, "width": width, "height": height, "class": classes}
    if widths := widths_of(str(settings.MEDIA_ROOT), key):
        given["srcset"] = srcset(key, widths)
        given["sizes"] = sizes or f"{width}px"
        given["src"] = media(rendition_name(key, _at_least(widths, width))) if width <= widths[-1] else media(key)
    given |= {"fetchpriority": "high"} if eager or place == 1 else {} if is_early else {"loading": "lazy", "decoding": "async"}
    given |= {name.replace("_", "-"): value for name, value in attributes.items()}
    return mark_safe("".join(("<img", *(f' {name}="{escaped(value)}"' for name, value in given.items() if value != "" or name == "alt"), ">")))  # noqa: S308


def srcset(key: str, widths: tuple[int, ...]) -> str:
    """The widths there are, and the picture itself for the next wider place, if it is not far too wide for any."""
    offers = [f"{media(rendition_name(key, width))} {width}w" for width in widths]
    wider = [width for width in WIDTHS if width > widths[-1]]
    return ", ".join(offers + ([f"{media(key)} {wider[0]}w"] if wider else []))


def _at_least(widths: tuple[int, ...], width: int) -> int:
    return next(wide for wide in widths if wide >= width)


MOST_DESCRIBED = 160


@register.simple_tag(takes_context=True)
def page_meta(
    context: template.Context, *, title: str, description: object = "", image: str = "", kind: str = "website", path: str = "", page: int = 1
) -> SafeString:
    """What search engines and previews read of a page that may be found; a page without it says noindex (ui/html.html).

    Description, the one address in this language, the addresses in the others, Open Graph. `image` is the key of a picture; `kind` a type of
    Open Graph; `path` and `page`, where the address is not the page's own.
    """
    request: HttpRequest = context["request"]
    said = shortened(str(description))
    at = canonical(request, path, page)
    picture = f"{base_of(request)}{media(image)}" if image else request.build_absolute_uri(static("img/icons/icon-512.png"))
    graph = [
        ("og:type", kind),
        ("og:site_name", context["market"].name if context.get("market") else ""),
        ("og:title", title),
        ("og:description", said),
        ("og:url", at),
        ("og:image", picture),
        ("og:locale", territory(request.LANGUAGE_CODE)),
        *(("og:locale:alternate", territory(code)) for code in languages_of(request) if code != request.LANGUAGE_CODE),
    ]
    tags = [format_html('<meta name="description" content="{}">', said)] if said else []
    tags.append(format_html('<link rel="canonical" href="{}">', at))
    tags.append(format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">', alternates(request, path, page)))
    tags.append(format_html_join("", '<meta property="{}" content="{}">', ((name, content) for name, content in graph if content)))
    tags.append(format_html('<meta name="twitter:card" content="{}">', "summary_large_image" if image else "summary"))
    return mark_safe("".join(tags))  # noqa: S308  made of escaped parts


def shortened(text: str, most: int = MOST_DESCRIBED) -> str:
    """Plain words of a text that may hold HTML, as many as a result of a search shows."""
    plain = re.sub(r"\s+", " ", strip_tags(re.sub(r"</(?:p|li|h\d|div)>|<br\s*/?>", " ", text))).strip()
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


@register.simple_tag(takes_context=True)
def breadcrumb_data(context: template.Context, trail: Iterable[Category] = (), last: str = "") -> SafeString:
    """Where a page stands, for programs: the first page, the categories of `trail`, and `last`, this page, if it is none of them."""
    steps = [(_("Home"), market_url("/")), *((step.name, market_url(f"/c/{step.pk}/")) for step in trail)]
    return structured.script(structured.breadcrumbs([*steps, *([(last, canonical(context["request"]))] if last else [])]))


@register.simple_tag(takes_context=True)
def market_data(context: template.Context) -> SafeString:
    """Who runs the market and how it is searched, for programs: on its first page."""
    market = context["market"]
    logo = context["request"].build_absolute_uri(static("img/icons/icon-512.png"))
    return structured.script({"@graph": [structured.organization(market, logo), structured.website(market)]})


@register.simple_tag(takes_context=True)
def shop_data(context: template.Context, image: str = "") -> SafeString:
    """The shop of this host, for programs."""
    request: HttpRequest = context["request"]
    base = base_of(request)
    return structured.script(structured.store(context["shop"], f"{base}/", context["market"], f"{base}{media(image)}" if image else ""))
