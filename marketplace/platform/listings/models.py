"""The public copy of every product on sale. Written in the transaction of the product's change, rebuildable from it.

Everything a buyer meets before placing an order is read from here, so no page asks a merchant's schema after another.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, money_of
from marketplace.kernel.texts import Localised, localised
from marketplace.platform.prices.announcing import Announced
from marketplace.platform.taxonomy.models import Brand, Category, TaxClass
from tenants.tenancy.models import Merchant
from tenants.tenancy.stamps import note

LONGEST_WHY = 500
EXPECTED, EXPECTED_BY = 4, 5  # stars, and how many ratings that is worth


def mean_stars(total: int, count: int) -> Decimal | None:
    """To one decimal, halves up; None of nothing."""
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None


def expected_stars(total: float, count: int) -> float:
    """What somebody who has yet to try it may expect: the mean as if EXPECTED_BY more had given EXPECTED stars. So few ratings say little, and none
    say nothing."""
    return (total + EXPECTED * EXPECTED_BY) / (count + EXPECTED_BY)


def sellable(prefix: str = "") -> Q:
    """What can be bought at this moment, as a condition; `prefix` leads to the listing ("listing__")."""
    ends = f"{prefix}sellable_until"
    return Q(**{f"{prefix}is_on_sale": True}) & (Q(**{ends: None}) | Q(**{f"{ends}__gt": clock.now()}))


def stamp_of(listing_id: object) -> str:
    """What a public copy is called among stamps (tenants/tenancy/stamps.py)."""
    return f"listing:{listing_id}"


class Listing(models.Model):
    """A product on sale in the market. The key is the product's own."""

    id = models.UUIDField(primary_key=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    titles = models.JSONField()  # language code → text
    descriptions = models.JSONField(default=dict)  # language code → clean HTML
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, on_delete=models.PROTECT, related_name="+")
    # [[attribute id, [value ids], {language: text} or null], …] in the order of the specification table
    attributes = models.JSONField(default=list)
    axes = models.JSONField(default=list)  # attribute ids that tell the variants apart
    # [{"key": storage key with schema, "alt": {language: text}}, …]; some with "square" (key for cards), "value" (key of an AttributeValue
    # that it shows) or "film" (key of a film of which this is the poster; never the first)
    pictures = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()  # lowest sale price of the variants
    price_to_minor = models.BigIntegerField()  # highest
    market_minor = models.BigIntegerField(null=True)
    # The one answer to whether it can be bought, made of the three below in actions.py; every reader asks this one.
    is_on_sale = models.BooleanField(default=True)
    is_listed = models.BooleanField(default=True)  # as the product says: on sale, and not hidden as sold out
    is_held = models.BooleanField(default=False)  # its shop lacks a qualification that these goods need (holding.py)
    is_taken_off = models.BooleanField(default=False, db_default=False)  # by the market itself (taking_off.py)
    taken_off_at = models.DateTimeField(null=True)
    taken_off_why = models.CharField(max_length=LONGEST_WHY, blank=True, default="", db_default="")  # what the shop is told
    sellable_until = models.DateTimeField(null=True)  # a qualification ends then: nothing is sold from that moment on, whoever is late
    in_stock = models.BooleanField(default=True)
    sold = models.IntegerField(default=0)
    # Over the reviews that buyers can read: all their stars, and how many they are (marketplace/platform/reviews).
    rating_sum = models.IntegerField(default=0)
    rating_count = models.IntegerField(default=0)
    published_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    version = models.IntegerField()  # of the product it is a copy of
    # What may be said beside `price_minor` (reduced.py): the lowest of the 30 days before, as of an announced reduction; None: nothing.
    lowest_minor = models.BigIntegerField(null=True)
    lowest_since = models.DateTimeField(null=True)
    reduced_until = models.DateTimeField(null=True)
    saved_percent = models.SmallIntegerField(default=0, db_default=0)  # of the lowest, rounded down; 0: nothing is said
    tax_class = models.CharField(max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_on_sale=False) | Q(is_held=False), name="held_is_not_on_sale"),
            models.CheckConstraint(condition=Q(is_on_sale=False) | Q(is_taken_off=False), name="taken_off_is_not_on_sale"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-published_at"], name="listing_by_merchant"),
            models.Index(fields=["category", "-sold"], name="listing_by_category"),
            models.Index(fields=["-published_at"], name="listing_newest"),
            models.Index(fields=["merchant"], name="listing_reduced", condition=Q(lowest_minor__isnull=False)),
        ]

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Listing:
        """A page that is kept is held against what it has read."""
        row: Listing = super().from_db(*args, **kwargs)
        note(stamp_of(row.pk))
        return row

    price = money_of("price_minor")
    price_to = money_of("price_to_minor")
    market_price = money_of("market_minor")

    @property
    def has_ended(self) -> bool:
        """What its shop has to show for it has ended."""
        return self.sellable_until is not None and self.sellable_until <= clock.now()

    @property
    def reduction(self) -> Announced | None:
        """What a list says beside the price. None once it is over, though the copy follows some seconds later."""
        if self.lowest_minor is None or (self.reduced_until is not None and self.reduced_until <= clock.now()):
            return None
        return Announced(Money(self.lowest_minor, self.currency), self.lowest_since, Decimal(self.saved_percent) / 100, self.reduced_until)

    @property
    def title(self) -> Localised:
        return localised(self.titles)

    @property
    def picture(self) -> str:
        return str(self.pictures[0].get("square") or self.pictures[0]["key"]) if self.pictures else ""

    @property
    def rating(self) -> Decimal | None:
        """Mean stars, 1.0 to 5.0, to one decimal; None without reviews."""
        return mean_stars(self.rating_sum, self.rating_count)


