"""Pages with dates appear and go by themselves: one deadline for each tree of pages, at the moment when the next page is due.

No schema is visited before something is due in it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from wagtail.models import Page, Revision

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.verbs import verb
from tenants.tenancy.link import connection
from tenants.tenancy.schemas import SchemaOf, schema_of

PAGES_DUE = "cms.pages_due"
OF_THE_MARKET = UUID(int=1)  # what a deadline of the market's pages is about


def shop_here() -> UUID | None:
    """The merchant whose pages these are; None for the market's."""
    return connection.tenant.merchant_id if isinstance(connection.tenant, SchemaOf) else None


def next_moment() -> datetime | None:
    """When the next page of this tree appears or goes."""
    appears = Revision.objects.filter(approved_go_live_at__isnull=False).aggregate(at=Min("approved_go_live_at"))["at"]
    goes = Page.objects.filter(live=True, expire_at__isnull=False).aggregate(at=Min("expire_at"))["at"]
    return min((moment for moment in (appears, goes) if moment), default=None)


def arrange() -> None:
    """Set the deadline of this tree to its next moment, or end it. Called after everything that publishes."""
    shop, moment = shop_here(), next_moment()
    with transaction.atomic():
        if moment:
            set_deadline(kind=PAGES_DUE, subject_id=shop or OF_THE_MARKET, due_at=moment, merchant_id=shop)
        else:
            meet(kind=PAGES_DUE, subject_id=shop or OF_THE_MARKET)


@verb
def publish_due_pages(*, by: Actor) -> list[str]:
    """Show what is due in this tree, take down what has expired; the titles. Safe to repeat."""
    done = []
    with transaction.atomic():
        for page in Page.objects.filter(live=True, expire_at__lte=clock.now()).specific():
            page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            _note(by, page, action="page.expired")
            done.append(page.title)
        for revision in Revision.objects.filter(approved_go_live_at__lte=clock.now()).order_by("approved_go_live_at"):
            revision.publish(log_action="wagtail.publish.scheduled")
            _note(by, revision.as_object(), action="page.published")
            done.append(revision.object_str)
        arrange()
    return done


def _note(by: Actor, page: Page, *, action: str) -> None:
    audit(by=by, action=action, subject="page", subject_id=page.pk, merchant_id=shop_here(), after={"title": page.title, "slug": page.slug})


def publish_when_due(event: DeadlineReached) -> None:
    """The outcome of PAGES_DUE."""
    with schema_of(event.merchant_id):
        publish_due_pages(by=SYSTEM)
