"""Saved views and choices of one's lists, and the life of a job over a whole list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.backoffice.access import office, own_view
from marketplace.platform.backoffice.errors import TooManyJobs, TooManyViews, ViewNameTaken
from marketplace.platform.backoffice.events import ListFileExpired, ListJobAsked
from marketplace.platform.backoffice.models import ListChoice, ListJob, SavedView

MOST_VIEWS = 30  # of one person for one list
MOST_OPEN_JOBS = 10  # of one person
KEEP_DAYS = 7  # a file of an export
MOST_REFUSALS = 200  # that are kept one by one
SILENT_S = 90  # after so long without a sign of life a job is given to another worker
MOST_ATTEMPTS = 4
GIVEN_UP = "every worker that began it ended before it did"


# ── views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def save_view(*, by: Actor, merchant_id: UUID | None, list_name: str, name: str, query: str) -> SavedView:
    """A view under this name; one's own of the same name is made what is seen now. Raises InvalidInput, TooManyViews."""
    name = _name(name)
    with transaction.atomic():
        mine = SavedView.objects.select_for_update().filter(user_id=by.person, list_name=list_name, removed_at=None, **office(merchant_id))
        view = mine.filter(name=name).first()
        if view is None:
            if mine.count() >= MOST_VIEWS:
                raise TooManyViews(most=MOST_VIEWS)
            view = SavedView(user_id=by.person, merchant_id=merchant_id, list_name=list_name, name=name)
        before, view.query = view.query, query[:1000]
        view.save()
        _audit_view(by, view, "view.saved", {"query": before}, {"name": name, "list": list_name, "query": view.query})
    return view


@verb
def rename_view(*, by: Actor, merchant_id: UUID | None, view_id: UUID, name: str) -> SavedView:
    """Raises ViewUnknown, ViewNameTaken, InvalidInput."""
    name = _name(name)
    with transaction.atomic():
        view = own_view(by.person, merchant_id, view_id)
        before, view.name = view.name, name
        try:
            with transaction.atomic():
                view.save(update_fields=["name"])
        except IntegrityError:
            raise ViewNameTaken(name=name) from None
        _audit_view(by, view, "view.renamed", {"name": before}, {"name": name})
    return view


@verb
def share_view(*, by: Actor, merchant_id: UUID | None, view_id: UUID, is_shared: bool) -> SavedView:
    """With everybody who works there. Raises ViewUnknown."""
    with transaction.atomic():
        view = own_view(by.person, merchant_id, view_id)
        before, view.is_shared = view.is_shared, is_shared
        view.save(update_fields=["is_shared"])
        _audit_view(by, view, "view.shared", {"is_shared": before}, {"is_shared": is_shared})
    return view


@verb
def set_default_view(*, by: Actor, merchant_id: UUID | None, view_id: UUID, is_default: bool) -> SavedView:
    """How one's list begins; the view that was it is it no longer. Raises ViewUnknown."""
    with transaction.atomic():
        view = own_view(by.person, merchant_id, view_id)
        SavedView.objects.filter(user_id=by.person, list_name=view.list_name, is_default=True, **office(merchant_id)).update(is_default=False)
        before, view.is_default = view.is_default, is_default
        view.save(update_fields=["is_default"])
        _audit_view(by, view, "view.default_set", {"is_default": before}, {"is_default": is_default})
    return view


@verb
def remove_view(*, by: Actor, merchant_id: UUID | None, view_id: UUID) -> SavedView:
    """It can be had back by restore_view. Raises ViewUnknown."""
    with transaction.atomic():
        view = own_view(by.person, merchant_id, view_id)
        view.removed_at, view.is_default = clock.now(), False
        view.save(update_fields=["removed_at", "is_default"])
        _audit_view(by, view, "view.removed", {"name": view.name}, {})
    return view


@verb
def restore_view(*, by: Actor, merchant_id: UUID | None, view_id: UUID) -> SavedView:
    """Raises ViewUnknown, ViewNameTaken."""
    with transaction.atomic():
        view = own_view(by.person, merchant_id, view_id, removed=True)
        view.removed_at = None
        try:
            with transaction.atomic():
                view.save(update_fields=["removed_at"])
        except IntegrityError:
            raise ViewNameTaken(name=view.name) from None
        _audit_view(by, view, "view.restored", {}, {"name": view.name})
    return view


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(field="name", why=_("Give the view a name."))
    if len(name) > 60:
        raise InvalidInput(field="name", why=_("A name has at most 60 characters. Shorten it."))
    return name


