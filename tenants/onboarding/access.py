"""Who may get which application and which paper."""

from __future__ import annotations

from uuid import UUID

from tenants.onboarding.errors import ApplicationUnknown
from tenants.onboarding.models import Application, Paper
from tenants.tenancy.models import Merchant


def application_of(user_id: UUID, number: str) -> Application:
    """The applicant's own, or ApplicationUnknown."""
    found = Application.objects.filter(applicant_id=user_id, number=number).first()
    if found is None:
        raise ApplicationUnknown
    return found


def open_application_of(user_id: UUID) -> Application | None:
    """The one that is being written or reviewed."""
    return Application.objects.filter(applicant_id=user_id, status__in=Application.OPEN).select_related("applicant").first()


# What somebody who applies anew need not write again; documents, ticks and rules are asked for anew.
SAID = (
    *("kind", "sells_many_brands", "sells", "company", "licence_number", "representative", "belongs_to", "contact_name", "contact_phone"),
    *("contact_email", "service_phone", "service_address", "names", "slug", "about", "brands", "origins"),
)


def fresh_application(user_id: UUID, email: str) -> Application:
    """One to begin with, not saved: with what the person's last application said, where that was not approved."""
    over = (Application.Status.REJECTED, Application.Status.WITHDRAWN)
    last = Application.objects.filter(applicant_id=user_id, status__in=over).order_by("-created_at", "-pk").first()
    said = {name: getattr(last, name) for name in SAID} if last else {"contact_email": email}
    if Merchant.objects.filter(slug=said.get("slug", "")).exists():
        said["slug"] = ""
    return Application(applicant_id=user_id, **said)


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
