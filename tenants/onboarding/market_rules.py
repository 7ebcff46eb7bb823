"""Market rules in versions: published by the operator, accepted by applicants and shops, each acceptance of one named version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.onboarding.events import RulesPublished
from tenants.onboarding.models import Application, MarketRules, RulesAccepted
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.own import is_own

LONGEST = 40_000
ACCEPT_BY, REMINDER = "rules.accept_by", "rules.reminder"
REMINDED = timedelta(days=7)  # before the day by which it has to be accepted


@verb
def publish_rules(*, by: Actor, kind: str, texts: Mapping[str, str], since: datetime, accept_by: datetime | None = None) -> MarketRules:
    """A new version, in all languages of the market, in force from `since` on; shops are asked to accept it from then on.

    A shop that has not accepted it by `accept_by` puts nothing new on sale; None: shops are only asked. Raises InvalidInput.
    """
    if kind not in MarketRules.Kind.values:
        raise InvalidInput(field="kind", why=_("Say which rules these are."))
    with transaction.atomic():
        market = Market.objects.select_for_update(no_key=True).get()  # of two at once the second has the next number
        kept = {code: texts.get(code, "").strip() for code in market.languages}
        for code, text in kept.items():
            if not 0 < len(text) <= LONGEST:
                why = _("Write the rules in every language of the market, up to {most} characters.").format(most=LONGEST)
                raise InvalidInput(field=f"text_{code}", why=why)
        last = MarketRules.objects.filter(kind=kind).order_by("-version").first()
        if last and since <= last.since:
            raise InvalidInput(field="since", why=_("A new version is in force later than the one before."))
        if accept_by is not None and accept_by < max(since, clock.now()):
            raise InvalidInput(field="accept_by", why=_("Shops need time: choose a day after the one from which the rules are in force."))
        version = last.version + 1 if last else 1
        row = MarketRules.objects.create(kind=kind, version=version, texts=kept, since=since, accept_by=accept_by, by_label=by.label)
        if accept_by is not None:
            set_deadline(kind=ACCEPT_BY, subject_id=row.pk, due_at=accept_by)
            if accept_by - REMINDED > max(since, clock.now()):
                set_deadline(kind=REMINDER, subject_id=row.pk, due_at=accept_by - REMINDED)
        after = {"kind": kind, "version": row.version, "since": since, "accept_by": accept_by}
        audit(by=by, action="rules.published", subject="rules", subject_id=f"{kind}-{row.version}", after=after)
        record(RulesPublished(rules_id=row.pk))
    return row


def rules_in_force(at: datetime | None = None) -> list[MarketRules]:
    """The version of each kind that holds at a moment (now)."""
    rows = MarketRules.objects.filter(since__lte=at or clock.now()).order_by("kind", "-version").distinct("kind")
    return list(rows)


def rules_version(kind: str, version: int | None = None) -> MarketRules:
    """A version, or the one in force. Raises NotFound."""
    rows = MarketRules.objects.filter(kind=kind, since__lte=clock.now()).order_by("-version")
    found = (rows.filter(version=version) if version is not None else rows).first()
    if found is None:
        raise NotFound
    return found


@verb
def accept_rules(*, by: Actor, rules_ids: Iterable[UUID], application: Application | None = None, merchant_id: UUID | None = None) -> None:
    """Somebody accepts versions that are in force, for an application or a shop. Safe to repeat; one that is not in force is left out."""
    wanted = set(rules_ids)
    whose: dict[str, Any] = {"application": application} if application else {"merchant_id": merchant_id}
    with transaction.atomic():
        for row in rules_in_force():
            if row.pk not in wanted:
                continue
            held, made = RulesAccepted.objects.get_or_create(rules=row, **whose, defaults={"by_label": by.label})
            if made:
                audit(
                    by=by,
                    action="rules.accepted",
                    subject="application" if application else "merchant",
                    subject_id=application.number if application else merchant_id,
                    merchant_id=merchant_id,
                    after={"kind": row.kind, "version": row.version, "at": held.at},
                )


@verb
def carry_accepted_over(*, by: Actor, application: Application, merchant: Merchant) -> None:
    """What an applicant has accepted, the new shop has accepted, at the same time."""
    rows = RulesAccepted.objects.filter(application=application)
    RulesAccepted.objects.bulk_create([RulesAccepted(rules_id=one.rules_id, merchant=merchant, by_label=one.by_label, at=one.at) for one in rows])


def unaccepted(*, application: Application | None = None, merchant_id: UUID | None = None) -> list[MarketRules]:
    """The versions in force that were not accepted yet; of the market's own shop none, it agrees with nobody. Two queries, or three; one where nothing
    was published."""
    rows = rules_in_force()
    if not rows or (merchant_id is not None and is_own(merchant_id)):
        return []
    if application is not None and application._state.adding:
        return rows
    held = RulesAccepted.objects.filter(rules__in=rows)
    whose: dict[str, Any] = {"application": application} if application else {"merchant_id": merchant_id}
    held = held.filter(**whose)
    accepted = set(held.values_list("rules_id", flat=True))
    return [row for row in rows if row.pk not in accepted]


def accepted_by(merchant_id: UUID) -> list[tuple[MarketRules, RulesAccepted | None, RulesAccepted | None]]:
    """For each kind of rules in force: the version, its acceptance by this shop, and where there is none the acceptance of the newest it did accept."""
    held: dict[UUID, RulesAccepted] = {}
    newest: dict[str, RulesAccepted] = {}
    for one in RulesAccepted.objects.filter(merchant_id=merchant_id).select_related("rules").order_by("rules__version"):
        held[one.rules_id], newest[one.rules.kind] = one, one
    return [(row, held.get(row.pk), None if row.pk in held else newest.get(row.kind)) for row in rules_in_force()]


def without_acceptance(shops: QuerySet[Merchant], *, is_late: bool) -> QuerySet[Merchant]:
    """Of these shops those that trade and have not accepted a version in force; `is_late`: one whose day has passed. The market's own agree with nobody."""
    now, asked = clock.now(), Q(pk=None)
    for row in rules_in_force():
        if not is_late or (row.accept_by is not None and row.accept_by <= now):
            asked |= Q(~Exists(RulesAccepted.objects.filter(rules=row, merchant=OuterRef("pk"))))
    return shops.filter(asked, is_own=False).exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED])


def overdue_rules(merchant_id: UUID) -> list[MarketRules]:
    """What a shop should have accepted by now: versions in force whose day has passed. Two queries; one where nothing was published."""
    now = clock.now()
    return [row for row in unaccepted(merchant_id=merchant_id) if row.accept_by is not None and row.accept_by <= now]
