"""Where a merchant's money goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class PayoutAccount(models.Model):
    """A merchant's account at a bank, or at Stripe. One a merchant."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank account")
        STRIPE = "stripe", _("Stripe account")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="payout_account")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BANK)
    holder = models.CharField(max_length=100, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=40, blank=True)
    stripe_account = models.CharField(max_length=60, blank=True)
    payouts_enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="stripe") | (~Q(holder="") & ~Q(bank="") & ~Q(number="")), name="a_bank_account_has_holder_bank_and_number")
        ]

    @property
    def masked(self) -> str:
        """The last four digits."""
        return f"•••• {self.number[-4:]}" if self.number else ""
