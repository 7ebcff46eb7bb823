"""People, words and pages that go along. Buyers only as far as the shop holds them by itself: the address on its own orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Count, Max
from wagtail.models import Page

from marketplace.kernel.models import AuditEvent
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.orders.models import Order
from marketplace.platform.reviews.models import Question
from marketplace.web.shop_export.tables import AT_ONCE, Row, each
from tenants.access.staff import roles_of
from tenants.accounts.models import Membership
from tenants.tenancy.models import Merchant

CUSTOMER = "recipient address orders last_order last_at tags notes"
QUESTION = "listing text asked_at is_shown answers"
PAGE = "page title path language is_live content changed_at"
STAFF = "name email roles is_active since ended_at"
LOG = "at actor_kind actor address action subject_type subject before after why id"


def customers(merchant: Merchant) -> Iterator[Row]:
    """One row a buyer, with the address of the last order, and what the team has kept about them."""
    buyers = Order.objects.values("buyer_id").annotate(orders=Count("pk"), last=Max("placed_at")).order_by("buyer_id")
    after: Any = None
    while some := list((buyers.filter(buyer_id__gt=after) if after else buyers)[:AT_ONCE]):
        last = Order.objects.filter(buyer_id__in=[row["buyer_id"] for row in some]).order_by("buyer_id", "-placed_at", "-pk").distinct("buyer_id")
        orders = {order.buyer_id: order for order in last}
        kept = {one.buyer_id: one for one in Customer.objects.filter(buyer_id__in=orders).prefetch_related("notes")}
        for row in some:
            order, known = orders[row["buyer_id"]], kept.get(row["buyer_id"])
            yield {
                "recipient": order.address.get("recipient", ""),
                "address": order.address,
                "orders": row["orders"],
                "last_order": order.number,
                "last_at": row["last"],
                "tags": known.tags if known else [],
                "notes": [{"text": note.text, "by": note.by_label, "at": note.at} for note in known.notes.all()] if known else [],
            }
        after = some[-1]["buyer_id"]


def questions(merchant: Merchant) -> Iterator[Row]:
    def make(row: Question) -> Row:
        answers = [{"text": one.text, "is_by_shop": one.is_by_shop, "at": one.at} for one in row.answers.all()]
        return {"listing": row.listing_id, "text": row.text, "asked_at": row.asked_at, "is_shown": row.is_shown, "answers": answers}

    return each(Question.objects.filter(merchant=merchant).prefetch_related("answers"), lambda some: make)


def pages(merchant: Merchant) -> Iterator[Row]:
    """As Wagtail keeps them, with every block."""

    def make(row: Page) -> Row:
        return {
            "page": row.pk,
            "title": row.title,
            "path": row.url_path,
            "language": row.locale.language_code,
            "is_live": row.live,
            "content": row.specific.serializable_data(),
            "changed_at": row.latest_revision_created_at,
        }

    return each(Page.objects.filter(depth__gt=1).select_related("locale"), lambda some: make)


def staff(merchant: Merchant) -> Iterator[Row]:
    def prepare(some: list[Membership]) -> Callable[[Membership], Row]:
        roles = roles_of([row.user_id for row in some])

        def make(row: Membership) -> Row:
            return {
                "name": row.user.get_full_name(),
                "email": row.user.email,
                "roles": [role.name for role in roles.get(row.user_id, [])],
                "is_active": row.is_active,
                "since": row.since,
                "ended_at": row.ended_at,
            }

        return make

    return each(Membership.objects.filter(merchant_id=merchant.pk).select_related("user"), prepare)


def log(merchant: Merchant) -> Iterator[Row]:
    """Who works, or worked, for the shop stands by name; nobody else does."""
    mine = set(Membership.objects.filter(merchant_id=merchant.pk).values_list("user_id", flat=True))

    def make(row: AuditEvent) -> Row:
        is_named = _is_named(row, mine)
        return {
            "at": row.at,
            "actor_kind": row.actor_kind,
            "actor": row.actor_label if is_named else "",
            "address": row.address if is_named else "",
            "action": row.action,
            "subject_type": row.subject_type,
            "subject": row.subject_id,
            "before": row.before,
            "after": row.after,
            "why": row.why,
            "id": row.pk,
        }

    return each(AuditEvent.objects.filter(merchant_id=merchant.pk), lambda some: make)


def _is_named(row: AuditEvent, mine: set[UUID]) -> bool:
    """What the system did and what the shop's own people did is told with its name; of others only that they did it."""
    return row.actor_kind != "person" or row.actor_id in mine
