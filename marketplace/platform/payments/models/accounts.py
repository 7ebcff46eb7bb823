"""Where merchants are paid: the account in force, changes of it on their way, and the files that name accounts. Numbers lie encrypted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.encrypted import DOTS, BlindIndexField, EncryptedTextField, TailField
from marketplace.kernel.ids import new_id
from marketplace.platform.ledger.models import PayoutBatch
from tenants.tenancy.models import Merchant


class AccountDetails(models.Model):
    """Whose account it is and where. The number is encrypted; its last digits and its fingerprint stand beside it."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank account")
        STRIPE = "stripe", _("Stripe account")

    class Form(models.TextChoices):
        COMPANY = "company", _("Company account in mainland China")
        CARD = "card", _("Bank card in mainland China")
        IBAN = "iban", _("Account with an IBAN")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BANK)
    holder = models.CharField(max_length=100, blank=True)
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.COMPANY)
    bank = models.CharField(max_length=100, blank=True)
    branch = models.CharField(max_length=100, blank=True)
    bank_code = models.CharField(max_length=12, blank=True)  # of the branch in China's payment system (CNAPS)
    number = EncryptedTextField(blank=True)
    number_print = BlindIndexField(of="number", blank=True)
    tail = TailField(of="number", blank=True)
    stripe_account = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def masked(self) -> str:
        """The last four digits."""
        return f"{DOTS} {self.tail}" if self.tail else ""

    @property
    def where(self) -> str:
        return " ".join(filter(None, (self.bank, self.branch)))

    @property
    def in_words(self) -> str:
        """What the log and letters say: never the whole number."""
        if self.kind == self.Kind.STRIPE:
            return f"Stripe {self.stripe_account}"
        return " · ".join(filter(None, (self.holder, f"{self.where} {self.masked}".strip())))

    def details(self) -> dict[str, str]:
        """What is noted of it, before and after a change: the number by its last digits."""
        if self.kind == self.Kind.STRIPE:
            return {"kind": str(self.kind), "stripe_account": self.stripe_account}
        return {"holder": self.holder, "bank": self.where, "number": self.masked}


class PayoutAccount(AccountDetails):
    """The account in force. One a merchant; none in force yet is a row without a kind, where a Stripe account is being filled in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="payout_account")
    kind = models.CharField(max_length=10, choices=AccountDetails.Kind.choices, default=AccountDetails.Kind.BANK, blank=True)
    payouts_enabled = models.BooleanField(default=False)  # the Stripe account can receive money
    missing = models.CharField(max_length=200, blank=True)  # what Stripe still asks of the merchant
    switches_when_ready = models.BooleanField(default=False)  # to Stripe, once Stripe can pay there
    version = models.IntegerField(default=1)  # counts what came into force: a payout asked for under another one is not released
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="bank") | (~Q(holder="") & ~Q(bank="") & ~Q(number_print="")), name="a_bank_account_has_holder_bank_and_number"
            )
        ]

    @property
    def is_at_stripe(self) -> bool:
        """Paid there, and it works."""
        return self.kind == self.Kind.STRIPE and self.payouts_enabled


class AccountChange(AccountDetails):
    """Somebody of a shop wants it to be paid elsewhere. In force only after another person has looked, and, where it follows another account,
    after the days of cooling off. Rows are not removed."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("account change", "Waits for a second person of the shop")
        LOOKED_AT = "looked_at", pgettext_lazy("account change", "Waits for the market's look")
        COOLING = "cooling", pgettext_lazy("account change", "Confirmed, not in force yet")
        IN_FORCE = "in_force", pgettext_lazy("account change", "In force")
        STOPPED = "stopped", pgettext_lazy("account change", "Stopped")
        REFUSED = "refused", pgettext_lazy("account change", "Refused by the market")
        EXPIRED = "expired", pgettext_lazy("account change", "Nobody confirmed it in time")

    class Name(models.TextChoices):
        SAME = "same", pgettext_lazy("account holder", "The name is the one in the dossier")
        OTHER = "other", pgettext_lazy("account holder", "Another name than in the dossier")
        UNKNOWN = "unknown", pgettext_lazy("account holder", "There is no name to compare with")

    OPEN: ClassVar = (Status.ASKED, Status.LOOKED_AT, Status.COOLING)
    PASSED: ClassVar = (Status.COOLING, Status.IN_FORCE)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="account_changes")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    name_is = models.CharField(max_length=10, choices=Name.choices)
    holder_reason = models.CharField(max_length=300, blank=True)  # why the account is in another name
    needs_colleague = models.BooleanField()  # somebody else of the shop may do this, so somebody else confirms
    needs_market = models.BooleanField()  # nobody else of the shop may, or the name is another
    replaces = models.BooleanField()  # an account is in force: it stays so for the days of cooling off
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_label = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    looked_label = models.CharField(max_length=200, blank=True)
    looked_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)  # when the days of cooling off end
    ended_at = models.DateTimeField(null=True)
    ended_label = models.CharField(max_length=200, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant"], condition=Q(status__in=["asked", "looked_at", "cooling"]), name="one_account_change_at_a_time"),
            models.CheckConstraint(condition=Q(needs_colleague=True) | Q(needs_market=True), name="nobody_changes_an_account_alone"),
            models.CheckConstraint(
                condition=~Q(status__in=["cooling", "in_force"])
                | (Q(needs_colleague=False) | (Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("asked_by"))))
                & (Q(needs_market=False) | (Q(looked_by__isnull=False) & ~Q(looked_by=F("asked_by")))),
                name="account_change_was_confirmed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="account_change_newest"),
            models.Index(fields=["merchant", "-asked_at"], name="account_changes_of_merchant"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class AccountRules(models.Model):
    """How the market treats changes of payout accounts. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    cooling_days = models.SmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_of_account_rules"),
            models.CheckConstraint(condition=Q(cooling_days__range=(0, 30)), name="cooling_off_within_30_days"),
        ]


class BankFile(models.Model):
    """The bytes of a bank file, which name every account in full."""

    batch = models.OneToOneField(PayoutBatch, primary_key=True, on_delete=models.PROTECT, related_name="file")
    content = EncryptedTextField()
