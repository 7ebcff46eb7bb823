"""A shop's own pages, and what was sent through the forms on pages. Merchant schema; forms of the market's pages: public."""

from __future__ import annotations

from django.db import models

from cms.pages import ArticlePage, ArticlesPage, BlocksPage, CampaignPage, HomePage
from marketplace.kernel import clock
from marketplace.kernel.ids import new_id


class ShopHome(HomePage):
    """Root of a shop's pages. Its content stands above the shop's goods."""

    in_merchant_schemas = True
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms_merchant.ShopPage", "cms_merchant.ShopCampaign", "cms_merchant.ShopArticles"]
    max_count = 1


class ShopPage(BlocksPage):
    """About us, sizes, care, whatever else the shop writes."""

    in_merchant_schemas = True
    parent_page_types = ["cms_merchant.ShopHome", "cms_merchant.ShopPage"]
    subpage_types = ["cms_merchant.ShopPage"]


class ShopCampaign(CampaignPage):
    """A campaign of the shop."""

    in_merchant_schemas = True
    parent_page_types = ["cms_merchant.ShopHome"]
    subpage_types: list[str] = []


class ShopArticles(ArticlesPage):
    """Where the shop's articles stand."""

    in_merchant_schemas = True
    parent_page_types = ["cms_merchant.ShopHome"]
    subpage_types = ["cms_merchant.ShopArticle"]


class ShopArticle(ArticlePage):
    """An article of the shop."""

    in_merchant_schemas = True
    parent_page_types = ["cms_merchant.ShopArticles"]
    subpage_types: list[str] = []


class Message(models.Model):
    """What somebody sent through a form of a page: to whoever the page belongs to, and in their schema."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    page_id = models.IntegerField()  # of the page, which may be gone
    page_title = models.CharField(max_length=255)
    answers = models.JSONField()  # [[question as it was shown, answer], …]
    language = models.CharField(max_length=10)
    sender = models.CharField(max_length=200, blank=True)  # e-mail address of the account, if one was signed in
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-sent_at", "-id"], name="message_newest")]

    def __str__(self) -> str:
        return self.page_title
