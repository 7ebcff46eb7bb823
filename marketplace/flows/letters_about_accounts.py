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
from marketplace.kernel.actors import Actor
from marketplace.kernel.formats import format_time
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import Message, Table, read_in, worded
from marketplace.platform.notices.telling import tell
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
        if row.needs_colleague and not event.is_back:
            return  # the shop was told when it was asked for, and will be when it is decided
    kind = LOOKED_AT_AGAIN if event.is_back else KINDS.get(S(event.status), "payout_account_asked")
    _tell_shop(row, lambda email: _message(row, kind, email))


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


KINDS = {S.COOLING: "payout_account_confirmed", S.IN_FORCE: "payout_account_in_force", S.STOPPED: "payout_account_stopped"}
KINDS |= {S.REFUSED: "payout_account_refused", S.EXPIRED: "payout_account_expired"}
LOOKED_AT_AGAIN = "payout_account_looked_at_again"


def _message(row: AccountChange, kind: str, email: str) -> Message:
    """While the change can be stopped, the link does that."""
    facts = {
        "name": row.merchant.name,
        "at": format_time(row.in_force_at) if row.in_force_at else "",
        "contact": str(Market.objects.get().contact_email),
        "person": row.ended_label,
        "why": _("by the link in this letter") if row.ended_why == BY_LINK else row.ended_why,
        "reason": row.ended_why,
    }
    shown = [(_("New account"), row.in_words), (_("Asked by"), row.asked_label)]
    table = Table(_("Account"), [*shown, *([(_("Confirmed by"), row.confirmed_label)] if row.confirmed_label else [])])
    can_stop = row.is_open and kind in ("payout_account_asked", "payout_account_confirmed", LOOKED_AT_AGAIN)
    link = stop_address(row, email) if can_stop else workbench_url(row.merchant, "/payout-account/")
    return worded(kind, {name: facts[name] for name in ALL[kind].facts}, link=link, tables=[table])


def _to_market(row: AccountChange) -> Message:
    facts = {"name": row.merchant.name, "account": row.in_words, "name_is": str(row.get_name_is_display()), "why": row.holder_reason}
    return worded("payout_account_look", facts, link=console_url(f"/payout-accounts/{row.pk}/"))


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
