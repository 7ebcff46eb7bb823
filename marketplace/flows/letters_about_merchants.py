"""Letters around the dossiers, rules and reviews of merchants. Reactions: each runs once for an event or a deadline."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_day, format_time
from marketplace.platform.notices.messages import Message
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
    row = Application.objects.select_related("reviewer").filter(pk=event.subject_id, status=Application.Status.SUBMITTED).first()
    if row is None or row.review_due is None or row.review_due > clock.now():
        return
    mine = [row.reviewer] if row.reviewer and row.reviewer.is_active else market_staff_with(Right.REVIEW_MERCHANTS)
    people: dict[UUID, User] = {person.pk: person for person in [*mine, *market_staff_with(Right.MANAGE_MARKET)]}
    due, step = row.review_due, row.next_step

    def compose() -> Message:
        who = _("It is the work of {person}.").format(person=row.reviewer.name or row.reviewer.email) if row.reviewer else _("Nobody has taken it.")
        return Message(
            "review_overdue",
            _("A review is overdue: {company}").format(company=row.company),
            [_("{step} was due {at}.").format(step=step.label if step else "", at=format_time(due)), who],
            button=(_("To the application"), console_url(f"/applications/{row.number}/")),
        )

    tell(people.values(), compose)


def dossier_decided(event: DossierChangeDecidedUpon) -> None:
    """The shop hears what became of the changes it handed in."""
    row = DossierChange.objects.select_related("merchant").get(pk=event.change_id)

    def compose() -> Message:
        what = _(", ").join(str(LABELS[name]) for name in row.after)
        if event.is_approved:
            subject, lines = _("Your company's new data are approved"), [_("They hold from now on: {what}.").format(what=what)]
        else:
            subject = _("Your company's new data were not approved")
            lines = [_("The market says: {reason}").format(reason=row.note), _("What was there before still holds: {what}.").format(what=what)]
        return Message("dossier_decided", subject, lines, button=(_("To your company"), workbench_url(row.merchant, "/company/")))

    tell(staff_with([row.merchant_id], Right.MANAGE_PAPERS)[row.merchant_id], compose)


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
        said = {"what": rules.get_kind_display(), "n": rules.version, "day": format_day(day)}
        subject = _("{what}, version {n}: nothing new can be put on sale until you accept it") if is_over else _("{what}, version {n}: accept it by {day}")
        lines = [_("What is on sale stays on sale. As soon as the owner accepts this version, new products can be put on sale again.")]
        if not is_over:
            lines = [_("From the day after on, nothing new can be put on sale without it.")]
        return Message("rules_due", subject.format(**said), lines, button=(_("To the market rules"), workbench_url(shop, "/market-rules/")))

    for shop in asked:
        tell(people[shop.pk], lambda shop=shop: compose(shop))  # type: ignore[misc]
