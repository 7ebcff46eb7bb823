"""The videos of a tree in Wagtail's admin: a list to add, rename and delete them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.viewsets.model import ModelViewSet

from cms.merchant.models import Video
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.videos import clean_video


class VideoForm(WagtailAdminModelForm):
    """A video as it is handed in; once it is there, its title."""

    class Meta:
        model = Video
        fields = ("title", "file")
        help_texts = {"title": _("For you, to find it again. Readers do not see it."), "file": _("MP4 or WebM, at most 50 MB.")}
        widgets = {"file": forms.FileInput(attrs={"accept": "video/mp4,video/webm"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["file"]  # pages of the past show it: another film is another video

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            upload.name = f"video.{clean_video(upload, 'file')}"
        except InvalidInput as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        return upload


class Videos(ModelViewSet):
    model = Video
    icon = "media"
    menu_label = _("Videos")
    menu_order = 310
    add_to_admin_menu = True
    list_display = ("title", DateColumn("added_at", label=_("Added")))
    search_fields = ("title",)
    list_filter: tuple[str, ...] = ()
    inspect_view_enabled = False
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[VideoForm]:
        return VideoForm


def drop_file(instance: Video, **_sent: Any) -> None:
    transaction.on_commit(lambda: instance.file.storage.delete(str(instance.file.name)))


post_delete.connect(drop_file, sender=Video, dispatch_uid="file of a video")
