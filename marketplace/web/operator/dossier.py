"""What stands on the operator's page of a merchant besides its state: dossier, people, money, papers, log. Each is an excerpt with a way to all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.evaluations.access import evaluations_of_merchant
from marketplace.platform.ledger.actions import commission_rule
from marketplace.platform.ledger.models import Payout
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.payments.models import PayoutAccount
from marketplace.platform.reviews.models import ShopScore
from marketplace.web.dossiers import facts_of
from marketplace.web.evaluations import period_name
from marketplace.web.lists.counts import capped, capped_counts
from marketplace.web.log_things import dress
from marketplace.web.operator.goods import HELD, ON_SALE, TAKEN_OFF, in_state
from tenants.access.rights import Right
from tenants.access.staff import roles_of
from tenants.accounts.models import Closure, Membership
from tenants.onboarding.market_rules import accepted_by
from tenants.onboarding.models import Application, Dossier, Qualification
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

SHOWN = 6


def dossier_of(request: HttpRequest, merchant: Merchant) -> dict[str, Any]:
    """By section, and only what whoever asks may see: a section that is None is not theirs."""
    dossier = Dossier.objects.filter(merchant=merchant).first()
    may = {right for right in Right if right.scope == "market" and request.user.has_perm(right.full_name)}
    return {
        "dossier": dossier,
        "application": Application.objects.filter(merchant=merchant).first(),
        "facts": facts_of(dossier) if dossier and Right.REVIEW_MERCHANTS in may else None,
        "rules": []
        if merchant.is_own
        else [
            (row, held, before, market_url(f"/sell/rules/{row.kind}/{(before.rules if before else row).version}/"))
            for row, held, before in accepted_by(merchant.pk)
        ],
        "figures": _figures(merchant),
        "goods": _goods(merchant, sees_goods=Right.REVIEW_PRODUCTS in may),
        "people": people_of(merchant),
        "payouts": list(Payout.objects.filter(merchant=merchant).select_related("statement").order_by("-pk")[:SHOWN]) if Right.VIEW_LEDGER in may else None,
        "account": PayoutAccount.objects.filter(merchant=merchant).first() if Right.VIEW_LEDGER in may else None,
        "rate": commission_rule(merchant.pk, None) or commission_rule(None, None),
        "has_own_rate": commission_rule(merchant.pk, None) is not None,
        "evaluations": [(row, period_name(row)) for row in evaluations_of_merchant(merchant.pk)[:3]],
        "papers": _papers(merchant) if Right.REVIEW_MERCHANTS in may else None,
        "log": _log(request, merchant) if Right.VIEW_MARKET_LOG in may else None,
    }


def _figures(merchant: Merchant) -> dict[str, Any]:
    orders = OrderCopy.objects.filter(merchant=merchant)
    counts = [orders, orders.filter(open_returns__gt=0), orders.filter(is_disputed=True), ReturnCopy.objects.filter(merchant=merchant, ended_at=None)]
    every, _after_sales, disputed, returns = map(capped, capped_counts(counts))
    return {"orders": every, "returns": returns, "disputed": disputed, "score": ShopScore.objects.filter(merchant=merchant, rating_count__gt=0).first()}


def _goods(merchant: Merchant, *, sees_goods: bool) -> list[dict[str, str]]:
    """What is sold, and how it gets to buyers: counts, capped, each with the list that has them where there is one, and who asks may see it."""
    orders = OrderCopy.objects.filter(merchant=merchant)
    to_ship = orders.filter(status=OrderStatus.CONFIRMED, fulfilment_status__in=[FulfilmentStatus.NONE, FulfilmentStatus.PART_SHIPPED])
    listings = Listing.objects.filter(merchant=merchant)
    waiting = ProductChange.objects.filter(merchant=merchant, status=ProductChange.Status.WAITING)
    parts = [
        (_("On sale"), listings.filter(in_state(ON_SALE)), f"/goods/?merchant={merchant.pk}&show=on_sale"),
        (_("Waiting for review"), waiting, f"/reviews/?merchant={merchant.pk}&show=waiting"),
        (_("Not for sale for want of a qualification"), listings.filter(in_state(HELD)), f"/goods/?merchant={merchant.pk}&show=held"),
        (_("Taken off by the market"), listings.filter(in_state(TAKEN_OFF)), f"/goods/?merchant={merchant.pk}&show=taken_off"),
        (_("Orders to ship"), to_ship, f"/orders/?merchant={merchant.pk}&show=confirmed"),
        (_("of them late"), to_ship.filter(ship_by__lt=clock.now()), ""),
        (_("On their way"), orders.filter(status=OrderStatus.CONFIRMED, fulfilment_status=FulfilmentStatus.SHIPPED), ""),
    ]
    counts = capped_counts([rows for _label, rows, _href in parts])
    shown = [
        href if count and (sees_goods or not href.startswith(("/goods/", "/reviews/"))) else ""
        for (_label, _rows, href), count in zip(parts, counts, strict=True)
    ]
    return [{"label": label, "count": capped(count), "href": href} for (label, _rows, _href), count, href in zip(parts, counts, shown, strict=True)]


def people_of(merchant: Merchant) -> list[Any]:
    """Who works there, the owners' roles first, with the last sign-in there and whether they can sign in at all."""
    rows: list[Any] = list(Membership.objects.filter(merchant_id=merchant.pk, is_active=True).select_related("user").order_by("since", "pk"))
    if merchant.status == Merchant.Status.OPENING:  # its schema is being made
        roles = {}
    else:
        with merchant_schema(merchant.pk):
            roles = roles_of([row.user_id for row in rows])
    shut = Closure.objects.in_bulk([row.user_id for row in rows])
    for row in rows:
        row.roles, row.closure = roles.get(row.user_id, []), shut.get(row.user_id)
    return sorted(rows, key=lambda row: not any(role.is_whole for role in row.roles))


def _papers(merchant: Merchant) -> list[Any]:
    """What holds now, what ends first at the top, with the days that are left."""
    now = clock.now()
    rows: list[Any] = list(Qualification.objects.filter(merchant=merchant, state=Qualification.State.VALID).select_related("requirement"))
    for row in rows:
        row.days_left = (row.valid_until - now).days if row.valid_until else None
    return sorted(rows, key=lambda row: (row.valid_until is None, row.valid_until or now))[: SHOWN * 2]


def _log(request: HttpRequest, merchant: Merchant) -> list[AuditEvent]:
    rows = list(AuditEvent.objects.filter(merchant_id=merchant.pk).order_by("-pk")[:SHOWN])
    dress(request, rows)
    return rows
