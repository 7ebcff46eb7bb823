"""The dress of shops in templates: their style sheet in the head, their seal in a card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.platform.themes.queries import sheet_address, themes_of
from storefront.templatetags.market import initial
from storefront.templatetags.market import media as address_of_media
from tenants.tenancy.models import Merchant

register = template.Library()


@register.simple_tag
def theme_sheet(shops: Any) -> SafeString | str:
    """The link to the sheet of a shop, or of several (merchants, or anything with a `merchant`): one query. Each merchant that
    was handed in knows its theme afterwards, as `dress`."""
    things = [shops] if isinstance(shops, Merchant) else list(shops or [])
    merchants: list[Merchant] = [thing if isinstance(thing, Merchant) else thing.merchant for thing in things]
    themes = themes_of(merchant.pk for merchant in merchants)
    for merchant in merchants:
        merchant.dress = themes.get(merchant.pk)  # type: ignore[attr-defined]
    return sheet_link(themes.values())


def sheet_link(themes: Iterable[Any]) -> SafeString | str:
    address = sheet_address(themes)
    return format_html('<link rel="stylesheet" href="{}">', address) if address else ""


@register.simple_tag
def shop_seal(merchant: Merchant, size: str = "size-10", text: str = "text-base") -> SafeString:
    """A shop's logo, or its initial in its colour. Stands inside `data-shop`."""
    dress = getattr(merchant, "dress", None)
    if dress and dress.logo:
        source = address_of_media(dress.logo)
        return format_html('<img src="{}" alt="" width="56" height="56" class="{} rounded-md object-cover flex-none bg-surface">', source, size)
    ground = "rounded-full grid place-items-center font-bold flex-none bg-brand text-on-brand"
    return format_html('<span aria-hidden="true" class="{} {} {}">{}</span>', size, text, ground, initial(merchant.name))
