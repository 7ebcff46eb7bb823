"""What the PostgreSQL backend searches, and the vocabulary both backends weigh words by. Public schema."""

from __future__ import annotations

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
