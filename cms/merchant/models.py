"""A shop's own pages, videos, and what was sent through the forms on pages. Merchant schema; forms of the market's pages: public."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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


def place_of_video(_video: Video, name: str) -> str:
    """By our own name: the one it was handed in under may tell of its maker, and another film never stands where one stood."""
    return f"videos/{new_id().hex}.{name.rsplit('.', 1)[-1]}"


class Video(models.Model):
    """A film that editors put on pages; also the market's, in the public schema. MP4 or WebM, cleaned (marketplace/kernel/videos.py)."""

    title = models.CharField(_("Title"), max_length=255)
    file = models.FileField(_("File"), upload_to=place_of_video)
    added_at = models.DateTimeField(_("Added"), default=clock.now, editable=False)

    class Meta:
        ordering = ("-added_at", "-pk")
        verbose_name = _("Video")
        verbose_name_plural = _("Videos")

    def __str__(self) -> str:
        return self.title

    @property
    def content_type(self) -> str:
        return "video/webm" if str(self.file.name).endswith(".webm") else "video/mp4"


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
