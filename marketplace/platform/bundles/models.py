"""The public copy of what is in a bundle: product page, cart and placing read it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.platform.listings.models import Listing


class ListedPart(models.Model):
    """Copy of a part of a bundle (merchant/bundles). Its variant and product are named by key: their own public copies say the rest."""

    id = models.BigAutoField(primary_key=True)
    bundle = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="bundle_parts")
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    quantity = models.IntegerField()
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "variant_id"], name="a_listed_part_once_in_a_bundle"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_listed_part_above_zero"),
        ]
        indexes = [models.Index(fields=["product_id"], name="listed_part_of_product")]
