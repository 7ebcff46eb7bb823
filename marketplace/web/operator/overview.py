"""The console's first page: what waits, and how the market stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.flows.settle import preview
from marketplace.kernel.formats import format_count
from marketplace.kernel.models import DeadLetter, Progress
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.ledger.models import Payout
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.payments.models import Dispute, RailMovement, RailNotice, Refund
from marketplace.web.lists.pages import capped_count
from marketplace.web.overview import Figure, ToDo
from tenants.access.rights import Right
from tenants.onboarding.models import Application
from tenants.tenancy.models import Merchant


def overview(request: HttpRequest) -> HttpResponse:
    may = {right for right in Right if right.scope == "market" and request.user.has_perm(right.full_name)}
    context = {
        "title": request.market.name,  # type: ignore[attr-defined]
        "figures": figures(may),
        "todos": todos(may),
        "jobs": list(Progress.objects.filter(ended_at=None)),
    }
    template = "web/_jobs.html" if request.htmx else "operator/overview.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def figures(may: set[Right]) -> list[Figure]:
    found = []
    if Right.VIEW_MERCHANTS in may:
        found += [
            Figure(_("Open shops"), capped_count(Merchant.objects.filter(status=Merchant.Status.OPEN)), "/merchants/?show=open"),
            Figure(_("Goods on sale"), capped_count(Listing.objects.filter(is_on_sale=True))),
        ]
    if Right.VIEW_MARKET_ORDERS in may:
        found.append(Figure(_("Orders"), capped_count(OrderCopy.objects.all()), "/orders/"))
    if Right.SETTLE in may:
        found.append(Figure(_("Shops to settle with"), format_count(len(preview())), "/settlement/"))
    return found


def todos(may: set[Right]) -> list[ToDo]:
    """What waits for somebody with these rights, the most urgent first."""
    found = []

    def add(right: Right, n: int, text: str, href: str, tone: str = "warn") -> None:
        if right in may and n:
            found.append(ToDo(text.format(n=format_count(n)), href, tone))

    n = DeadLetter.objects.filter(replayed_at=None).count()
    add(
        Right.VIEW_MARKET_LOG,
        n,
        ngettext(
            "{n} reaction to an event was given up: manage.py replay_dead_letters", "{n} reactions to events were given up: manage.py replay_dead_letters", n
        ),
        "",
        "danger",
    )
    n = Refund.objects.filter(status=Refund.Status.FAILED).count()
    add(Right.VIEW_LEDGER, n, ngettext("{n} refund was refused by the rail", "{n} refunds were refused by the rail", n), "/refunds/?show=failed", "danger")
    n = Dispute.objects.filter(status__in=[Dispute.Status.OPEN, Dispute.Status.INQUIRY]).count()
    add(Right.VIEW_LEDGER, n, ngettext("{n} payment is disputed", "{n} payments are disputed", n), "/disputes/", "danger")
    n = RailMovement.objects.filter(status=RailMovement.Status.UNEXPLAINED).count()
    add(
        Right.VIEW_LEDGER,
        n,
        ngettext("{n} movement at the rail is not explained", "{n} movements at the rail are not explained", n),
        "/movements/?show=unexplained",
        "danger",
    )
    n = RailNotice.objects.filter(is_quarantined=True).count()
    add(Right.VIEW_LEDGER, n, ngettext("{n} notice of a rail is set aside", "{n} notices of rails are set aside", n), "/notices/?show=quarantined")
    n = Application.objects.filter(status=Application.Status.SUBMITTED).count()
    add(Right.REVIEW_MERCHANTS, n, ngettext("{n} application waits for review", "{n} applications wait for review", n), "/applications/?show=submitted")
    n = ProductChange.objects.filter(status=ProductChange.Status.WAITING).count()
    add(Right.REVIEW_PRODUCTS, n, ngettext("{n} product waits for review", "{n} products wait for review", n), "/reviews/?show=waiting")
    n = Payout.objects.filter(status=Payout.Status.DUE, rail="bank").count()
    add(Right.PAY_OUT, n, ngettext("{n} payout waits for a bank file", "{n} payouts wait for a bank file", n), "/payouts/files/new/", "info")
    return found
