"""A shop's own categories in its menu."""

from __future__ import annotations

from typing import Any

from django import template

from storefront.shop.shelves import Entry, menu_of

register = template.Library()


@register.simple_tag(takes_context=True)
def shop_menu(context: dict[str, Any]) -> list[Entry]:
    """What stands in the menu of the shop whose page this is."""
    shop = context.get("shop")
    return menu_of(shop) if shop and context.get("host_kind") == "shop" else []
