"""Letters around the dossiers, rules and reviews of merchants. Reactions: each runs once for an event or a deadline."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_day, format_time
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import market_staff_with, staff_with
from tenants.access.rights import Right
from tenants.accounts.models import User
from tenants.onboarding.dossiers import LABELS
from tenants.onboarding.events import DossierChangeDecidedUpon
from tenants.onboarding.market_rules import unaccepted
from tenants.onboarding.models import Application, DossierChange, MarketRules
from tenants.tenancy.hosts import console_url, workbench_url
from tenants.tenancy.models import Merchant


def review_overdue(event: DeadlineReached) -> None:
    """Reaction to the deadline `review.due`: whose work it is, and who leads the market, hear of it; of nobody's work every reviewer."""
    application = Application.objects.select_related("reviewer").filter(pk=event.subject_id, status=Application.Status.SUBMITTED).first()
    change = DossierChange.objects.select_related("reviewer", "merchant").filter(pk=event.subject_id, status=DossierChange.Status.WAITING).first()
    row = application or change
    if row is None or row.review_due is None or row.review_due > clock.now():
        return
    due, reviewer = row.review_due, row.reviewer
    mine = [reviewer] if reviewer and reviewer.is_active else market_staff_with(Right.REVIEW_MERCHANTS)
    people: dict[UUID, User] = {person.pk: person for person in [*mine, *market_staff_with(Right.MANAGE_MARKET)]}

    def compose() -> Message:
        facts = {"at": format_time(due), "person": reviewer.name or reviewer.email if reviewer else ""}
        facts["nobody"] = "" if reviewer else _("Nobody has taken it.")
        if application is not None:
            step = str(application.next_step.label) if application.next_step else ""
            return worded("review_overdue", facts | {"company": application.company, "step": step}, link=console_url(f"/applications/{application.number}/"))
        assert change is not None
        facts |= {"company": change.merchant.name, "step": pgettext("review step", "Company data")}
        return worded("review_overdue", facts, link=console_url(f"/dossier-changes/{change.pk}/"))

    tell(people.values(), compose)


def dossier_decided(event: DossierChangeDecidedUpon) -> None:
    """The shop hears what became of the changes it handed in."""
    row = DossierChange.objects.select_related("merchant").get(pk=event.change_id)

    def facts() -> dict[str, str]:
        return {"what": _(", ").join(str(LABELS[name]) for name in row.after), "reason": row.note}

    people = staff_with([row.merchant_id], Right.MANAGE_PAPERS)[row.merchant_id]
    kind = "dossier_approved" if event.is_approved else "dossier_refused"
    tell(people, lambda: worded(kind, facts(), link=workbench_url(row.merchant, "/company/")))


def rules_due(event: DeadlineReached) -> None:
    """Reaction to the deadlines `rules.reminder` (a week before) and `rules.accept_by`: shops that have not accepted this version hear what follows."""
    rules = MarketRules.objects.filter(pk=event.subject_id).first()
    if rules is None or rules.accept_by is None:
        return
    is_over, day = rules.accept_by <= clock.now(), rules.accept_by - timedelta(microseconds=1)
    trading = Merchant.objects.exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED])
    asked = [shop for shop in trading.exclude(accepted_rules__rules=rules).order_by("pk") if rules in unaccepted(merchant_id=shop.pk)]
    people = staff_with([shop.pk for shop in asked], Right.MANAGE_PAPERS) if asked else {}

    def compose(shop: Merchant) -> Message:
        facts = {"what": rules.get_kind_display(), "n": str(rules.version), "day": format_day(day)}
        return worded("rules_not_accepted" if is_over else "rules_to_accept", facts, link=workbench_url(shop, "/market-rules/"))

    for shop in asked:
        tell(people[shop.pk], lambda shop=shop: compose(shop))  # type: ignore[misc]
