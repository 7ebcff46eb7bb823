"""All orders of the market, from their public copies: no schema is opened."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.merchant.orders.states import OrderStatus, label_of
from marketplace.platform.checkout.models import OrderCopy
from marketplace.web.lists.filters import Since, Until, of_person
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant


class CopyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=OrderStatus.choices)
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_("Shop"), empty_label=_("All"))
    since, until = Since("placed_at"), Until("placed_at")
    person = of_person("buyer")

    def search(self, queryset: QuerySet[OrderCopy], name: str, value: str) -> QuerySet[OrderCopy]:
        text = value.strip()
        return queryset.filter(Q(number__startswith=text) | Q(buyer_id__in=list(User.objects.filter(email__iexact=text).values_list("pk", flat=True))))


orders = ListPage(
    title=_("Orders"),
    name="orders",
    right=Right.VIEW_MARKET_ORDERS,
    columns=[
        Column(_("Order"), "number", is_fixed=True, sort=("placed_at", "pk")),
        Column(_("Shop"), "shop"),
        Column(_("Buyer"), "buyer", wide_only=True),
        Column(_("Status"), "status"),
        Column(_("Total"), "total", end=True),
    ],
    row_template="operator/_order_row.html",
    rows=lambda request: OrderCopy.objects.select_related("merchant", "buyer", "group"),
    filters=CopyFilter,
    order=("-placed_at", "-pk"),
    search_hint=_("Number or the buyer's e-mail"),
    empty=_("No order yet. Every order of every shop will stand here."),
    teach=Teach(_("To the merchants"), "merchants", Right.VIEW_MERCHANTS),
    export_name="orders",
    export_head=[
        _("Order"),
        _("Order group"),
        _("Shop"),
        _("Buyer"),
        _("Placed"),
        _("Status"),
        _("Goods"),
        _("Delivery"),
        _("Total"),
        _("Tax"),
        _("Commission"),
        _("Given back"),
        _("Currency"),
        _("Received"),
    ],
    export=lambda row: [
        (
            row.number,
            row.group.number,
            row.merchant.name,
            row.buyer.email,
            row.placed_at,
            label_of(row.status, row.payment_status, row.fulfilment_status, row.open_returns).label,
            row.items,
            row.freight,
            row.total,
            row.tax,
            row.commission,
            row.refunded,
            row.currency,
            row.completed_at,
        )
    ],
    base="operator/base.html",
)
