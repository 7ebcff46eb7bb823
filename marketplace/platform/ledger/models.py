"""The journal only grows. Balances are sums; a settled figure is a copy, never a recalculation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, money_of
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
    OWN_BANK = "own_bank", _("The market's bank account")  # what rails paid out to it, less what went to merchants by bank file
    RAIL_FEES = "rail_fees", _("Fees of rails")
    LOSSES = "losses", _("Losses")  # what a card's bank took though it had gone back to the buyer before
    DISPUTES = "disputes", _("Disputed payments")  # taken back by a card's bank and not yet decided
    MERCHANT_DEPOSIT = "merchant_deposit", _("Deposits of merchants")  # theirs, kept as a security, never mixed with what they earn
    FEE_INCOME = "fee_income", _("Fees for packages and services")
    DEPOSIT_DEDUCTIONS = "deposit_deductions", _("Deducted from deposits")
    OWN_SALES = "own_sales", _("Sales of own goods")  # what the market's own shops earned: income, owed to nobody


class JournalEntry(models.Model):
    """A balanced set of postings. `(kind, ref)` is unique: posting the same fact twice is harmless.

    A deferred constraint trigger refuses an entry whose debits and credits differ; another refuses changes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=80)
    order_id = models.UUIDField(null=True)  # the order whose money it moves, if it is one order's
    order_number = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="a_fact_is_posted_once")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="journal_newest"),
            models.Index(fields=["order_id"], name="journal_by_order", condition=Q(order_id__isnull=False)),
        ]
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


class SettlementRun(models.Model):
    """One settling with several merchants. The form makes its key, so the same form sent twice settles once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    until = models.DateTimeField()
    by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="run_newest")]


class Statement(models.Model):
    """What a merchant earned in a settlement: a copy of journal entries, each leading to its order.

    `opening + sales − refunds − commission + commission_returned + reversed − fees = payout + closing + kept`; `reversed` is what was taken
    back from the merchant's account at the rail and so is owed to it again; `fees` is what packages and services cost. A merchant from whom more went back
    than came in is paid nothing; what it owes is `closing`, negative, and the next statement's opening. `kept` is what stays with the market
    of its own shop's sales: all of it, negative where more went back, and nothing is paid or carried over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    run = models.ForeignKey(SettlementRun, null=True, on_delete=models.PROTECT, related_name="statements")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField(default=0)
    sales_minor = models.BigIntegerField()
    refunds_minor = models.BigIntegerField(default=0)
    commission_minor = models.BigIntegerField()
    commission_returned_minor = models.BigIntegerField(default=0)
    reversed_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    payout_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField(default=0)
    kept_minor = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-created_at", "-id"], name="statement_by_merchant")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    opening_minor=F("payout_minor")
                    + F("closing_minor")
                    + F("kept_minor")
                    - F("sales_minor")
                    + F("refunds_minor")
                    + F("commission_minor")
                    - F("commission_returned_minor")
                    - F("reversed_minor")
                    + F("fees_minor")
                ),
                name="a_statement_adds_up",
            ),
            models.CheckConstraint(condition=Q(payout_minor__gte=0, closing_minor__lte=0), name="a_statement_pays_or_carries"),
            models.CheckConstraint(
                condition=Q(kept_minor=0) | Q(payout_minor=0, closing_minor=0, opening_minor=0, commission_minor=0), name="what_is_kept_is_not_paid"
            ),
        ]

    opening = money_of("opening_minor")
    sales = money_of("sales_minor")
    refunds = money_of("refunds_minor")
    commission = money_of("commission_minor")
    commission_returned = money_of("commission_returned_minor")
    reversed = money_of("reversed_minor")
    fees = money_of("fees_minor")
    payout = money_of("payout_minor")
    closing = money_of("closing_minor")
    kept = money_of("kept_minor")

    @property
    def fees_taken(self) -> Money:
        """As it changes what the merchant gets: negative where fees were charged."""
        return Money(-self.fees_minor, self.currency)


class StatementLine(models.Model):
    """One journal entry on one statement: an order's sale, what went back of it, or a fee. An entry is settled once."""

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        REFUND = "refund", _("Refund")
        CHARGEBACK = "chargeback", _("Lost dispute")
        REVERSAL = "reversal", _("Taken back from your account")
        FEE = "fee", _("Fee")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="statement_line")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SALE)
    order_id = models.UUIDField(null=True)  # None of a fee
    order_number = models.CharField(max_length=24)  # of a fee: its number
    completed_at = models.DateTimeField()  # when the entry was posted: the receipt, or the refund
    currency = models.CharField(max_length=3)
    sales_minor = models.BigIntegerField()  # negative for a refund
    commission_minor = models.BigIntegerField()  # negative for what is given back
    reversed_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)  # negative for what was given back or paid

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order_id"], condition=Q(kind="sale"), name="an_order_is_settled_once")]
        indexes = [models.Index(fields=["order_id"], name="line_by_order")]

    sales = money_of("sales_minor")
    commission = money_of("commission_minor")
    reversed = money_of("reversed_minor")
    fees = money_of("fees_minor")

    @property
    def commission_kept(self) -> Money:
        """As it changes what the merchant gets: negative for a sale."""
        kept: Money = -self.commission
        return kept

    @property
    def net(self) -> Money:
        earned: Money = self.sales - self.commission + self.reversed - self.fees
        return earned


class Payout(models.Model):
    """A statement's money on its way to the merchant. One that the bank sent back is followed by another (`n`)."""

    class Status(models.TextChoices):
        DUE = "due", pgettext_lazy("payout", "To be paid")
        SENT = "sent", pgettext_lazy("payout", "On its way")
        PAID = "paid", pgettext_lazy("payout", "Paid")
        RETURNED = "returned", pgettext_lazy("payout", "Sent back by the bank")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="payouts")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    n = models.IntegerField(default=1)
    key = models.CharField(max_length=100, unique=True)
    rail = models.CharField(max_length=20, default="bank")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DUE)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    destination = models.JSONField(default=dict)  # holder, bank and number, frozen when it went into the file
    batch = models.ForeignKey("PayoutBatch", null=True, on_delete=models.PROTECT, related_name="payouts")
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)  # two people, or the system, let it go; only then a rail may be asked to pay it
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "n"], name="payouts_are_numbered"),
            models.UniqueConstraint(fields=["statement"], condition=~Q(status="returned"), name="a_statement_is_paid_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_above_zero"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="payout_newest")]

    amount = money_of("amount_minor")


class PayoutBatch(models.Model):
    """A bank file: what was handed to the bank, for ever the same bytes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    count = models.IntegerField()
    content = models.TextField()
    by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    total = money_of("total_minor")
