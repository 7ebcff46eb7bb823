"""Rights by what they are about, each explained: the rows of the matrix of roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.access.rights import Right as R


@dataclass(frozen=True)
class Area:
    """Rights that belong together."""

    name: str | Promise
    rights: tuple[R, ...]


AREAS: tuple[Area, ...] = (
    Area(_("Orders and returns"), (R.VIEW_ORDERS, R.SHIP_ORDERS, R.CANCEL_ORDERS, R.HANDLE_RETURNS, R.APPROVE_RETURNS, R.ANSWER_BUYERS)),
    Area(_("Customers"), (R.VIEW_CUSTOMERS, R.MANAGE_CUSTOMERS, R.EXPORT_CUSTOMERS)),
    Area(_("Goods and delivery"), (R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.KEEP_STOCK, R.MANAGE_PAPERS, R.MANAGE_DELIVERY)),
    Area(_("Money"), (R.VIEW_STATEMENTS, R.MANAGE_PAYOUTS, R.REVEAL_ACCOUNT)),
    Area(_("Pages"), (R.EDIT_SHOP_PAGES, R.MANAGE_DOMAINS)),
    Area(_("People and log"), (R.MANAGE_STAFF, R.GRANT_SUPPORT, R.SHARE_VIEWS, R.VIEW_SHOP_LOG)),
    Area(_("Merchants"), (R.VIEW_MERCHANTS, R.OPEN_MERCHANTS, R.OPEN_OWN_SHOPS, R.REVIEW_MERCHANTS, R.SUPPORT_SHOPS)),
    Area(_("Consumers"), (R.VIEW_CONSUMERS, R.MANAGE_CONSUMERS, R.EXPORT_CONSUMERS)),
    Area(_("Goods and opinions"), (R.REVIEW_PRODUCTS, R.MODERATE_REVIEWS)),
    Area(_("Orders and money"), (R.VIEW_MARKET_ORDERS, R.VIEW_LEDGER, R.SETTLE, R.PAY_OUT, R.REVEAL_ACCOUNTS, R.MANAGE_MARKET)),
    Area(_("Two people"), (R.VIEW_APPROVALS, R.SANCTION_MERCHANTS, R.APPROVE_SANCTIONS, R.APPROVE_RATES, R.APPROVE_PAYOUTS, R.APPROVE_CONSUMERS)),
    Area(_("Pages"), (R.EDIT_MARKET_PAGES,)),
    Area(_("People and log"), (R.MANAGE_MARKET_STAFF, R.SHARE_MARKET_VIEWS, R.VIEW_MARKET_LOG)),
)

EXPLAINED: Mapping[R, str | Promise] = {
    R.VIEW_ORDERS: _("Orders with buyers' addresses, packing slips, returns. Looking at a telephone number is logged."),
    R.SHIP_ORDERS: _("Accept, pack, hand over to a carrier, open a parcel again."),
    R.CANCEL_ORDERS: _("Whole orders or single pieces; the buyer gets the money back."),
    R.HANDLE_RETURNS: _("Open a return for a buyer, agree or refuse, inspect what came back, and pay it back."),
    R.APPROVE_RETURNS: _("Where the shop wants two people: confirm what a colleague has inspected, and pieces that a colleague gives up."),
    R.ANSWER_BUYERS: _("In the shop's name, under reviews and questions that everybody reads."),
    R.VIEW_CUSTOMERS: _("Who bought here: orders, returns and reviews of this shop, and no other."),
    R.MANAGE_CUSTOMERS: _("What the team writes about a customer; customers do not see it."),
    R.EXPORT_CUSTOMERS: _("Names and figures of every customer of this shop. Each file is logged."),
    R.VIEW_PRODUCTS: _("The list of products with prices and stock."),
    R.EDIT_PRODUCTS: _("Enter, change, submit, put on sale and off sale; prices and stock."),
    R.KEEP_STOCK: _("Stocktakes, transfers, orders from suppliers, stock locations, and the codes of virtual goods."),
    R.MANAGE_PAPERS: _("Licences and authorisations that goods need, with their last day."),
    R.MANAGE_DELIVERY: _("Fees and free delivery by province, and when the shop is on holiday."),
    R.VIEW_STATEMENTS: _("Statements, what was earned, and the figures on the first page."),
    R.MANAGE_PAYOUTS: _("The bank account, or the account at Stripe. A colleague or the market confirms each change."),
    R.REVEAL_ACCOUNT: _("With a reason and one's password; who looked stands on the page and in the log. Others see the last four digits."),
    R.EDIT_SHOP_PAGES: _("The shop's look and pages, and the messages sent through their forms."),
    R.MANAGE_DOMAINS: _("Add and remove domains of the shop's own, and choose its address."),
    R.MANAGE_STAFF: _("Invite people, give and take roles, end somebody's work, make own roles. Never beyond what one may do oneself."),
    R.GRANT_SUPPORT: _("Grant, refuse and end the access that the market's support asks for."),
    R.SHARE_VIEWS: _("Saved views of lists, for everybody who works here."),
    R.VIEW_SHOP_LOG: _("Who changed what, when, and why."),
    R.VIEW_MERCHANTS: _("The list of shops, and the page of each."),
    R.OPEN_MERCHANTS: _("Let a shop in without an application."),
    R.OPEN_OWN_SHOPS: _("A shop in which the market itself sells: without review, commission and payout."),
    R.REVIEW_MERCHANTS: _("Applications with their papers: pass, ask for more, reject."),
    R.SUPPORT_SHOPS: _("With a reason, for a time, and only if the shop agrees; everything is in the shop's log."),
    R.VIEW_CONSUMERS: _("Their pages with orders of all shops, sign-ins and notes; mail and phone are masked, and looking at them is logged."),
    R.MANAGE_CONSUMERS: _("Deactivate and reactivate with a reason; merging and erasing take a second person."),
    R.EXPORT_CONSUMERS: _("Names, e-mail addresses and figures of consumers. Each file is logged."),
    R.APPROVE_CONSUMERS: _("What somebody else asked for, never one's own request. Neither can be undone."),
    R.REVIEW_PRODUCTS: _("Approve what shops submit, or send it back."),
    R.MODERATE_REVIEWS: _("With a reason; nothing is changed or removed."),
    R.VIEW_MARKET_ORDERS: _("Orders and returns of all shops."),
    R.VIEW_LEDGER: _("The journal, statements, payouts, refunds, disputes, and the figures on the first page."),
    R.SETTLE: _("Work out what shops have earned, and issue statements."),
    R.PAY_OUT: _("Bank files, what the bank has paid, refunds and payouts that were refused."),
    R.REVEAL_ACCOUNTS: _("With a reason and one's password; the shop sees who looked. Others see the last four digits."),
    R.MANAGE_MARKET: _("Everything on the settings page."),
    R.VIEW_APPROVALS: _("What waits for a second person, with before and after, and what was decided."),
    R.SANCTION_MERCHANTS: _(
        "With a reason that the owner reads. Somebody else has to approve it. An owner for a shop that has lost its own is asked for with it, too."
    ),
    R.APPROVE_SANCTIONS: _("What somebody else asked for, never one's own request. Owners for shops, too."),
    R.APPROVE_RATES: _("What somebody else asked for, never one's own request."),
    R.APPROVE_PAYOUTS: _("What somebody else asked for, never one's own request. Payouts, and refunds paid otherwise."),
    R.EDIT_MARKET_PAGES: _("First page, campaigns and articles, and the messages sent through their forms."),
    R.MANAGE_MARKET_STAFF: _("Invite people, give and take roles, end somebody's work, make own roles. Never beyond what one may do oneself."),
    R.SHARE_MARKET_VIEWS: _("Saved views of lists, for everybody who works here."),
    R.VIEW_MARKET_LOG: _("Who changed what, when, and why, shops' changes included."),
}


def areas_of(scope: str) -> list[Area]:
    """The areas of a scope, with every right of it: one that is in no area yet comes last."""
    found = [area for area in AREAS if area.rights[0].scope == scope]
    left = tuple(right for right in R if right.scope == scope and not any(right in area.rights for area in found))
    return [*found, Area(_("Other"), left)] if left else found
