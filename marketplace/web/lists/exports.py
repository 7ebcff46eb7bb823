"""Papers as CSV, and the cells of every file: safe to open in a spreadsheet. Whole lists are written by a worker (list_jobs.py)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.exports import safe_cell
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb


@verb
def note_export(*, by: Actor, what: str, merchant_id: UUID | None, rows: int, filters: Mapping[str, str]) -> None:
    """Data that leave the house are written down."""
    with transaction.atomic():
        audit(by=by, action="list.exported", subject="list", subject_id=what[:60], merchant_id=merchant_id, after={"rows": rows, "filters": dict(filters)})


def csv_text(head: Sequence[str | Promise], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([str(label) for label in head])
    for row in rows:
        lines.writerow([cell(value) for value in row])
    return out.getvalue()


def cell(value: object) -> str:
    """A value as a spreadsheet reads it: amounts as plain numbers, times in the market's zone, text that cannot run as a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Money():
            return f"{value.decimal:f}"
        case datetime():
            return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return safe_cell(str(value))


def csv_response(name: str, text: str) -> HttpResponse:
    """With a byte order mark, so that spreadsheets read Chinese as what it is."""
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
