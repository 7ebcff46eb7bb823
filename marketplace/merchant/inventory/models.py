"""Stock. `on_hand` is what lies at a place; `reserved` is held for unpaid orders, `allocated` belongs to paid ones.

What may be sold is on_hand − reserved − allocated of the places that ship, and a constraint keeps it from ever being negative.
Nothing but booking.py changes `on_hand`: with each change goes a movement that says why.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.texts import localised
from marketplace.merchant.catalogue.models import Variant
from tenants.tenancy.guard import MerchantModel


class StockLocation(MerchantModel):
    """A place where stock lies. The default one is there from the first day; the form of a product counts there."""

    class Kind(models.TextChoices):
        HEAD = "head", pgettext_lazy("stock", "Head warehouse")
        REGIONAL = "regional", pgettext_lazy("stock", "Regional warehouse")
        STORE = "store", pgettext_lazy("stock", "Store")
        ECOMMERCE = "ecommerce", pgettext_lazy("stock", "E-commerce stock")

    names = models.JSONField()
    is_default = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.HEAD, db_default=Kind.HEAD.value)
    address = models.CharField(max_length=200, blank=True, default="", db_default="")
    may_ship = models.BooleanField(default=True, db_default=True)  # orders are filled from here
    preference = models.IntegerField(default=0, db_default=0)  # lowest first
    safety = models.IntegerField(default=0, db_default=0)  # safety stock of a variant that has none of its own here
    closed_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_location"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(may_ship=True, closed_at=None), name="the_default_location_ships"),
            models.CheckConstraint(condition=Q(safety__gte=0), name="usual_safety_not_below_zero"),
        ]

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def sells(self) -> bool:
        return self.may_ship and self.closed_at is None


class StockLevel(MerchantModel):
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="levels")
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    allocated = models.IntegerField(default=0)
    safety = models.IntegerField(null=True)  # None: what is usual at the location

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="one_level_per_location"),
            models.CheckConstraint(condition=Q(reserved__gte=0, allocated__gte=0), name="nothing_held_below_zero"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved") + F("allocated")), name="never_more_held_than_there"),
            models.CheckConstraint(condition=Q(safety=None) | Q(safety__gte=0), name="safety_not_below_zero"),
        ]

    @property
    def held(self) -> int:
        return self.reserved + self.allocated

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated

    @property
    def wanted(self) -> int:
        """The safety stock that counts here."""
        return self.location.safety if self.safety is None else self.safety


class StockMovement(MerchantModel):
    """Why `on_hand` changed, by whom, and to what. The sum of a level's movements is its `on_hand`."""

    class Kind(models.TextChoices):
        COUNTED = "counted", pgettext_lazy("stock", "Counted")
        RECEIVED = "received", pgettext_lazy("stock", "Received")
        SHIPPED = "shipped", pgettext_lazy("stock", "Shipped")
        RETURNED = "returned", pgettext_lazy("stock", "Returned")
        ADJUSTED = "adjusted", pgettext_lazy("stock", "Corrected")
        DAMAGED = "damaged", pgettext_lazy("stock", "Damaged")
        LOST = "lost", pgettext_lazy("stock", "Lost")
        FOUND = "found", pgettext_lazy("stock", "Found")
        MOVED_OUT = "moved_out", pgettext_lazy("stock", "Moved out")
        MOVED_IN = "moved_in", pgettext_lazy("stock", "Moved in")
        STOCKTAKE = "stocktake", pgettext_lazy("stock", "Stocktake")

    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    quantity = models.IntegerField()  # signed
    balance = models.IntegerField(null=True)  # on hand afterwards; None only while an earlier version of the code still writes
    ref = models.CharField(max_length=60, blank=True)  # number of the order, return, transfer, stocktake or delivery
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    by_id = models.UUIDField(null=True)  # the person, where it was one
    by_label = models.CharField(max_length=200, blank=True, default="", db_default="")
    at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["level", "-at"], name="movement_by_level"), models.Index(fields=["-at", "-id"], name="movement_by_time")]
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="a_movement_moves_something")]


