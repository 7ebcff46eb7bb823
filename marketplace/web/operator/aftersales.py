"""One order with all that became of it, returns and refunds of the whole market: read from public copies, no schema is opened."""

from __future__ import annotations

from datetime import datetime

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import AuditEvent
from marketplace.merchant.aftersales.states import Reason, ReturnStatus
from marketplace.merchant.orders.states import FulfilmentStatus
from marketplace.platform.checkout.access import copy_for_operator
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.ledger.models import JournalEntry
from marketplace.platform.payments.models import PaymentAttempt, Refund, RefundAllocation
from marketplace.web.lists.filters import Since, Until, of_person
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.stages import Times, stages
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant


def order(request: HttpRequest, number: str) -> HttpResponse:
    """A merchant's order as the operator sees it: goods, parcels, money, and every step in the log."""
    copy = copy_for_operator(number)
    context = {
        "title": copy.number,
        "order": copy,
        "returns": list(copy.returns.order_by("requested_at")),
        "refunds": list(RefundAllocation.objects.filter(order_id=copy.pk).select_related("refund").order_by("refund__created_at")),
        "attempts": list(PaymentAttempt.objects.filter(payment__group_id=copy.group_id).order_by("n")),
        "entries": list(JournalEntry.objects.filter(order_id=copy.pk).prefetch_related("postings__merchant").order_by("at", "pk")),
        "events": list(AuditEvent.objects.filter(subject_type="order", subject_id=copy.number).order_by("at", "pk")[:100]),
        "kept_commission": copy.commission - copy.commission_returned,
        "earned": copy.total - copy.refunded - (copy.commission - copy.commission_returned),
        "stages": stages(_times(copy)),
    }
    return render(request, "operator/order.html", context)


def _times(copy: OrderCopy) -> Times:
    shipped = [datetime.fromisoformat(parcel["shipped_at"]) for parcel in copy.packages if parcel.get("shipped_at")]
    return Times(
        copy.placed_at,
        copy.group.paid_at,
        copy.accepted_at,
        min(shipped, default=None),
        copy.completed_at,
        copy.cancelled_at,
        copy.ship_by,
        is_virtual=copy.is_virtual,
        is_all_shipped=copy.fulfilment_status in (FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED),
    )


class ReturnFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=ReturnStatus.choices)
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_("Shop"), empty_label=_("All"))
    reason = django_filters.ChoiceFilter(choices=Reason.choices, label=_("Reason"), empty_label=_("All"))
    person = of_person("buyer")

    def search(self, queryset: QuerySet[ReturnCopy], name: str, value: str) -> QuerySet[ReturnCopy]:
        text = value.strip()
        return queryset.filter(Q(number__startswith=text) | Q(buyer_id__in=list(User.objects.filter(email__iexact=text).values_list("pk", flat=True))))


returns = ListPage(
    title=_("Returns"),
    name="returns",
    right=Right.VIEW_MARKET_ORDERS,
    columns=[
        Column(_("Return"), "number", is_fixed=True, sort=("requested_at", "pk")),
        Column(_("Shop"), "shop"),
        Column(_("Reason"), "reason", wide_only=True),
        Column(_("Status"), "status"),
        Column(_("Amount"), "amount", end=True),
    ],
    row_template="operator/_return_row.html",
    rows=lambda request: ReturnCopy.objects.select_related("merchant", "order"),
    filters=ReturnFilter,
    order=("-requested_at", "-pk"),
    search_hint=_("Number or the buyer's e-mail"),
    empty=_("Nothing came back yet. Each return of every shop will stand here, with who is next."),
    teach=Teach(_("To the orders"), "orders", Right.VIEW_MARKET_ORDERS),
    export_name="returns",
    export_head=[_("Return"), _("Order"), _("Shop"), _("Reason"), _("Note"), _("Status"), _("Amount"), _("Currency"), _("Requested"), _("Ended")],
    export=lambda row: [
        (
            row.number,
            row.order.number,
            row.merchant.name,
            Reason(row.reason).label,
            row.note,
            ReturnStatus(row.status).label,
            row.amount,
            row.currency,
            row.requested_at,
            row.ended_at,
        )
    ],
    base="operator/base.html",
)


class RefundFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=Refund.Status.choices)
    reason = django_filters.ChoiceFilter(choices=Refund.Reason.choices, label=_("Reason"), empty_label=_("All"))
    since, until = Since("created_at"), Until("created_at")

    def search(self, queryset: QuerySet[Refund], name: str, value: str) -> QuerySet[Refund]:
        return queryset.filter(payment__group__number__startswith=value.strip()[:14])


refunds = ListPage(
    title=_("Refunds"),
    name="refunds",
    right=Right.VIEW_LEDGER,
    columns=[
        Column(_("Order"), "order", is_fixed=True, sort=("created_at", "pk")),
        Column(_("Reason"), "reason"),
        Column(_("Status"), "status"),
        Column(_("Amount"), "amount", end=True),
    ],
    row_template="operator/_refund_row.html",
    rows=lambda request: Refund.objects.select_related("payment__group").prefetch_related("allocations__merchant"),
    filters=RefundFilter,
    search_hint=_("Number of the order"),
    empty=_("No money went back yet. What buyers get back after a return or a cancellation stands here, with what became of it."),
    teach=Teach(_("To the returns"), "returns", Right.VIEW_MARKET_ORDERS),
    export_name="refunds",
    export_head=[
        _("Order group"),
        _("Order"),
        _("Shop"),
        _("Reason"),
        _("Status"),
        _("Amount"),
        _("Commission returned"),
        _("Currency"),
        _("Due"),
        _("Done"),
        _("Reference"),
    ],
    export=lambda row: [
        (
            row.payment.group.number,
            part.order_number if part else "",
            part.merchant.name if part else "",
            row.get_reason_display(),
            row.get_status_display(),
            part.amount if part else row.amount,
            part.commission if part else None,
            row.currency,
            row.created_at,
            row.done_at,
            row.rail_ref,
        )
        for part in (list(row.allocations.all()) or [None])
    ],
    base="operator/base.html",
)
