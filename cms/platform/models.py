"""The market's own pages. Public schema."""

from __future__ import annotations

from cms.pages import TwoLanguagePage


class MarketHome(TwoLanguagePage):
    """Root of the market's pages. Its content stands above the goods on the market's first page."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms_platform.MarketPage"]
    max_count = 1


class MarketPage(TwoLanguagePage):
    """Help, terms, privacy, imprint, and whatever else the operator writes."""

    parent_page_types = ["cms_platform.MarketHome", "cms_platform.MarketPage"]
    subpage_types = ["cms_platform.MarketPage"]
