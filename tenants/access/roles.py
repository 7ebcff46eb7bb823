"""Roles: named sets of rights, a group in each schema. These come with the market, one for each kind of work in a department; shops and the
operator make others of their own (own_roles.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.models import Group, Permission
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection as Pictures
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page

from tenants.access.rights import Right
from tenants.access.rights import Right as R
from tenants.tenancy.link import connection

OWNER, OPERATOR = "owner", "operator"
# Whoever has one of these may do everything here, and give every role.
WHOLE = frozenset({OWNER, OPERATOR})

MERCHANT_ROLES: Mapping[str, frozenset[R]] = {
    OWNER: frozenset(right for right in R if right.scope == "merchant"),
    "product_manager": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.VIEW_ORDERS, R.APPROVE_RETURNS}),
    "purchaser": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.KEEP_STOCK, R.VIEW_ORDERS}),
    "product_editor": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.EDIT_SHOP_PAGES, R.ANSWER_BUYERS}),
    "price_clerk": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS}),
    "page_editor": frozenset({R.EDIT_SHOP_PAGES, R.VIEW_PRODUCTS}),
    "customer_care": frozenset({R.VIEW_ORDERS, R.VIEW_PRODUCTS, R.ANSWER_BUYERS, R.CANCEL_ORDERS, R.VIEW_CUSTOMERS, R.MANAGE_CUSTOMERS}),
    "after_sales": frozenset({R.VIEW_ORDERS, R.VIEW_PRODUCTS, R.ANSWER_BUYERS, R.HANDLE_RETURNS, R.VIEW_CUSTOMERS}),
    "order_clerk": frozenset({R.VIEW_ORDERS, R.SHIP_ORDERS, R.CANCEL_ORDERS, R.HANDLE_RETURNS, R.ANSWER_BUYERS, R.VIEW_PRODUCTS}),
    "call_centre": frozenset({R.VIEW_ORDERS, R.VIEW_PRODUCTS, R.ANSWER_BUYERS, R.VIEW_CUSTOMERS, R.MANAGE_CUSTOMERS}),
    "dispatcher": frozenset({R.VIEW_ORDERS, R.SHIP_ORDERS}),
    "stock_keeper": frozenset({R.VIEW_PRODUCTS, R.KEEP_STOCK}),
    "bookkeeper": frozenset({R.VIEW_ORDERS, R.VIEW_STATEMENTS}),
    "technician": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.EDIT_SHOP_PAGES, R.MANAGE_DOMAINS, R.VIEW_SHOP_LOG}),
    # People who work for the shop elsewhere: in its branches, in the field, at partners.
    "store_associate": frozenset({R.VIEW_ORDERS, R.SHIP_ORDERS, R.HANDLE_RETURNS, R.VIEW_PRODUCTS, R.KEEP_STOCK}),
    "branch_manager": frozenset(
        {R.VIEW_ORDERS, R.SHIP_ORDERS, R.CANCEL_ORDERS, R.HANDLE_RETURNS, R.ANSWER_BUYERS, R.VIEW_PRODUCTS, R.KEEP_STOCK, R.VIEW_CUSTOMERS}
    ),
    "sales_rep": frozenset({R.VIEW_ORDERS, R.VIEW_PRODUCTS, R.VIEW_CUSTOMERS, R.MANAGE_CUSTOMERS}),
    "dealer": frozenset({R.VIEW_PRODUCTS, R.VIEW_ORDERS}),
    "consignment_agent": frozenset({R.VIEW_PRODUCTS, R.VIEW_ORDERS, R.SHIP_ORDERS, R.VIEW_STATEMENTS}),
    "supplier": frozenset({R.VIEW_PRODUCTS}),
}
MARKET_ROLES: Mapping[str, frozenset[R]] = {
    OPERATOR: frozenset(right for right in R if right.scope == "market"),
    "market_manager": frozenset(
        {R.VIEW_MERCHANTS, R.REVIEW_MERCHANTS, R.VIEW_MARKET_ORDERS, R.MODERATE_REVIEWS, R.EDIT_MARKET_PAGES, R.SHARE_MARKET_VIEWS, R.VIEW_CONSUMERS}
    ),
    "product_manager": frozenset({R.VIEW_MERCHANTS, R.REVIEW_PRODUCTS, R.MODERATE_REVIEWS}),
    # Merchants as a channel: how they come in, on which terms, and how they do.
    "channel_manager": frozenset({R.VIEW_MERCHANTS, R.OPEN_MERCHANTS, R.REVIEW_MERCHANTS, R.VIEW_MARKET_ORDERS, R.SHARE_MARKET_VIEWS, R.VIEW_APPROVALS}),
    "operations_manager": frozenset({R.VIEW_MERCHANTS, R.OPEN_MERCHANTS, R.VIEW_MARKET_ORDERS, R.SHARE_MARKET_VIEWS, R.VIEW_CONSUMERS, R.APPROVE_CONSUMERS}),
    "reviewer": frozenset({R.VIEW_MERCHANTS, R.REVIEW_MERCHANTS, R.REVIEW_PRODUCTS, R.MODERATE_REVIEWS}),
    "market_pages": frozenset({R.EDIT_MARKET_PAGES}),
    "customer_service": frozenset({R.VIEW_MERCHANTS, R.VIEW_MARKET_ORDERS, R.MODERATE_REVIEWS, R.SUPPORT_SHOPS, R.VIEW_CONSUMERS, R.MANAGE_CONSUMERS}),
    "field_agent": frozenset({R.VIEW_MERCHANTS, R.VIEW_MARKET_ORDERS}),
    "accountant": frozenset({R.VIEW_MERCHANTS, R.SETTLE, R.VIEW_LEDGER, R.VIEW_MARKET_ORDERS, R.VIEW_APPROVALS}),
    "cashier": frozenset({R.VIEW_MERCHANTS, R.PAY_OUT, R.REVEAL_ACCOUNTS, R.VIEW_LEDGER, R.VIEW_MARKET_ORDERS, R.VIEW_APPROVALS}),
    "auditor": frozenset({R.VIEW_MARKET_LOG}),
}
ROLE_NAMES: Mapping[str, str | Promise] = {
    OWNER: _("Owner"),
    "purchaser": _("Purchaser"),
    "product_editor": _("Product editor"),
    "price_clerk": _("Price clerk"),
    "page_editor": _("Page editor"),
    "customer_care": _("Customer care"),
    "after_sales": _("After-sales clerk"),
    "order_clerk": _("Order clerk"),
    "dispatcher": _("Dispatcher"),
    "stock_keeper": _("Stock keeper"),
    "bookkeeper": _("Bookkeeper"),
    "technician": _("Technician"),
    "call_centre": _("Call-centre clerk"),
    "store_associate": _("Store associate"),
    "branch_manager": _("Branch manager"),
    "sales_rep": _("Sales representative"),
    "dealer": _("Dealer"),
    "consignment_agent": _("Consignment agent"),
    "supplier": _("Supplier"),
    OPERATOR: _("Operator"),
    "market_manager": _("Market manager"),
    "product_manager": _("Product manager"),
    "channel_manager": _("Channel manager"),
    "operations_manager": _("Operations manager"),
    "reviewer": _("Reviewer"),
    "market_pages": _("Editor of the market's pages"),
    "customer_service": _("Customer service"),
    "accountant": _("Accountant"),
    "cashier": _("Cashier"),
    "auditor": _("Auditor"),
    "field_agent": _("Field agent of the market"),
}
MANAGEMENT, PRODUCT, MARKETING = _("Management"), _("Product"), _("Market and pages")
SERVICE, LOGISTICS, FINANCE, TECHNICAL = _("Service"), _("Logistics"), _("Finance"), _("Technical")
FIELD, PARTNERS = _("Branches and field"), _("Partners")
DEPARTMENTS: Mapping[str, str | Promise] = {
    **dict.fromkeys((OWNER, OPERATOR, "market_manager", "channel_manager", "operations_manager"), MANAGEMENT),
    **dict.fromkeys(("purchaser", "product_editor", "price_clerk", "product_manager", "reviewer"), PRODUCT),
    **dict.fromkeys(("page_editor", "market_pages"), MARKETING),
    **dict.fromkeys(("customer_care", "after_sales", "order_clerk", "call_centre", "customer_service"), SERVICE),
    **dict.fromkeys(("dispatcher", "stock_keeper"), LOGISTICS),
    **dict.fromkeys(("bookkeeper", "accountant", "cashier"), FINANCE),
    **dict.fromkeys(("technician", "auditor"), TECHNICAL),
    **dict.fromkeys(("store_associate", "branch_manager", "sales_rep", "field_agent"), FIELD),
    **dict.fromkeys(("dealer", "consignment_agent", "supplier"), PARTNERS),
}
EDITS_PAGES = frozenset({R.EDIT_SHOP_PAGES, R.EDIT_MARKET_PAGES})
# What a role that edits pages needs in Wagtail's admin.
CMS_PERMISSION = "wagtailadmin.access_admin"
ON_PAGES = ("add_page", "change_page", "publish_page")
ON_VIDEOS = ("cms_merchant.view_video", "cms_merchant.add_video", "cms_merchant.change_video", "cms_merchant.delete_video")
ON_PICTURES = ("add_image", "change_image", "choose_image")


def built_in() -> Mapping[str, frozenset[Right]]:
    """The roles that come with the market, of the kind of schema that is open."""
    return MARKET_ROLES if connection.schema_name == "public" else MERCHANT_ROLES


def sync_roles() -> None:
    """Make the groups of this schema what the tables above say, and leave own roles as they are. Safe to repeat."""
    permissions = permission_ids()
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()  # Wagtail's own; ours say what they may
    for name, rights in built_in().items():
        group, _made = Group.objects.get_or_create(name=name)
        put_rights(group, rights, permissions)


def permission_ids() -> dict[str, int]:
    """Key of every permission of the open schema by its full name."""
    return {f"{app}.{codename}": permission_id for permission_id, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")}


def put_rights(group: Group, rights: Collection[Right], permissions: Mapping[str, int]) -> None:
    """Give a group these rights and no others, with what editors of pages need in Wagtail."""
    wanted = {permissions[right.full_name] for right in rights}
    if EDITS_PAGES & set(rights):
        wanted |= {permissions[name] for name in (CMS_PERMISSION, *ON_VIDEOS)}
        _let_edit_pages(group, permissions)
    else:
        GroupPagePermission.objects.filter(group=group).delete()
        GroupCollectionPermission.objects.filter(group=group).delete()
    group.permissions.set(sorted(wanted))  # in one order whatever the process: snapshots are compared


def _let_edit_pages(group: Group, permissions: Mapping[str, int]) -> None:
    root = Page.objects.filter(depth=1).only("pk").get()
    pictures = Pictures.objects.get(depth=1)
    for codename in ON_PAGES:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission_id=permissions[f"wagtailcore.{codename}"])
    for codename in ON_PICTURES:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=pictures, permission_id=permissions[f"wagtailimages.{codename}"])
