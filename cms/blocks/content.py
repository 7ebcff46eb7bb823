"""The content blocks both page trees are made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(required=False, max_length=200, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/picture.html"


class ContentBlocks(blocks.StreamBlock):
    text = blocks.RichTextBlock(features=FEATURES, label=_("Text"))
    picture = PictureBlock()
