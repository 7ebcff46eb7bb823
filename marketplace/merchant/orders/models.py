"""A merchant's orders (子订单): one per shop in a buyer's decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from marketplace.kernel import clock
from marketplace.kernel.money import Money, money_of
from marketplace.merchant.orders.states import (
    FulfilmentStatus,
    OrderStatus,
    PaymentStatus,
    Step,
)
from marketplace.platform.virtual.kinds import GoodsKind, is_virtual
from tenants.tenancy.guard import MerchantModel

SEARCH_KEYS = ("recipient_key", "recipient_pinyin", "recipient_initials", "phone_key")


class Order(MerchantModel):
    number = models.CharField(max_length=24, unique=True)
    group_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=GoodsKind.choices, default=GoodsKind.GOODS, db_default=GoodsKind.GOODS.value)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=OrderStatus.choices, default=OrderStatus.AWAITING_PAYMENT)
    payment_status = models.CharField(max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID)
    fulfilment_status = models.CharField(max_length=20, choices=FulfilmentStatus.choices, default=FulfilmentStatus.NONE)
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)  # of `total_minor`, which includes it
    commission_minor = models.BigIntegerField()
    # What went back to the buyer of `total_minor`, and with it of `commission_minor` and `tax_minor`.
    refunded_minor = models.BigIntegerField(default=0)
    commission_returned_minor = models.BigIntegerField(default=0)
    tax_returned_minor = models.BigIntegerField(default=0)
    open_returns = models.IntegerField(default=0)
    address = models.JSONField()  # of virtual goods: who bought it ("recipient"), and no place
    note = models.CharField(max_length=300, blank=True)
    # What the order is found by, made of `address` when it is written (search_keys.py).
    recipient_key = models.CharField(max_length=80, blank=True, default="", db_default="")
    recipient_pinyin = models.CharField(max_length=500, blank=True, default="", db_default="")
    recipient_initials = models.CharField(max_length=80, blank=True, default="", db_default="")
    phone_key = models.CharField(max_length=20, blank=True, default="", db_default="")  # digits, last first
    placed_at = models.DateTimeField(default=clock.now)
    paid_at = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)  # from payment on; passed without a parcel, the buyer may cancel what is packed, too
    accepted_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(total_minor=F("items_minor") + F("freight_minor")), name="total_is_the_sum"),
            models.CheckConstraint(condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor")), name="refunded_within_total"),
            models.CheckConstraint(
                condition=Q(commission_returned_minor__gte=0, commission_returned_minor__lte=F("commission_minor")), name="returned_within_commission"
            ),
            models.CheckConstraint(condition=Q(tax_returned_minor__gte=0, tax_returned_minor__lte=F("tax_minor")), name="returned_within_tax"),
            models.CheckConstraint(condition=Q(open_returns__gte=0), name="open_returns_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["status", "-placed_at", "-id"], name="order_by_status"),
            models.Index(fields=["group_id"], name="order_by_group"),
            models.Index(fields=["ship_by"], name="order_to_ship", condition=Q(status="confirmed", fulfilment_status__in=["none", "part_shipped"])),
            # Tabs of the list that are few among many, newest first; sorting by amount; and what a search begins with.
            models.Index(fields=["-placed_at", "-id"], name="order_waits", condition=Q(status="confirmed", fulfilment_status__in=["none", "part_shipped"])),
            models.Index(fields=["-placed_at", "-id"], name="order_on_its_way", condition=Q(status="confirmed", fulfilment_status="shipped")),
            models.Index(fields=["-placed_at", "-id"], name="order_after_sales", condition=Q(open_returns__gt=0)),
            models.Index(fields=["total_minor", "id"], name="order_by_amount"),
            *[models.Index(fields=[key], name=f"order_by_{key}", opclasses=["varchar_pattern_ops"]) for key in SEARCH_KEYS],
        ]

    total = money_of("total_minor")
    items = money_of("items_minor")
    freight = money_of("freight_minor")
    tax = money_of("tax_minor")
    commission = money_of("commission_minor")
    refunded = money_of("refunded_minor")
    commission_returned = money_of("commission_returned_minor")
    tax_returned = money_of("tax_returned_minor")

    @property
    def is_virtual(self) -> bool:
        """Nothing of it is shipped: codes, or a service."""
        return is_virtual(self.kind)

    @property
    def earned(self) -> Money:
        """What the merchant gets, as it stands: paid less given back, less the commission on what was kept."""
        kept: Money = self.total - self.refunded - (self.commission - self.commission_returned)
        return kept


class OrderLine(MerchantModel):
    """What was bought, as it was: title, options, price and commission are frozen here."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    sku = models.CharField(max_length=64)
    titles = models.JSONField()
    options = models.JSONField(default=list)  # [[{language: attribute}, {language: value}], …]
    picture = models.CharField(max_length=200, blank=True)
    quantity = models.IntegerField()
    packed = models.IntegerField(default=0)  # lies in parcels that have not left
    shipped = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)  # will not ship; its money went back
    returned = models.IntegerField(default=0)  # came back; its money went back
    currency = models.CharField(max_length=3)
    unit_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)  # this line's share of the order's
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    tax_minor = models.BigIntegerField(default=0)  # what of goods and freight is tax
    commission_rate = models.DecimalField(max_digits=6, decimal_places=4)
    commission_minor = models.BigIntegerField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="lines_are_numbered"),
            models.CheckConstraint(condition=Q(quantity__gt=0, shipped__gte=0, shipped__lte=F("quantity")), name="shipped_within_ordered"),
            models.CheckConstraint(
                condition=Q(packed__gte=0, cancelled__gte=0, quantity__gte=F("packed") + F("shipped") + F("cancelled")), name="packed_within_ordered"
            ),
            models.CheckConstraint(condition=Q(returned__gte=0, returned__lte=F("shipped")), name="returned_within_shipped"),
            models.CheckConstraint(condition=Q(total_minor=F("unit_minor") * F("quantity")), name="line_total_is_the_product"),
        ]
        indexes = [models.Index(Upper("sku"), F("order"), name="line_by_sku")]

    unit = money_of("unit_minor")
    total = money_of("total_minor")
    freight = money_of("freight_minor")
    tax = money_of("tax_minor")
    commission = money_of("commission_minor")

    @property
    def to_pack(self) -> int:
        """Pieces that are neither in a parcel nor cancelled."""
        return self.quantity - self.cancelled - self.shipped - self.packed


class StatusChange(MerchantModel):
    """The history of an order, a row a move."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="changes")
    old = models.CharField(max_length=20)
    new = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=10)
    actor_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order", "at"], name="change_by_order")]

    @property
    def label(self) -> str:
        """What happened, in words; moves of both statuses stand in one history."""
        words = dict(OrderStatus.choices) | dict(FulfilmentStatus.choices) | dict(Step.choices)
        return str(words.get(self.new, self.new))
