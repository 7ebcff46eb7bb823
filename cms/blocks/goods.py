"""Blocks that show goods, and what else the public rows hold: categories, brands, shops. What they show is read by cms/loading.py."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.words import Line, Link
from cms.choosers import BrandBlock, CategoryBlock, ProductBlock, ShopBlock

MOST_CHOSEN, MOST_BY_RULE = 20, 24
ORDERS = [
    ("newest", pgettext_lazy("order of goods", "Newest")),
    ("popular", pgettext_lazy("order of goods", "Most sold")),
    ("cheapest", pgettext_lazy("order of goods", "Lowest price")),
]


class Loaded(blocks.StructValue):
    """A value beside which the loader lays what it shows."""

    shown: list[Any] = []


class ChosenGoods(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    goods = blocks.ListBlock(ProductBlock(required=False, label=_("Product")), min_num=1, max_num=MOST_CHOSEN, label=_("Products"))
    more = Link(label=_("Button below"))

    class Meta:
        icon = "tag"
        label = _("Products, chosen by hand")
        template = "cms/blocks/goods.html"
        value_class = Loaded
        group = _("Goods")


class GoodsByRule(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    order = blocks.ChoiceBlock(choices=ORDERS, default="newest", label=_("Order"))
    category = CategoryBlock(required=False, label=_("Only of this category"))
    brand = BrandBlock(required=False, label=_("Only of this brand"))
    below = blocks.DecimalBlock(required=False, min_value=0, max_digits=12, decimal_places=2, label=_("Only below this price"))
    count = blocks.IntegerBlock(default=8, min_value=2, max_value=MOST_BY_RULE, label=_("How many"))
    more = Link(label=_("Button below"))

    class Meta:
        icon = "list-ul"
        label = _("Products, by a rule")
        template = "cms/blocks/goods.html"
        value_class = Loaded
        group = _("Goods")


def _percent(label: Any) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(default=50, validators=[MinValueValidator(0), MaxValueValidator(100)], label=label)


class Point(blocks.StructBlock):
    product = ProductBlock(required=False, label=_("Product"))
    across = _percent(_("From the left, in per cent"))
    down = _percent(_("From the top, in per cent"))


class Hotspots(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    image = ImageChooserBlock(label=_("Picture"))
    points = blocks.ListBlock(Point(label=_("Point")), min_num=1, max_num=8, label=_("Points"))

    class Meta:
        icon = "crosshairs"
        label = _("Picture with products in it")
        template = "cms/blocks/hotspots.html"
        value_class = Loaded
        group = _("Goods")


class CategoryWall(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    categories = blocks.ListBlock(
        CategoryBlock(required=False, label=_("Category")), default=[], max_num=20, label=_("Categories"), help_text=_("None chosen: the first level of all.")
    )

    class Meta:
        icon = "folder-open-inverse"
        label = _("Categories")
        template = "cms/blocks/categories.html"
        value_class = Loaded
        group = _("Goods")


class BrandWall(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    brands = blocks.ListBlock(BrandBlock(required=False, label=_("Brand")), min_num=1, max_num=24, label=_("Brands"))

    class Meta:
        icon = "site"
        label = _("Brands")
        template = "cms/blocks/brands.html"
        value_class = Loaded
        group = _("Goods")


class ShopWall(blocks.StructBlock):
    heading = Line(label=_("Heading"))
    shops = blocks.ListBlock(
        ShopBlock(required=False, label=_("Shop")), default=[], max_num=12, label=_("Shops"), help_text=_("None chosen: those that opened last.")
    )
    count = blocks.IntegerBlock(default=4, min_value=1, max_value=12, label=_("How many"))

    class Meta:
        icon = "home"
        label = _("Shops")
        template = "cms/blocks/shops.html"
        value_class = Loaded
        group = _("Goods")
