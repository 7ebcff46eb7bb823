"""One cart over many shops."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id


class Cart(models.Model):
    """A person's cart, or a visitor's whose session holds its key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="cart")
    created_at = models.DateTimeField(default=clock.now)


class CartLine(models.Model):
    """A variant of a merchant, made to these wishes, named by key: the cart outlives the listing. Other wishes are another line."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    merchant_id = models.UUIDField()
    variant_id = models.UUIDField()
    wishes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # field id → text (platform/customising/wishes.py)
    wishes_key = models.CharField(max_length=64, default="", db_default="")  # tells wishes apart; "" for none
    quantity = models.IntegerField()
    price_minor = models.BigIntegerField(null=True)  # of one piece, surcharges included, when it was put in: what has changed since is said beside it
    is_chosen = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant_id", "wishes_key"], name="one_line_per_variant_and_wishes"),
            models.CheckConstraint(condition=Q(quantity__range=(1, 999)), name="quantity_1_to_999"),
        ]
