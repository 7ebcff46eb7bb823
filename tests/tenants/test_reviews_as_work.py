"""Reviews are work of somebody, due by a day, and hand back only what was wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from marketplace.kernel.errors import NotFound, ReasonMissing
from marketplace.kernel.models import AuditEvent
from tenants.onboarding.actions import missing_of, submit_application
from tenants.onboarding.errors import ApplicationIncomplete, StepNotDue
from tenants.onboarding.models import Application
from tenants.onboarding.reviewing import ask_for_paper_again, due_after, hand_application_over, take_application
from tests import factories as make
from tests.storefront.test_applying import at_console
from tests.tenants.test_onboarding import a_paper, decide, now, papers_root, reviewer, submitted

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("handed_in", "due"),
    [
        ("2026-11-23 10:00", "2026-11-25 10:00"),  # Monday to Wednesday
        ("2026-11-26 10:00", "2026-11-30 10:00"),  # Thursday to Monday
        ("2026-11-27 23:30", "2026-12-01 23:30"),  # Friday night to Tuesday
        ("2026-11-28 10:00", "2026-12-01 10:00"),  # a Saturday counts from Monday
    ],
)
def test_due_is_counted_in_working_days_of_the_market(handed_in, due):
    moment = datetime.fromisoformat(handed_in).replace(tzinfo=ZONE)
    assert due_after(moment, ZONE) == datetime.fromisoformat(due).replace(tzinfo=ZONE)


def test_a_reviewer_takes_it_a_colleague_takes_it_over_and_hands_it_on():
    row = submitted()
    assert row.review_due == due_after(row.submitted_at, ZONE)
    first, second = at_console("reviewer"), at_console("reviewer")
    assert first.post(f"/applications/{row.number}/take/").status_code == 302 and now(row).reviewer == first.user
    assert second.post(f"/applications/{row.number}/take/").status_code == 302 and now(row).reviewer == second.user
    assert second.post(f"/applications/{row.number}/hand-over/", to=str(first.user.pk)).status_code == 302 and now(row).reviewer == first.user
    for nobody in (str(row.applicant_id), str(uuid4()), "nonsense", ""):
        assert second.post(f"/applications/{row.number}/hand-over/", to=nobody).status_code == 404
    assert [event.after["reviewer"] for event in AuditEvent.objects.filter(action="application.given").order_by("at")] == [
        first.user.email,
        second.user.email,
        first.user.email,
    ]


def test_the_queue_shows_ones_own_nobodys_and_what_is_late():
    mine, other, late = submitted(slug="mine"), submitted(slug="other"), submitted(slug="late")
    judge = at_console("reviewer")
    take_application(by=make.acting(judge.user), application_id=mine.pk)
    Application.objects.filter(pk=late.pk).update(review_due=datetime(2026, 1, 1, tzinfo=ZONE))

    def shown(work: str) -> set[str]:
        page = judge.get(f"/applications/?work={work}").content.decode()
        return {row.slug for row in (mine, other, late) if row.number in page}

    assert shown("mine") == {"mine"} and shown("nobody") == {"other", "late"} and shown("late") == {"late"}


def test_only_what_was_refused_is_handed_in_again():
    row = submitted()
    by = reviewer()
    with pytest.raises(ReasonMissing):
        ask_for_paper_again(by=by, application_id=row.pk, paper_id=row.papers.get(kind="licence").pk, note=" ")
    ask_for_paper_again(by=by, application_id=row.pk, paper_id=row.papers.get(kind="licence").pk, note="A corner lacks")
    row = decide(row, "identity", "more", "See the note beside the licence.")
    assert missing_of(row) == ["Business licence"]
    with pytest.raises(ApplicationIncomplete):
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
    a_paper(row, "licence", 77, "better.png")
    row = submit_application(by=make.acting(row.applicant), application_id=row.pk)
    row = decide(decide(row, "identity", "passed"), "qualification", "passed")
    held = {one.requirement.code: one.paper.name for one in row.merchant.qualifications.select_related("requirement", "paper")}
    assert held == {"licence": "better.png", "identity": "identity.png"}


def test_what_is_decided_is_nobodys_work():
    row = decide(submitted(), "identity", "rejected", "No.")
    for attempt in (
        lambda: take_application(by=reviewer(), application_id=row.pk),
        lambda: ask_for_paper_again(by=reviewer(), application_id=row.pk, paper_id=row.papers.first().pk, note="x"),
    ):
        with pytest.raises(StepNotDue):
            attempt()
    with pytest.raises(NotFound):
        hand_application_over(by=reviewer(), application_id=row.pk, to_id=row.applicant_id)
