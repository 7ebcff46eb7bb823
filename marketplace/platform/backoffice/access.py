"""Who gets which row: what is somebody else's, or of another back office, is as if it were not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.platform.backoffice.errors import JobUnknown, ViewUnknown
from marketplace.platform.backoffice.models import ListChoice, ListJob, SavedView


def office(merchant_id: UUID | None) -> dict[str, Any]:
    """The condition for rows of a merchant's workbench, or, without a merchant, of the console."""
    return {"merchant_id": merchant_id}


def views_of(user_id: Any, merchant_id: UUID | None, list_name: str) -> QuerySet[SavedView]:
    """One's own, and what others of the same back office share."""
    here = SavedView.objects.filter(**office(merchant_id), list_name=list_name, removed_at=None)
    return here.filter(Q(user_id=user_id) | Q(is_shared=True)).select_related("user").order_by("name", "pk")


def own_view(user_id: Any, merchant_id: UUID | None, view_id: UUID, *, removed: bool = False) -> SavedView:
    """Raises ViewUnknown."""
    found = SavedView.objects.filter(pk=view_id, user_id=user_id, **office(merchant_id), removed_at__isnull=not removed).first()
    if found is None:
        raise ViewUnknown
    return found


def choice_of(user_id: Any, merchant_id: UUID | None, list_name: str) -> tuple[list[str], str]:
    """Columns of this list and density of all lists, as the person chose them."""
    columns: list[str] = []
    density = ""
    for row in ListChoice.objects.filter(user_id=user_id, **office(merchant_id), list_name__in=[list_name, ""]):
        columns, density = row.columns or columns, row.density or density
    return columns, density


def jobs_of(user_id: Any, merchant_id: UUID | None) -> QuerySet[ListJob]:
    return ListJob.objects.filter(user_id=user_id, **office(merchant_id)).order_by("-created_at", "-pk")


def own_job(user_id: Any, merchant_id: UUID | None, job_id: UUID) -> ListJob:
    """Raises JobUnknown."""
    found = jobs_of(user_id, merchant_id).filter(pk=job_id).first()
    if found is None:
        raise JobUnknown
    return found
