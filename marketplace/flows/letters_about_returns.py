"""What is told where money goes back by two people, and where a shop opens a return for a buyer. Reactions: each runs once for an event."""

from __future__ import annotations

from marketplace.flows.events import ReturnMoved
from marketplace.flows.second_looks import who_may_approve
from marketplace.kernel.formats import format_money, format_time
from marketplace.merchant.aftersales.actions import hands_of
from marketplace.merchant.aftersales.events import SecondLookAsked, SecondLookEnded
from marketplace.merchant.aftersales.models import Return, SecondLook
from marketplace.merchant.aftersales.second_looks import takes_two
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.platform.checkout.models import ReturnCopy
from marketplace.platform.notices.messages import Message, read_in, worded
from marketplace.platform.notices.telling import notify, tell
from tenants.accounts.models import User
from tenants.tenancy.hosts import market_url, workbench_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


def opened_for_buyer(event: ReturnMoved) -> None:
    """The shop has opened a return for a buyer who called: the buyer reads it, and may withdraw it."""
    if event.status != ReturnStatus.REQUESTED:
        return
    with merchant_schema(event.merchant_id):
        if not Return.objects.filter(pk=event.return_id, is_by_shop=True).exists():
            return
    row = ReturnCopy.objects.select_related("order__group__buyer", "merchant").get(pk=event.return_id)
    with read_in(row.order.group.language):
        reason = " · ".join(filter(None, (str(Reason(row.reason).label), row.note)))
        facts = {"shop": row.merchant.name, "number": row.number, "reason": reason, "amount": format_money(row.amount)}
        notify(worded("return_opened_for_you", facts, link=market_url(f"/returns/{row.number}/")), person=row.order.group.buyer)


def waits_for_approval(event: ReturnMoved) -> None:
    """A return was inspected, and the shop wants two people: whoever may be the second is told."""
    if event.status != ReturnStatus.INSPECTED:
        return
    with merchant_schema(event.merchant_id):
        back = Return.objects.filter(pk=event.return_id, status=ReturnStatus.INSPECTED).first()
        if back is None or not takes_two():
            return
        people, number, due_at, amount = who_may_approve(hands_of(back)), back.number, back.due_at, back.amount
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def compose() -> Message:
        facts = {"number": number, "amount": format_money(amount), "at": format_time(due_at) if due_at else ""}
        return worded("return_to_approve", facts, link=workbench_url(merchant, f"/returns/{number}/"))

    tell(people, compose)


def look_asked(event: SecondLookAsked) -> None:
    """Somebody asks for what a colleague decides over."""
    with merchant_schema(event.merchant_id):
        row = SecondLook.objects.select_related("order").filter(pk=event.look_id, status=SecondLook.Status.WAITING).first()
        if row is None:
            return
        people = who_may_approve({row.asked_by})
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def compose() -> Message:
        facts = {"person": row.asked_label, "what": what_of(row), "reason": row.why, "at": format_time(row.expires_at)}
        return worded("second_look_asked", facts, link=workbench_url(merchant, "/second-looks/"))

    tell(people, compose)


def look_ended(event: SecondLookEnded) -> None:
    """Whoever asked reads how it ended, unless they ended it."""
    with merchant_schema(event.merchant_id):
        row = SecondLook.objects.select_related("order").get(pk=event.look_id)
    asker = User.objects.filter(pk=row.asked_by, is_active=True).first()
    if asker is None or row.decided_by == row.asked_by:
        return
    merchant = Merchant.objects.get(pk=event.merchant_id)

    def compose() -> Message:
        person = row.decided_label if row.decided_by else ""
        facts = {"outcome": str(row.get_status_display()), "what": what_of(row), "person": person, "reason": row.decision if row.decided_by else ""}
        return worded("second_look_ended", facts, link=workbench_url(merchant, "/second-looks/"))

    tell([asker], compose)


def what_of(row: SecondLook) -> str:
    """What a request is about, in words, with the order's number."""
    kind = str(row.get_kind_display())
    return f"{kind} · {row.order.number}" if row.order else kind
