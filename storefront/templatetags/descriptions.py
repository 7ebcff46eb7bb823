"""What a shop writes of its goods, as a page shows it: simple structure, and pictures of the shop in the width that fits."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from marketplace.kernel import descriptions
from marketplace.kernel.renditions import widths_of
from marketplace.kernel.texts import localised
from storefront.templatetags.market import html_language, media
from storefront.templatetags.reach import srcset

register = template.Library()
SIZES = "(min-width: 768px) 680px, 100vw"  # as wide as a line of text becomes


@register.simple_tag
def html_text(texts: dict[str, str] | None) -> SafeString:
    """A description in the reader's language, or the next best."""
    found = localised(texts or {})
    return format_html('<div lang="{}">{}</div>', html_language(found.language), clean_html(found.text))


@register.simple_tag
def clean_html(html: str) -> SafeString:
    """A description of the public copy, or of a proposal, cleaned once more."""
    return mark_safe(descriptions.shown(html, _picture))  # noqa: S308  cleaned, and pictures are made of escaped parts


def _picture(key: str, width: int, height: int, alt: str) -> str:
    widths = widths_of(str(settings.MEDIA_ROOT), key)
    wide = format_html(' srcset="{}" sizes="{}"', srcset(key, widths), SIZES) if widths else ""
    return format_html('<img src="{}"{} alt="{}" width="{}" height="{}" loading="lazy" decoding="async">', media(key), wide, alt, width, height)
