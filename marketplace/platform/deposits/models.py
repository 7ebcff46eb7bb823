"""What merchants leave with the market as a security (保证金): how much is asked for, what is held, and each movement of it. Public schema."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money, money_of
from marketplace.platform.ledger.models import JournalEntry
from marketplace.platform.taxonomy.models import Category
from tenants.tenancy.models import Merchant


class DepositRule(models.Model):
    """How much a merchant has to deposit. Of the rules that fit the highest counts; one for a single merchant stands instead of all of them.

    With neither kind, category nor merchant it is for everybody. Rows are only added: of two for the same, the later counts;
    without an amount it takes the rule back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, blank=True)  # of seller
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")  # and everything below it
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="") & Q(category=None)) | (Q(kind="") & Q(merchant=None)) | (Q(category=None) & Q(merchant=None)),
                name="a_deposit_rule_is_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount_minor=None) | Q(amount_minor__gte=0), name="deposit_rule_from_zero"),
        ]

    amount = money_of("amount_minor")


class DepositTerms(models.Model):
    """How a deposit is paid, and how long one may take to top it up. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    days = models.IntegerField(default=14)  # to pay what is missing, and to object to a deduction
    pay_to = models.JSONField(default=dict)  # language code → the market's bank account, as it is shown

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_of_deposit_terms"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=90), name="deposit_days_from_1_to_90"),
        ]


class Deposit(models.Model):
    """How a merchant's deposit stands. `held` is a copy of its account in the journal, changed with it under this row's lock."""

    merchant = models.OneToOneField(Merchant, primary_key=True, on_delete=models.PROTECT, related_name="deposit")
    currency = models.CharField(max_length=3)
    required_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # by when what is missing has to be there; None where nothing is, or the shop is not open yet
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(required_minor__gte=0, held_minor__gte=0), name="a_deposit_is_never_negative")]
        indexes = [
            models.Index(fields=["-changed_at", "-merchant"], name="deposit_newest"),
            models.Index(fields=["due_at"], name="deposit_short", condition=Q(held_minor__lt=F("required_minor"))),
        ]

    required = money_of("required_minor")
    held = money_of("held_minor")

    @property
    def short(self) -> Money:
        """What is missing."""
        return Money(max(self.required_minor - self.held_minor, 0), self.currency)

    @property
    def is_overdue(self) -> bool:
        return bool(self.short) and self.due_at is not None and self.due_at <= clock.now()


class DepositMove(models.Model):
    """Money that came into a deposit or left it, with the entry of the journal that says the same. Rows are only added."""

    class Kind(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("deposit", "Received")
        DEDUCTED = "deducted", pgettext_lazy("deposit", "Deducted")
        GIVEN_BACK = "given_back", pgettext_lazy("deposit", "Deduction taken back")
        RETURNED = "returned", pgettext_lazy("deposit", "Returned to the merchant")

    id = models.UUIDField(primary_key=True, editable=False)  # of the request that two people agreed on
    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="deposit_moves")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField()  # after it
    reference = models.CharField(max_length=120, blank=True)  # the bank's, of money that came or went
    reason = models.CharField(max_length=500)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0, held_minor__gte=0), name="a_deposit_move_moves_something"),
            models.CheckConstraint(
                condition=Q(kind="given_back", undoes__isnull=False) | (~Q(kind="given_back") & Q(undoes=None)), name="only_a_deduction_is_undone"
            ),
            models.UniqueConstraint(fields=["merchant", "reference"], condition=Q(kind="received"), name="a_transfer_is_noted_once"),
        ]
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="deposit_moves_of_merchant")]

    amount = money_of("amount_minor")
    held = money_of("held_minor")

    @property
    def change(self) -> Money:
        """What it did to the deposit: negative for what left."""
        is_in = self.kind in (self.Kind.RECEIVED, self.Kind.GIVEN_BACK)
        return Money(self.amount_minor if is_in else -self.amount_minor, self.currency)


class DepositEvidence(models.Model):
    """A document that shows the breach for which something is deducted: a private file. `move_id` is the key of the request, and of what follows from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    move_id = models.UUIDField()
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()  # bytes
    added_at = models.DateTimeField(default=clock.now)
    by_label = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["move_id"], name="one_document_per_deduction")]


class DepositObjection(models.Model):
    """What a shop says against a deduction, and what the operator answers."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("objection", "Waits for an answer")
        UPHELD = "upheld", pgettext_lazy("objection", "Taken back")
        REJECTED = "rejected", pgettext_lazy("objection", "Stands")

    move = models.OneToOneField(DepositMove, primary_key=True, on_delete=models.PROTECT, related_name="objection")
    text = models.CharField(max_length=1000)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status="waiting") | ~Q(answer=""), name="an_objection_is_answered_with_words")]
        indexes = [models.Index(fields=["at"], name="objections_waiting", condition=Q(status="waiting"))]
