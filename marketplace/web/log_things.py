"""What rows of the log are about: kinds of things in words, and the page where one is looked at, for who may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import AuditEvent
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant

SUBJECTS: dict[str, str | Promise] = {
    "address": pgettext_lazy("log thing", "Address"),
    "application": pgettext_lazy("log thing", "Application"),
    "attribute": pgettext_lazy("log thing", "Attribute"),
    "brand": pgettext_lazy("log thing", "Brand"),
    "own_category": pgettext_lazy("log thing", "Own category name"),
    "carriers": pgettext_lazy("log thing", "Carriers"),
    "category": pgettext_lazy("log thing", "Category"),
    "code": pgettext_lazy("log thing", "Code"),
    "commission_rule": pgettext_lazy("log thing", "Commission"),
    "customer": pgettext_lazy("log thing", "Customer"),
    "double": pgettext_lazy("log thing", "Possible double"),
    "deposit": pgettext_lazy("log thing", "Deposit"),
    "deposit_rule": pgettext_lazy("log thing", "Amount of deposits"),
    "deposit_terms": pgettext_lazy("log thing", "How deposits are paid"),
    "contract": pgettext_lazy("log thing", "Contract"),
    "contract_template": pgettext_lazy("log thing", "Contract template"),
    "dispute": pgettext_lazy("log thing", "Disputed payment"),
    "domain": pgettext_lazy("log thing", "Domain"),
    "dossier": pgettext_lazy("log thing", "Company data"),
    "evaluation": pgettext_lazy("log thing", "Evaluation"),
    "evaluation_rule": pgettext_lazy("log thing", "Limits of evaluations"),
    "export": pgettext_lazy("log thing", "Own data"),
    "add_on": pgettext_lazy("log thing", "Add-on"),
    "extra": pgettext_lazy("log thing", "Add-on or service"),
    "fee": pgettext_lazy("log thing", "Fee"),
    "package": pgettext_lazy("log thing", "Package"),
    "block": pgettext_lazy("log thing", "Block"),
    "words": pgettext_lazy("log thing", "Words"),
    "search_index": pgettext_lazy("log thing", "Index of search"),
    "search_rule": pgettext_lazy("log thing", "Rule of search"),
    "service": pgettext_lazy("log thing", "Service"),
    "freight": pgettext_lazy("log thing", "Freight"),
    "list": pgettext_lazy("log thing", "List"),
    "log": pgettext_lazy("log thing", "Log"),
    "market": pgettext_lazy("log thing", "Market"),
    "merchant": pgettext_lazy("log thing", "Merchant"),
    "message": pgettext_lazy("log thing", "Message"),
    "notice_words": pgettext_lazy("log thing", "Words of a notice"),
    "dispatch": pgettext_lazy("log thing", "Notice sent"),
    "order": pgettext_lazy("log thing", "Order"),
    "order_group": pgettext_lazy("log thing", "Order group"),
    "page": pgettext_lazy("log thing", "Page"),
    "payment": pgettext_lazy("log thing", "Payment"),
    "payout": pgettext_lazy("log thing", "Payout"),
    "payout_account": pgettext_lazy("log thing", "Payout account"),
    "payout_batch": pgettext_lazy("log thing", "Bank file"),
    "person": pgettext_lazy("log thing", "Person"),
    "prices": pgettext_lazy("log thing", "Prices"),
    "product": pgettext_lazy("log thing", "Product"),
    "question": pgettext_lazy("log thing", "Question"),
    "rail_movement": pgettext_lazy("log thing", "Movement at the rail"),
    "rail_notice": pgettext_lazy("log thing", "Notice of a rail"),
    "refund": pgettext_lazy("log thing", "Refund"),
    "return": pgettext_lazy("log thing", "Return"),
    "review": pgettext_lazy("log thing", "Review"),
    "shop": pgettext_lazy("log thing", "Shop"),
    "shop_category": pgettext_lazy("log thing", "Shop category"),
    "statement": pgettext_lazy("log thing", "Statement"),
    "stock": pgettext_lazy("log thing", "Stock"),
    "tax_rate": pgettext_lazy("log thing", "Tax rate"),
    "taxonomy": pgettext_lazy("log thing", "Categories and attributes"),
    "transfer": pgettext_lazy("log thing", "Transfer"),
    "virtual_category": pgettext_lazy("log thing", "Virtual category"),
    "view": pgettext_lazy("log thing", "View of a list"),
    "answer": pgettext_lazy("log thing", "Answer"),
    "customer_group": pgettext_lazy("log thing", "Group of customers"),
    "film": pgettext_lazy("log thing", "Film"),
    "holiday": pgettext_lazy("log thing", "Holiday"),
    "import": pgettext_lazy("log thing", "Import of products"),
    "invitation": pgettext_lazy("log thing", "Invitation"),
    "library": pgettext_lazy("log thing", "Picture library"),
    "library_picture": pgettext_lazy("log thing", "Picture"),
    "limit": pgettext_lazy("log thing", "Limit for one person alone"),
    "location": pgettext_lazy("log thing", "Stock location"),
    "orders": pgettext_lazy("log thing", "Orders"),
    "paper": pgettext_lazy("log thing", "Document"),
    "price_list": pgettext_lazy("log thing", "Price list"),
    "products": pgettext_lazy("log thing", "Products"),
    "qualification": pgettext_lazy("log thing", "Qualification"),
    "rail": pgettext_lazy("log thing", "Payment provider"),
    "reduction": pgettext_lazy("log thing", "Reduction"),
    "regions": pgettext_lazy("log thing", "Regions"),
    "request": pgettext_lazy("log thing", "Request for a second person"),
    "requirement": pgettext_lazy("log thing", "Requirement"),
    "restock": pgettext_lazy("log thing", "Order from a supplier"),
    "role": pgettext_lazy("log thing", "Own role"),
    "rules": pgettext_lazy("log thing", "Market rules"),
    "shop_export": pgettext_lazy("log thing", "Everything of the shop"),
    "size_table": pgettext_lazy("log thing", "Size table"),
    "stock_transfer": pgettext_lazy("log thing", "Stock transfer"),
    "stocktake": pgettext_lazy("log thing", "Stocktake"),
    "support": pgettext_lazy("log thing", "Support access"),
    "variant": pgettext_lazy("log thing", "Variant"),
}

# (route, the right it asks for, how it takes the key: as part of the address, as a search, or not at all).
IN_WORKBENCH: dict[str, tuple[str, Right | None, str]] = {
    "order": ("order", Right.VIEW_ORDERS, "key"),
    "return": ("return", Right.VIEW_ORDERS, "key"),
    "product": ("product", Right.VIEW_PRODUCTS, "key"),
    "code": ("code", Right.VIEW_PRODUCTS, "key"),
    "customer": ("customer", Right.VIEW_CUSTOMERS, "key"),
    "statement": ("statement", Right.VIEW_STATEMENTS, "key"),
    "freight": ("delivery", Right.MANAGE_DELIVERY, ""),
    "deposit": ("deposit", Right.VIEW_STATEMENTS, ""),
    "evaluation": ("evaluations", Right.VIEW_STATEMENTS, ""),
    "package": ("package", Right.VIEW_STATEMENTS, ""),
    "fee": ("package", Right.VIEW_STATEMENTS, ""),
    "payout_account": ("payout-account", Right.MANAGE_PAYOUTS, ""),
    "shop": ("theme", Right.EDIT_SHOP_PAGES, ""),
    "list": ("jobs", None, ""),
    "contract": ("contract", Right.MANAGE_PAPERS, ""),
    "own_category": ("own-categories", Right.VIEW_PRODUCTS, ""),
    "dossier": ("company", Right.VIEW_PRODUCTS, ""),
    "shop_category": ("shop-category", Right.VIEW_PRODUCTS, "key"),
    "variant": ("stock-variant", Right.VIEW_PRODUCTS, "key"),
    "stock_transfer": ("transfer", Right.VIEW_PRODUCTS, "key"),
    "stocktake": ("stocktake", Right.VIEW_PRODUCTS, "key"),
    "restock": ("restock", Right.VIEW_PRODUCTS, "key"),
    "location": ("location", Right.VIEW_PRODUCTS, "key"),
    "import": ("import", Right.EDIT_PRODUCTS, "key"),
    "reduction": ("reduction", Right.VIEW_PRODUCTS, "key"),
    "price_list": ("price-list", Right.EDIT_PRODUCTS, "key"),
    "customer_group": ("price-lists", Right.EDIT_PRODUCTS, ""),
    "size_table": ("size-table", Right.VIEW_PRODUCTS, "key"),
    "library_picture": ("library-picture", Right.VIEW_PRODUCTS, "key"),
    "film": ("film", Right.VIEW_PRODUCTS, "key"),
    "holiday": ("holiday", Right.MANAGE_DELIVERY, ""),
    "domain": ("domains", Right.MANAGE_DOMAINS, ""),
    "qualification": ("qualifications", Right.VIEW_PRODUCTS, ""),
    "paper": ("qualifications", Right.VIEW_PRODUCTS, ""),
    "invitation": ("staff-invitations", Right.MANAGE_STAFF, ""),
    "role": ("staff-roles", None, ""),
    "support": ("support", Right.GRANT_SUPPORT, ""),
    "shop_export": ("shop-export", Right.MANAGE_PAYOUTS, ""),
}
IN_CONSOLE: dict[str, tuple[str, Right | None, str]] = {
    "order": ("order", Right.VIEW_MARKET_ORDERS, "key"),
    "return": ("returns", Right.VIEW_MARKET_ORDERS, "q"),
    "merchant": ("merchant", Right.VIEW_MERCHANTS, "key"),
    "person": ("consumer", Right.VIEW_CONSUMERS, "key"),
    "block": ("block", Right.VIEW_CONSUMERS, "key"),
    "words": ("words", Right.REVIEW_PRODUCTS, ""),
    "search_rule": ("search-rule", Right.MANAGE_MARKET, "key"),
    "double": ("double", Right.VIEW_CONSUMERS, "key"),
    "application": ("application", Right.REVIEW_MERCHANTS, "key"),
    "contract": ("contract", Right.REVIEW_MERCHANTS, "key"),
    "contract_template": ("contract-template", Right.MANAGE_MARKET, "key"),
    "statement": ("statement", Right.VIEW_LEDGER, "key"),
    "payout_batch": ("bank-file", Right.VIEW_LEDGER, "key"),
    "deposit": ("deposit", Right.VIEW_LEDGER, "key"),
    "evaluation": ("evaluation", Right.VIEW_MERCHANTS, "key"),
    "evaluation_rule": ("evaluation-rule", Right.MANAGE_MARKET, ""),
    "deposit_rule": ("deposit-rules", Right.MANAGE_MARKET, ""),
    "deposit_terms": ("deposit-rules", Right.MANAGE_MARKET, ""),
    "package": ("packages", Right.VIEW_LEDGER, ""),
    "extra": ("packages", Right.VIEW_LEDGER, ""),
    "dispute": ("disputes", Right.VIEW_LEDGER, "q"),
    "rail_movement": ("movements", Right.VIEW_LEDGER, "q"),
    "rail_notice": ("notices", Right.VIEW_LEDGER, "q"),
    "category": ("category", Right.MANAGE_MARKET, "key"),
    "attribute": ("attribute", Right.MANAGE_MARKET, "key"),
    "brand": ("brand", Right.MANAGE_MARKET, "key"),
    "virtual_category": ("virtual", Right.MANAGE_MARKET, "key"),
    "own_category": ("own-names", Right.MANAGE_MARKET, ""),
    "commission_rule": ("settings", Right.MANAGE_MARKET, ""),
    "tax_rate": ("settings", Right.MANAGE_MARKET, ""),
    "notice_words": ("notice-words", Right.MANAGE_MARKET, ""),
    "dispatch": ("dispatches", Right.VIEW_MARKET_ORDERS, ""),
    "qualification": ("qualification", Right.REVIEW_MERCHANTS, "key"),
    "requirement": ("requirement", Right.MANAGE_MARKET, "key"),
    "rules": ("market-rules", Right.MANAGE_MARKET, ""),
    "request": ("approval", Right.VIEW_APPROVALS, "key"),
    "limit": ("approval-limit", Right.PAY_OUT, ""),
    "rail": ("movements", Right.VIEW_LEDGER, ""),
    "dossier": ("dossier-changes", Right.REVIEW_MERCHANTS, ""),
    "log": ("log-integrity", Right.VIEW_MARKET_LOG, ""),
    "list": ("jobs", None, ""),
}


def subject_in_words(subject: str) -> str:
    """A kind of thing; one without words yet is shown as it is kept."""
    return str(SUBJECTS.get(subject, subject))


def address_of(request: HttpRequest, row: AuditEvent) -> str:
    """Where the thing of a row is looked at by who asks; "" where it has no page, or not for them."""
    places = IN_WORKBENCH if getattr(request, "merchant", None) else IN_CONSOLE
    if (place := places.get(row.subject_type)) is None:
        return ""
    name, right, takes = place
    user = getattr(request, "user", None)
    if right and not (user and user.has_perm(right.full_name)):
        return ""
    try:
        href = reverse(name, args=[row.subject_id] if takes == "key" else [])
    except NoReverseMatch:  # the key of another time
        return ""
    return f"{href}?{urlencode({'q': row.subject_id})}" if takes == "q" else href


def dress(request: HttpRequest, rows: Iterable[Any]) -> None:
    """Give rows what they are shown with: where the thing is, whose log it is, as whom it was done. One question each for all rows."""
    rows = list(rows)
    shops = {} if getattr(request, "merchant", None) else Merchant.objects.in_bulk({row.merchant_id for row in rows if row.merchant_id})
    people = {user.pk: user.email for user in User.objects.filter(pk__in={row.on_behalf_of for row in rows if row.on_behalf_of})}
    for row in rows:
        row.href = address_of(request, row)
        row.shop = shops.get(row.merchant_id)
        row.as_whom = people.get(row.on_behalf_of, str(row.on_behalf_of)) if row.on_behalf_of else ""
