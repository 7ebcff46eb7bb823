"""What the merchant earned: statements, read from the public ledger and nobody else's."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from marketplace.platform.ledger.access import statement_of_merchant
from marketplace.platform.ledger.models import Statement
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.statements import STATEMENT_HEAD, statement_csv, statement_page, statement_pdf, statement_values
from tenants.access.rights import Right


class StatementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")

    def search(self, queryset: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return queryset.filter(number__startswith=value.strip())


statements = ListPage(
    title=_("Statements"),
    name="statements",
    right=Right.VIEW_STATEMENTS,
    columns=[
        Column(_("Statement"), "number", is_fixed=True, sort=("created_at", "pk")),
        Column(_("Sales"), "sales", end=True),
        Column(_("Commission"), "commission", end=True, wide_only=True),
        Column(_("Paid out"), "paid", end=True),
    ],
    row_template="seller/_statement_row.html",
    rows=lambda request: Statement.objects.select_related("merchant").filter(merchant_id=request.merchant.pk),  # type: ignore[attr-defined]
    filters=StatementFilter,
    search_hint=_("Number"),
    empty=_("No statement yet. Orders are settled some days after the buyer has received them; the statement then lists each of them."),
    teach=Teach(_("To your orders"), "orders", Right.VIEW_ORDERS),
    export_name="statements",
    export_head=[_("Statement"), *STATEMENT_HEAD],
    export=lambda row: [(row.number, *statement_values(row))],
)


def statement(request: HttpRequest, number: str) -> HttpResponse:
    return statement_page(request, _own(request, number), "seller/base.html")


def statement_as_csv(request: HttpRequest, number: str) -> HttpResponse:
    return statement_csv(request, _own(request, number))


def statement_as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    return statement_pdf(request, _own(request, number))


def _own(request: HttpRequest, number: str) -> Statement:
    return statement_of_merchant(request.merchant.pk, number)  # type: ignore[attr-defined]
