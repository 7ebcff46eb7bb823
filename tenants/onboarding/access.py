"""Who may get which application and which paper."""

from __future__ import annotations

from uuid import UUID

from tenants.onboarding.errors import ApplicationUnknown
from tenants.onboarding.models import Application, Paper


def application_of(user_id: UUID, number: str) -> Application:
    """The applicant's own, or ApplicationUnknown."""
    found = Application.objects.filter(applicant_id=user_id, number=number).first()
    if found is None:
        raise ApplicationUnknown
    return found


def open_application_of(user_id: UUID) -> Application | None:
    """The one that is being written or reviewed."""
    return Application.objects.filter(applicant_id=user_id, status__in=Application.OPEN).select_related("applicant").first()


def applications_of(user_id: UUID) -> list[Application]:
    return list(Application.objects.filter(applicant_id=user_id).select_related("merchant").order_by("-created_at"))


def application_for_operator(number: str) -> Application:
    """Any application that was handed in, or ApplicationUnknown: drafts are their writer's own."""
    found = Application.objects.select_related("applicant", "merchant").filter(number=number, submitted_at__isnull=False).first()
    if found is None:
        raise ApplicationUnknown
    return found


def paper_in(application: Application, paper_id: UUID) -> Paper:
    """A paper of this application, or ApplicationUnknown."""
    found = application.papers.filter(pk=paper_id).first()
    if found is None:
        raise ApplicationUnknown
    return found
