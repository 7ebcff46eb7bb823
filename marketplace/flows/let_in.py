"""From an application that passed its reviews to a shop that can trade."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

from django.db import transaction

from marketplace.flows.open_shop import open_shop
from marketplace.flows.qualify import let_in_papers
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.verbs import verb
from tenants.onboarding.actions import note_review
from tenants.onboarding.errors import StepNotDue
from tenants.onboarding.models import Application, Decision, Step
from tenants.tenancy.models import Merchant

DECISIONS = (Decision.PASSED, Decision.MORE, Decision.REJECTED)


@verb
def review_application(*, by: Actor, application_id: UUID, step: str, decision: str, reason: str = "", fields: Iterable[str] = ()) -> Application:
    """Decide over a step: identity, basics, qualification. When all have passed the shop opens, as soon as nothing else is lacking.

    With more, `fields` names what has to be changed.

    Raises ReasonMissing (for anything but passed), StepNotDue, StepLacks, ApplicationUnknown, and from opening SlugTaken, AddressUnconfirmed.
    """
    if step not in Step.values or decision not in DECISIONS:
        raise StepNotDue
    if decision != Decision.PASSED and not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row: Application = note_review(by=by, application_id=application_id, step=step, decision=decision, reason=reason.strip(), fields=fields)
        if all(getattr(row, name) == Decision.PASSED for name in Step):
            merchant: Merchant = open_shop(
                by=by,
                merchant_id=uuid5(row.pk, "merchant"),
                slug=row.slug,
                names=row.names,
                owner_email=row.applicant.email,
                owner_name=row.contact_name,
            )
            let_in_papers(by=by, application=row, merchant=merchant)
    return row
