"""The market, its merchants, and the hosts they answer on. Public schema."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_tenants.models import TenantMixin

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.texts import Localised, localised

RESERVED_SLUGS = frozenset({"seller", "ops", "www", "api", "static", "media", "mail", "cms", "admin"})


def schema_name_of(merchant_id: UUID) -> str:
    """A merchant's schema: never the slug, which may change."""
    return f"m_{merchant_id.hex}"


class Market(models.Model):
    """The one market of this installation, made by `manage.py open_market`."""

    class RunBy(models.TextChoices):
        """What kind of business runs it."""

        ESTATE = "estate", pgettext_lazy("operator", "Commercial real estate")
        TRADE_MARKET = "trade_market", pgettext_lazy("operator", "Professional market")
        CLUSTER = "cluster", pgettext_lazy("operator", "Industry cluster")
        ASSOCIATION = "association", pgettext_lazy("operator", "Industry association")
        LEADING_FIRM = "leading_firm", pgettext_lazy("operator", "Leading firm of an industry")

    class Positioning(models.TextChoices):
        """By what it wants to be chosen."""

        DIFFERENT = "different", pgettext_lazy("operator", "Different from others")
        LOCAL = "local", pgettext_lazy("operator", "Of one region")
        VERTICAL = "vertical", pgettext_lazy("operator", "One kind of goods, in depth")

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    names = models.JSONField()  # language code → name
    run_by = models.CharField(max_length=14, choices=RunBy.choices, blank=True)
    positioning = models.CharField(max_length=10, choices=Positioning.choices, blank=True)
    stands_for = models.JSONField(default=dict)  # language code → a sentence to merchants: for whom it is, and what is looked for
    currency = models.CharField(max_length=3)
    zone = models.CharField(max_length=64)
    languages = models.JSONField()  # codes in the order of the switch; the first is the default
    contact_email = models.EmailField()
    rail = models.CharField(max_length=20)
    hold_minutes = models.SmallIntegerField(default=30)
    receive_days = models.SmallIntegerField(default=10)
    settle_days = models.SmallIntegerField(default=7)
    ship_days = models.SmallIntegerField(default=3)  # a paid order's time to its first parcel
    return_days = models.SmallIntegerField(default=7)  # after receipt, goods can come back
    answer_days = models.SmallIntegerField(default=3)  # a return's time to the shop's answer, and to its inspection
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_market"),
            models.CheckConstraint(condition=Q(hold_minutes__range=(5, 1440)), name="hold_between_5_minutes_and_a_day"),
            models.CheckConstraint(condition=Q(receive_days__range=(1, 90)), name="receive_within_90_days"),
            models.CheckConstraint(condition=Q(settle_days__range=(0, 90)), name="settle_within_90_days"),
            models.CheckConstraint(condition=Q(ship_days__range=(1, 90)), name="ship_within_90_days"),
            models.CheckConstraint(condition=Q(return_days__range=(0, 90)), name="return_within_90_days"),
            models.CheckConstraint(condition=Q(answer_days__range=(1, 30)), name="answer_within_30_days"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class Merchant(TenantMixin):
    """A business that trades here. Everything of its own lies in its schema."""

    class Status(models.TextChoices):
        OPENING = "opening", _("Opening")
        OPEN = "open", _("Open")
        HOLIDAY = "holiday", _("On holiday")
        SUSPENDED = "suspended", _("Suspended")
        CLOSING = "closing", _("Closing")
        CLOSED = "closed", _("Closed")

    auto_create_schema = False  # tenants/tenancy/birth.py does it, from a snapshot

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z", _("Use small letters, digits and hyphens; begin and end with a letter or digit."))],
    )
    names = models.JSONField()  # language code → name of the shop
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPENING)
    contact_email = models.EmailField()
    # Its own domain, where that is its address; empty: its host at the market. What answers on a host says Domain.
    own_host = models.CharField(max_length=253, blank=True)
    # The market's own shop (自营): it sells as itself. For good: the database refuses a change, which would move money to somebody else.
    is_own = models.BooleanField(default=False, db_default=False)
    # A small number for search, which packs it; in the order of opening.
    ordinal = models.IntegerField(unique=True)
    # Hash of the migrations its schema has; differs from the code's while the schema lags behind (versions.py).
    schema_version = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # for good

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED_SLUGS)), name="slug_not_reserved")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="merchant_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)


