"""A shop's library: its pictures with how they are cut and what they show, its films, and which of them shows what of a product.

A product names its pictures by key (catalogue.Picture); the key of a library picture is the one that is shown at present.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.texts import Localised, localised
from marketplace.merchant.catalogue.models import Product
from tenants.tenancy.guard import MerchantModel

MIDDLE = [500, 500]


def middle() -> list[int]:
    return list(MIDDLE)


class LibraryPicture(MerchantModel):
    """A picture of the shop. What was handed in is kept; what is shown is cut out of it, and cut anew from it when it is cut otherwise."""

    name = models.CharField(max_length=200)
    alt = models.JSONField(default=dict)  # language code → what it shows, in words
    original = models.CharField(max_length=200, unique=True)  # key in public media; follows from the content
    key = models.CharField(max_length=200, unique=True)  # of what is shown: the original, or what is cut out of it
    square = models.CharField(max_length=200, blank=True)  # key of the square for cards; "": the middle of `key` is right
    cut = models.JSONField(null=True)  # [left, top, width, height] in pixels of the original; null: all of it
    focus = models.JSONField(default=middle)  # [across, down] in thousandths of what is shown: what a square keeps
    width = models.IntegerField(default=0)  # of the original; 0: not measured yet
    height = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)  # bytes of the original; 0: not measured yet
    by_label = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)  # it can be taken back until its files are gone

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-added_at", "-id"], name="library_newest")]
        constraints = [models.CheckConstraint(condition=~Q(key="") & ~Q(original=""), name="library_picture_has_a_file")]

    @property
    def shows(self) -> Localised:
        return localised(self.alt)


class PictureKey(MerchantModel):
    """A key under which a picture of the library is, or was, shown. Old tables and open forms name it so."""

    picture = models.ForeignKey(LibraryPicture, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=200, unique=True)


class Film(MerchantModel):
    """A film of the shop, MP4 or WebM as browsers play it, cleaned (kernel/videos.py)."""

    name = models.CharField(max_length=200)
    alt = models.JSONField(default=dict)  # language code → what it shows, in words
    key = models.CharField(max_length=200, unique=True)  # in public media; follows from the content
    poster = models.ForeignKey(LibraryPicture, null=True, on_delete=models.PROTECT, related_name="films")  # null: the product's first picture
    size = models.BigIntegerField()  # bytes
    by_label = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-added_at", "-id"], name="film_newest")]


class PictureShows(MerchantModel):
    """That a picture of a product shows one value of a choice, such as a colour: it turns up when that is chosen."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)  # of catalogue.Picture
    value_id = models.IntegerField()  # of the market's AttributeValue

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="a_picture_shows_one_value")]


class TextPicture(MerchantModel):
    """That the descriptions of a product use a picture: follows from them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)  # of LibraryPicture

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="a_picture_in_texts_once")]
        indexes = [models.Index(fields=["key"], name="picture_in_texts")]


class ProductFilm(MerchantModel):
    """The one film of a product."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="film")
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="uses")
