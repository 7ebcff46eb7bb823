"""What a shop says of itself, because nothing can measure it: ticks in its guide, and scores on five topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.verbs import verb
from tenants.onboarding.models import PartnerType, SelfAssessment, SelfCheck, Topic
from tenants.tenancy.models import Merchant


@verb
def tick(*, by: Actor, merchant_id: UUID, codes: Iterable[str]) -> None:
    """Just these are done, as the shop says; others are not. Safe to repeat."""
    wanted = set(codes)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        before = ticked(merchant_id)
        if before == wanted:
            return
        SelfCheck.objects.filter(merchant_id=merchant_id, code__in=before - wanted).delete()
        SelfCheck.objects.bulk_create([SelfCheck(merchant_id=merchant_id, code=code, by_label=by.label) for code in sorted(wanted - before)])
        audit(
            by=by,
            action="merchant.guide_ticked",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"done": sorted(before)},
            after={"done": sorted(wanted)},
        )


def ticked(merchant_id: UUID) -> set[str]:
    return set(SelfCheck.objects.filter(merchant_id=merchant_id).values_list("code", flat=True))


@verb
def assess(*, by: Actor, merchant_id: UUID, assessment_id: UUID, scores: Mapping[str, int], partner: str, note: str = "") -> SelfAssessment:
    """A shop scores itself, 1 to 5 on every topic. The same `assessment_id` scores once. Raises InvalidInput, KeyReused."""
    if partner not in PartnerType.values:
        raise InvalidInput(field="partner", why=_("Choose what you bring most of all."))
    for topic in Topic:
        if scores.get(topic.value) not in range(1, 6):
            raise InvalidInput(field=topic.value, why=_("Choose one of the five."))
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        said = {"partner": partner, "note": note.strip()[:500], **{topic.value: scores[topic.value] for topic in Topic}}
        if same := SelfAssessment.objects.filter(pk=assessment_id).first():
            if same.merchant_id != merchant_id or any(getattr(same, name) != value for name, value in said.items()):
                raise KeyReused
            return same
        before = latest(merchant_id)
        row = SelfAssessment.objects.create(pk=assessment_id, merchant_id=merchant_id, by_label=by.label[:200], **said)
        audit(
            by=by,
            action="merchant.self_assessed",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before=before.scores if before else None,
            after=row.scores | {"partner": partner, "at": row.at.isoformat()},
            why=row.note,
        )
    return row


def latest(merchant_id: UUID) -> SelfAssessment | None:
    return SelfAssessment.objects.filter(merchant_id=merchant_id).order_by("-at", "-id").first()


def history(merchant_id: UUID, n: int) -> list[SelfAssessment]:
    """The last `n`, the oldest first."""
    return list(SelfAssessment.objects.filter(merchant_id=merchant_id).order_by("-at", "-id")[:n])[::-1]
