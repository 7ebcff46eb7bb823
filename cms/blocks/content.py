"""The content blocks both page trees are made of."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.goods import BrandWall, CategoryWall, ChosenGoods, GoodsByRule, Hotspots, Loaded, ShopWall
from cms.blocks.words import Line, Lines, Link, Rich
from cms.videos import VideoBlock
from tenants.tenancy.link import connection


class Hero(blocks.StructBlock):
    """One still picture, its words on a quiet ground beside or below it."""

    image = ImageChooserBlock(required=False, label=_("Picture"), help_text=_("Wide, without words in it."))
    title = Line(label=_("Title"))
    text = Lines(label=_("Text"))
    button = Link(label=_("Button"))

    class Meta:
        icon = "image"
        label = _("Opening picture")
        template = "cms/blocks/hero.html"


class Slide(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    title = Line(label=_("Title"))
    text = Lines(label=_("Text"))
    button = Link(label=_("Button"))


class Carousel(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    slides = blocks.ListBlock(
        Slide(label=_("Slide")), min_num=2, max_num=6, label=_("Slides"), help_text=_("Readers turn them; they never move by themselves.")
    )

    class Meta:
        icon = "arrow-right"
        label = _("Pictures to leaf through")
        template = "cms/blocks/carousel.html"


class Text(blocks.StructBlock):
    text = Rich(label=_("Text"))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "cms/blocks/text.html"


class Picture(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    caption = Line(label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/picture.html"


class Film(blocks.StructBlock):
    """A video that plays when the reader wants it to: until then its picture is shown, and nothing of it is loaded."""

    video = VideoBlock(label=_("Video"))
    image = ImageChooserBlock(label=_("Picture before it plays"), help_text=_("In the shape of the video: it takes this picture's place."))
    caption = Line(label=_("Caption"))
    told = Lines(label=_("What is said and shown"), help_text=_("For readers who cannot hear or see it."))

    class Meta:
        icon = "media"
        label = _("Video")
        template = "cms/blocks/video.html"


class PictureWithText(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    side = blocks.ChoiceBlock(
        choices=[("start", pgettext_lazy("side", "Picture first")), ("end", pgettext_lazy("side", "Text first"))], default="start", label=_("Which side")
    )
    heading = Line(label=_("Heading"))
    text = Rich(label=_("Text"))
    button = Link(label=_("Button"))

    class Meta:
        icon = "doc-full"
        label = _("Picture with text")
        template = "cms/blocks/picture_with_text.html"


ICONS = [
    ("check", pgettext_lazy("sign", "Tick")),
    ("heart", pgettext_lazy("sign", "Heart")),
    ("truck", pgettext_lazy("sign", "Parcel")),
    ("shield", pgettext_lazy("sign", "Shield")),
    ("back", pgettext_lazy("sign", "Return")),
    ("chat", pgettext_lazy("sign", "Talk")),
    ("star", pgettext_lazy("sign", "Star")),
    ("clock", pgettext_lazy("sign", "Clock")),
    ("pin", pgettext_lazy("sign", "Place")),
    ("book", pgettext_lazy("sign", "Book")),
]


class Reason(blocks.StructBlock):
    icon = blocks.ChoiceBlock(choices=ICONS, default="check", label=_("Sign"))
    title = Line(label=_("Title"))
    text = Lines(label=_("Text"))


class Reasons(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    reasons = blocks.ListBlock(Reason(label=_("Column")), min_num=2, max_num=4, label=_("Columns"))

    class Meta:
        icon = "table"
        label = _("Short points in columns")
        template = "cms/blocks/reasons.html"


class Articles(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    count = blocks.IntegerBlock(default=3, min_value=1, max_value=12, label=_("How many"))

    class Meta:
        icon = "list-ul"
        label = _("Newest articles")
        template = "cms/blocks/articles.html"
        value_class = Loaded


class MapValue(blocks.StructValue):
    """A place, and where it is shown by others: links that the reader may follow; nothing of theirs is loaded."""

    @property
    def osm(self) -> str:
        return f"https://www.openstreetmap.org/?mlat={self['latitude']}&mlon={self['longitude']}#map=17/{self['latitude']}/{self['longitude']}"

    @property
    def amap(self) -> str:
        name = next(iter(self["name"].texts.values()), "")
        return f"https://uri.amap.com/marker?position={self['longitude']},{self['latitude']}&name={quote(name)}&coordinate=wgs84"


class Place(blocks.StructBlock):
    name = Line(label=_("Name of the place"))
    address = Lines(label=_("Address"))
    hours = Lines(label=_("Opening hours"))
    latitude = blocks.DecimalBlock(
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        label=_("Latitude"),
        help_text=_("WGS 84, in degrees, like 31.230400."),
    )
    longitude = blocks.DecimalBlock(max_digits=9, decimal_places=6, validators=[MinValueValidator(-180), MaxValueValidator(180)], label=_("Longitude"))
    image = ImageChooserBlock(required=False, label=_("Picture of the place or its map"))

    class Meta:
        icon = "site"
        label = _("Place")
        template = "cms/blocks/place.html"
        value_class = MapValue


class Question(blocks.StructBlock):
    label = Line(label=_("Question"))
    kind = blocks.ChoiceBlock(
        choices=[
            ("line", pgettext_lazy("form field", "A line")),
            ("text", pgettext_lazy("form field", "Several lines")),
            ("email", pgettext_lazy("form field", "An e-mail address")),
            ("tick", pgettext_lazy("form field", "A box to tick")),
        ],
        default="line",
        label=_("Kind"),
    )
    required = blocks.BooleanBlock(required=False, default=True, label=_("Has to be answered"))


class Form(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    text = Lines(label=_("Text"))
    questions = blocks.ListBlock(Question(label=_("Question")), min_num=1, max_num=10, label=_("Questions"))
    thanks = Lines(label=_("What is said after it was sent"))

    class Meta:
        icon = "form"
        label = _("Form")
        template = "cms/blocks/form.html"


class Opening(blocks.StructBlock):
    """The top of the market's first page: a picture with words between the categories and what waits for the buyer."""

    image = ImageChooserBlock(
        required=False, label=_("Picture"), help_text=_("Quiet on its left, where the words stand. None chosen: the market's own drawing.")
    )
    title = Line(label=_("Title"))
    text = Lines(label=_("Text"))
    button = Link(label=_("Button"))

    class Meta:
        icon = "home"
        label = _("Opening with categories and account")
        template = "cms/blocks/opening.html"
        group = _("Goods")


