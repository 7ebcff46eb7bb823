"""What payment rails told us, what moved on our accounts there, and what card banks question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.flows.approvals import ask_for
from marketplace.flows.reconcile import BOOKABLE, ask_for_sweep, book_movement
from marketplace.flows.transfer_out import give_up_payout
from marketplace.kernel.errors import MarketError
from marketplace.kernel.ids import new_id
from marketplace.platform.payments.actions import dismiss_notice
from marketplace.platform.payments.models import Dispute, RailMovement, RailNotice
from marketplace.platform.payments.moving import PAID_OTHERWISE, retry_refund, retry_transfers
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.approvals import asked
from tenants.access.actors import actor_of
from tenants.access.rights import Right


class NoticeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="which", choices=[("quarantined", _lazy("Set aside"))])

    def search(self, queryset: QuerySet[RailNotice], name: str, value: str) -> QuerySet[RailNotice]:
        text = value.strip()
        return queryset.filter(Q(notice_id=text) | Q(body__object=text) | Q(body__kind__startswith=text) | Q(body__attempt=text))

    def which(self, queryset: QuerySet[RailNotice], name: str, value: str) -> QuerySet[RailNotice]:
        return queryset.filter(is_quarantined=True)


notices = ListPage(
    title=_lazy("Notices of rails"),
    name="notices",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("When"), "when", is_fixed=True, sort=("received_at", "pk")),
        Column(_lazy("Kind"), "kind"),
        Column(_lazy("Object"), "object"),
        Column(_lazy("Status"), "status"),
    ],
    row_template="operator/_notice_row.html",
    rows=lambda request: RailNotice.objects.all(),
    filters=NoticeFilter,
    order=("-received_at", "-pk"),
    search_hint=_lazy("Reference of the rail, or kind"),
    empty=_lazy("No rail has told us anything yet. Each notice will stand here, once, however often it comes."),
    teach=Teach(_lazy("To the settings"), "settings", Right.MANAGE_MARKET),
    export_name="rail-notices",
    export_head=[_lazy("When"), _lazy("Rail"), _lazy("Reference"), _lazy("Kind"), _lazy("Object"), _lazy("Account"), _lazy("Set aside"), _lazy("Note")],
    export=lambda row: [
        (
            row.received_at,
            row.rail,
            row.notice_id,
            row.told,
            row.about,
            row.body.get("account", ""),
            row.is_quarantined,
            row.note,
        )
    ],
    base="operator/base.html",
)


class MovementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=RailMovement.Status.choices)

    def search(self, queryset: QuerySet[RailMovement], name: str, value: str) -> QuerySet[RailMovement]:
        text = value.strip()
        return queryset.filter(Q(ref=text) | Q(source=text) | Q(kind=text) | Q(entry__ref=text))


def _with_accounts(request: HttpRequest, rows: list[RailMovement]) -> None:
    for row in rows:
        row.bookable = BOOKABLE  # type: ignore[attr-defined]


movements = ListPage(
    title=_lazy("Movements at the rail"),
    name="movements",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_lazy("When"), "when", is_fixed=True, sort=("at", "pk")),
        Column(_lazy("Kind"), "kind"),
        Column(_lazy("Explained by"), "explained"),
        Column(_lazy("Fee"), "fee", end=True, wide_only=True),
        Column(_lazy("Amount"), "amount", end=True),
    ],
    row_template="operator/_movement_row.html",
    rows=lambda request: RailMovement.objects.select_related("entry"),
    filters=MovementFilter,
    order=("-at", "-pk"),
    search_hint=_lazy("Reference of the rail, kind, or journal entry"),
    empty=_lazy("No movement yet. Once a day the provider is asked for every movement on our account; each must be explained by one journal entry."),
    teach=Teach(_lazy("To the journal"), "journal", Right.VIEW_LEDGER),
    export_name="rail-movements",
    export_head=[
        _lazy("When"),
        _lazy("Rail"),
        _lazy("Reference"),
        _lazy("Kind"),
        _lazy("Source"),
        _lazy("Amount"),
        _lazy("Fee"),
        _lazy("Currency"),
        _lazy("Status"),
        _lazy("Entry"),
        _lazy("Note"),
    ],
    export=lambda row: [
        (
            row.at,
            row.rail,
            row.ref,
            row.kind,
            row.source,
            row.amount,
            row.fee,
            row.currency,
            row.get_status_display(),
            f"{row.entry.kind} {row.entry.ref}" if row.entry else "",
            row.note,
        )
    ],
    base="operator/base.html",
    prepare=_with_accounts,
    actions_template="operator/_movements_actions.html",
)


class DisputeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=Dispute.Status.choices)

    def search(self, queryset: QuerySet[Dispute], name: str, value: str) -> QuerySet[Dispute]:
        text = value.strip()
        return queryset.filter(Q(rail_ref=text) | Q(shares__order_number=text) | Q(attempt__payment__group__number=text)).distinct()


disputes = ListPage(
    title=_lazy("Disputed payments"),
    name="disputes",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(pgettext_lazy("disputes", "Payment"), "payment", is_fixed=True, sort=("opened_at", "pk")),
        Column(_lazy("Orders"), "orders"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Answer until"), "answer", wide_only=True),
        Column(_lazy("Amount"), "amount", end=True),
    ],
    row_template="operator/_dispute_row.html",
    rows=lambda request: Dispute.objects.select_related("attempt__payment__group").prefetch_related("shares__merchant"),
    filters=DisputeFilter,
    order=("-opened_at", "-pk"),
    search_hint=_lazy("Order, or reference of the rail"),
    empty=_lazy("No card's bank has questioned a payment. While one is disputed, its orders are not settled."),
    teach=Teach(_lazy("To the orders"), "orders", Right.VIEW_MARKET_ORDERS),
    export_name="disputes",
    export_head=[
        _lazy("Reference"),
        _lazy("Order group"),
        _lazy("Order"),
        _lazy("Shop"),
        _lazy("Reason"),
        _lazy("Status"),
        _lazy("Share"),
        _lazy("Currency"),
        _lazy("Opened"),
        _lazy("Answer until"),
        _lazy("Closed"),
    ],
    export=lambda row: [
        (
            row.rail_ref,
            row.attempt.payment.group.number,
            share.order_number,
            share.merchant.name,
            row.reason,
            row.get_status_display(),
            share.amount,
            share.amount.currency,
            row.opened_at,
            row.answer_by,
            row.closed_at,
        )
        for share in row.shares.all()
    ],
    base="operator/base.html",
)


def ask_now(request: HttpRequest) -> HttpResponse:
    """Have a worker look at the rail now, not only once a day."""
    if ask_for_sweep(by=actor_of(request)):
        messages.success(request, _("The provider is being asked; the list is fresh in a few seconds."))
    else:
        messages.error(request, _("No payment provider with accounts is set up here. Set STRIPE_SECRET_KEY first."))
    return HttpResponseRedirect("/movements/")


def _done(request: HttpRequest, do: Callable[[], object], told: Callable[[Any], str], back: str) -> HttpResponse:
    """Do it, tell what came of it or why it is refused, and go back to the list. `told` gets what `do` returned."""
    try:
        messages.success(request, told(do()))
    except MarketError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(back)


def movement_book(request: HttpRequest, movement_id: UUID) -> HttpResponse:
    """A person says what an unexplained movement was."""
    sent = {"account": request.POST.get("account", ""), "reason": request.POST.get("reason", "")}
    return _done(
        request,
        lambda: book_movement(by=actor_of(request), movement_id=movement_id, **sent),
        lambda _none: _("Booked. It stands in the journal with your reason."),
        "/movements/?show=unexplained",
    )


def notice_dismiss(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    return _done(
        request,
        lambda: dismiss_notice(by=actor_of(request), notice_id=notice_id, reason=request.POST.get("reason", "")),
        lambda _none: _("Done. It no longer waits for anybody."),
        "/notices/?show=quarantined",
    )


def refund_retry(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Ask the rail once more for a refund that it refused."""
    return _done(
        request,
        lambda: retry_refund(by=actor_of(request), refund_id=refund_id),
        lambda _none: _("The provider is asked again; the status changes within seconds."),
        "/refunds/",
    )


def refund_otherwise(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """The buyer was paid on another way: a second person confirms it."""
    try:
        order, why = {"refund_id": str(refund_id)}, request.POST.get("reason", "")
        row = ask_for(by=actor_of(request), kind=PAID_OTHERWISE, request_id=new_id(), order=order, why=why)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect("/refunds/")
    return asked(request, row)


def payout_retry(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """Ask the rail once more for the transfers that it refused."""
    return _done(
        request,
        lambda: retry_transfers(by=actor_of(request), payout_id=payout_id),
        lambda n: ngettext("{n} transfer is asked for again.", "{n} transfers are asked for again.", n).format(n=n),
        "/payouts/",
    )


def payout_give_up(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """The rail will not: the same money waits on the way that the shop has now."""
    return _done(
        request,
        lambda: give_up_payout(by=actor_of(request), payout_id=payout_id, reason=request.POST.get("reason", "")),
        lambda _none: _("Noted. The money waits to be paid again; ask the shop to check its account."),
        "/payouts/?show=due",
    )
