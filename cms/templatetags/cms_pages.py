"""Blocks of pages in templates: pictures in existing widths, rich text in the reader's language, where buttons lead."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.blocks import StructValue
from wagtail.rich_text import expand_db_html

from cms.pictures import widths_there
from marketplace.kernel.texts import localised
from tenants.tenancy.hosts import market_url

register = template.Library()


@register.simple_tag(takes_context=True)
def page_picture(
    context: template.Context, image: Any, *, alt: str | None = None, classes: str = "", sizes: str = "100vw", eager: bool = False
) -> SafeString | str:
    """An image of an editor in the widths that were made when its page was published; nothing is made while somebody looks, but in a preview."""
    if not image:
        return ""
    there = widths_there(image, may_make=bool(getattr(context.get("request"), "is_preview", False)))
    shown = image.default_alt_text if alt is None else alt
    source = there[-1].url if there else image.file.url
    srcset = ", ".join(f"{one.url} {one.width}w" for one in there)
    fetched = mark_safe('fetchpriority="high"') if eager else mark_safe('loading="lazy" decoding="async"')
    wide = format_html('srcset="{}" sizes="{}"', srcset, sizes) if len(there) > 1 else ""
    return format_html('<img src="{}" {} alt="{}" width="{}" height="{}" class="{}" {}>', source, wide, shown, image.width, image.height, classes, fetched)


@register.simple_tag(takes_context=True)
def file_of(context: template.Context, image: Any) -> str:
    """The address of an image of an editor, in the widest of its widths; empty without one."""
    if not image:
        return ""
    there = widths_there(image, may_make=bool(getattr(context.get("request"), "is_preview", False)))
    return str(there[-1].url if there else image.file.url)


@register.simple_tag
def rich(value: StructValue) -> SafeString | str:
    """A rich text in the reader's language, or in the other one, marked as such."""
    found = localised(value.texts)
    if not found.text:
        return ""
    html = mark_safe(expand_db_html(found.text))  # noqa: S308  kept by Wagtail's whitelist of our few features
    if found.language == (get_language() or "").lower():
        return html
    return format_html('<div lang="{}">{}</div>', _bcp47(found.language), html)


def _bcp47(code: str) -> str:
    main, _dash, script = code.partition("-")
    return f"{main}-{script.capitalize()}" if script else main


@register.simple_tag
def leads_to(link: StructValue) -> str:
    """The address of a button; empty when it has no words or nowhere to lead to. Paths are the market's."""
    if not link or not link["words"]:
        return ""
    href = link.href
    return market_url(href) if href.startswith("/") and not link.get("page") else href


@register.simple_tag
def point_at(image: Any, point: StructValue) -> str:
    """Where a point of a picture lies, in its pixels: an SVG over the picture has the same measure, so no style is needed."""
    return f"{image.width * point['across'] // 100} {image.height * point['down'] // 100}"
