"""The console's first page: what waits, and how the market stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext, ngettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.formats import format_count
from marketplace.kernel.log_checks import checks_that_found
from marketplace.kernel.models import DeadLetter, Progress
from marketplace.kernel.money import Money
from marketplace.platform.analytics import queries as counted
from marketplace.platform.analytics.figures import start_of
from marketplace.platform.approvals.queries import waiting as requests_waiting
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.deposits.models import DepositObjection
from marketplace.platform.ledger.models import Payout
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.payments.models import AccountChange, Dispute, RailMovement, RailNotice, Refund
from marketplace.web.figures import Board, board_of, length_asked
from marketplace.web.overview import ToDo, by_clock, capped
from tenants.access.rights import Right
from tenants.contracts.models import Contract, ContractPaper
from tenants.contracts.queries import shops_without
from tenants.onboarding.models import Application, DossierChange
from tenants.tenancy.models import Closing, Market, Merchant

BEST_SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for somebody with `right`; `moment` is when each came, or is due (`is_due`)."""

    right: Right
    rows: QuerySet[Any]
    moment: str
    label: Any
    href: str
    tone: str = "warn"
    is_due: bool = False


@dataclass(frozen=True)
class Seller:
    """A shop among those that sold most. `share`: of the best one's sales, in percent, for its bar."""

    merchant: Merchant
    orders: int
    sales: Money
    share: int


def overview(request: HttpRequest) -> HttpResponse:
    jobs = list(Progress.objects.filter(ended_at=None))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "web/_jobs.html", {"jobs": jobs})
    market, length = request.market, length_asked(request)  # type: ignore[attr-defined]
    may = {right for right in Right if right.scope == "market" and request.user.has_perm(right.full_name)}
    sees_money, until = Right.VIEW_LEDGER in may, counted.last_day_counted()
    context = {
        "title": market.name,
        "todos": todos(may, market),
        "jobs": jobs,
        "board": board(market, until, length) if sees_money else None,
        "best": best(until, length, market.currency) if sees_money and until else [],
    }
    return render(request, "operator/overview.html", context)


def board(market: Market, until: date | None, length: int) -> Board:
    """The figures of all shops together, up to the last day that was counted, and today so far."""
    today = clock.day_of(clock.now(), market.tz)
    days = counted.days_counted(today - timedelta(days=2 * length + 30), market.currency)
    now = counted.so_far(today, start_of(today, market.tz), clock.now(), market.currency)
    missing = counted.shops_not_counted(until) if until else 0
    note = ngettext("{n} shop is not counted for the last day yet.", "{n} shops are not counted for the last day yet.", missing) if missing else ""
    return board_of(days, now, until or today - timedelta(days=1), length, currency=market.currency, zone=market.tz, note=note.format(n=format_count(missing)))


