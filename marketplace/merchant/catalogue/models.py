"""A merchant's products. What the market sells of them is a copy (platform/listings)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import LPad
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.guard import MerchantModel


class SizeTable(MerchantModel):
    """Measures by size, for the products that name it and those of its categories that name none."""

    name = models.CharField(max_length=60, unique=True)  # for the shop itself
    columns = models.JSONField(default=list)  # [{"names": {language: text}, "unit": "cm"}, …], at most MOST_COLUMNS (sizes.py)
    rows = models.JSONField(default=list)  # [[size, [text, …]], …]
    notes = models.JSONField(default=dict)  # language → how it is measured, plain text
    category_ids = models.JSONField(default=list)  # of the market's tree; a category stands in one table of the shop
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-changed_at", "-id"], name="size_table_newest")]

    def __str__(self) -> str:
        return self.name


class Product(MerchantModel):
    """Category, brand and attributes are the market's, named by key: no foreign key leaves the schema."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON_SALE = "on_sale", _("On sale")
        OFF_SALE = "off_sale", _("Off sale")

    class Review(models.TextChoices):
        """How what a buyer reads of it stands with the operator. Price and stock are the merchant's own."""

        NONE = "none", pgettext_lazy("review", "Not submitted")
        WAITING = "waiting", pgettext_lazy("review", "In review")
        SENT_BACK = "sent_back", pgettext_lazy("review", "Sent back")
        REFUSED = "refused", pgettext_lazy("review", "Refused")
        APPROVED = "approved", pgettext_lazy("review", "Approved")

    category_id = models.IntegerField()
    brand_id = models.IntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    review = models.CharField(max_length=12, choices=Review.choices, default=Review.NONE)
    review_note = models.CharField(max_length=500, blank=True)  # why it was sent back or refused
    review_notes = models.JSONField(default=dict)  # field → what is wrong with it, as ProductChange.notes
    listed_from = models.DateTimeField(null=True)  # it goes on sale then, or at once
    listed_until = models.DateTimeField(null=True)  # it goes off sale then, or never
    hides_sold_out = models.BooleanField(default=False)  # on sale only while something of it can be had
    tax_class = models.CharField(max_length=10, default="standard")  # of the market's TaxClass
    titles = models.JSONField()  # language code → text
    subtitles = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # language code → one line below the title
    descriptions = models.JSONField(default=dict)  # language code → clean HTML
    attributes = models.JSONField(default=list)  # as in Listing.attributes
    axes = models.JSONField(default=list)  # attribute ids
    size_table = models.ForeignKey(SizeTable, null=True, on_delete=models.SET_NULL, related_name="products")  # None: that of its category
    source_ref = models.CharField(max_length=120, null=True, unique=True)  # what an import knows it by
    version = models.IntegerField(default=1)  # rises with every change; the listing copies it
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-created_at", "-id"], name="product_newest"), models.Index(fields=["status", "-created_at"], name="product_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(listed_from=None) | Q(listed_until=None) | Q(listed_until__gt=models.F("listed_from")), name="listed_until_after_from"
            )
        ]

    def __str__(self) -> str:
        return self.title.text

    @property
    def title(self) -> Localised:
        return localised(self.titles)

    @property
    def is_early(self) -> bool:
        """Whether the time from which it may be on sale is still to come."""
        return self.listed_from is not None and self.listed_from > clock.now()

    @property
    def is_over(self) -> bool:
        """Whether the time until which it may be on sale is past."""
        return self.listed_until is not None and self.listed_until <= clock.now()


class Variant(MerchantModel):
    """What is stocked, priced and sold: one combination of the product's axes."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, unique=True)
    options = models.JSONField(default=dict)  # attribute id → value id
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    barcode = models.CharField(max_length=14, null=True)
    weight_g = models.IntegerField(null=True)  # of a piece, packed
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")  # it was the same thing as that

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["product", "position"], name="variant_of_product")]
        constraints = [
            models.UniqueConstraint(LPad("barcode", 14, Value("0")), condition=Q(is_active=True, barcode__isnull=False), name="one_barcode_one_variant"),
            models.CheckConstraint(condition=Q(barcode=None) | Q(barcode__regex=r"^(\d{8}|\d{12,14})$"), name="barcode_has_its_digits"),
            models.CheckConstraint(condition=Q(weight_g=None) | Q(weight_g__range=(1, 1_000_000)), name="weight_from_1_g_to_1_t"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(is_active=False), name="merged_is_not_sold"),
        ]


class Picture(MerchantModel):
    """A picture of a product. `key` is the path in public media, below the schema's folder."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    key = models.CharField(max_length=200)
    alt = models.JSONField(default=dict)  # language code → text
    position = models.IntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="picture_has_a_file")]
        indexes = [models.Index(fields=["product", "position"], name="picture_of_product")]