SECTIONS = [
    ("categories", pgettext_lazy("section", "Categories of the market")),
    ("promises", pgettext_lazy("section", "What the market promises")),
    ("popular", pgettext_lazy("section", "Bought most")),
    ("for_you", pgettext_lazy("section", "Picked for the reader, once signed in")),
    ("shops", pgettext_lazy("section", "Shops that opened last")),
    ("best", pgettext_lazy("section", "Best rated")),
    ("newest", pgettext_lazy("section", "New in the market")),
    ("picks", pgettext_lazy("section", "Goods of the first three categories")),
]


class SectionValue(blocks.StructValue):
    @property
    def name(self) -> str:
        return str(dict(SECTIONS).get(self["kind"], ""))


class Section(blocks.StructBlock):
    """A part of the market's own first page, where the operator wants it."""

    kind = blocks.ChoiceBlock(choices=SECTIONS, default="newest", label=_("Which part"))

    class Meta:
        icon = "cogs"
        label = _("Part of the market")
        template = "cms/blocks/section.html"
        value_class = SectionValue
        group = _("Goods")


class PageBlocks(blocks.StreamBlock):
    """Everything; which of it may be added where says `offered`."""

    hero = Hero()
    carousel = Carousel()
    text = Text()
    picture = Picture()
    video = Film()
    picture_with_text = PictureWithText()
    reasons = Reasons()
    articles = Articles()
    place = Place()
    form = Form()
    goods = ChosenGoods()
    goods_by_rule = GoodsByRule()
    hotspots = Hotspots()
    categories = CategoryWall()
    brands = BrandWall()
    shops = ShopWall()
    opening = Opening()
    section = Section()

    MARKET_ONLY = frozenset({"shops", "opening", "section"})

    def ordered_child_blocks(self) -> list[Any]:
        """A shop's editor offers no blocks that show other shops."""
        offered: list[Any] = list(super().ordered_child_blocks())
        return offered if connection.schema_name == "public" else [block for block in offered if block.name not in self.MARKET_ONLY]


class ArticleBlocks(blocks.StreamBlock):
    """What an article is made of."""

    text = Text()
    picture = Picture()
    video = Film()
    picture_with_text = PictureWithText()
    goods = ChosenGoods()
    goods_by_rule = GoodsByRule()
    hotspots = Hotspots()
    place = Place()