def best(until: date, length: int, currency: str) -> list[Seller]:
    """The shops that sold most in the period, the best first."""
    rows = counted.best_selling(until - timedelta(days=length - 1), until, currency, BEST_SHOWN)
    merchants = Merchant.objects.in_bulk([row[0] for row in rows])
    return [Seller(merchants[key], orders, Money(sales, currency), max(1, sales * 100 // rows[0][2])) for key, orders, sales in rows]


def waiting() -> list[Waiting]:
    return [
        Waiting(
            Right.VIEW_MARKET_LOG,
            DeadLetter.objects.filter(replayed_at=None),
            "at",
            ngettext_lazy(
                "reaction to an event was given up: manage.py replay_dead_letters", "reactions to events were given up: manage.py replay_dead_letters"
            ),
            "",
            "danger",
        ),
        Waiting(
            Right.VIEW_MARKET_LOG,
            checks_that_found(),
            "began_at",
            ngettext_lazy("check of the log found that something was changed", "checks of the log found that something was changed"),
            "/log/integrity/",
            "danger",
        ),
        Waiting(
            Right.VIEW_LEDGER,
            Refund.objects.filter(status=Refund.Status.FAILED),
            "created_at",
            ngettext_lazy("refund was refused by the rail", "refunds were refused by the rail"),
            "/refunds/?show=failed",
            "danger",
        ),
        Waiting(
            Right.VIEW_LEDGER,
            Dispute.objects.filter(status__in=[Dispute.Status.OPEN, Dispute.Status.INQUIRY]),
            "answer_by",
            ngettext_lazy("payment is disputed", "payments are disputed"),
            "/disputes/",
            "danger",
            is_due=True,
        ),
        Waiting(
            Right.VIEW_LEDGER,
            RailMovement.objects.filter(status=RailMovement.Status.UNEXPLAINED),
            "at",
            ngettext_lazy("movement at the rail is not explained", "movements at the rail are not explained"),
            "/movements/?show=unexplained",
            "danger",
        ),
        Waiting(
            Right.VIEW_LEDGER,
            RailNotice.objects.filter(is_quarantined=True),
            "received_at",
            ngettext_lazy("notice of a rail is set aside", "notices of rails are set aside"),
            "/notices/?show=quarantined",
        ),
        Waiting(
            Right.PAY_OUT,
            DepositObjection.objects.filter(status=DepositObjection.Status.WAITING),
            "at",
            ngettext_lazy("deduction from a deposit is objected to", "deductions from deposits are objected to"),
            "/deposits/?show=objected",
        ),
        Waiting(
            Right.VIEW_APPROVALS,
            requests_waiting(),
            "expires_at",
            ngettext_lazy("request waits for a second person", "requests wait for a second person"),
            "/approvals/?show=waiting",
            is_due=True,
        ),
        Waiting(
            Right.APPROVE_PAYOUTS,
            AccountChange.objects.filter(status=AccountChange.Status.LOOKED_AT),
            "asked_at",
            ngettext_lazy("payout account waits for the market's look", "payout accounts wait for the market's look"),
            "/payout-accounts/?show=looked_at",
        ),
        Waiting(
            Right.REVIEW_MERCHANTS,
            Application.objects.filter(status=Application.Status.SUBMITTED),
            "submitted_at",
            ngettext_lazy("application waits for review", "applications wait for review"),
            "/applications/?show=submitted",
        ),
        Waiting(
            Right.REVIEW_MERCHANTS,
            Application.objects.filter(status=Application.Status.SUBMITTED, review_due__lt=clock.now()),
            "review_due",
            ngettext_lazy("review of an application is overdue", "reviews of applications are overdue"),
            "/applications/?work=late",
            "danger",
            is_due=True,
        ),
        Waiting(
            Right.REVIEW_MERCHANTS,
            DossierChange.objects.filter(status=DossierChange.Status.WAITING),
            "review_due",
            ngettext_lazy("change of a company's data waits for review", "changes of companies' data wait for review"),
            "/dossier-changes/?show=waiting",
            is_due=True,
        ),
        Waiting(
            Right.OPEN_MERCHANTS,
            Contract.objects.filter(status=Contract.Status.SIGNED),
            "signed_at",
            ngettext_lazy("contract waits for the market's signature", "contracts wait for the market's signature"),
            "/contracts/?show=signed",
        ),
        Waiting(
            Right.OPEN_MERCHANTS,
            Contract.objects.filter(status=Contract.Status.IN_FORCE, ends_at__lte=clock.now() + timedelta(days=30)),
            "ends_at",
            ngettext_lazy("contract ends within 30 days", "contracts end within 30 days"),
            "/contracts/?show=in_force&ends=30",
            "info",
            is_due=True,
        ),
        Waiting(
            Right.OPEN_MERCHANTS,
            shops_without(),
            "ended_at",
            ngettext_lazy("shop's contract has ended and no other is signed", "shops' contracts have ended and no others are signed"),
            "/contracts/?show=ended",
            "danger",
        ),
        Waiting(
            Right.REVIEW_MERCHANTS,
            ContractPaper.objects.filter(broken_at__isnull=False),
            "broken_at",
            ngettext_lazy("file of a contract is not what was signed", "files of contracts are not what was signed"),
            "/contracts/?show=broken",
            "danger",
        ),
        Waiting(
            Right.REVIEW_PRODUCTS,
            ProductChange.objects.filter(status=ProductChange.Status.WAITING),
            "submitted_at",
            ngettext_lazy("product waits for review", "products wait for review"),
            "/reviews/?show=waiting",
        ),
        Waiting(
            Right.PAY_OUT,
            Payout.objects.filter(Q(rail="bank") | Q(released_at=None), status=Payout.Status.DUE),
            "created_at",
            ngettext_lazy("payout waits to be released", "payouts wait to be released"),
            "/payouts/files/new/",
            "info",
        ),
        Waiting(
            Right.SANCTION_MERCHANTS,
            Closing.objects.filter(status=Closing.Status.RUNNING),
            "asked_at",
            ngettext_lazy("shop is closing", "shops are closing"),
            "/merchants/?show=closing",
            "info",
        ),
    ]


def todos(may: set[Right], market: Market) -> list[ToDo]:
    """What waits for somebody with these rights, by its clock. All of it is counted in one question."""
    kinds = [kind for kind in waiting() if kind.right in may]
    asked = [kind.rows.order_by().values(which=Value(n)).annotate(n=Count("pk"), first=Min(kind.moment)) for n, kind in enumerate(kinds)]
    found = []
    for row in asked[0].union(*asked[1:], all=True) if asked else []:
        if not row["n"]:
            continue
        kind, first = kinds[row["which"]], row["first"]
        since, due = (None, first) if kind.is_due else (first, None)
        found.append(ToDo(capped(row["n"]), kind.label % row["n"], kind.href, kind.tone, due=due, since=since))
    if Right.SETTLE in may:
        ripe = OrderCopy.objects.filter(settled_at=None, is_disputed=False, completed_at__lte=clock.now() - timedelta(days=market.settle_days))
        n = ripe.order_by().values("merchant").distinct().count()
        if n:
            found.append(ToDo(capped(n), ngettext("shop has orders to settle", "shops have orders to settle", n), "/settlement/", "info"))
    return by_clock(found)
