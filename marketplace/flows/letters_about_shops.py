"""What people are told of the life of a shop, and of what takes two people. Reactions: each runs once for an event."""

from __future__ import annotations

from marketplace.flows.approval_kinds import KINDS
from marketplace.flows.approvals import who_may
from marketplace.kernel.formats import format_money, format_time
from marketplace.platform.approvals.events import ApprovalAsked, ApprovalEnded
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.tenancy.events import ShopMoved
from tenants.tenancy.hosts import console_url, workbench_url
from tenants.tenancy.models import Market, Merchant, ShopChange

S = Merchant.Status


def shop_moved(event: ShopMoved) -> None:
    """The owners hear what the operator did with their shop; what they did themselves they know. The end of a shop: letters_about_closing.py."""
    change = ShopChange.objects.select_related("merchant").get(pk=event.change_id)
    if change.is_owners or S.CLOSING in (event.before, event.after):
        return
    people = staff_with([event.merchant_id], Right.MANAGE_PAYOUTS)[event.merchant_id]
    tell(people, lambda: _of_move(change))


def _of_move(change: ShopChange) -> Message:
    shop = change.merchant
    facts = {"name": shop.name, "kind": str(change.get_kind_display()), "reason": change.reason, "contact": Market.objects.get().contact_email}
    kind = "shop_suspended" if change.after == S.SUSPENDED else "shop_reopened"
    return worded(kind, facts, link=workbench_url(shop))


def approval_asked(event: ApprovalAsked) -> None:
    """Everybody who could approve it, but whoever asked."""
    row = ApprovalRequest.objects.select_related("merchant").get(pk=event.request_id)
    if row.status != ApprovalRequest.Status.WAITING:
        return
    kind = KINDS[row.kind]
    people = [person for person in who_may(kind.approve) if person.pk != row.asked_by_id]

    def compose() -> Message:
        facts = {"what": str(kind.label), "about": _about(row), "person": row.asked_label, "why": row.why, "at": format_time(row.expires_at)}
        return worded("approval_asked", facts, link=console_url(f"/approvals/{row.number}/"))

    tell(people, compose)


def approval_ended(event: ApprovalEnded) -> None:
    """Whoever asked hears what became of it."""
    row = ApprovalRequest.objects.select_related("merchant", "asked_by").get(pk=event.request_id)
    if row.is_alone or row.status == ApprovalRequest.Status.WITHDRAWN:
        return
    kind = KINDS[row.kind]

    def compose() -> Message:
        facts = {"what": str(kind.label), "about": _about(row), "person": row.decided_label, "reason": row.decision}
        return worded(f"approval_{row.status}", facts, link=console_url(f"/approvals/{row.number}/"))

    tell([row.asked_by], compose)


def _about(row: ApprovalRequest) -> str:
    parts = [row.number, row.merchant.name if row.merchant else "", format_money(row.amount) if row.amount else ""]
    return " · ".join(filter(None, parts))
