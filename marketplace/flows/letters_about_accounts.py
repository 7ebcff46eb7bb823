"""What a shop's people are told when the place its money goes to is to change, with a link that stops it; and the market's, when it has to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from django.core import signing
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from marketplace.flows.account_changes import stop_change
from marketplace.flows.approvals import who_may
from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel.actors import Actor
from marketplace.kernel.formats import format_time
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.letters import Message, Table, post_letter, read_in
from marketplace.platform.payments.errors import AccountChangeUnknown
from marketplace.platform.payments.events import AccountChangeMoved
from marketplace.platform.payments.models.accounts import AccountChange
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.tenancy.hosts import console_url, market_url, workbench_url
from tenants.tenancy.models import Market

S = AccountChange.Status
SALT = "stop a change of a payout account"
BY_LINK = "stopped by the link in the letter"  # the log says it in words of its reader


def change_moved(event: AccountChangeMoved) -> None:
    """Everybody who may change the account, and the shop's own address, at every step; the market when it is its turn."""
    row = AccountChange.objects.select_related("merchant").get(pk=event.change_id)
    if event.status == S.LOOKED_AT and row.status == S.LOOKED_AT:
        tell([person for person in who_may(Right.APPROVE_PAYOUTS) if person.pk != row.asked_by_id], lambda: _to_market(row))
        if row.needs_colleague:
            return  # the shop was told when it was asked for, and will be when it is decided
    _tell_shop(row, lambda email: _message(row, event.status, email))


def _tell_shop(row: AccountChange, compose: Callable[[str], Message]) -> None:
    people = staff_with([row.merchant_id], Right.MANAGE_PAYOUTS)[row.merchant_id]
    _tell_each(people, compose)
    address = row.merchant.contact_email
    if address and address.lower() not in {person.email.lower() for person in people}:
        with read_in(Market.objects.get().languages[0]):
            post_letter(address, compose(address))


def _tell_each(people: Iterable[User], compose: Callable[[str], Message]) -> None:
    for person in people:
        tell([person], lambda person=person: compose(person.email))  # type: ignore[misc]


def _message(row: AccountChange, status: str, email: str) -> Message:
    subject, lines = _said(row, status)
    table = Table(
        _("Account"),
        [(_("New account"), row.in_words), (_("Asked by"), row.asked_label), *([(_("Confirmed by"), row.confirmed_label)] if row.confirmed_label else [])],
    )
    button = (
        (_("This was not us: stop it"), stop_address(row, email))
        if row.is_open
        else (_("To the payout account"), workbench_url(row.merchant, "/payout-account/"))
    )
    return Message("payout_account_change", subject.format(name=row.merchant.name), lines, [table], button)


def _said(row: AccountChange, status: str) -> tuple[str, list[str]]:
    if status == S.COOLING:
        when = format_time(row.in_force_at) if row.in_force_at else ""
        return _("The payout account of “{name}” changes on {at}").format(name="{name}", at=when), [
            _("It was confirmed. Until then payouts go to the account before it. If it was not you, stop it now; you need not sign in for that."),
        ]
    if status == S.IN_FORCE:
        return _("Payouts of “{name}” go to another account from now on"), [_("If this surprises you, write to {contact} at once.").format(contact=_contact())]
    if status == S.STOPPED:
        return _("The change of the payout account of “{name}” was stopped"), [
            _("{person} stopped it: {why}").format(person=row.ended_label, why=_why(row)),
            _("Payouts go where they went before. If somebody else was at work in your workbench, set a new password and look at who works there."),
        ]
    if status == S.REFUSED:
        return _("The market did not accept the payout account of “{name}”"), [_("The market says: {reason}").format(reason=row.ended_why)]
    if status == S.EXPIRED:
        return _("The change of the payout account of “{name}” has expired"), [_("Nobody confirmed it in time. Payouts go where they went before.")]
    return _("Somebody wants payouts of “{name}” to go to another account"), [
        _("It is not in force: somebody else has to confirm it first. If it was not one of you, stop it now; you need not sign in for that."),
    ]


def _contact() -> str:
    return str(Market.objects.get().contact_email)


def _why(row: AccountChange) -> str:
    return _("by the link in this letter") if row.ended_why == BY_LINK else row.ended_why


def _to_market(row: AccountChange) -> Message:
    return Message(
        "payout_account_look",
        _("The payout account of “{name}” waits for the market's look").format(name=row.merchant.name),
        [row.in_words, str(row.get_name_is_display()), *([_("The shop says: {why}").format(why=row.holder_reason)] if row.holder_reason else [])],
        button=(_("Look at it"), console_url(f"/payout-accounts/{row.pk}/")),
    )


# ── The link in the letter ───────────────────────────────────────────────────────────────────────────────────────────


def stop_address(row: AccountChange, email: str) -> str:
    """Works without signing in, for this change and this reader, as long as the change is open: it can only keep things as they were."""
    return market_url("/payout-account/stop/?" + urlencode({"token": signing.dumps([str(row.pk), email], salt=SALT, compress=True)}))


def change_of(token: str) -> tuple[AccountChange, str]:
    """The change a link is about, and whom it was sent to. Raises AccountChangeUnknown."""
    try:
        change_id, email = signing.loads(token, salt=SALT)
        row = AccountChange.objects.select_related("merchant").filter(pk=UUID(change_id)).first()
    except (signing.BadSignature, ValueError, TypeError):
        row = None
    if row is None:
        raise AccountChangeUnknown
    return row, str(email)


@verb
def stop_by_link(*, by: Actor, token: str) -> AccountChange:
    """Whoever has the letter stops the change. Raises AccountChangeUnknown, AccountChangeEnded."""
    row, email = change_of(token)
    person = User.objects.filter(email__iexact=email).first()
    reader = replace(by, user_id=person.pk if person else None, label=email)
    stopped: AccountChange = stop_change(by=reader, change_id=row.pk, why=BY_LINK)
    return stopped
