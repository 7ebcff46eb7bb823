"""A shop's own pages. Merchant schema."""

from __future__ import annotations

from cms.pages import TwoLanguagePage


class ShopHome(TwoLanguagePage):
    """Root of a shop's pages. Its content stands above the shop's goods."""

    in_merchant_schemas = True
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms_merchant.ShopPage"]
    max_count = 1


class ShopPage(TwoLanguagePage):
    in_merchant_schemas = True
    parent_page_types = ["cms_merchant.ShopHome", "cms_merchant.ShopPage"]
    subpage_types = ["cms_merchant.ShopPage"]
