"""Log and journal in words: what actions and entries are called, the reasons the market gives by itself, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

ACTIONS: dict[str, str | Promise] = {
    "address.removed": pgettext_lazy("log", "Address removed"),
    "address.saved": pgettext_lazy("log", "Address saved"),
    "answer.hidden": pgettext_lazy("log", "Answer hidden"),
    "answer.shown": pgettext_lazy("log", "Answer shown again"),
    "application.begun": pgettext_lazy("log", "Application begun"),
    "application.given": pgettext_lazy("log", "Application taken or handed over"),
    "application.identity_more": pgettext_lazy("log", "Identity review: more is needed"),
    "application.identity_passed": pgettext_lazy("log", "Identity review passed"),
    "application.identity_rejected": pgettext_lazy("log", "Identity review: rejected"),
    "application.qualification_more": pgettext_lazy("log", "Qualification review: more is needed"),
    "application.qualification_passed": pgettext_lazy("log", "Qualification review passed"),
    "application.qualification_rejected": pgettext_lazy("log", "Qualification review: rejected"),
    "application.saved": pgettext_lazy("log", "Application saved"),
    "application.submitted": pgettext_lazy("log", "Application handed in"),
    "application.withdrawn": pgettext_lazy("log", "Application withdrawn"),
    "application.requirement_waived": pgettext_lazy("log", "Requirement waived for an applicant"),
    "approval.approved": pgettext_lazy("log", "Request approved and done"),
    "approval.asked": pgettext_lazy("log", "Second person asked for"),
    "approval.expired": pgettext_lazy("log", "Request expired"),
    "approval.limit_set": pgettext_lazy("log", "Limit for one person set"),
    "approval.refused": pgettext_lazy("log", "Request refused"),
    "approval.withdrawn": pgettext_lazy("log", "Request withdrawn"),
    "carriers.put": pgettext_lazy("log", "Carriers kept"),
    "commission.set": pgettext_lazy("log", "Commission set"),
    "customer.noted": pgettext_lazy("log", "Note on a customer"),
    "customer.tagged": pgettext_lazy("log", "Tags of a customer set"),
    "double.set_aside": pgettext_lazy("log", "Two accounts are two people"),
    "double.taken_up": pgettext_lazy("log", "Possible double taken up again"),
    "doubles.asked": pgettext_lazy("log", "Possible doubles looked for"),
    "dispute.closed": pgettext_lazy("log", "Dispute closed"),
    "dispute.inquiry": pgettext_lazy("log", "Dispute: the bank asks"),
    "dispute.lost": pgettext_lazy("log", "Dispute lost"),
    "dispute.open": pgettext_lazy("log", "Dispute: open"),
    "dispute.opened": pgettext_lazy("log", "Dispute opened"),
    "dispute.won": pgettext_lazy("log", "Dispute won"),
    "freight.set": pgettext_lazy("log", "Freight set"),
    "listings.settled": pgettext_lazy("log", "Goods held back or released"),
    "list.arranged": pgettext_lazy("log", "List arranged"),
    "list.bulk_asked": pgettext_lazy("log", "Action on a whole list asked for"),
    "list.bulk_done": pgettext_lazy("log", "Action on a whole list done"),
    "list.export_asked": pgettext_lazy("log", "Export asked for"),
    "list.exported": pgettext_lazy("log", "List exported"),
    "list.job_failed": pgettext_lazy("log", "Work on a list failed"),
    "log.check_asked": pgettext_lazy("log", "Verifying the log asked for"),
    "market.opened": pgettext_lazy("log", "Market opened"),
    "market.periods_set": pgettext_lazy("log", "Periods set"),
    "market.rail_set": pgettext_lazy("log", "Way to pay set"),
    "merchant.closed": pgettext_lazy("log", "Shop closed"),
    "merchant.closing": pgettext_lazy("log", "Closing of the shop begun"),
    "merchant.on_holiday": pgettext_lazy("log", "Shop on holiday"),
    "holiday.ended": pgettext_lazy("log", "Holiday ended"),
    "holiday.planned": pgettext_lazy("log", "Holiday planned"),
    "invitation.accepted": pgettext_lazy("log", "Invitation accepted"),
    "invitation.sent": pgettext_lazy("log", "Somebody invited"),
    "invitation.sent_again": pgettext_lazy("log", "Invitation sent again"),
    "invitation.taken_back": pgettext_lazy("log", "Invitation taken back"),
    "merchant.opened": pgettext_lazy("log", "Shop opened"),
    "merchant.reopened": pgettext_lazy("log", "Shop open again"),
    "merchant.requested": pgettext_lazy("log", "Shop requested"),
    "my_data.asked": pgettext_lazy("log", "Own data asked for"),
    "order.accepted": pgettext_lazy("log", "Order accepted by the shop"),
    "order.awaiting_payment": pgettext_lazy("log", "Order awaits payment"),
    "order.cancelled": pgettext_lazy("log", "Order cancelled"),
    "order.charged_back": pgettext_lazy("log", "Order taken back by the buyer's bank"),
    "order.completed": pgettext_lazy("log", "Order received"),
    "order.confirmed": pgettext_lazy("log", "Order confirmed"),
    "order.noted": pgettext_lazy("log", "Private note on an order"),
    "order.on_hold": pgettext_lazy("log", "Order put on hold"),
    "order.packed": pgettext_lazy("log", "Parcel packed"),
    "order.phone_shown": pgettext_lazy("log", "Buyer's telephone number looked at"),
    "order.pieces_cancelled": pgettext_lazy("log", "Pieces cancelled"),
    "order.pieces_returned": pgettext_lazy("log", "Pieces returned"),
    "order.shipped": pgettext_lazy("log", "Parcel shipped"),
    "order.unpacked": pgettext_lazy("log", "Parcel opened again"),
    "order_group.cancelled": pgettext_lazy("log", "Order group cancelled"),
    "order_group.expired": pgettext_lazy("log", "Order group expired"),
    "order_group.placed": pgettext_lazy("log", "Order group placed"),
    "orders.made_findable": pgettext_lazy("log", "Orders made findable by pinyin"),
    "pages.started": pgettext_lazy("log", "Pages made"),
    "paper.added": pgettext_lazy("log", "Document added"),
    "paper.asked_again": pgettext_lazy("log", "Document asked for again"),
    "paper.opened": pgettext_lazy("log", "Document opened"),
    "paper.removed": pgettext_lazy("log", "Document removed"),
    "payment.received": pgettext_lazy("log", "Payment received"),
    "payout.due": pgettext_lazy("log", "Payout to be paid"),
    "payout.paid": pgettext_lazy("log", "Payout paid"),
    "payout.released": pgettext_lazy("log", "Payout released"),
    "payout.retried": pgettext_lazy("log", "Payout asked for again"),
    "payout.returned": pgettext_lazy("log", "Payout sent back"),
    "payout.sent": pgettext_lazy("log", "Payout on its way"),
    "payout_account.set": pgettext_lazy("log", "Payout account set"),
    "payout_batch.made": pgettext_lazy("log", "Bank file made"),
    "person.address_asked": pgettext_lazy("log", "Another e-mail address asked for"),
    "person.closed": pgettext_lazy("log", "Account deleted"),
    "person.contact_shown": pgettext_lazy("log", "Mail, phone and addresses of a person looked at"),
    "person.deactivated": pgettext_lazy("log", "Account deactivated"),
    "person.device_ended": pgettext_lazy("log", "Signed out on a device"),
    "person.made": pgettext_lazy("log", "Account made"),
    "person.merged": pgettext_lazy("log", "Account merged into another"),
    "person.noted": pgettext_lazy("log", "Note on a person"),
    "person.reactivated": pgettext_lazy("log", "Account open again"),
    "person.signed_out_elsewhere": pgettext_lazy("log", "Signed out elsewhere"),
    "person.swept_up": pgettext_lazy("log", "What came late to a merged account moved, too"),
    "person.took_over": pgettext_lazy("log", "Account took over another"),
    "prices.set": pgettext_lazy("log", "Prices set"),
    "product.changed": pgettext_lazy("log", "Product changed"),
    "product.draft": pgettext_lazy("log", "Product made a draft"),
    "product.entered": pgettext_lazy("log", "Product entered"),
    "product.off_sale": pgettext_lazy("log", "Product taken off sale"),
    "product.on_sale": pgettext_lazy("log", "Product put on sale"),
    "product.review_approved": pgettext_lazy("log", "Product approved"),
    "product.review_none": pgettext_lazy("log", "Product review ended"),
    "product.review_sent_back": pgettext_lazy("log", "Product sent back"),
    "product.review_waiting": pgettext_lazy("log", "Product waits for review"),
    "product.submitted": pgettext_lazy("log", "Product submitted"),
    "profile.saved": pgettext_lazy("log", "Profile saved"),
    "products.imported": pgettext_lazy("log", "Products imported"),
    "question.answered": pgettext_lazy("log", "Question answered"),
    "question.asked": pgettext_lazy("log", "Question asked"),
    "question.hidden": pgettext_lazy("log", "Question hidden"),
    "question.shown": pgettext_lazy("log", "Question shown again"),
    "rail.sweep_asked": pgettext_lazy("log", "Movements at the rail asked for"),
    "rail_movement.booked": pgettext_lazy("log", "Movement at the rail booked"),
    "rail_notice.dismissed": pgettext_lazy("log", "Notice dismissed"),
    "rail_notice.quarantined": pgettext_lazy("log", "Notice set aside"),
    "ratings.recounted": pgettext_lazy("log", "Ratings counted anew"),
    "qualification.expired": pgettext_lazy("log", "Qualification expired"),
    "qualification.granted": pgettext_lazy("log", "Qualification granted"),
    "qualification.revoked": pgettext_lazy("log", "Qualification revoked"),
    "qualification.waived": pgettext_lazy("log", "Requirement waived for a shop"),
    "renewal.accepted": pgettext_lazy("log", "Document of a shop accepted"),
    "renewal.handed_in": pgettext_lazy("log", "Document of a shop handed in"),
    "renewal.refused": pgettext_lazy("log", "Document of a shop refused"),
    "requirement.put": pgettext_lazy("log", "Requirement kept"),
    "refund.due": pgettext_lazy("log", "Refund to be sent"),
    "refund.failed": pgettext_lazy("log", "Refund refused by the rail"),
    "refund.paid_otherwise": pgettext_lazy("log", "Refund paid otherwise"),
    "refund.retried": pgettext_lazy("log", "Refund asked for again"),
    "refund.sent": pgettext_lazy("log", "Refund sent"),
    "regions.put": pgettext_lazy("log", "Regions kept"),
    "return.agreed": pgettext_lazy("log", "Return agreed"),
    "return.closed": pgettext_lazy("log", "Return closed"),
    "return.inspected": pgettext_lazy("log", "Return received and inspected"),
    "return.pieces_inspected": pgettext_lazy("log", "Pieces of a return inspected"),
    "return.refunded": pgettext_lazy("log", "Return refunded"),
    "return.refused": pgettext_lazy("log", "Return refused"),
    "return.requested": pgettext_lazy("log", "Return requested"),
    "return.sent_back": pgettext_lazy("log", "Return on the way back"),
    "return.withdrawn": pgettext_lazy("log", "Return withdrawn"),
    "review.added_to": pgettext_lazy("log", "Review added to"),
    "review.answered": pgettext_lazy("log", "Review answered"),
    "review.hidden": pgettext_lazy("log", "Review hidden"),
    "review.shown": pgettext_lazy("log", "Review shown again"),
    "review.written": pgettext_lazy("log", "Review written"),
    "role.changed": pgettext_lazy("log", "Roles of a person changed"),
    "role.deleted": pgettext_lazy("log", "Own role deleted"),
    "role.given": pgettext_lazy("log", "Role given"),
    "role.made": pgettext_lazy("log", "Own role made"),
    "role.rights_changed": pgettext_lazy("log", "Own role changed"),
    "shop.rated": pgettext_lazy("log", "Shop rated"),
    "staff.ended": pgettext_lazy("log", "Somebody's work here ended"),
    "rules.accepted": pgettext_lazy("log", "Market rules accepted"),
    "rules.published": pgettext_lazy("log", "Market rules published"),
    "statement.issued": pgettext_lazy("log", "Statement issued"),
    "stock.counted": pgettext_lazy("log", "Stock counted"),
    "support.asked": pgettext_lazy("log", "Support asked for access"),
    "support.ended": pgettext_lazy("log", "Support access ended"),
    "support.granted": pgettext_lazy("log", "Support access granted"),
    "support.page_seen": pgettext_lazy("log", "Support opened a page"),
    "support.refused": pgettext_lazy("log", "Support access refused"),
    "tax.set": pgettext_lazy("log", "Tax set"),
    "taxonomy.attributes_put": pgettext_lazy("log", "Attributes kept"),
    "taxonomy.brands_put": pgettext_lazy("log", "Brands kept"),
    "taxonomy.categories_put": pgettext_lazy("log", "Categories kept"),
    "taxonomy.category_described": pgettext_lazy("log", "Category's attributes set"),
    "taxonomy.values_put": pgettext_lazy("log", "Attribute values kept"),
    "transfer.failed": pgettext_lazy("log", "Transfer refused"),
    "transfer.reversal_refused": pgettext_lazy("log", "Taking back a transfer refused"),
    "transfer.reversed": pgettext_lazy("log", "Transfer taken back"),
    "transfer.sent": pgettext_lazy("log", "Transfer sent"),
    "theme.set": pgettext_lazy("log", "Look of the shop set"),
    "merchant.suspended": pgettext_lazy("log", "Shop suspended"),
    "message.sent": pgettext_lazy("log", "Message sent through a form"),
    "page.deleted": pgettext_lazy("log", "Page deleted"),
    "page.drafted": pgettext_lazy("log", "Page drafted from a template"),
    "page.expired": pgettext_lazy("log", "Page taken down at its date"),
    "page.published": pgettext_lazy("log", "Page published"),
    "page.scheduled": pgettext_lazy("log", "Page scheduled"),
    "page.undone": pgettext_lazy("log", "Page set back by one version"),
    "page.unpublished": pgettext_lazy("log", "Page taken down"),
    "view.default_set": pgettext_lazy("log", "First view of a list set"),
    "view.removed": pgettext_lazy("log", "View removed"),
    "view.renamed": pgettext_lazy("log", "View renamed"),
    "view.restored": pgettext_lazy("log", "View brought back"),
    "view.saved": pgettext_lazy("log", "View saved"),
    "view.shared": pgettext_lazy("log", "Sharing of a view changed"),
}

WHYS: dict[str, str | Promise] = {
    "all came back": pgettext_lazy("log", "All came back"),
    "every worker that began it ended before it did": pgettext_lazy("log", "Every worker that began it ended before it did"),
    "nobody decided in time": pgettext_lazy("log", "Nobody decided in time"),
    "not disputed in time": pgettext_lazy("log", "Not disputed in time"),
    "not sent back in time": pgettext_lazy("log", "Not sent back in time"),
    "paid": pgettext_lazy("log", "Paid"),
    "paid_twice": pgettext_lazy("log", "Paid twice"),
    "paid_too_late": pgettext_lazy("log", "Paid after the order had expired"),
    "payment disputed and lost": pgettext_lazy("log", "Payment disputed and lost"),
    "not paid in time": pgettext_lazy("log", "Not paid in time"),
    "cancelled by the buyer": pgettext_lazy("log", "Cancelled by the buyer"),
}

ENTRIES: dict[str, str | Promise] = {
    "dispute_loss": pgettext_lazy("log", "Dispute lost"),
    "dispute_reinstated": pgettext_lazy("log", "Disputed money came back"),
    "dispute_withdrawn": pgettext_lazy("log", "Disputed money taken"),
    "order_charged_back": pgettext_lazy("log", "Order charged back"),
    "order_completed": pgettext_lazy("log", "Order received"),
    "order_refunded": pgettext_lazy("log", "Order refunded"),
    "payment_received": pgettext_lazy("log", "Payment received"),
    "payment_to_return": pgettext_lazy("log", "Payment to give back"),
    "payout_paid": pgettext_lazy("log", "Payout paid"),
    "payout_returned": pgettext_lazy("log", "Payout sent back"),
    "rail_fee": pgettext_lazy("log", "Fee of the rail"),
    "rail_other": pgettext_lazy("log", "Other movement at the rail"),
    "rail_payout": pgettext_lazy("log", "From the rail to the market's bank"),
    "refund_by_dispute": pgettext_lazy("log", "Refunded by a dispute"),
    "refund_came_back": pgettext_lazy("log", "Refund came back"),
    "refund_paid_otherwise": pgettext_lazy("log", "Refund paid otherwise"),
    "refund_sent": pgettext_lazy("log", "Refund sent"),
    "statement": pgettext_lazy("log", "Statement issued"),
    "transfer_reversed": pgettext_lazy("log", "Transfer taken back"),
    "transfer_sent": pgettext_lazy("log", "Transfer sent"),
}

KEY_SHOWN = 8  # characters of a key that stands inside another value


def action_in_words(action: str) -> str:
    """What an action is called; one that has no words yet is shown as it is kept."""
    return str(ACTIONS.get(action, action))


def why_in_words(why: str) -> str:
    """A reason; what a person wrote is left as it is."""
    return str(WHYS.get(why, why))


def entry_in_words(kind: str) -> str:
    """What an entry of the journal is about."""
    return str(ENTRIES.get(kind, kind))


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[tuple[str, str, str]]:
    """Each field that was noted, with its value before and after; an empty text for none. Fields that stayed are left out."""
    before, after = before or {}, after or {}
    for field in [*before, *(field for field in after if field not in before)]:
        if before.get(field) != after.get(field):
            yield _short(field), _shown(before.get(field)), _shown(after.get(field))


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{_short(str(key))} {_shown(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return str(value)


def _short(field: str) -> str:
    """A key by its end, which tells keys made together apart."""
    return f"…{field[-KEY_SHOWN:]}" if len(field) == 36 and field.count("-") == 4 else field
