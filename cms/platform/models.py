"""The market's own pages. Public schema."""

from __future__ import annotations

from cms.pages import ArticlePage, ArticlesPage, BlocksPage, CampaignPage, HomePage

BELOW = ["cms_platform.MarketPage", "cms_platform.MarketCampaign", "cms_platform.MarketArticles"]


class MarketHome(HomePage):
    """Root of the market's pages: what stands on the market's first page."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = BELOW
    max_count = 1


class MarketPage(BlocksPage):
    """Help, terms, privacy, imprint, and whatever else the operator writes."""

    parent_page_types = ["cms_platform.MarketHome", "cms_platform.MarketPage"]
    subpage_types = ["cms_platform.MarketPage"]


class MarketCampaign(CampaignPage):
    """A campaign of the market."""

    parent_page_types = ["cms_platform.MarketHome"]
    subpage_types: list[str] = []


class MarketArticles(ArticlesPage):
    """Where the market's articles stand."""

    parent_page_types = ["cms_platform.MarketHome"]
    subpage_types = ["cms_platform.MarketArticle"]


class MarketArticle(ArticlePage):
    """An article of the market."""

    parent_page_types = ["cms_platform.MarketArticles"]
    subpage_types: list[str] = []
