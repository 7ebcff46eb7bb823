"""The journal only grows. Balances are sums; a settled figure is a copy, never a recalculation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.models import Merchant


class Account(models.TextChoices):
    """Where money stands. Merchant accounts carry the merchant on the posting."""

    RAIL_CLEARING = "rail_clearing", _("Rail clearing")  # what rails hold for us
    BUYER_ESCROW = "buyer_escrow", _("Buyer escrow")  # paid, but not yet earned by anybody
    REFUNDS_DUE = "refunds_due", _("Refunds due")
    MERCHANT_PAYABLE = "merchant_payable", _("Owed to merchants")
    PAYOUT_CLEARING = "payout_clearing", _("Payouts under way")
    COMMISSION_INCOME = "commission_income", _("Commission income")


class JournalEntry(models.Model):
    """A balanced set of postings. `(kind, ref)` is unique: posting the same fact twice is harmless.

    A deferred constraint trigger refuses an entry whose debits and credits differ; another refuses changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="a_fact_is_posted_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="journal_newest")]
        verbose_name_plural = "journal entries"


class Posting(models.Model):
    """Debits are positive, credits negative."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=30, choices=Account.choices)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="a_posting_moves_something")]
        indexes = [models.Index(fields=["account", "merchant", "currency"], name="posting_balance")]

    amount = money_of("amount_minor")


class CommissionRule(models.Model):
    """What share of a sale the market keeps. The most specific rule in force counts: merchant before category before all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    rate = models.DecimalField(max_digits=6, decimal_places=4)  # 0.0500 is 5 %
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="rate_from_0_to_below_1")]


class Statement(models.Model):
    """What a merchant earned in a settlement: a copy of journal lines, each leading to its order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    currency = models.CharField(max_length=3)
    sales_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-created_at", "-id"], name="statement_by_merchant")]

    sales = money_of("sales_minor")
    commission = money_of("commission_minor")
    payout = money_of("payout_minor")


class StatementLine(models.Model):
    """One order on one statement. An order is settled once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(unique=True)
    order_number = models.CharField(max_length=24)
    completed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    sales_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()

    sales = money_of("sales_minor")
    commission = money_of("commission_minor")
