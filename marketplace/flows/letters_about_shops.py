"""What people are told of the life of a shop, and of what takes two people. Reactions: each runs once for an event."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.flows.approval_kinds import KINDS
from marketplace.flows.approvals import who_may
from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel.formats import format_money, format_time
from marketplace.platform.approvals.events import ApprovalAsked, ApprovalEnded
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.notices.letters import Message
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
    subject, lines = {
        S.SUSPENDED: (
            _("Your shop “{name}” is suspended"),
            [
                _("Nobody can order from it for now. Orders that are paid go on: ship them in time."),
                _("The market says: {kind}. {reason}"),
                _("Answer to {contact}; once it is settled, the market opens the shop again."),
            ],
        ),
    }.get(S(change.after), (_("Your shop “{name}” is open again"), [_("Buyers can order from it.")]))
    from_market = {"kind": change.get_kind_display(), "reason": change.reason, "contact": Market.objects.get().contact_email}
    return Message(
        "shop_moved",
        subject.format(name=shop.name),
        [line.format(**from_market) for line in lines],
        button=(_("To the workbench"), workbench_url(shop)),
    )


def approval_asked(event: ApprovalAsked) -> None:
    """Everybody who could approve it, but whoever asked."""
    row = ApprovalRequest.objects.select_related("merchant").get(pk=event.request_id)
    if row.status != ApprovalRequest.Status.WAITING:
        return
    kind = KINDS[row.kind]
    people = [person for person in who_may(kind.approve) if person.pk != row.asked_by_id]
    tell(
        people,
        lambda: Message(
            "approval_asked",
            _("Waits for a second person: {what}").format(what=kind.label),
            [_about(row), _("{person} asks: {why}").format(person=row.asked_label, why=row.why), _("Decide by {at}.").format(at=format_time(row.expires_at))],
            button=(_("Look at it"), console_url(f"/approvals/{row.number}/")),
        ),
    )


def approval_ended(event: ApprovalEnded) -> None:
    """Whoever asked hears what became of it."""
    row = ApprovalRequest.objects.select_related("merchant", "asked_by").get(pk=event.request_id)
    if row.is_alone or row.status == ApprovalRequest.Status.WITHDRAWN:
        return
    kind = KINDS[row.kind]

    def compose() -> Message:
        lines = [_about(row)]
        if row.status != ApprovalRequest.Status.EXPIRED:
            lines.append(_("Decided by {person}. {reason}").format(person=row.decided_label, reason=row.decision).strip())
        subject = {
            ApprovalRequest.Status.APPROVED: _("Approved and done: {what}"),
            ApprovalRequest.Status.REFUSED: _("Refused: {what}"),
            ApprovalRequest.Status.EXPIRED: _("Nobody decided in time: {what}"),
        }[ApprovalRequest.Status(row.status)]
        return Message("approval_ended", subject.format(what=kind.label), lines, button=(_("Look at it"), console_url(f"/approvals/{row.number}/")))

    tell([row.asked_by], compose)


def _about(row: ApprovalRequest) -> str:
    parts = [row.number, row.merchant.name if row.merchant else "", format_money(row.amount) if row.amount else ""]
    return " · ".join(filter(None, parts))
