"""Roles: named sets of rights, a group in each schema. Merchants and operators cannot make their own yet."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

from tenants.access.rights import Right as R
from tenants.tenancy.link import connection

MERCHANT_ROLES: Mapping[str, frozenset[R]] = {
    "owner": frozenset(right for right in R if right.scope == "merchant"),
    "product_editor": frozenset({R.VIEW_PRODUCTS, R.EDIT_PRODUCTS, R.EDIT_SHOP_PAGES, R.ANSWER_BUYERS}),
    "order_clerk": frozenset({R.VIEW_ORDERS, R.SHIP_ORDERS, R.CANCEL_ORDERS, R.HANDLE_RETURNS, R.ANSWER_BUYERS, R.VIEW_PRODUCTS}),
}
MARKET_ROLES: Mapping[str, frozenset[R]] = {
    "operator": frozenset(right for right in R if right.scope == "market"),
    "reviewer": frozenset({R.VIEW_MERCHANTS, R.REVIEW_MERCHANTS, R.REVIEW_PRODUCTS, R.MODERATE_REVIEWS}),
    "accountant": frozenset({R.VIEW_MERCHANTS, R.SETTLE, R.PAY_OUT, R.VIEW_LEDGER, R.VIEW_MARKET_ORDERS, R.VIEW_APPROVALS}),
}
ROLE_NAMES = {
    "owner": _("Owner"),
    "product_editor": _("Product editor"),
    "order_clerk": _("Order clerk"),
    "operator": _("Operator"),
    "reviewer": _("Reviewer"),
    "accountant": _("Accountant"),
}
EDITS_PAGES = frozenset({R.EDIT_SHOP_PAGES, R.EDIT_MARKET_PAGES})
# What a role that edits pages needs in Wagtail's admin.
CMS_PERMISSION = "wagtailadmin.access_admin"
ON_PAGES = ("add_page", "change_page", "publish_page")
ON_VIDEOS = ("cms_merchant.view_video", "cms_merchant.add_video", "cms_merchant.change_video", "cms_merchant.delete_video")
ON_PICTURES = ("add_image", "change_image", "choose_image")


def sync_roles() -> None:
    """Make the groups of this schema what the tables above say. Safe to repeat."""
    roles = MARKET_ROLES if connection.schema_name == "public" else MERCHANT_ROLES
    permissions = {
        f"{app}.{codename}": permission_id for permission_id, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()  # Wagtail's own; ours say what they may
    for name, rights in roles.items():
        group, _made = Group.objects.get_or_create(name=name)
        wanted = {permissions[right.full_name] for right in rights}
        if rights & EDITS_PAGES:
            wanted |= {permissions[name] for name in (CMS_PERMISSION, *ON_VIDEOS)}
            _let_edit_pages(group, permissions)
        group.permissions.set(wanted)


def _let_edit_pages(group: Group, permissions: Mapping[str, int]) -> None:
    root = Page.objects.filter(depth=1).only("pk").get()
    pictures = Collection.objects.get(depth=1)
    for codename in ON_PAGES:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission_id=permissions[f"wagtailcore.{codename}"])
    for codename in ON_PICTURES:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=pictures, permission_id=permissions[f"wagtailimages.{codename}"])
