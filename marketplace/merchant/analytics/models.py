"""What a shop's days came to: one row for each day that is over. What each column means: docs/figures.md."""

from __future__ import annotations

from django.db import models

from tenants.tenancy.guard import MerchantModel


class DayCount(MerchantModel):
    """A day of the shop, in the market's time zone. Can be counted anew from orders, journal and movements at any time."""

    day = models.DateField(unique=True)
    currency = models.CharField(max_length=3)
    orders = models.IntegerField(default=0)  # paid that day
    sales_minor = models.BigIntegerField(default=0)  # what buyers paid for them
    refunds_minor = models.BigIntegerField(default=0)  # what went back that day, of whichever orders
    sold = models.IntegerField(default=0)  # pieces that left for buyers, less those that came back
    stock = models.IntegerField(default=0)  # pieces that lay there when the day ended
