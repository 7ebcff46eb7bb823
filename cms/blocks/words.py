"""Texts in Chinese and English beside each other; a reader gets their language, or the other, marked as such."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import RichText

FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]
CHINESE, ENGLISH = "zh-hans", "en"


class TwoValue(blocks.StructValue):
    """A text in both languages."""

    @property
    def texts(self) -> dict[str, str]:
        """By language code, as localised() and the template tags take it; what is empty is left out."""
        both = {CHINESE: _plain(self.get("zh")), ENGLISH: _plain(self.get("en"))}
        return {code: text for code, text in both.items() if strip_tags(text).strip()}

    @property
    def missing(self) -> str:
        """The language it lacks while the other is there; empty when both are there or neither."""
        there = self.texts
        return "" if len(there) != 1 else CHINESE if ENGLISH in there else ENGLISH

    def __bool__(self) -> bool:
        return bool(self.texts)


def _plain(value: Any) -> str:
    return str(getattr(value, "source", value) or "")


def two_texts(chinese: str, english: str) -> tuple[str, dict[str, dict[str, RichText]]]:
    """A text block, from HTML in both languages."""
    return "text", {"text": {"zh": RichText(chinese), "en": RichText(english)}}


class _Two(blocks.StructBlock):
    class Meta:
        value_class = TwoValue
        form_classname = "two-languages"


class Line(_Two):
    """A short text: a heading, the words of a button."""

    zh = blocks.CharBlock(required=False, max_length=200, label=_("Chinese"))
    en = blocks.CharBlock(required=False, max_length=300, label=_("English"))


class Lines(_Two):
    """A few sentences without markup."""

    zh = blocks.TextBlock(required=False, max_length=1000, rows=3, label=_("Chinese"))
    en = blocks.TextBlock(required=False, max_length=1500, rows=3, label=_("English"))


class Rich(_Two):
    """Text with headings, lists and links."""

    zh = blocks.RichTextBlock(required=False, features=FEATURES, label=_("Chinese"))
    en = blocks.RichTextBlock(required=False, features=FEATURES, label=_("English"))


class LinkValue(blocks.StructValue):
    """Where it leads: a page of this site before an address."""

    @property
    def href(self) -> str:
        page = self.get("page")
        if page is not None:
            return str(page.url or "") if page.live else ""
        return str(self.get("address") or "")


class Link(blocks.StructBlock):
    """A button: its words, and where it leads. Without words, or with nowhere to lead to, it is not shown."""

    words = Line(label=_("Words on the button"))
    page = blocks.PageChooserBlock(required=False, label=_("Page of this site"))
    address = blocks.CharBlock(
        required=False,
        max_length=500,
        label=_("or an address"),
        help_text=_("A path like /search/?q=tea leads to the market; an address begins with https://."),
    )

    class Meta:
        value_class = LinkValue
        icon = "link"
        label = _("Button")
        collapsed = True

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address") or ""
        if address and not (address.startswith("https://") or (address.startswith("/") and not address.startswith(("//", "/\\")))):
            raise blocks.StructBlockValidationError(block_errors={"address": ValidationError(_("Begin with / or https://."))})
        return cleaned
