"""What the PostgreSQL backend searches, the vocabulary both backends weigh words by, and what is proposed while somebody types. Public schema."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchDoc(models.Model):
    """One listing, ready to be found: packed by backends/packing.py, never edited; the listing is the truth."""

    id = models.UUIDField(primary_key=True, editable=False)
    tsv = SearchVectorField()  # tokens with weights, marks, and the sample lexemes
    facets = models.BinaryField()  # pairs of int32, little endian: (attribute, value), and the steps of the category path
    forward = models.BinaryField()  # five bytes a token: crc32 and frequency
    nodes = ArrayField(models.IntegerField())  # categories on the path, brand, shop, facet values, "in stock"
    options = ArrayField(ArrayField(models.IntegerField()), null=True)  # of variants, where combinations of them are missing: see packing.py
    category = models.IntegerField()
    brand = models.IntegerField()  # 0: none
    shop = models.IntegerField()
    price = models.BigIntegerField()  # lowest price, minor units
    popularity = models.FloatField()
    published = models.BigIntegerField()  # seconds since 1970
    version = models.IntegerField()

    class Meta:
        indexes = [
            GinIndex(fields=["tsv"], name="search_by_word"),
            GinIndex(fields=["nodes"], name="search_by_node"),
            models.Index(fields=["-popularity", "id"], name="search_popular"),
            models.Index(fields=["price", "id"], name="search_by_price"),
            models.Index(fields=["-published", "id"], name="search_newest"),
        ]


class SearchTerm(models.Model):
    """In how many listings a token or mark occurs. Written with every document; `~docs` and `~length` count the whole."""

    term = models.CharField(primary_key=True, max_length=80)
    df = models.IntegerField()


class Suggestion(models.Model):
    """One way to begin typing something that is proposed in the search box: a name from one of its words on, in one language.

    Kept by suggestions/keeping.py for both backends. `norm`, `pinyin` and `initials` are what a prefix is looked for in: small letters and digits
    without blanks, cut off.
    """

    class Kind(StrEnum):
        ASKED = "asked"  # what enough different visitors have looked for
        PHRASE = "phrase"  # one or two neighbouring words of titles
        CATEGORY = "category"
        BRAND = "brand"
        SHOP = "shop"
        PRODUCT = "product"

    kind = models.CharField(max_length=8)
    target = models.CharField(max_length=40)  # the words themselves; key of the category, brand or listing; a shop's ordinal
    language = models.CharField(max_length=10, blank=True)  # of the text; empty: of none in particular
    place = models.SmallIntegerField(default=0)  # of the word it begins at; from 100 on: another name
    text = models.CharField(max_length=40, blank=True)  # of a product: the two words it begins with, as a phrase
    word = models.CharField(max_length=40, blank=True)  # and the first of them
    norm = models.CharField(max_length=28)
    pinyin = models.CharField(max_length=40, blank=True)
    initials = models.CharField(max_length=16, blank=True)
    weight = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "target", "language", "place"], name="suggestion_once")]
        indexes = [
            models.Index(fields=["kind", "norm"], opclasses=["varchar_ops", "varchar_pattern_ops"], name="suggestion_by_norm"),
            models.Index(fields=["kind", "pinyin"], opclasses=["varchar_ops", "varchar_pattern_ops"], name="suggestion_by_pinyin"),
            models.Index(fields=["kind", "initials"], opclasses=["varchar_ops", "varchar_pattern_ops"], name="suggestion_by_initials"),
            models.Index(fields=["kind", "-weight"], name="suggestion_heaviest"),
            models.Index(fields=["language", "text"], condition=models.Q(kind="product"), name="suggestion_phrases"),
            models.Index(fields=["language", "word"], condition=models.Q(kind="product"), name="suggestion_words"),
        ]


class AskedWords(models.Model):
    """That somebody looked for these words, and found something. `visitor` is a digest for these words alone: who asked for other words cannot be
    told from it, and it is gone 30 days after the last time (suggestions/asked.py)."""

    text = models.CharField(max_length=40)
    visitor = models.CharField(max_length=16)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "visitor"], name="asked_once_by_a_visitor")]
        indexes = [models.Index(fields=["day"], name="asked_by_day")]
