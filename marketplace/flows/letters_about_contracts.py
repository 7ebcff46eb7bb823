"""What both sides of a contract are told by mail. Reactions: each runs once for an event or a deadline."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import full_day
from marketplace.platform.notices.messages import worded
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


def _for_shop(merchant: Merchant) -> str:
    if merchant.status == Merchant.Status.OPENING:
        row = Application.objects.get(merchant=merchant)
        return market_url(f"/sell/applications/{row.number}/")
    return workbench_url(merchant, "/contract/")


def _for_market(row: Contract) -> str:
    return console_url(f"/contracts/{row.number}/")


def _last_day(row: Contract) -> str:
    return full_day(row.ends_at - timedelta(microseconds=1))


def contract_moved(event: ContractMoved) -> None:
    """Signed by the merchant: the market hears. Signed or refused by the market, or ended: the merchant hears; of an end, the market too."""
    row = Contract.objects.select_related("merchant").get(pk=event.contract_id)
    if event.status == S.SIGNED:
        _to_market("contract_signed_by_shop", row)
        return
    if event.status == S.ENDED:
        following = last_contract(row.merchant)
        if following is not None and following.ends_at > clock.now():
            return  # renewed in time
        _to_market("contract_with_shop_ended", row)
    kind = {S.IN_FORCE: "contract_in_force", S.REFUSED: "contract_refused", S.ENDED: "contract_ended"}[S(event.status)]
    tell(signers_of(row.merchant), lambda: worded(kind, {"day": _last_day(row), "reason": row.note}, link=_for_shop(row.merchant)))


def _to_market(kind: str, row: Contract) -> None:
    tell(market_staff_with(Right.OPEN_MERCHANTS), lambda: worded(kind, {"company": row.company}, link=_for_market(row)))


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

    def facts() -> dict[str, str]:
        return {"when": ngettext("in {n} day", "in {n} days", days).format(n=days), "day": _last_day(row), "company": row.company}

    tell(signers_of(row.merchant), lambda: worded("contract_ends_soon", facts(), link=_for_shop(row.merchant)))
    tell(market_staff_with(Right.OPEN_MERCHANTS), lambda: worded("contract_with_shop_ends_soon", facts(), link=_for_market(row)))


def paper_broken(event: ContractPaperBroken) -> None:
    """The file of a contract is not what was signed."""
    row = Contract.objects.select_related("merchant").get(pk=event.contract_id)
    people: dict[UUID, User] = {person.pk: person for right in (Right.MANAGE_MARKET, Right.VIEW_MARKET_LOG) for person in market_staff_with(right)}
    tell(people.values(), lambda: worded("contract_paper_broken", {"number": row.number}, link=_for_market(row)))
