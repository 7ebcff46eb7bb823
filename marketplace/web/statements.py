"""A statement as page, CSV and PDF: the same for the merchant and the operator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import full_day
from marketplace.platform.ledger.models import Statement, StatementLine
from marketplace.web.lists.exports import csv_response, csv_text, note_export
from marketplace.web.paper import missing, pdf_response
from tenants.access.actors import actor_of
from tenants.packages.models import FeeCharge

STATEMENT_HEAD = (
    _("Settled until"), _("Carried over"), _("Sales"), _("Refunds"), _("Commission"), _("Commission returned"), _("Taken back from your account"),
    _("Fees"), _("Paid out"), _("Carried over to the next statement"), _("Stays with the market"), _("Currency"), _("Issued"),
)  # fmt: skip
LINE_HEAD = (
    _("Order"),
    _("Kind"),
    _("When"),
    _("Sales"),
    _("Commission"),
    _("Taken back from your account"),
    _("Fee"),
    _("To you"),
    _("Currency"),
    _("What for"),
)
MOST_LINES_OF_PDF = 2_000


class StatementTooLong(MarketError):
    code, status = "statement_too_long", 422
    message = _("This statement has more than {most} lines, too many for a PDF. Take the CSV.")


def statement_values(row: Statement) -> tuple[object, ...]:
    return (
        row.until,
        row.opening,
        row.sales,
        -row.refunds,
        -row.commission,
        row.commission_returned,
        row.reversed,
        -row.fees,
        row.payout,
        row.closing,
        row.kept,
        row.currency,
        row.created_at,
    )


def statement_context(row: Statement, base: str) -> dict[str, Any]:
    return {
        "title": row.number,
        "statement": row,
        "lines": lines_of(row),
        "payouts": list(row.payouts.order_by("n").prefetch_related("transfers")),
        "base": base,
        "no_pdf": missing(),
    }


def lines_of(row: Statement) -> list[StatementLine]:
    """Its lines in order; a fee with what it is for, in the reader's language."""
    lines = list(row.lines.order_by("completed_at", "pk"))
    fees = {fee.number: fee for fee in FeeCharge.objects.filter(number__in=[line.order_number for line in lines if line.order_id is None])}
    for line in lines:
        fee = fees.get(line.order_number)
        line.what = fee_in_words(fee) if fee else ""  # type: ignore[attr-defined]
    return lines


def fee_in_words(fee: FeeCharge) -> str:
    """`Standard, 1 December 2026 – 31 December 2026`."""
    days = f"{_(', ')}{full_day(fee.from_day)} – {full_day(fee.to_day)}" if fee.from_day and fee.to_day else ""
    return f"{fee.get_kind_display()}: {fee.name}{days}"


def statement_page(request: HttpRequest, row: Statement, base: str) -> HttpResponse:
    return render(request, "web/statement.html", statement_context(row, base))


def statement_csv(request: HttpRequest, row: Statement) -> HttpResponse:
    """Every line, each with its order."""
    lines = lines_of(row)
    note_export(by=actor_of(request), what="statement", merchant_id=row.merchant_id, rows=len(lines), filters={"statement": row.number})
    values = (
        (
            line.order_number,
            line.get_kind_display(),
            line.completed_at,
            line.sales,
            line.commission_kept,
            line.reversed,
            -line.fees,
            line.net,
            line.currency,
            line.what,  # type: ignore[attr-defined]
        )
        for line in lines
    )
    return csv_response(f"statement-{row.number}", csv_text(LINE_HEAD, values))


def statement_pdf(request: HttpRequest, row: Statement) -> HttpResponse:
    """Raises NoPdf, StatementTooLong."""
    lines = row.lines.count()
    if lines > MOST_LINES_OF_PDF:
        raise StatementTooLong(most=MOST_LINES_OF_PDF)
    note_export(by=actor_of(request), what="statement", merchant_id=row.merchant_id, rows=lines, filters={"statement": row.number, "as": "pdf"})
    return pdf_response(request, "web/statement_paper.html", statement_context(row, ""), f"statement-{row.number}")
