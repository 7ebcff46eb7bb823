"""Somebody of the market's support in a shop's workbench: asked of the database and the clock with every request, and written down with every page.

They see what the rights below allow and change nothing, unless whoever let them in said so. People, money's way, support access itself and pages
in Wagtail stay closed in any case.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import MarketError
from marketplace.kernel.verbs import verb
from tenants.access.rights import Right as R
from tenants.access.staff import all_rights, roles_of
from tenants.accounts.models import Membership, SupportAccess
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import public_schema

READS = frozenset({R.VIEW_ORDERS, R.VIEW_PRODUCTS, R.VIEW_STATEMENTS, R.VIEW_SHOP_LOG})
WRITES = READS | {R.SHIP_ORDERS, R.CANCEL_ORDERS, R.HANDLE_RETURNS, R.ANSWER_BUYERS, R.EDIT_PRODUCTS, R.KEEP_STOCK, R.MANAGE_DELIVERY}


class SupportReadsOnly(MarketError):
    code, status = "support_reads_only", 403
    message = _("The shop let you look, not change anything. Nothing was changed; ask its owner if you need to.")


def visit_here(request: HttpRequest) -> SupportAccess | None:
    """The access that lets whoever is signed in look into this merchant's workbench now; from here on the request has its rights and no others."""
    merchant = getattr(request, "merchant", None)
    if merchant is None or not request.user.is_authenticated:
        return None
    person: Any = request.user
    granted = SupportAccess.objects.filter(merchant_id=merchant.pk, supporter_id=person.pk, status=SupportAccess.Status.GRANTED)
    visit = granted.order_by("-asked_at").first()
    if visit is None or not visit.is_on or not _supports(visit):
        return None
    rights = WRITES if visit.may_write else READS
    person._permissions_by_schema = {str(connection.schema_name): {right.full_name for right in rights}}  # as backend.py remembers them
    request.visit = visit  # type: ignore[attr-defined]
    return visit


def _supports(visit: SupportAccess) -> bool:
    """Whether they still work for the market and may still support shops."""
    with public_schema():
        works = Membership.objects.filter(user_id=visit.supporter_id, merchant_id=None, is_active=True).exists()
        return works and R.SUPPORT_SHOPS in all_rights(roles_of([visit.supporter_id]).get(visit.supporter_id, []))


@verb
def note_page(*, by: Actor, visit: SupportAccess, page: str) -> None:
    """In the shop's log: who opened what, as whom."""
    with transaction.atomic():
        audit(by=by, action="support.page_seen", subject="support", subject_id=visit.pk, merchant_id=visit.merchant_id, after={"page": page})
