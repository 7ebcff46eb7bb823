"""What the editor shows besides fields: which texts lack a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import Panel

from cms.blocks.words import CHINESE
from cms.loading import texts_in

LANGUAGE_NAMES = {"zh-hans": gettext_lazy("Chinese"), "en": gettext_lazy("English")}


@dataclass(frozen=True)
class Missing:
    """A text that is there in one language only: where it stands, how it begins, and the language it lacks."""

    where: str
    text: str
    language: str


def untranslated(page: Any) -> list[Missing]:
    """The texts of a page that lack one of its two languages."""
    found = []
    for chinese, english, where in _fields(page):
        if bool(chinese) != bool(english):
            found.append(Missing(where, chinese or english, str(LANGUAGE_NAMES["en" if chinese else CHINESE])))
    for stream in page.streams:
        for where, value in texts_in(stream):
            if lacking := value.missing:
                found.append(Missing(where, next(iter(value.texts.values())), str(LANGUAGE_NAMES[lacking])))
    return found


def _fields(page: Any) -> list[tuple[str, str, str]]:
    pairs = [(page.title, page.title_en, _("Title")), (page.search_description, page.description_en, _("Description for search engines"))]
    return [*pairs, (page.teaser, page.teaser_en, _("Teaser"))] if hasattr(page, "teaser") else pairs


class UntranslatedPanel(Panel):
    """Above the fields: what is not translated yet, or that everything is."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/panels/untranslated.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            found = untranslated(self.instance)
            return {**context, "missing": found[:30], "more": max(len(found) - 30, 0)}
