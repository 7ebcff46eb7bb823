"""What pages of both trees share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import get_urlconf, set_urlconf
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page

from cms.blocks.content import ArticleBlocks, PageBlocks
from cms.fields import Blocks
from cms.loading import first_words, load
from cms.panels import UntranslatedPanel
from marketplace.kernel.texts import localised
from tenants.tenancy.link import connection

SIZES = [
    ("phone", "mobile-alt", 390, _("As on a telephone")),
    ("tablet", "tablet-alt", 820, _("As on a tablet")),
    ("desktop", "desktop", 1440, _("As on a desktop")),
]


class TwoLanguagePage(Page):
    """Texts in Chinese and English side by side; the reader gets their language, or the other when one is empty."""

    title_en = models.CharField(_("Title in English"), max_length=255, blank=True)
    seo_title_en = models.CharField(_("Title for search engines, in English"), max_length=255, blank=True)
    description_en = models.CharField(_("Description for search engines, in English"), max_length=300, blank=True)

    titles_panel = FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")], heading=_("Title"))
    promote_panels = [
        HelpPanel(_("What search engines and shared links show. An empty title takes the page's.")),
        FieldPanel("slug"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("seo_title"), FieldPanel("seo_title_en")]),
                FieldRowPanel([FieldPanel("search_description"), FieldPanel("description_en")]),
            ],
            heading=_("For search engines"),
        ),
    ]
    # In which kind of schema a page of this type may be made. Its table lies in both (app_lists.py says why).
    in_merchant_schemas = False
    shown_in = "cms/page.html"
    kind: Any  # what an editor calls a page of this type

    class Meta:
        abstract = True

    @classmethod
    def get_verbose_name(cls) -> str:
        return str(cls.kind)

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        return cls.in_merchant_schemas == (connection.schema_name != "public") and bool(super().can_create_at(parent))

    def get_url_parts(self, request: Any = None) -> Any:
        """The root of a tree is the first page of its host, not /pages/."""
        parts = super().get_url_parts(request)
        return (*parts[:2], "/") if parts and parts[1] and self.depth == 2 else parts

    def get_template(self, request: Any, *args: Any, **kwargs: Any) -> str:
        return self.shown_in

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return [{"name": name, "icon": icon, "device_width": width, "label": label} for name, icon, width, label in SIZES]

    def make_preview_request(self, *args: Any, **kwargs: Any) -> Any:
        """The request inside the request leaves its URLconf behind: put ours back."""
        ours = get_urlconf()
        try:
            return super().make_preview_request(*args, **kwargs)
        finally:
            set_urlconf(ours)

    def _get_dummy_headers(self, original_request: Any = None) -> dict[str, Any]:
        """Of the request inside the request: in the language of who looks, which Wagtail leaves out."""
        return {**super()._get_dummy_headers(original_request), "HTTP_ACCEPT_LANGUAGE": get_language() or ""}

    @property
    def titles(self) -> dict[str, str]:
        return {"zh-hans": self.title, "en": self.title_en}

    @property
    def seo(self) -> dict[str, str]:
        """Title and description for search engines, in the reader's language where there are any."""
        titles = {"zh-hans": self.seo_title, "en": self.seo_title_en}
        described = {"zh-hans": self.search_description, "en": self.description_en}
        here = (get_language() or "").lower()
        return {"title": titles.get(here) or localised(self.titles).text, "description": localised(described).text or first_words(self)}

    @property
    def streams(self) -> list[Any]:
        """The contents, for those who look for texts and goods in them."""
        return []

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        for stream in self.streams:
            load(stream, self)
        context["seo"] = self.seo
        context["dressed"] = [card for stream in self.streams for child in stream if child.block_type == "shops" for card in child.value.shown]
        return context


class BlocksPage(TwoLanguagePage):
    """A page made of blocks."""

    kind = pgettext_lazy("page", "Plain page")
    blocks = Blocks(PageBlocks(), blank=True, verbose_name=_("Content"))

    content_panels = [UntranslatedPanel(), TwoLanguagePage.titles_panel, FieldPanel("blocks")]

    class Meta(TwoLanguagePage.Meta):
        abstract = True

    @property
    def streams(self) -> list[Any]:
        return [self.blocks]


class HomePage(BlocksPage):
    """The first page of a tree, which its host shows at its root."""

    kind = pgettext_lazy("page", "First page")
    shown_in = "cms/campaign.html"

    class Meta(BlocksPage.Meta):
        abstract = True


class CampaignPage(BlocksPage):
    """Blocks over the whole width, with dates on which it appears and goes again."""

    kind = pgettext_lazy("page", "Campaign")
    shown_in = "cms/campaign.html"

    class Meta(BlocksPage.Meta):
        abstract = True


class ArticlePage(TwoLanguagePage):
    """Something to read: a picture, a few sentences, the text."""

    kind = pgettext_lazy("page", "Article")
    teaser = models.CharField(_("Teaser in Chinese"), max_length=300, blank=True)
    teaser_en = models.CharField(_("Teaser in English"), max_length=500, blank=True)
    image = models.ForeignKey("wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("Picture"))
    blocks = Blocks(ArticleBlocks(), blank=True, verbose_name=_("Content"))

    content_panels = [
        UntranslatedPanel(),
        TwoLanguagePage.titles_panel,
        FieldRowPanel([FieldPanel("teaser"), FieldPanel("teaser_en")]),
        FieldPanel("image"),
        FieldPanel("blocks"),
    ]
    shown_in = "cms/article.html"

    class Meta(TwoLanguagePage.Meta):
        abstract = True

    @property
    def streams(self) -> list[Any]:
        return [self.blocks]

    @property
    def teasers(self) -> dict[str, str]:
        return {"zh-hans": self.teaser, "en": self.teaser_en}


class ArticlesPage(TwoLanguagePage):
    """The list of the articles below it, the newest first."""

    kind = pgettext_lazy("page", "List of articles")
    A_PAGE = 12

    content_panels = [UntranslatedPanel(), TwoLanguagePage.titles_panel]
    shown_in = "cms/articles.html"

    class Meta(TwoLanguagePage.Meta):
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        articles = self.get_children().live().specific().order_by("-first_published_at", "-pk")
        context["articles"] = articles[: self.A_PAGE * 5]
        return context
