"""What the PostgreSQL backend searches, the vocabulary both backends weigh words by, what is proposed while somebody types, what the operator has set
for words, and what was searched for. Public schema."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from search.contract import UNRATED


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
    rating = models.FloatField(db_default=UNRATED)  # 0 for one star to 1 for five
    shop_score = models.FloatField(db_default=UNRATED)

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
            # What is not empty: so each question fits one of the two alone, also where nothing is known yet of how values are spread.
            models.Index(fields=["language", "text"], condition=models.Q(kind="product") & ~models.Q(text=""), name="suggestion_phrases"),
            models.Index(fields=["language", "word"], condition=models.Q(kind="product") & ~models.Q(word=""), name="suggestion_words"),
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


class SearchRule(models.Model):
    """What the operator has set for words of questions, in force as soon as it is here (rules.py). `body` is made by ruling.py:

    `words`: texts as they were entered; `into`: what they also mean, of LEADS; `how`: `whole` or `holds`, of PINS and WEIGHT; `listings`: keys in
    order, of PINS; `on`, `key`, `factor`: of WEIGHT.
    """

    class Kind(models.TextChoices):
        SYNONYMS = "synonyms", pgettext_lazy("search rule", "Synonyms")
        LEADS = "leads", pgettext_lazy("search rule", "One-way synonym")
        STOPS = "stops", pgettext_lazy("search rule", "Words that tell nothing")
        PINS = "pins", pgettext_lazy("search rule", "Goods at the top")
        WEIGHT = "weight", pgettext_lazy("search rule", "Higher or lower")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    language = models.CharField(max_length=10, blank=True)  # of the page that is searched on; empty: all
    body = models.JSONField()
    text = models.TextField()  # what the list is searched in
    version = models.IntegerField(default=1)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="search_rule_newest")]

    def said(self, name: str) -> list[str]:
        return [str(text) for text in self.body.get(name, ())]

    def meanings(self) -> Iterator[tuple[str, list[str]]]:
        """Texts that are typed, and what else each may mean."""
        if self.kind == self.Kind.SYNONYMS:
            words = self.said("words")
            yield from ((text, [other for other in words if other != text]) for text in words)
        elif self.kind == self.Kind.LEADS:
            yield from ((text, self.said("into")) for text in self.said("words"))

    def pins(self) -> tuple[UUID, ...]:
        return tuple(map(UUID, self.said("listings"))) if self.kind == self.Kind.PINS else ()

    def weight(self) -> tuple[str, int | UUID, float] | None:
        """What is weighed, its key, and by how much."""
        if self.kind != self.Kind.WEIGHT:
            return None
        on, key = self.body["on"], self.body["key"]
        return on, UUID(key) if on == "listing" else int(key), float(self.body["factor"])


class SearchRuleChange(models.Model):
    """What became of a rule: never edited; taking one back is a change, too. `before` and `after` hold kind, language and body; None: there was none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_key = models.UUIDField()  # which may be gone
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=500)
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="rule_change_newest"), models.Index(fields=["rule_key", "-at"], name="rule_changes_of")]


class SearchedWords(models.Model):
    """A text that was searched for on pages in a language, with what came of it in the days that are kept (searched.py). Shown once enough different
    visitors asked. `id` follows from text and language."""

    id = models.UUIDField(primary_key=True, editable=False)
    text = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    visitors = models.IntegerField()  # different ones
    times = models.IntegerField()  # visitors, a day each
    nothing = models.IntegerField(default=0)  # times of those: nothing was found
    few = models.IntegerField(default=0)
    otherwise = models.IntegerField(default=0)  # the words were read otherwise
    relaxed = models.IntegerField(default=0)  # nothing held all words
    last_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["-times", "-id"], name="searched_most"), models.Index(fields=["-nothing", "-id"], name="searched_in_vain")]


class SearchedDay(models.Model):
    """The same of one day."""

    words = models.ForeignKey(SearchedWords, on_delete=models.CASCADE, related_name="days", db_constraint=False)
    day = models.DateField()
    times = models.IntegerField()
    nothing = models.IntegerField()
    few = models.IntegerField()
    otherwise = models.IntegerField()
    relaxed = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["words", "day"], name="searched_once_a_day")]
        indexes = [models.Index(fields=["day"], name="searched_by_day")]


class SearchedBy(models.Model):
    """That somebody searched for it. `visitor` is a digest for these words alone, gone 30 days after the last time, as of AskedWords."""

    words = models.ForeignKey(SearchedWords, on_delete=models.CASCADE, related_name="asked_by", db_constraint=False)
    visitor = models.CharField(max_length=16)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["words", "visitor"], name="searched_once_by_a_visitor")]
        indexes = [models.Index(fields=["day"], name="searcher_by_day")]
