"""What a shop's owners, and the operator's people, are told of deposits. Reactions: each runs once for an event."""

from __future__ import annotations

from django.utils.translation import gettext

from marketplace.flows.approvals import who_may
from marketplace.flows.deposits import still_short
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_money, format_time
from marketplace.platform.deposits.events import DepositMoved, DepositObjected, DepositShort
from marketplace.platform.deposits.models import Deposit, DepositMove, DepositObjection
from marketplace.platform.deposits.queries import reference_of
from marketplace.platform.notices.messages import worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.models import Application
from tenants.tenancy.hosts import console_url, market_url, workbench_url
from tenants.tenancy.models import Merchant

K = DepositMove.Kind


def deposit_short(event: DepositShort) -> None:
    """The owners hear what is missing, by when, and what to write on the transfer. A shop that is not open yet has its own words."""
    row = Deposit.objects.select_related("merchant").filter(pk=event.merchant_id).first()
    if row is not None and row.short:
        _tell_short(row)


def remind(event: DeadlineReached) -> None:
    """The outcome of the deadlines `deposit.reminder` and `deposit.due`."""
    row = still_short(event)
    if row is not None:
        _tell_short(row)


def _owners(shop: Merchant) -> list[User]:
    """Whom it concerns: of a shop that is not open yet, whoever applied for it."""
    if shop.status != Merchant.Status.OPENING:
        return staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk]
    application = Application.objects.filter(merchant=shop).select_related("applicant").first()
    return [application.applicant] if application else []


def _to_deposit(shop: Merchant) -> str:
    """Where one goes from a letter: who has no workbench yet, to the application."""
    return market_url("/sell/") if shop.status == Merchant.Status.OPENING else workbench_url(shop, "/deposit/")


def _tell_short(row: Deposit) -> None:
    shop = row.merchant

    def facts() -> dict[str, str]:
        late = gettext("The day to pay it has passed. Until it is there, nothing more can be put on sale; what is on sale stays.")
        return {
            "name": shop.name,
            "short": format_money(row.short),
            "required": format_money(row.required),
            "reference": reference_of(shop),
            "overdue": late if row.is_overdue else "",
            "at": format_time(row.due_at) if row.due_at and not row.is_overdue else "",
        }

    kind = "deposit_to_open" if shop.status == Merchant.Status.OPENING else "deposit_short"
    tell(_owners(shop), lambda: worded(kind, facts(), link=_to_deposit(shop)))


def deposit_moved(event: DepositMoved) -> None:
    """The owners hear of each movement, and how to object to a deduction."""
    move = DepositMove.objects.select_related("merchant").get(pk=event.move_id)
    kind = {K.RECEIVED: "deposit_received", K.DEDUCTED: "deposit_deducted", K.GIVEN_BACK: "deposit_given_back", K.RETURNED: "deposit_returned"}[K(move.kind)]

    def facts() -> dict[str, str]:
        return {"amount": format_money(move.amount), "held": format_money(move.held), "number": move.number, "reason": move.reason}

    tell(_owners(move.merchant), lambda: worded(kind, facts(), link=_to_deposit(move.merchant)))


def deposit_objected(event: DepositObjected) -> None:
    """An objection goes to who decides over money; its answer to the shop's owners. That one was taken back, deposit_moved() says."""
    row = DepositObjection.objects.select_related("move__merchant").get(pk=event.move_id)
    shop = row.move.merchant

    def facts() -> dict[str, str]:
        return {"name": shop.name, "amount": format_money(row.move.amount), "text": row.text, "reason": row.answer}

    if event.status == DepositObjection.Status.WAITING:
        tell(who_may(Right.PAY_OUT), lambda: worded("deposit_objected", facts(), link=console_url("/deposits/?show=objected")))
    elif event.status == DepositObjection.Status.REJECTED:
        owners = staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk]
        tell(owners, lambda: worded("deposit_objection_rejected", facts(), link=workbench_url(shop, "/deposit/")))
