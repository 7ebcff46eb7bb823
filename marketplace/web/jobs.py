"""What was asked for over whole lists: how far it is, its file, what was refused. Everybody sees their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.platform.backoffice.access import jobs_of, own_job
from marketplace.platform.backoffice.actions import KEEP_DAYS
from marketplace.platform.backoffice.errors import FileGone, JobUnknown
from marketplace.platform.backoffice.models import ListJob
from marketplace.web.all_lists import list_of
from marketplace.web.lists.pages import base_of, merchant_of

MOST_SHOWN = 50
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def jobs(request: HttpRequest) -> HttpResponse:
    """The newest first; while one is open, the part with the rows is asked for again."""
    rows = list(jobs_of(request.user.pk, merchant_of(request))[:MOST_SHOWN])
    for row in rows:
        _dress(row)
    context = {
        "title": _("Exports and jobs"),
        "rows": rows,
        "is_open": any(row.is_open for row in rows),
        "new": request.GET.get("new", ""),
        "days": KEEP_DAYS,
        "base": base_of(request),
        "address": request.get_full_path(),
    }
    return render(request, "lists/_jobs.html" if request.htmx else "lists/jobs.html", context)  # type: ignore[attr-defined]


def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One of them, with what was refused. Raises JobUnknown."""
    row = own_job(request.user.pk, merchant_of(request), job_id)
    _dress(row)
    refusals = [(name, _address(row, key, name), why) for name, key, why in row.refusals]
    context = {"title": row.list_title, "rows": [row], "refusals": refusals, "is_open": row.is_open, "days": KEEP_DAYS, "base": base_of(request)}  # type: ignore[attr-defined]
    return render(request, "lists/_jobs.html" if request.htmx else "lists/job.html", context | {"address": request.path})  # type: ignore[attr-defined]


def file(request: HttpRequest, job_id: UUID) -> HttpResponse | FileResponse:
    """The file of an export, to who asked for it and may still see the list. Raises JobUnknown, FileGone."""
    row = own_job(request.user.pk, merchant_of(request), job_id)
    page = list_of(row)
    if page is None or (page.right and not request.user.has_perm(page.right.full_name)) or not page.may_export(request):  # type: ignore[union-attr]
        raise JobUnknown
    if row.status != ListJob.Status.DONE or not row.file or not storages["papers"].exists(row.file):
        raise FileGone(days=KEEP_DAYS)
    form = row.what.partition(":")[0]
    name = f"{page.export_name}-{timezone.localtime(row.created_at):%Y%m%d-%H%M}.{form}"
    response = FileResponse(storages["papers"].open(row.file), content_type=TYPES[form], as_attachment=True, filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _dress(row: Any) -> None:
    """What it was about, and the way back to those rows."""
    page = list_of(row)
    row.list_title = page.title if page else row.list_name
    row.list_href = f"{reverse(row.list_name)}?{row.query}" if page else ""
    row.form = row.what.partition(":")[0]
    row.action_title = next((each.label for each in page.bulk if each.route == row.what), row.what) if page else row.what


def _address(row: ListJob, key: str, name: str) -> str:
    """Where a row that was refused is looked at; "" where it has no page of its own."""
    for route, of in (("product", {"product_id": key}), ("order", {"number": name})):
        if row.list_name == f"{route}s":
            try:
                return reverse(route, kwargs=of)
            except NoReverseMatch:
                return ""
    return ""
