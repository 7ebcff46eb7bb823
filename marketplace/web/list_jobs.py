"""Work on whole lists, done by a worker: a file of all rows of a filter, or something done to each of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import storages
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import MarketError
from marketplace.platform.backoffice.actions import MOST_REFUSALS, begin_job, end_job, fail_job, note_progress
from marketplace.platform.backoffice.events import ListFileExpired, ListJobAsked
from marketplace.platform.backoffice.models import ListJob
from marketplace.web.all_lists import list_of
from marketplace.web.lists.bulk import action_of
from marketplace.web.lists.files import open_writer
from marketplace.web.lists.keyset import chunks, from_cursor
from marketplace.web.lists.pages import ListPage
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import schema_of

ROWS_AT_ONCE = 1000  # of a file
SIGN_S = 1.0  # seconds between two notes of how far it is


def run_list_job(event: ListJobAsked) -> None:
    """Outside a transaction; stopped anywhere and begun again it ends the same: a file is written anew, actions go on behind the last row."""
    job = begin_job(by=SYSTEM, job_id=event.job_id)
    if job is None:
        return
    page, user = list_of(job), User.objects.filter(pk=job.user_id, is_active=True).first()
    try:
        with schema_of(job.merchant_id):
            request = _asked(job, user)
            if page is None or user is None or not _may(job, page, request):
                fail_job(by=SYSTEM, job_id=job.pk, why=_("Who asked for this may no longer do it."))
                return
            with timezone.override(request.market.tz):  # type: ignore[attr-defined]
                by = Actor(kind="person", user_id=user.pk, label=user.email)
                rows, order = rows_of(page, request, job)
                if job.kind == ListJob.Kind.EXPORT:
                    _export(job, page, request, rows, order, by)
                else:
                    _bulk(job, page, rows, order, by)
    except MarketError as refusal:
        fail_job(by=SYSTEM, job_id=job.pk, why=str(refusal))


def rows_of(page: ListPage, request: HttpRequest, job: ListJob) -> tuple[QuerySet[Any], tuple[str, ...]]:
    """What the list showed when the job was asked for, in its order."""
    found, _filterset = page.found(request)
    order = page.order_of(request)
    return from_cursor(found, order, job.start), order


def _export(job: ListJob, page: ListPage, request: HttpRequest, rows: QuerySet[Any], order: tuple[str, ...], by: Actor) -> None:
    """Into a file of the private storage, in the schema's own folder."""
    form, _colon, is_whole = job.what.partition(":")
    if is_whole and page.whole:
        head, lines = page.whole.begin(rows)
    else:
        places = job.columns or range(len(page.export_head))
        head, lines = [str(page.export_head[place]) for place in places], _chosen(page, request, places)
    job.total, job.done = rows.order_by().count(), 0
    noted = _Progress(job)
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / f"list.{form}"
        writer = open_writer(form, path, head)
        try:
            for some, _place in chunks(rows, order, size=ROWS_AT_ONCE):
                writer.write(lines(some))
                job.done += len(some)
                noted()
        finally:
            writer.close()
        storage = storages["papers"]
        name = f"exports/{job.pk}.{form}"
        storage.delete(name)  # of an attempt that ended too early
        with open(path, "rb") as file:
            name = storage.save(name, File(file))
        end_job(by=by, job=job, file=name, size=path.stat().st_size)


def _chosen(page: ListPage, request: HttpRequest, places: Sequence[int]) -> Callable[[list[Any]], Iterable[Sequence[object]]]:
    """Lines of the columns at these places."""

    def lines(some: list[Any]) -> Iterable[Sequence[object]]:
        page.prepare(request, some)
        return ([line[place] for place in places] for row in some for line in page.export(row))  # type: ignore[misc]

    return lines


def _bulk(job: ListJob, page: ListPage, rows: QuerySet[Any], order: tuple[str, ...], by: Actor) -> None:
    """Row by row, each in a transaction of its own; what is refused stays as it was and is named with its reason."""
    do = action_of(page, job.what)
    job.total = job.total or rows.order_by().count()
    noted = _Progress(job)
    for some, place in chunks(rows, order, size=100, place=job.place):
        for row in some:
            try:
                do(by, row.pk)
                job.done += 1
            except MarketError as refusal:
                job.refused += 1
                if len(job.refusals) < MOST_REFUSALS:
                    job.refusals.append([name_of(row), str(row.pk), str(refusal)])
            noted()
        job.place = place
        noted(at_once=True)
    end_job(by=by, job=job)


def name_of(row: Any) -> str:
    """What a person calls a row."""
    return str(getattr(row, "number", "") or getattr(getattr(row, "title", None), "text", "") or row.pk)


class _Progress:
    """Notes how far a job is, at most once a second."""

    def __init__(self, job: ListJob) -> None:
        self._job, self._last = job, time.monotonic()

    def __call__(self, *, at_once: bool = False) -> None:
        if at_once or time.monotonic() - self._last >= SIGN_S:
            self._last = time.monotonic()
            note_progress(by=SYSTEM, job=self._job)


def _asked(job: ListJob, user: User | None) -> HttpRequest:
    """As if the person looked at the list now."""
    request = HttpRequest()
    request.method, request.GET = "GET", QueryDict(job.query)
    request.user = user  # type: ignore[assignment]
    request.market = Market.objects.get()  # type: ignore[attr-defined]
    request.merchant = Merchant.objects.get(pk=job.merchant_id) if job.merchant_id else None  # type: ignore[attr-defined]
    return request


def _may(job: ListJob, page: ListPage, request: HttpRequest) -> bool:
    """Whether who asked still works there, may still see the list and still do this."""
    if not Membership.objects.filter(user_id=str(job.user_id), is_active=True, merchant_id=job.merchant_id).exists():
        return False
    rights = [
        page.right,
        page.export_right if job.kind == ListJob.Kind.EXPORT else None,
        *(each.right for each in page.bulk if job.kind == ListJob.Kind.BULK and each.route == job.what),
    ]
    return all(right is None or request.user.has_perm(right.full_name) for right in rights)  # type: ignore[union-attr]


def forget_file(event: ListFileExpired) -> None:
    """The file of an export that has expired leaves the storage. Safe to repeat."""
    job = ListJob.objects.get(pk=event.job_id)
    if job.status == ListJob.Status.EXPIRED and job.file:
        with schema_of(job.merchant_id):
            storages["papers"].delete(job.file)
