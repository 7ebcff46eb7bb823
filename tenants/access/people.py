"""Who of a merchant's staff may do something: whom to tell of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tenants.access.models import UserGroup
from tenants.access.rights import Right
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import in_merchant_schemas, public_schema


def staff_with(merchant_ids: Iterable[UUID], right: Right) -> dict[UUID, list[User]]:
    """Merchant id → active people who work there and have the right. Opens their schemas, in one transaction."""
    found: dict[UUID, list[User]] = {}
    with in_merchant_schemas(merchant_ids) as merchants:
        for merchant_id in merchants:
            having = UserGroup.objects.filter(group__permissions__codename=right.codename, group__permissions__content_type__app_label="access")
            ids = set(having.values_list("user_id", flat=True))
            mine = Membership.objects.filter(merchant_id=merchant_id, is_active=True, user_id__in=ids, user__is_active=True)
            found[merchant_id] = [membership.user for membership in mine.select_related("user").order_by("since")]
    return found


def market_staff_with(right: Right) -> list[User]:
    """Active people who work for the operator and have the right, by name."""
    with public_schema():
        having = UserGroup.objects.filter(group__permissions__codename=right.codename, group__permissions__content_type__app_label="access")
        ids = set(having.values_list("user_id", flat=True))
        return list(User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk"))
