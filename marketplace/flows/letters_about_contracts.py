"""What both sides of a contract are told by mail. Reactions: each runs once for an event or a deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import full_day
from marketplace.platform.notices.messages import Message
from marketplace.platform.notices.telling import tell
from tenants.access.people import market_staff_with, staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.contracts.events import ContractMoved, ContractPaperBroken
from tenants.contracts.models import Contract
from tenants.contracts.queries import last_contract
from tenants.contracts.signing import remind_next
from tenants.onboarding.models import Application
from tenants.tenancy.hosts import console_url, market_url, workbench_url
from tenants.tenancy.models import Merchant

S = Contract.Status


def signers_of(merchant: Merchant) -> list[User]:
    """Who may sign for it: the applicant while the shop is not open, then whoever hands in its documents."""
    if merchant.status == Merchant.Status.OPENING:
        row = Application.objects.select_related("applicant").filter(merchant=merchant).first()
        return [row.applicant] if row else []
    return staff_with([merchant.pk], Right.MANAGE_PAPERS)[merchant.pk]


def _for_shop(merchant: Merchant) -> tuple[str, str]:
    if merchant.status == Merchant.Status.OPENING:
        row = Application.objects.get(merchant=merchant)
        return _("To your application"), market_url(f"/sell/applications/{row.number}/")
    return _("To the contract"), workbench_url(merchant, "/contract/")


def _for_market(row: Contract) -> tuple[str, str]:
    return _("Look at it"), console_url(f"/contracts/{row.number}/")


def contract_moved(event: ContractMoved) -> None:
    """Signed by the merchant: the market hears. Signed or refused by the market, or ended: the merchant hears; of an end, the market too."""
    row = Contract.objects.select_related("merchant").get(pk=event.contract_id)
    if event.status == S.SIGNED:
        _to_market(row, lambda: (_("“{company}” has signed its contract"), _("It waits for the market's signature.")))
        return
    if event.status == S.ENDED:
        following = last_contract(row.merchant)
        if following is not None and following.ends_at > clock.now():
            return  # renewed in time
        _to_market(
            row,
            lambda: (
                _("The contract with “{company}” has ended"),
                _("No other was signed. What is on sale stays on sale; the shop puts nothing new on sale."),
            ),
        )

    def compose() -> Message:
        subject, lines = {
            S.IN_FORCE: (_("Your contract is signed by both"), [_("It runs until {day}."), _("You can download it at any time.")]),
            S.REFUSED: (_("The market has not signed your contract"), [_("The market says: {reason}"), _("You can sign anew.")]),
            S.ENDED: (
                _("Your contract has ended"),
                [_("What is on sale stays on sale, and orders go on. Nothing new can be put on sale until you sign the next contract.")],
            ),
        }[S(event.status)]
        said = {"day": full_day(row.ends_at - timedelta(microseconds=1)), "reason": row.note}
        return Message("contract_moved", subject, [line.format(**said) for line in lines], button=_for_shop(row.merchant))

    tell(signers_of(row.merchant), compose)


def _to_market(row: Contract, words: Callable[[], tuple[str, str]]) -> None:
    def compose() -> Message:
        subject, line = words()
        return Message("contract_for_market", subject.format(company=row.company), [line], button=_for_market(row))

    tell(market_staff_with(Right.OPEN_MERCHANTS), compose)


def remind(event: DeadlineReached) -> None:
    """Reaction to the deadline `contract.reminder`, 30, 7 and 1 days before the end: a letter to both sides, unless the next is signed."""
    row = Contract.objects.select_related("merchant").filter(pk=event.subject_id, status=S.IN_FORCE).first()
    now = clock.now()
    if row is None or row.ends_at <= now:
        return
    remind_next(row)
    if Contract.objects.filter(merchant=row.merchant, status__in=Contract.OPEN, starts_at__gte=row.ends_at).exists():
        return
    days = max(1, round((row.ends_at - now).total_seconds() / 86_400))

    def compose(who: str) -> Message:
        subject = {
            "shop": ngettext("Your contract ends in {n} day", "Your contract ends in {n} days", days),
            "market": ngettext("The contract with “{company}” ends in {n} day", "The contract with “{company}” ends in {n} days", days),
        }[who]
        lines = [_("Its last day is {day}.").format(day=full_day(row.ends_at - timedelta(microseconds=1)))]
        if who == "shop":
            lines.append(_("Sign the next one in time: from the day after on, nothing new can be put on sale."))
        return Message(
            "contract_ends_soon", subject.format(n=days, company=row.company), lines, button=_for_shop(row.merchant) if who == "shop" else _for_market(row)
        )

    tell(signers_of(row.merchant), lambda: compose("shop"))
    tell(market_staff_with(Right.OPEN_MERCHANTS), lambda: compose("market"))


def paper_broken(event: ContractPaperBroken) -> None:
    """The file of a contract is not what was signed."""
    row = Contract.objects.select_related("merchant").get(pk=event.contract_id)

    def compose() -> Message:
        lines = [
            _("Somebody wanted to download contract {number}, and was refused: the file is missing or is another than the one that was kept.").format(
                number=row.number
            ),
            _("Find out who could write there, and put the file back from a copy. Its SHA-256 stands in the log."),
        ]
        return Message("contract_paper_broken", _("The file of a contract is not what was signed"), lines, button=_for_market(row))

    people: dict[UUID, User] = {person.pk: person for right in (Right.MANAGE_MARKET, Right.VIEW_MARKET_LOG) for person in market_staff_with(right)}
    tell(people.values(), compose)
