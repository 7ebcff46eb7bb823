"""What a shop's owners, and the operator's people, are told of deposits. Reactions: each runs once for an event."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.flows.approvals import who_may
from marketplace.flows.deposits import still_short
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_money, format_time
from marketplace.platform.deposits.events import DepositMoved, DepositObjected, DepositShort
from marketplace.platform.deposits.models import Deposit, DepositMove, DepositObjection
from marketplace.platform.deposits.queries import reference_of
from marketplace.platform.notices.messages import Message
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


def _to_deposit(shop: Merchant) -> tuple[str, str]:
    """Where one goes from a letter: who has no workbench yet, to the application."""
    if shop.status == Merchant.Status.OPENING:
        return _("To your application"), market_url("/sell/")
    return _("To the deposit"), workbench_url(shop, "/deposit/")


def _tell_short(row: Deposit) -> None:
    shop = row.merchant
    facts = {"name": shop.name, "short": format_money(row.short), "required": format_money(row.required), "reference": reference_of(shop)}

    def compose() -> Message:
        lines = [_("{required} are asked for, {short} are missing.")]
        if row.is_overdue:
            lines.append(_("The day to pay it has passed. Until it is there, nothing more can be put on sale; what is on sale stays."))
        elif row.due_at is not None:
            lines.append(_("Please pay it by {at}.").format(at=format_time(row.due_at)))
        lines.append(
            _("Pay it by bank transfer and write {reference} on it. It stays yours: the market keeps it apart, and it goes back when the shop closes.")
        )
        subject = (
            _("The deposit of “{name}”: {short} are missing") if shop.status != Merchant.Status.OPENING else _("“{name}”: pay the deposit, then the shop opens")
        )
        return Message(
            "deposit_short",
            subject.format(**facts),
            [line.format(**facts) for line in lines],
            button=_to_deposit(shop),
        )

    tell(_owners(shop), compose)


def deposit_moved(event: DepositMoved) -> None:
    """The owners hear of each movement, and how to object to a deduction."""
    move = DepositMove.objects.select_related("merchant").get(pk=event.move_id)
    facts = {"amount": format_money(move.amount), "held": format_money(move.held), "number": move.number}

    def compose() -> Message:
        subject = {
            K.RECEIVED: _("Your deposit has arrived: {amount}"),
            K.DEDUCTED: _("{amount} were deducted from your deposit"),
            K.GIVEN_BACK: _("A deduction was taken back: {amount}"),
            K.RETURNED: _("Your deposit is on its way back to you: {amount}"),
        }[K(move.kind)]
        lines = [_("The market says: {reason}").format(reason=move.reason), _("Your deposit holds {held} now.").format(**facts)]
        if move.kind == K.DEDUCTED:
            lines.append(_("If you think this is wrong, object to it in the workbench; the market answers you."))
        return Message("deposit_moved", subject.format(**facts), lines, button=_to_deposit(move.merchant))

    tell(_owners(move.merchant), compose)


def deposit_objected(event: DepositObjected) -> None:
    """An objection goes to who decides over money; its answer to the shop's owners. That one was taken back, deposit_moved() says."""
    row = DepositObjection.objects.select_related("move__merchant").get(pk=event.move_id)
    shop = row.move.merchant
    facts = {"name": shop.name, "number": row.move.number, "amount": format_money(row.move.amount)}
    if event.status == DepositObjection.Status.WAITING:
        tell(
            who_may(Right.PAY_OUT),
            lambda: Message(
                "deposit_objected",
                _("“{name}” objects to a deduction of {amount}").format(**facts),
                [row.text],
                button=(_("Look at it"), console_url("/deposits/?show=objected")),
            ),
        )
    elif event.status == DepositObjection.Status.REJECTED:
        tell(
            staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk],
            lambda: Message(
                "deposit_objected",
                _("The deduction of {amount} stands").format(**facts),
                [_("The market says: {reason}").format(reason=row.answer)],
                button=(_("To the deposit"), workbench_url(shop, "/deposit/")),
            ),
        )