class Reservation(MerchantModel):
    """Stock held for an order line at one place, from placing until it is paid (then allocated), shipped, or released; in part, too.

    A line has one of them, or several where no single place had enough.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        ALLOCATED = "allocated", _("Allocated")
        SHIPPED = "shipped", pgettext_lazy("stock", "Shipped")
        RELEASED = "released", _("Released")

    order_id = models.UUIDField()
    line_id = models.UUIDField()
    level = models.ForeignKey(StockLevel, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.IntegerField()
    shipped = models.IntegerField(default=0)
    released = models.IntegerField(default=0)  # cancelled pieces: free again
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.HELD)
    created_at = models.DateTimeField(default=clock.now)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["order_id"], name="reservation_by_order")]
        constraints = [
            models.UniqueConstraint(fields=["line_id", "level"], name="a_line_is_held_once_at_a_place"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_above_zero"),
            models.CheckConstraint(condition=Q(shipped__gte=0, shipped__lte=F("quantity")), name="ships_no_more_than_reserved"),
            models.CheckConstraint(condition=Q(released__gte=0, quantity__gte=F("shipped") + F("released")), name="releases_no_more_than_reserved"),
        ]

    @property
    def left(self) -> int:
        """What has neither shipped nor been released."""
        return self.quantity - self.shipped - self.released


class PackedFrom(MerchantModel):
    """At which place a parcel was packed, where its order is held at several."""

    package_id = models.UUIDField(unique=True)
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="+")


class StockTransfer(MerchantModel):
    """Goods on their way from one place of the merchant to another: out when it is sent, in when it arrives."""

    class Status(models.TextChoices):
        SENT = "sent", pgettext_lazy("transfer", "On the way")
        ARRIVED = "arrived", pgettext_lazy("transfer", "Arrived")
        TAKEN_BACK = "taken_back", pgettext_lazy("transfer", "Taken back")

    number = models.CharField(max_length=20, unique=True)
    source = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SENT)
    note = models.CharField(max_length=200, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-sent_at", "-id"], name="transfer_by_time")]
        constraints = [models.CheckConstraint(condition=~Q(source=F("target")), name="a_transfer_goes_elsewhere")]


class TransferLine(MerchantModel):
    transfer = models.ForeignKey(StockTransfer, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    arrived = models.IntegerField(null=True)  # None: it is on the way

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["transfer", "variant"], name="a_variant_once_in_a_transfer"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_transfer_moves_something"),
            models.CheckConstraint(condition=Q(arrived=None) | Q(arrived__gte=0, arrived__lte=F("quantity")), name="no_more_arrives_than_was_sent"),
        ]


class Stocktake(MerchantModel):
    """A count of what lies at a place: counted, handed in, approved by a second person, and booked as movements."""

    class Status(models.TextChoices):
        COUNTING = "counting", pgettext_lazy("stocktake", "Being counted")
        WAITING = "waiting", pgettext_lazy("stocktake", "To be approved")
        BOOKED = "booked", pgettext_lazy("stocktake", "Booked")
        CANCELLED = "cancelled", pgettext_lazy("stocktake", "Cancelled")

    class Scope(models.TextChoices):
        ALL = "all", pgettext_lazy("stocktake", "Everything that lies there")
        CATEGORY = "category", pgettext_lazy("stocktake", "One category")
        CHOSEN = "chosen", pgettext_lazy("stocktake", "Chosen variants")

    number = models.CharField(max_length=20, unique=True)
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    category_id = models.IntegerField(null=True)  # of the market's tree, where the scope is one
    is_blind = models.BooleanField(default=False)  # who counts is not shown what should be there
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.COUNTING)
    note = models.CharField(max_length=200, blank=True)
    begun_by = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(default=clock.now)
    handed_in_by_id = models.UUIDField(null=True)
    handed_in_by = models.CharField(max_length=200, blank=True)
    handed_in_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    is_alone = models.BooleanField(default=False)  # approved by who counted, because nobody else could

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-begun_at", "-id"], name="stocktake_by_time")]

    @property
    def hides_figures(self) -> bool:
        """Nobody is told what should be there, nor which counts differ from it."""
        return self.is_blind and self.status == self.Status.COUNTING


class StocktakeLine(MerchantModel):
    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    expected = models.IntegerField()  # on hand when the stocktake began; once counted: when it was counted
    counted = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    counted_by_id = models.UUIDField(null=True)
    counted_by = models.CharField(max_length=200, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "variant"], name="a_variant_once_in_a_stocktake"),
            models.CheckConstraint(condition=Q(counted=None, counted_at=None) | Q(counted__gte=0, counted_at__isnull=False), name="a_count_has_its_moment"),
        ]

    @property
    def difference(self) -> int | None:
        return None if self.counted is None else self.counted - self.expected


class Restock(MerchantModel):
    """Goods that were ordered from a supplier, and come in one or several deliveries."""

    class Status(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("restock", "On the way")
        PART = "part", pgettext_lazy("restock", "Partly received")
        RECEIVED = "received", pgettext_lazy("restock", "Received")
        ENDED = "ended", pgettext_lazy("restock", "Given up")

    number = models.CharField(max_length=20, unique=True)
    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="+")
    supplier = models.CharField(max_length=120, blank=True)
    expected_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ORDERED)
    note = models.CharField(max_length=200, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    ordered_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["-ordered_at", "-id"], name="restock_by_time")]


class RestockLine(MerchantModel):
    restock = models.ForeignKey(Restock, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    received = models.IntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["restock", "variant"], name="a_variant_once_in_a_restock"),
            models.CheckConstraint(condition=Q(quantity__gt=0, received__gte=0), name="a_restock_orders_something"),
        ]