def _audit_view(by: Actor, view: SavedView, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit(by=by, action=action, subject="view", subject_id=view.pk, merchant_id=view.merchant_id, before=before, after=after)


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def choose_columns(*, by: Actor, merchant_id: UUID | None, list_name: str, columns: Sequence[str]) -> None:
    """The columns of one's list, in this order; none: as the list comes."""
    _choose(by, merchant_id, list_name, {"columns": list(columns)})


@verb
def choose_density(*, by: Actor, merchant_id: UUID | None, density: str) -> None:
    """Of all one's lists in this back office. Raises InvalidInput."""
    if density not in ListChoice.Density.values:
        raise InvalidInput(field="density", why=_("Choose comfortable or compact."))
    _choose(by, merchant_id, "", {"density": density})


def _choose(by: Actor, merchant_id: UUID | None, list_name: str, chosen: dict[str, Any]) -> None:
    with transaction.atomic():
        ListChoice.objects.update_or_create(user_id=by.person, list_name=list_name, **office(merchant_id), defaults=chosen)
        audit(by=by, action="list.arranged", subject="list", subject_id=list_name or "all", merchant_id=merchant_id, after=chosen)


# ── jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def ask_for_job(*, by: Actor, job: ListJob) -> ListJob:
    """Have a worker do it. The key of the job is the form's: sent twice it is one job, and while such a job of the same rows is open,
    asking again gives that one. Raises KeyReused, TooManyJobs."""
    asked = {name: getattr(job, name) for name in ("merchant_id", "list_name", "kind", "what", "query", "columns")}
    with transaction.atomic():
        if earlier := ListJob.objects.filter(pk=job.pk).first():
            if earlier.user_id != by.person or any(getattr(earlier, name) != value for name, value in asked.items()):
                raise KeyReused
            return earlier
        mine = ListJob.objects.filter(user_id=by.person, status__in=[ListJob.Status.WAITING, ListJob.Status.RUNNING])
        if same := mine.filter(**asked).first():
            return same
        if mine.count() >= MOST_OPEN_JOBS:
            raise TooManyJobs(most=MOST_OPEN_JOBS)
        job.user_id = by.person
        job.save(force_insert=True)
        after = {"list": job.list_name, "what": job.what, "rows": job.total, "query": job.query}
        audit(by=by, action=f"list.{job.kind}_asked", subject="list", subject_id=job.pk, merchant_id=job.merchant_id, after=after)
        record(ListJobAsked(job_id=job.pk, merchant_id=job.merchant_id))
    return job


@verb
def begin_job(*, by: Actor, job_id: UUID) -> ListJob | None:
    """Take it in hand. None when it has ended, or while another worker that is alive has it."""
    now = clock.now()
    free = Q(status=ListJob.Status.WAITING) | Q(status=ListJob.Status.RUNNING, beat_at__lt=now - timedelta(seconds=SILENT_S))
    taken = ListJob.objects.filter(free, pk=job_id).update(status=ListJob.Status.RUNNING, beat_at=now, attempts=F("attempts") + 1)
    return ListJob.objects.get(pk=job_id) if taken else None


@verb
def note_progress(*, by: Actor, job: ListJob) -> None:
    """How far it is: a sign of life, too."""
    job.beat_at = clock.now()
    job.save(update_fields=["total", "done", "refused", "refusals", "place", "beat_at"])


@verb
def end_job(*, by: Actor, job: ListJob, file: str = "", size: int = 0) -> None:
    """Everything is done, by `by`, for whom it was done. A file is kept for KEEP_DAYS."""
    now = clock.now()
    with transaction.atomic():
        job.status, job.file, job.size, job.beat_at, job.ended_at = ListJob.Status.DONE, file, size, now, now
        job.expires_at = now + timedelta(days=KEEP_DAYS) if file else None
        job.save()
        after = {"rows": job.done, "refused": job.refused, "what": job.what, "list": job.list_name, "query": job.query}
        ended = "exported" if job.kind == ListJob.Kind.EXPORT else "bulk_done"
        audit(by=by, action=f"list.{ended}", subject="list", subject_id=job.list_name, merchant_id=job.merchant_id, after=after)


@verb
def fail_job(*, by: Actor, job_id: UUID, why: str) -> None:
    """It will not be tried again by itself."""
    with transaction.atomic():
        job = ListJob.objects.select_for_update().get(pk=job_id)
        if not job.is_open:
            return
        job.status, job.ended_at, job.refusals = ListJob.Status.FAILED, clock.now(), [*job.refusals, ["", "", why[:300]]]
        job.save(update_fields=["status", "ended_at", "refusals"])
        audit(by=by, action="list.job_failed", subject="list", subject_id=job.pk, merchant_id=job.merchant_id, after={"what": job.what}, why=why[:300])


@verb
def tidy_jobs(*, by: Actor, limit: int = 500) -> int:
    """Files that were kept long enough expire, and work whose worker has died is given to another. How many were touched."""
    now = clock.now()
    with transaction.atomic():
        old = list(ListJob.objects.select_for_update(skip_locked=True).filter(status=ListJob.Status.DONE, expires_at__lte=now)[:limit])
        for job in old:
            job.status = ListJob.Status.EXPIRED
            job.save(update_fields=["status"])
            record(ListFileExpired(job_id=job.pk, merchant_id=job.merchant_id))
        silent = list(
            ListJob.objects.select_for_update(skip_locked=True).filter(status=ListJob.Status.RUNNING, beat_at__lt=now - timedelta(seconds=SILENT_S))[:limit]
        )
        for job in silent:
            if job.attempts < MOST_ATTEMPTS:
                record(ListJobAsked(job_id=job.pk, merchant_id=job.merchant_id))
            else:
                fail_job(by=by, job_id=job.pk, why=GIVEN_UP)
    return len(old) + len(silent)
