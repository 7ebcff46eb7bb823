"""On what condition a product is on sale: two levels of stock, so that it does not come and go with every piece."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from marketplace.merchant.catalogue.models import Product
from tenants.tenancy.guard import MerchantModel


class SaleCondition(MerchantModel):
    """A product has one or none. Stock is what can be sold of all its variants, over all places that ship."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="condition")
    off_at = models.IntegerField(null=True)  # it goes off sale at so many pieces or fewer
    on_at = models.IntegerField(null=True)  # and back at so many or more; None: a person puts it back
    waits_for_stock = models.BooleanField(default=False)  # it goes on sale when there is something of it for the first time
    taken_off_at = models.DateTimeField(null=True)  # the condition keeps it off since then
    left = models.IntegerField(null=True)  # pieces there were at that moment

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(off_at__isnull=False) | Q(waits_for_stock=True), name="a_condition_says_something"),
            models.CheckConstraint(condition=Q(off_at=None) | Q(off_at__gte=0), name="off_sale_at_zero_or_more"),
            models.CheckConstraint(condition=Q(on_at=None) | Q(on_at__gt=F("off_at")), name="back_on_sale_above_where_it_goes_off"),
            models.CheckConstraint(condition=Q(taken_off_at=None) | Q(off_at__isnull=False), name="only_a_level_takes_off"),
        ]
        indexes = [models.Index(fields=["taken_off_at"], name="condition_took_off", condition=Q(taken_off_at__isnull=False))]