class OffMarket(models.Model):
    """A time in which a listing was not to be had (gaps.py)."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing"], condition=Q(ends_at=None), name="one_open_gap_a_listing")]


class ListingVariant(models.Model):
    """What can be put into a cart. The key is the variant's own."""

    id = models.UUIDField(primary_key=True, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64)
    options = models.JSONField(default=dict)  # attribute id → value id
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    market_minor = models.BigIntegerField(null=True)
    in_stock = models.BooleanField(default=True)
    position = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["listing", "position"], name="listing_variants")]

    price = money_of("price_minor")
    market_price = money_of("market_minor")

    @property
    def merchant_id(self) -> UUID:
        return self.listing.merchant_id


class ProductChange(models.Model):
    """A product, or an edit of one on sale, that a merchant asks the operator to let onto the market. One of a product waits at a time."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("review", "Waiting for review")
        APPROVED = "approved", pgettext_lazy("review", "Approved")
        SENT_BACK = "sent_back", pgettext_lazy("review", "Sent back")
        REFUSED = "refused", pgettext_lazy("review", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("review", "Withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    product_id = models.UUIDField()
    version = models.IntegerField()  # of the product when it was submitted: what is approved is what was seen
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    is_new = models.BooleanField()  # it was never on sale
    # What the listing would be: "titles", "descriptions", "category_id", "brand_id", "attributes", "axes", "pictures", "tax_class",
    # "variants": [{"sku", "options", "price_minor", "market_minor", "available"}, …]
    proposed = models.JSONField()
    currency = models.CharField(max_length=3)
    submitted_by = models.CharField(max_length=200)
    submitted_at = models.DateTimeField(default=clock.now)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # what the merchant is told
    notes = models.JSONField(default=dict)  # field of FIELDS → what the merchant is told of it
    is_by_rule = models.BooleanField(default=False)  # let through by the market's rules, without a person (ReviewRules)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product_id"], condition=Q(status="waiting"), name="one_change_waits_per_product")]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="change_newest"),
            models.Index(fields=["submitted_at", "id"], name="change_waiting", condition=Q(status="waiting")),
            models.Index(fields=["merchant", "product_id", "-submitted_at"], name="change_of_product"),
        ]

    @property
    def title(self) -> Localised:
        return localised(self.proposed["titles"])


class ForbiddenWord(models.Model):
    """What texts of products must not say, or what a person has to look at; of a category and everything below it, or everywhere."""

    class Weight(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("word", "Refused")
        WATCHED = "watched", pgettext_lazy("word", "A person looks")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text = models.CharField(max_length=60)  # in one width and case
    weight = models.CharField(max_length=8, choices=Weight.choices)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    note = models.CharField(max_length=200, blank=True)  # what the shop reads beside it: the law, or what to write instead
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "category"], nulls_distinct=False, name="a_word_once_per_category")]
        indexes = [models.Index(fields=["-at", "-id"], name="word_newest")]


class ReviewRules(models.Model):
    """Which edits of products on sale pass without a person. None do until the operator says so."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    passes = models.JSONField(default=list)  # of PASSABLE: an edit of nothing else passes
    most_changed = models.SmallIntegerField(default=20)  # per cent of a title or description
    shop_days = models.SmallIntegerField(default=30)  # the shop is open for so long
    clean_days = models.SmallIntegerField(default=90)  # for so long nothing of the shop was sent back or refused

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_set_of_review_rules"),
            models.CheckConstraint(
                condition=Q(most_changed__range=(1, 100), shop_days__range=(0, 3650), clean_days__range=(0, 3650)), name="review_rules_in_bounds"
            ),
        ]
