"""The workbench's first page: what must happen now, what a new shop still lacks, and how sales stand."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from marketplace.kernel import clock
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.analytics import queries as counted
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.orders.models import Order
from marketplace.platform.analytics.figures import start_of
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.payments.models import PayoutAccount
from marketplace.web.figures import Board, board_of, length_asked
from marketplace.web.overview import MOST_COUNTED, Step, ToDo, by_clock, capped
from marketplace.web.seller import contract, custom_orders, deposit, opinions, qualifications, second_looks
from marketplace.web.seller.orders import SHOWS
from marketplace.web.seller.stock.todos import todos as stock_todos
from tenants.access.rights import Right
from tenants.onboarding.market_rules import unaccepted
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.life import closing_of
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import current_merchant_id

FIRST_SHOWN = 5
OPEN_RETURNS = (ReturnStatus.REQUESTED, ReturnStatus.SENT_BACK, ReturnStatus.INSPECTED)


def overview(request: HttpRequest) -> HttpResponse:
    merchant, market = request.merchant, request.market  # type: ignore[attr-defined]
    may = {right for right in Right if right.scope == "merchant" and request.user.has_perm(right.full_name)}
    products = Product.objects.aggregate(
        all=Count("pk"),
        on_sale=Count("pk", Q(status=Product.Status.ON_SALE)),
        back=Count("pk", Q(review__in=(Product.Review.SENT_BACK, Product.Review.REFUSED))),
    )
    steps = setup(may, merchant, products)
    context = {
        "title": merchant.name,
        "shop_address": shop_url(merchant),
        "new_rules": unaccepted(merchant_id=merchant.pk) if Right.MANAGE_PAPERS in may else [],
        "todos": todos(may, market, merchant, products, request.user.pk),
        "steps": steps if any(not step.is_done for step in steps) else [],
        "steps_done": sum(step.is_done for step in steps),
        "first": list(Order.objects.filter(SHOWS["to_ship"]).order_by("ship_by")[:FIRST_SHOWN]) if Right.VIEW_ORDERS in may else None,
        "board": board(market, length_asked(request)) if Right.VIEW_STATEMENTS in may else None,
    }
    return render(request, "seller/overview.html", context)


def board(market: Market, length: int) -> Board:
    """The figures of the shop whose schema is open, up to the last day that was counted, and today so far."""
    today = clock.day_of(clock.now(), market.tz)
    days = counted.days_counted(today - timedelta(days=2 * length + 30), market.currency)
    until = days[-1].day if days else today - timedelta(days=1)
    now = counted.so_far(today, start_of(today, market.tz), clock.now(), market.currency)
    return board_of(days, now, until, length, currency=market.currency, zone=market.tz)


def todos(may: set[Right], market: Market, merchant: Merchant, products: dict[str, int], user_id: Any) -> list[ToDo]:
    """What waits for somebody with these rights, by its clock."""
    found: list[ToDo] = []
    if Right.VIEW_ORDERS in may:
        found += to_ship(market) + custom_orders.todos()
    if Right.HANDLE_RETURNS in may:
        found += open_returns()
    if Right.APPROVE_RETURNS in may:
        found += second_looks.todos(user_id)
    if Right.ANSWER_BUYERS in may:
        found += opinions.todos(current_merchant_id())
    if Right.VIEW_PRODUCTS in may:
        found += qualifications.todos(current_merchant_id(), may)
    if Right.VIEW_STATEMENTS in may:
        found += deposit.todos(current_merchant_id())
    if Right.MANAGE_PAPERS in may:
        found += contract.todos(merchant)
    if Right.EDIT_PRODUCTS in may and products["back"]:
        n = products["back"]
        found.append(ToDo(capped(n), ngettext("product sent back by the market", "products sent back by the market", n), "/products/?show=sent_back"))
    if Right.VIEW_PRODUCTS in may:
        found += stock_todos(market, user_id)
    if Right.MANAGE_PAYOUTS in may and (closing := closing_of(current_merchant_id())) and closing.closes_at:
        found.append(ToDo("0", _("things are left: the shop can be closed"), "/closing/", due=closing.closes_at))
    return by_clock(found)


def to_ship(market: Market) -> list[ToDo]:
    """Paid orders whose first parcel has not left: late, due today, and the others; each with the first one's moment."""
    waits = SHOWS["to_ship"] & Q(ship_by__isnull=False)
    due: list[datetime] = list(Order.objects.filter(waits).order_by("ship_by").values_list("ship_by", flat=True)[: MOST_COUNTED + 1])  # type: ignore[arg-type]
    now = clock.now()
    tomorrow = start_of(clock.day_of(now, market.tz) + timedelta(days=1), market.tz)
    late, today = bisect_left(due, now), bisect_left(due, tomorrow)
    groups: list[tuple[int, int, str, str]] = [
        (0, late, ngettext("order is late: the buyer may cancel it", "orders are late: their buyers may cancel them", late), "danger"),
        (late, today, ngettext("order to ship today", "orders to ship today", today - late), "warn"),
        (today, len(due), ngettext("order to ship later", "orders to ship later", len(due) - today), "info"),
    ]
    return [ToDo(capped(end - start), label, "/orders/?show=to_ship", tone, due=due[start]) for start, end, label, tone in groups if end > start]


def open_returns() -> list[ToDo]:
    rows = Return.objects.filter(status__in=OPEN_RETURNS).order_by("due_at").values_list("status", "due_at")[: MOST_COUNTED + 1]
    found: dict[str, list[Any]] = {}
    for status, due_at in rows:
        found.setdefault(status, []).append(due_at)

    def todo(status: ReturnStatus, label: Any) -> ToDo | None:
        due = found.get(status)
        return ToDo(capped(len(due)), label % len(due), f"/returns/?show={status}", due=due[0]) if due else None

    each = [
        todo(ReturnStatus.REQUESTED, ngettext_lazy("return waits for your answer", "returns wait for your answer")),
        todo(ReturnStatus.SENT_BACK, ngettext_lazy("return on its way back to inspect", "returns on their way back to inspect")),
        todo(ReturnStatus.INSPECTED, ngettext_lazy("inspected return to pay back", "inspected returns to pay back")),
    ]
    return [one for one in each if one]


def setup(may: set[Right], merchant: Merchant, products: dict[str, int]) -> list[Step]:
    """What a shop needs before it can sell and be paid, in the order in which one does it: as much of it as somebody with these rights may do."""

    def step(right: Right, label: str, hint: str, is_done: bool, href: str) -> tuple[Right, Step]:
        return right, Step(label, hint, is_done, href)

    every = [
        step(Right.EDIT_PRODUCTS, _("Enter your first product"), _("Title, pictures, price and stock."), products["all"] > 0, "/products/new/"),
        step(
            Right.EDIT_PRODUCTS,
            _("Put a product on sale") if merchant.is_own else _("Have a product approved"),
            _("Own goods need no review.") if merchant.is_own else _("The market looks at it; then it is on sale by itself."),
            products["on_sale"] > 0,
            "/products/",
        ),
        step(
            Right.MANAGE_DELIVERY,
            _("Say what delivery costs"),
            _("Until then your parcels are free."),
            FreightZone.objects.filter(merchant=merchant).exists(),
            "/delivery/",
        ),
        step(
            Right.MANAGE_PAYOUTS,
            _("Enter the account your money goes to"),
            _("Until then what you earn is kept for you."),
            PayoutAccount.objects.filter(merchant=merchant).exclude(kind="").exists(),
            "/payout-account/",
        ),
    ]
    return [each for right, each in every if right in may and not (merchant.is_own and each.href == "/payout-account/")]
