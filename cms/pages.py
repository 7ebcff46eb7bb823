"""What pages of both trees share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import get_urlconf, set_urlconf
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks.content import ContentBlocks
from tenants.tenancy.link import connection


class TwoLanguagePage(Page):
    """Texts in Chinese and English side by side; the reader gets their language, or the other when one is empty."""

    title_en = models.CharField(_("Title in English"), max_length=255, blank=True)
    body = StreamField(ContentBlocks(), blank=True, verbose_name=_("Content in Chinese"))
    body_en = StreamField(ContentBlocks(), blank=True, verbose_name=_("Content in English"))

    content_panels = [*Page.content_panels, FieldPanel("title_en"), FieldPanel("body"), FieldPanel("body_en")]
    # In which kind of schema a page of this type may be made. Its table lies in both (app_lists.py says why).
    in_merchant_schemas = False

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        return cls.in_merchant_schemas == (connection.schema_name != "public") and bool(super().can_create_at(parent))

    def get_url_parts(self, request: Any = None) -> Any:
        """The root of a tree is the first page of its host, not /pages/."""
        parts = super().get_url_parts(request)
        return (*parts[:2], "/") if parts and parts[1] and self.depth == 2 else parts

    def get_template(self, request: Any, *args: Any, **kwargs: Any) -> str:
        return "cms/page.html"

    def make_preview_request(self, *args: Any, **kwargs: Any) -> Any:
        """The request inside the request leaves its URLconf behind: put ours back."""
        ours = get_urlconf()
        try:
            return super().make_preview_request(*args, **kwargs)
        finally:
            set_urlconf(ours)

    def in_language(self, language: str) -> tuple[str, Any, str]:
        """Title, content and the language they are really in."""
        if language == "en" and (self.title_en or self.body_en):
            return self.title_en or self.title, self.body_en or self.body, "en" if self.body_en else "zh-hans"
        return self.title, self.body or self.body_en, "zh-hans" if self.body or not self.body_en else "en"

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["page_title"], context["page_body"], context["page_language"] = self.in_language(request.LANGUAGE_CODE)
        return context
