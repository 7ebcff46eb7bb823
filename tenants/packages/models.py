"""Service packages (服务套餐): what the operator offers at which price with which limits, who has which, and what was charged. Public schema.

A merchant without a subscription has the default package, which is free; where there is none, nothing is limited and nothing charged.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.models import Merchant


class Limit(models.TextChoices):
    """What a package counts. In code a limit is a whole number, or None for as many as one likes."""

    PRODUCTS = "products", _("Products on sale")
    STAFF = "staff", _("People who work here")
    STORAGE = "storage", _("Storage, MB")
    PICTURES = "pictures", _("Pictures of a product")
    DOMAINS = "domains", _("Own domains")


class ServicePackage(models.Model):
    """What is offered under a name; how much it costs and holds stands in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    position = models.IntegerField(default=0)
    is_offered = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_package")]

    @property
    def name(self) -> str:
        """Of its newest version."""
        newest = self.versions.order_by("-number").first()
        return newest.name if newest else self.code


class PackageVersion(models.Model):
    """Price and limits of a package from a day on. Never changed. Who has the package already gets it with the first month from `existing_from` on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    package = models.ForeignKey(ServicePackage, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    names = models.JSONField()  # language code → name
    texts = models.JSONField(default=dict)  # language code → what is included, in words
    currency = models.CharField(max_length=3)
    monthly_minor = models.BigIntegerField()
    limits = models.JSONField(default=dict)  # Limit → whole number; what is not named has none
    existing_from = models.DateField()
    published_at = models.DateTimeField(default=clock.now)
    by_label = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="one_version_of_a_package"),
            models.CheckConstraint(condition=Q(monthly_minor__gte=0), name="a_package_costs_nothing_or_more"),
        ]

    monthly = money_of("monthly_minor")

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def text(self) -> Localised:
        return localised(self.texts)

    def limit(self, name: str) -> int | None:
        found = self.limits.get(name)
        return None if found is None else int(found)


class Subscription(models.Model):
    """The package a merchant has chosen, and the calendar month that is paid. `period_end` belongs to it no longer."""

    merchant = models.OneToOneField(Merchant, primary_key=True, on_delete=models.PROTECT, related_name="subscription")
    version = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="subscriptions")
    since = models.DateField()
    period_start = models.DateField()
    period_end = models.DateField()
    currency = models.CharField(max_length=3)
    paid_minor = models.BigIntegerField()  # the price of a whole month by which the days since `since` in this month were charged
    next_package = models.ForeignKey(ServicePackage, null=True, on_delete=models.PROTECT, related_name="+")  # a smaller one, from the end of the month on
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="a_period_lasts")]
        indexes = [models.Index(fields=["-changed_at", "-merchant"], name="subscription_newest"), models.Index(fields=["period_end"], name="subscription_ends")]

    paid = money_of("paid_minor")

    @property
    def last_day(self) -> date:
        return self.period_end - timedelta(days=1)


class OwnPrice(models.Model):
    """Another price of a package for one merchant, for the months that begin in a span of days. Rows are only added; the later counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey(ServicePackage, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    monthly_minor = models.BigIntegerField()
    from_day = models.DateField()
    until_day = models.DateField(null=True)  # the last day on which a month may begin with it
    reason = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(monthly_minor__gte=0), name="own_price_from_zero")]
        indexes = [models.Index(fields=["merchant", "package", "-at"], name="own_prices")]

    monthly = money_of("monthly_minor")


class PackageChange(models.Model):
    """That a merchant has another package, or will have. Rows are only added; the key is the form's, so the same form changes once."""

    class Kind(models.TextChoices):
        AT_ONCE = "at_once", pgettext_lazy("package", "Changed at once")
        PLANNED = "planned", pgettext_lazy("package", "Planned for the end of the month")
        GIVEN_UP = "given_up", pgettext_lazy("package", "Plan given up")
        AT_END = "at_end", pgettext_lazy("package", "Changed at the end of the month")
        TOO_MUCH = "too_much", pgettext_lazy("package", "Not changed: more is used than fits")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.ForeignKey(PackageVersion, null=True, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(PackageVersion, null=True, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="package_changes")]


class Extra(models.Model):
    """What can be had besides: more of something for a span of days, or work of people.

    Never changed: another price is another row, and the former is no longer offered.
    """

    class Kind(models.TextChoices):
        ADD_ON = "add_on", pgettext_lazy("extra", "More for some days")
        SERVICE = "service", pgettext_lazy("extra", "Work of people")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    names = models.JSONField()
    texts = models.JSONField(default=dict)
    adds = models.JSONField(default=dict)  # of an add-on: Limit → how many more
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()  # of an add-on a day, of a service once
    is_offered = models.BooleanField(default=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(is_offered=True), name="one_offer_of_an_extra"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="extra_from_zero"),
        ]

    price = money_of("price_minor")

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def text(self) -> Localised:
        return localised(self.texts)


class AddOn(models.Model):
    """More of something for a merchant from one day to another (旺季增加、淡季退订). `to_day` belongs to it no longer; given up early, it moves."""

    id = models.UUIDField(primary_key=True, editable=False)  # the form's key
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="add_ons")
    extra = models.ForeignKey(Extra, on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    from_day = models.DateField()
    to_day = models.DateField()
    given_up_at = models.DateTimeField(null=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0, to_day__gte=F("from_day")), name="an_add_on_adds")]
        indexes = [models.Index(fields=["merchant", "-to_day"], name="add_ons_of_merchant")]

    @property
    def last_day(self) -> date:
        return self.to_day - timedelta(days=1)


class ServiceOrder(models.Model):
    """Work that a shop asks of the operator's people, at the price of the day it was asked for; charged when it is done."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("service", "Asked for")
        ACCEPTED = "accepted", pgettext_lazy("service", "Being done")
        DONE = "done", pgettext_lazy("service", "Done")
        DECLINED = "declined", pgettext_lazy("service", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("service", "Withdrawn")

    id = models.UUIDField(primary_key=True, editable=False)  # the form's key
    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    extra = models.ForeignKey(Extra, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    by_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="service_newest"),
            models.Index(fields=["asked_at"], name="services_waiting", condition=Q(status="asked")),
        ]


class FeeCharge(models.Model):
    """What a merchant was charged, or given back (negative). Rows are only added; each is one entry of the journal. `ref` names the fact: once."""

    class Kind(models.TextChoices):
        MONTH = "month", pgettext_lazy("fee", "Package of a month")
        CHANGE = "change", pgettext_lazy("fee", "Change of package")
        ADD_ON = "add_on", pgettext_lazy("fee", "Add-on")
        SERVICE = "service", pgettext_lazy("fee", "Service")
        WAIVED = "waived", pgettext_lazy("fee", "Waived")
        PAID = "paid", pgettext_lazy("fee", "Paid by bank transfer")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="fees")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ref = models.CharField(max_length=80)
    names = models.JSONField()  # language code → what it is for
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)  # the last day
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    waives = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="waived")
    entry_id = models.UUIDField(unique=True)
    reason = models.CharField(max_length=500, blank=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "ref"], name="a_fee_is_charged_once"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="a_fee_is_something"),
        ]
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="fees_of_merchant"), models.Index(fields=["-at", "-id"], name="fee_newest")]

    amount = money_of("amount_minor")

    @property
    def name(self) -> str:
        return localised(self.names).text


class StorageUse(models.Model):
    """How much of the storage a merchant's files take; counted by a worker."""

    merchant = models.OneToOneField(Merchant, primary_key=True, on_delete=models.CASCADE, related_name="storage_use")
    bytes = models.BigIntegerField()
    counted_at = models.DateTimeField()