class ShopChange(models.Model):
    """The history of a shop: a row a move from one status to another, written in the move's transaction."""

    class Kind(models.TextChoices):
        """Why the operator suspends a shop."""

        PAPERS = "papers", _("Papers are missing or have expired")
        GOODS = "goods", _("Goods that may not be sold here")
        SERVICE = "service", _("Orders or returns are left lying")
        MONEY = "money", _("What the shop owes is not paid")
        LAW = "law", _("An authority asks for it")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="changes")
    before = models.CharField(max_length=10, choices=Merchant.Status.choices)
    after = models.CharField(max_length=10, choices=Merchant.Status.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # the owner reads it
    is_owners = models.BooleanField(default=False)  # the shop wanted it, not the operator
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="change_of_shop")]


class Holiday(models.Model):
    """Days on which a shop can be looked at and not be bought from. Begins and ends by itself."""

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("holiday", "Planned")
        RUNNING = "running", pgettext_lazy("holiday", "Running")
        OVER = "over", pgettext_lazy("holiday", "Over")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="holidays")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    notes = models.JSONField(default=dict)  # language code → what buyers read
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PLANNED)
    by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_holiday_ends_after_it_begins"),
            models.UniqueConstraint(fields=["merchant"], condition=~Q(status="over"), name="one_holiday_at_a_time"),
        ]

    @property
    def note(self) -> Localised:
        return localised(self.notes)


class Closing(models.Model):
    """A shop on its way to its end: takes no orders, finishes what is open, and closes when nothing is left. One at a time."""

    class Status(models.TextChoices):
        RUNNING = "running", pgettext_lazy("closing", "Running")
        TAKEN_BACK = "taken_back", pgettext_lazy("closing", "Taken back")
        CLOSED = "closed", pgettext_lazy("closing", "Closed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="closings")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    before = models.CharField(max_length=10, choices=Merchant.Status.choices)  # how the shop stood
    reason = models.CharField(max_length=500, blank=True)
    is_owners = models.BooleanField(default=False)  # an owner wanted it, not the operator
    by_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(null=True)  # nothing is left, and it closes by itself then; null while something is
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], condition=Q(status="running"), name="one_closing_at_a_time")]
        indexes = [models.Index(fields=["asked_at"], name="closings_running", condition=Q(status="running"))]


class ShopExport(models.Model):
    """Everything of a shop in one file, for its owners. What goes in says marketplace/web/shop_export."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("shop export", "Being packed")
        READY = "ready", pgettext_lazy("shop export", "Ready")
        FAILED = "failed", pgettext_lazy("shop export", "Failed")
        EXPIRED = "expired", pgettext_lazy("shop export", "Deleted")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="exports")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    asked_by = models.UUIDField()  # an owner
    by_label = models.CharField(max_length=200)
    language = models.CharField(max_length=12)
    done = models.IntegerField(default=0)  # parts that are packed
    total = models.IntegerField(default=0)
    part = models.CharField(max_length=40, blank=True)  # that is being packed
    key = models.CharField(max_length=200, blank=True)  # among the private papers of the shop's schema
    size = models.BigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)  # part → rows or files in it
    asked_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True)  # the last sign of life of the worker that packs it
    attempts = models.IntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], condition=Q(status="waiting"), name="one_export_of_a_shop_at_a_time")]
        indexes = [models.Index(fields=["merchant", "-asked_at", "-id"], name="export_of_shop")]


class Domain(models.Model):
    """A host name and what answers on it. An unknown host is answered 404 without a schema."""

    class Kind(models.TextChoices):
        MARKET = "market", _("Market")
        CONSOLE = "console", _("Console")
        SHOP = "shop", _("Shop")
        WORKBENCH = "workbench", _("Workbench")

    host = models.CharField(primary_key=True, max_length=253)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    tenant = models.ForeignKey(Merchant, null=True, on_delete=models.CASCADE, related_name="domains")
    is_primary = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["shop", "workbench"], tenant__isnull=False) | Q(kind__in=["market", "console"], tenant__isnull=True),
                name="shop_and_workbench_have_a_merchant",
            ),
            models.UniqueConstraint(fields=["tenant", "kind"], condition=Q(is_primary=True), nulls_distinct=False, name="one_primary_host_per_kind"),
        ]

    def __str__(self) -> str:
        return self.host
