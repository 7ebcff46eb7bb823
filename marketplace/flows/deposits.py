"""What follows for deposits: all are looked at when what is asked for changes, and shops are told of what is missing and what was moved."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_money
from marketplace.platform.deposits.actions import remind_next, settle_deposit
from marketplace.platform.deposits.events import DepositRulesChanged
from marketplace.platform.deposits.models import Deposit, DepositRule
from marketplace.platform.deposits.queries import deposit_of, required_of
from tenants.onboarding.models import Application
from tenants.onboarding.opening import Lack
from tenants.tenancy.errors import ObligationsLeft
from tenants.tenancy.events import ShopMoved, ShopOpened, ShopRequested
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Merchant
from tenants.tenancy.obligations import Obligation, Turn, obligations_of

DEPOSIT_HELD = "deposit_held"
AFTER_ALL = (DEPOSIT_HELD, "requests_waiting")  # the deposit itself, and the request to return it


def rules_changed(event: DepositRulesChanged) -> None:
    """Reaction: every merchant's deposit is looked at again, each by a job of its own."""
    look_again()


def deposit_lacks(application: Application) -> Lack | None:
    """Condition before a shop opens: what is asked of it is there."""
    merchant = application.merchant
    if merchant is None:
        return None
    missing = required_of(merchant).amount - deposit_of(merchant.pk).held
    if missing.minor <= 0:
        return None
    hint = _("{amount} are missing. It stays yours, and goes back when the shop closes.").format(amount=format_money(missing))
    return Lack("deposit", _("Pay the deposit"), hint, f"/sell/applications/{application.number}/deposit/")


def deposit_held(merchant: Merchant) -> Obligation | None:
    """What a shop closes with only once it was returned."""
    row = Deposit.objects.filter(pk=merchant.pk, held_minor__gt=0).first()
    if row is None:
        return None
    label = _("{amount} of the deposit is to be returned").format(amount=format_money(row.held))
    return Obligation(DEPOSIT_HELD, label, Turn.MARKET, _("It goes back when everything else is settled."), "/deposit/", f"/deposits/{merchant.pk}/")


def check_can_return(merchant: Merchant) -> None:
    """Of a shop that is closing: the deposit goes back last. Raises ObligationsLeft."""
    if merchant.status == Merchant.Status.CLOSING and (left := [each for each in obligations_of(merchant) if each.code not in AFTER_ALL]):
        raise ObligationsLeft(shop=merchant.name, left="; ".join(each.label for each in left))


def shop_requested(event: ShopRequested) -> None:
    """Reaction: whoever is let in is told what has to be deposited first."""
    settle_deposit(by=SYSTEM, merchant_id=event.merchant_id)


def shop_opened(event: ShopOpened) -> None:
    """Reaction: whoever trades from now on and has not deposited everything has a day for it."""
    settle_deposit(by=SYSTEM, merchant_id=event.merchant_id)


def shop_moved(event: ShopMoved) -> None:
    """Reaction: nothing is asked of a shop that closes, and again of one that goes on after all."""
    settle_deposit(by=SYSTEM, merchant_id=event.merchant_id)


def look_again() -> None:
    """What a shop sells may ask for more than what it sold when its deposit was last looked at. A duty, and after a change of what is asked for."""
    if not DepositRule.objects.exists():
        return
    with transaction.atomic():
        for merchant_id in Merchant.objects.exclude(status=Merchant.Status.CLOSED).order_by("pk").values_list("pk", flat=True):
            settle_merchants_deposit.request(merchant_id=str(merchant_id))


@market_task
def settle_merchants_deposit(*, merchant_id: str) -> None:
    """Job: one merchant's deposit."""
    settle_deposit(by=SYSTEM, merchant_id=UUID(merchant_id))


def still_short(event: DeadlineReached) -> Deposit | None:
    """The deposit that a deadline is about, if something is still missing; the next reminder is set."""
    with transaction.atomic():
        row = Deposit.objects.select_for_update(of=("self",)).select_related("merchant").filter(pk=event.subject_id).first()
        if row is None or not row.short or row.due_at is None:
            return None
        remind_next(row)
    return row
