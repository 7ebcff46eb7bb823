"""Choosing a video in the page editor, or adding one on the spot."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from cms.choosers import WordFilter


class TitleFilter(WordFilter):
    def with_words(self, objects: QuerySet[Any], text: str) -> QuerySet[Any]:
        return objects.filter(title__icontains=text)


class Choose(ChooseView):
    filter_form_class = TitleFilter


class ChooseResults(ChooseResultsView):
    filter_form_class = TitleFilter


class VideoChooser(ChooserViewSet):
    choose_view_class, choose_results_view_class = Choose, ChooseResults
    icon = "media"
    choose_one_text, choose_another_text = _("Choose a video"), _("Choose another video")
    create_action_label = creation_tab_label = _("Upload")
    creation_form_class = "cms.video_list.VideoForm"
    per_page = 12


chooser = VideoChooser("video_chooser", model="cms_merchant.Video")
VideoBlock = chooser.get_block_class(name="VideoBlock", module_path="cms.videos")
