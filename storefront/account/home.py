"""First page of the personal centre: what to do next, how the orders stand, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from marketplace.kernel import formats
from marketplace.kernel.texts import localised
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.members.access import default_address
from marketplace.platform.members.models import Favourite, Follow
from marketplace.platform.notices.queries import dead_address_of
from marketplace.platform.reviews.queries import to_review
from marketplace.platform.virtual.kinds import GoodsKind
from storefront.account.parcels import on_the_way
from tenants.access.actors import person_of
from tenants.accounts.workplaces import workplaces

TASKS = 3  # of a kind, before the list takes over


@dataclass
class Task:
    """One thing that waits for the person, with the button that does it."""

    sign: str
    title: str
    detail: str
    href: str
    button: str
    until: datetime | None = None
    post: str = ""  # a form is sent there instead of following `href`


@dataclass
class StateCount:
    name: str
    number: int
    href: str
    sign: str


def home(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    unpaid = OrderGroup.objects.filter(buyer_id=user.pk, status=OrderGroup.Status.AWAITING_PAYMENT)
    favourites = Favourite.objects.filter(user_id=user.pk).aggregate(
        all=Count("pk"), cheaper=Count("pk", filter=Q(listing__is_on_sale=True, listing__price_minor__lt=F("saved_minor")))
    )
    parcels = on_the_way(user.pk)[:1]
    return render(
        request,
        "account/home.html",
        {
            "section": "account",
            "tasks": _tasks(user.pk, list(unpaid.order_by("hold_until")[:TASKS])),
            "counts": _counts(user.pk, unpaid.count()),
            "arrival": parcels[0] if parcels else None,
            "address": default_address(user.pk),
            "favourites": favourites["all"],
            "cheaper": favourites["cheaper"],
            "follows": Follow.objects.filter(user_id=user.pk).count(),
            "workplaces": workplaces(user.pk),
            "dead": dead_address_of(user),
        },
    )


def _tasks(user_id: UUID, unpaid: list[OrderGroup]) -> list[Task]:
    """What has to be done first comes first: paying and sending back have a clock."""
    found = [
        Task(
            "wallet",
            _("Pay {amount}").format(amount=formats.format_money(group.total)),
            _("Order {number}").format(number=group.number),
            reverse("pay", args=[group.number]),
            _("Pay now"),
            until=group.hold_until,
        )
        for group in unpaid
    ]
    agreed = ReturnCopy.objects.filter(buyer_id=user_id, status=ReturnStatus.AGREED).select_related("merchant").order_by("due_at")[:TASKS]
    found += [
        Task(
            "back",
            _("Send it back to {shop}").format(shop=row.merchant.name),
            _("Return {number}").format(number=row.number),
            reverse("return", args=[row.number]),
            _("Enter the parcel"),
            until=row.due_at,
        )
        for row in agreed
    ]
    shipped = OrderCopy.objects.filter(buyer_id=user_id, status=OrderStatus.CONFIRMED, fulfilment_status=FulfilmentStatus.SHIPPED, open_returns=0)
    found += [
        Task(
            "box",
            _("Has it arrived from {shop}?").format(shop=copy.merchant.name),
            localised(copy.entries[0]["titles"]).text if copy.lines else copy.number,
            f"{reverse('order-group', args=[copy.group.number])}#order-{copy.number}",
            _("I have received it"),
            post=reverse("order-receive", args=[copy.number]),
        )
        for copy in shipped.select_related("merchant", "group").order_by("placed_at")[:TASKS]
    ]
    if waiting := to_review(user_id):
        goods = [line for part in waiting for line in part.lines]
        one = reverse("order-review", args=[waiting[0].order.number])
        found.append(
            Task(
                "star",
                ngettext("{n} purchase to review", "{n} purchases to review", len(goods)).format(n=len(goods)),
                f"{localised(goods[0]['titles']).text} · {waiting[0].order.merchant.name}",
                one if len(waiting) == 1 else reverse("my-reviews"),
                _("Write a review"),
            )
        )
    return found


def _counts(user_id: UUID, unpaid: int) -> list[StateCount]:
    confirmed = Q(status=OrderStatus.CONFIRMED)
    shipped = Q(fulfilment_status__in=(FulfilmentStatus.PART_SHIPPED, FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED))
    found: dict[str, Any] = OrderCopy.objects.filter(buyer_id=user_id).aggregate(
        to_ship=Count("pk", filter=confirmed & ~shipped & Q(kind=GoodsKind.GOODS)),
        to_use=Count("pk", filter=confirmed & Q(kind=GoodsKind.SERVICE)),
        coming=Count("pk", filter=confirmed & shipped),
        after_sales=Count("pk", filter=Q(open_returns__gt=0)),
    )
    orders = reverse("orders")
    return [
        StateCount(_("To pay"), unpaid, f"{orders}?show=unpaid", "wallet"),
        StateCount(_("To ship"), found["to_ship"], f"{orders}?show=coming", "box"),
        StateCount(pgettext("parcel", "On the way"), found["coming"], reverse("parcels"), "truck"),
        *([StateCount(pgettext("order", "To be used"), found["to_use"], f"{orders}?show=to_use", "ticket")] if found["to_use"] else []),
        StateCount(_("After-sales"), found["after_sales"], reverse("returns"), "back"),
    ]
