"""From an application to a shop: three reviews, each with three outcomes, in their order; and what is handed in is the applicant's and the reviewers' alone."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.flows.let_in import review_application
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.kernel.relay import deliver_events
from tenants.accounts.actions import give_role
from tenants.accounts.models import Membership, User
from tenants.onboarding.access import application_for_operator, application_of, paper_in
from tenants.onboarding.actions import (
    MOST_PAPERS,
    add_paper,
    open_application,
    remove_paper,
    save_application,
    submit_application,
    waive_requirement,
    withdraw_application,
)
from tenants.onboarding.errors import ApplicationClosed, ApplicationIncomplete, ApplicationUnknown, ConfirmAddressFirst, OwnApplication, StepNotDue
from tenants.onboarding.models import Application, Paper, Review
from tenants.onboarding.reviewing import ask_for_paper_again, hand_application_over, take_application
from tenants.tenancy.errors import SlugTaken
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.kernel.hostile_files import SVG, drawn

pytestmark = pytest.mark.django_db

FIELDS = {
    "kind": "manufacturer",
    "company": "上海山岚陶瓷有限公司",
    "licence_number": "9135 0100 M000 100Y 43",
    "representative": "林知夏",
    "contact_name": "陈默",
    "contact_phone": "13800138000",
    "contact_email": "trade@example.com",
    "names": {"zh-hans": "山岚", "en": "Shanlan"},
    "slug": "shanlan",
    "about": "Cups and bowls",
    "brands": ["Shanlan"],
    "service_address": "1 Kiln Road, Jingdezhen",
}


@pytest.fixture(autouse=True)
def papers_root(settings, tmp_path):
    settings.PAPERS_ROOT = tmp_path
    with translation.override("en"):
        yield tmp_path


def reviewer(name: str = "reviewer") -> Actor:
    return make.acting(User.objects.filter(email=f"{name}@example.com").first() or make.a_buyer(f"{name}@example.com"))


def written(who: User | None = None, **fields: Any) -> Application:
    """An application with all that is needed, not yet handed in."""
    by = make.acting(who or make.a_buyer())
    row = open_application(by=by, language="en")
    save_application(by=by, application_id=row.pk, fields=FIELDS | fields)
    a_paper(row)
    a_paper(row, "identity", 44, "identity.png")
    row.refresh_from_db()
    return row


def a_paper(row: Application, kind: str = "licence", colour_of: int = 60, name: str = "licence.png") -> Paper:
    ends_on = (clock.now() + timedelta(days=400)).date() if kind == "brand" else None
    upload = BytesIO(drawn("PNG", (colour_of, 40)))
    return add_paper(by=make.acting(row.applicant), application_id=row.pk, kind=kind, name=name, upload=upload, ends_on=ends_on)


def submitted(who: User | None = None, **fields: Any) -> Application:
    row = written(who, **fields)
    return submit_application(by=make.acting(row.applicant), application_id=row.pk)


def decide(row: Application, step: str, decision: str, reason: str = "", by: Actor | None = None) -> Application:
    if step == "qualification" and now(row).next_step == "basics":  # between the two, and of no matter here
        review_application(by=by or reviewer(), application_id=row.pk, step="basics", decision="passed")
    return review_application(by=by or reviewer(), application_id=row.pk, step=step, decision=decision, reason=reason)


def now(row: Application) -> Application:
    return Application.objects.get(pk=row.pk)


def audits(row: Application) -> list[str]:
    return list(AuditEvent.objects.filter(subject_type="application", subject_id=row.number).order_by("at", "id").values_list("action", flat=True))


class TestOwnApplications:
    """Somebody of the market who applies for a shop."""

    @pytest.mark.parametrize(
        "act",
        [
            lambda row, by: review_application(by=by, application_id=row.pk, step="identity", decision="passed"),
            lambda row, by: waive_requirement(by=by, application_id=row.pk, code="identity", reason="I know them"),
            lambda row, by: take_application(by=by, application_id=row.pk),
            lambda row, by: ask_for_paper_again(by=by, application_id=row.pk, paper_id=row.papers.first().pk, note="blurred"),
        ],
        ids=["review", "waive", "take", "ask again"],
    )
    def test_are_reviewed_by_somebody_else(self, act):
        before = audits(row := submitted())
        with pytest.raises(OwnApplication):
            act(row, make.acting(row.applicant))
        assert (now(row).identity, now(row).waived, now(row).reviewer, audits(row)) == (row.identity, row.waived, None, before)
        assert decide(row, "identity", "passed").identity == "passed", "a control"

    def test_are_handed_to_nobody_who_handed_them_in(self):
        give_role(by=SYSTEM, user_id=(row := submitted()).applicant_id, role="reviewer", merchant_id=None)
        with pytest.raises(OwnApplication):
            hand_application_over(by=reviewer(), application_id=row.pk, to_id=row.applicant_id)


class TestTheWayIn:
    def test_an_application_that_passes_all_reviews_becomes_a_shop_within_seconds(self):
        row = submitted()
        assert (row.status, row.next_step) == ("submitted", "identity")
        row = decide(row, "identity", "passed")
        assert (row.status, row.next_step, row.merchant) == ("submitted", "basics", None)
        row = decide(row, "basics", "passed")
        assert (row.status, row.next_step, row.merchant) == ("submitted", "qualification", None)
        row = decide(row, "qualification", "passed")
        assert (row.status, row.next_step, row.merchant.status) == ("approved", None, "opening")
        deliver_events()
        merchant = Merchant.objects.get(slug="shanlan")
        assert (merchant.pk, merchant.status, merchant.names) == (now(row).merchant_id, "open", FIELDS["names"])
        assert Membership.objects.get(merchant_id=merchant.pk).user_id == row.applicant_id

    def test_the_same_event_twice_opens_one_shop(self):
        row = decide(decide(submitted(), "identity", "passed"), "qualification", "passed")
        deliver_events()
        with pytest.raises(StepNotDue):
            decide(row, "qualification", "passed")
        deliver_events()
        assert Merchant.objects.filter(slug="shanlan").count() == OutboxEvent.objects.filter(topic="shop.requested", merchant_id=row.merchant_id).count() == 1

    @pytest.mark.parametrize("step", ["identity", "qualification"])
    def test_a_refused_application_opens_no_shop_and_is_over(self, step):
        row = submitted()
        if step == "qualification":
            decide(row, "identity", "passed")
        row = decide(row, step, "rejected", "The licence has expired.")
        deliver_events()
        assert (row.status, row.merchant, row.decided_at is None) == ("rejected", None, False)
        assert not Merchant.objects.filter(slug="shanlan").exists()
        for late in ("identity", "qualification"):
            with pytest.raises(StepNotDue):
                decide(row, late, "passed")
        with pytest.raises(ApplicationClosed):
            submit_application(by=make.acting(row.applicant), application_id=row.pk)

    @pytest.mark.parametrize("step", ["identity", "qualification"])
    def test_more_is_asked_for_handed_in_and_looked_at_again(self, step):
        row = submitted()
        if step == "qualification":
            decide(row, "identity", "passed")
        row = decide(row, step, "more", "Add the brand's papers.")
        assert (row.status, row.next_step, getattr(row, step)) == ("returned", None, "more")
        with pytest.raises(StepNotDue):
            decide(row, step, "passed")
        a_paper(row, "brand", 61)
        row = submit_application(by=make.acting(row.applicant), application_id=row.pk)
        assert (row.status, row.next_step) == ("submitted", step)
        for due in ("identity", "qualification")[("identity", "qualification").index(step) :]:
            row = decide(row, due, "passed")
        assert row.status == "approved"

    @pytest.mark.parametrize("step", ["identity", "qualification"])
    @pytest.mark.parametrize("decision", ["more", "rejected"])
    def test_without_a_reason_nothing_but_passed_is_decided(self, step, decision):
        row = submitted()
        if step == "qualification":
            row = decide(row, "identity", "passed")
        with pytest.raises(ReasonMissing):
            decide(row, step, decision, "  ")
        assert now(row).next_step == step and not Review.objects.filter(decision=decision).exists()

    def test_a_step_out_of_order_is_refused(self):
        row = written()
        with pytest.raises(StepNotDue):
            decide(row, "identity", "passed")  # not handed in
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
        for step, decision in (("qualification", "passed"), ("identity", "waiting"), ("identity", "fine"), ("shop", "passed")):
            with pytest.raises(StepNotDue):
                decide(row, step, decision, "x")
        decide(row, "identity", "passed")
        with pytest.raises(StepNotDue):
            decide(row, "identity", "rejected", "second thoughts")
        assert now(row).next_step == "basics" and Review.objects.count() == 1
        with pytest.raises(ApplicationUnknown):
            review_application(by=reviewer(), application_id=uuid4(), step="identity", decision="passed")

    def test_a_web_address_that_went_meanwhile_keeps_the_shop_closed_and_the_review_open(self):
        row = decide(decide(submitted(), "identity", "passed"), "basics", "passed")
        Merchant.objects.filter(slug="trail").update(slug="shanlan")
        with pytest.raises(SlugTaken):
            decide(row, "qualification", "passed")
        assert (now(row).status, now(row).qualification, now(row).merchant_id) == ("submitted", "waiting", None)
        assert Review.objects.count() == 2

    def test_the_database_itself_knows_no_approval_without_reviews(self):
        row = submitted()
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=row.pk).update(status="approved", merchant=Merchant.objects.get(slug="trail"))


class TestTwoApplications:
    def test_a_person_has_one_open_application_and_it_is_found_again(self):
        person = make.a_buyer()
        first = open_application(by=make.acting(person), language="en")
        assert open_application(by=make.acting(person), language="zh-hans").pk == first.pk
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.create(number="1", applicant=person, language="en")

    def test_a_second_application_of_a_company_is_another_web_address_or_none(self):
        first = submitted()
        with pytest.raises(SlugTaken) as refused:
            submitted()
        assert refused.value.field == "slug"
        second = submitted(slug="shanlan-two")
        assert second.licence_number == first.licence_number and second.status == "submitted"  # its reviewer is told (tests/storefront/test_applying.py)

    def test_after_a_refusal_the_same_person_may_apply_anew(self):
        person = make.a_buyer()
        first = decide(submitted(person), "identity", "rejected", "Unreadable.")
        second = submitted(person)
        assert second.pk != first.pk and second.next_step == "identity" and second.number != first.number


class TestWriting:
    def test_a_draft_is_handed_in_whole_and_what_lacks_is_named(self):
        row = open_application(by=make.acting(make.a_buyer()), language="en")
        save_application(by=make.acting(row.applicant), application_id=row.pk, fields={"company": "Half a company"})
        with pytest.raises(ApplicationIncomplete) as refused:
            submit_application(by=make.acting(row.applicant), application_id=row.pk)
        for what in ("kind of seller", "licence number", "legal representative", "contact phone", "name of the shop", "web address", "Business licence"):
            assert what in str(refused.value)
        assert "company" not in str(refused.value).replace("web address", "") and now(row).status == "draft"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"kind": "pirate"}, "kind"),
            ({"contact_email": "nobody"}, "contact_email"),
            ({"contact_phone": "12"}, "contact_phone"),
            ({"contact_phone": "call me"}, "contact_phone"),
            ({"slug": "Not a host"}, "slug"),
            ({"slug": "-kiln"}, "slug"),
            ({"slug": "kiln"}, "slug"),
            ({"slug": "ops"}, "slug"),
        ],
    )
    def test_what_cannot_be_is_refused_by_field_and_nothing_of_it_is_kept(self, change, field):
        row = written()
        before = audits(row)
        with pytest.raises((InvalidInput, SlugTaken)) as refused:
            save_application(by=make.acting(row.applicant), application_id=row.pk, fields=FIELDS | {"company": "Changed"} | change)
        assert refused.value.field == field
        assert now(row).company == FIELDS["company"] and audits(row) == before

    def test_who_never_confirmed_the_address_confirms_it_first(self):
        row = written()
        EmailAddress.objects.create(user=row.applicant, email=row.applicant.email, verified=False, primary=True)
        with pytest.raises(ConfirmAddressFirst):
            submit_application(by=make.acting(row.applicant), application_id=row.pk)
        EmailAddress.objects.update(verified=True)
        assert submit_application(by=make.acting(row.applicant), application_id=row.pk).status == "submitted"

    def test_what_is_being_reviewed_is_not_changed(self):
        row = submitted()
        by = make.acting(row.applicant)
        for change in (
            lambda: save_application(by=by, application_id=row.pk, fields=FIELDS),
            lambda: a_paper(row, "other"),
            lambda: remove_paper(by=by, application_id=row.pk, paper_id=row.papers.get(kind="licence").pk),
        ):
            with pytest.raises(ApplicationClosed):
                change()
        assert row.papers.count() == 2

    def test_it_is_withdrawn_by_its_applicant_once_and_for_all(self):
        row = decide(submitted(), "identity", "passed")
        with pytest.raises(ApplicationUnknown):
            withdraw_application(by=reviewer(), application_id=row.pk)
        for _time in range(2):
            assert withdraw_application(by=make.acting(row.applicant), application_id=row.pk).status == "withdrawn"
        with pytest.raises(StepNotDue):
            decide(row, "qualification", "passed")
        deliver_events()
        assert not Merchant.objects.filter(slug="shanlan").exists()
        assert audits(row).count("application.withdrawn") == 1
        assert submitted(row.applicant).pk != row.pk  # and its web address is free

    def test_what_is_decided_is_not_withdrawn(self):
        row = decide(submitted(), "identity", "rejected", "No.")
        with pytest.raises(ApplicationClosed):
            withdraw_application(by=make.acting(row.applicant), application_id=row.pk)


class TestPapers:
    def test_a_paper_is_kept_clean_and_once_below_the_private_folder(self, papers_root):
        row = written()
        assert a_paper(row).pk == a_paper(row, name="again.png").pk
        paper = row.papers.get(kind="licence")
        assert (papers_root / "public" / paper.key).read_bytes().startswith(b"\xff\xd8") and paper.content_type == "image/jpeg"
        with pytest.raises(ValueError, match="no address"):
            storages["papers"].url(paper.key)

    def test_a_refused_paper_changes_nothing(self, papers_root):
        row = written()
        files, before = sorted(papers_root.rglob("*")), audits(row)
        for kind, data, field in (("licence", SVG, "file"), ("passport", drawn("PNG"), "kind")):
            with pytest.raises(InvalidInput) as refused:
                add_paper(by=make.acting(row.applicant), application_id=row.pk, kind=kind, name="x", upload=BytesIO(data))
            assert refused.value.field == field
        assert row.papers.count() == 2 and sorted(papers_root.rglob("*")) == files and audits(row) == before

    def test_there_is_room_for_so_many_and_no_more(self):
        row = written()
        for n in range(2, MOST_PAPERS):
            a_paper(row, "other", 60 + n)
        with pytest.raises(InvalidInput) as refused:
            a_paper(row, "other", 99)
        assert refused.value.field == "file" and row.papers.count() == MOST_PAPERS

    def test_a_removed_paper_leaves_no_file_behind(self, papers_root, django_capture_on_commit_callbacks):
        row = written()
        paper = row.papers.get(kind="licence")
        with django_capture_on_commit_callbacks(execute=True):
            for _time in range(2):
                remove_paper(by=make.acting(row.applicant), application_id=row.pk, paper_id=paper.pk)
        assert not row.papers.filter(kind="licence").exists() and not (papers_root / "public" / paper.key).exists()
        assert audits(row).count("paper.removed") == 1

    def test_only_the_applicant_writes_and_only_rows_of_ones_own_are_found(self):
        row, other = submitted(), written(slug="elsewhere")
        stranger = make.acting(make.a_buyer())
        for attempt in (
            lambda: save_application(by=stranger, application_id=other.pk, fields=FIELDS),
            lambda: submit_application(by=stranger, application_id=other.pk),
            lambda: add_paper(by=stranger, application_id=other.pk, kind="other", name="x", upload=BytesIO(drawn("PNG"))),
            lambda: remove_paper(by=stranger, application_id=other.pk, paper_id=other.papers.get(kind="licence").pk),
            lambda: application_of(stranger.person, row.number),
            lambda: paper_in(row, other.papers.get(kind="licence").pk),
            lambda: application_for_operator(other.number),  # a draft is its writer's own
        ):
            with pytest.raises(ApplicationUnknown):
                attempt()
        assert application_of(row.applicant_id, row.number) == application_for_operator(row.number) == row


class TestTheLog:
    def test_every_step_says_who_what_before_after_and_why(self):
        row = submitted()
        judge = reviewer("judge")
        decide(row, "identity", "more", "Whose is it?", by=judge)
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
        decide(row, "identity", "passed", by=judge)
        decide(row, "basics", "passed", by=judge)
        decide(row, "qualification", "passed", by=judge)
        begun = ["application.begun", "application.saved", "paper.added", "paper.added", "application.submitted", "application.identity_more"]
        assert audits(row) == [*begun, "application.submitted", "application.identity_passed", "application.basics_passed", "application.qualification_passed"]
        more = AuditEvent.objects.get(action="application.identity_more")
        assert (more.actor_id, more.actor_label, more.why) == (judge.user_id, judge.label, "Whose is it?")
        assert more.before == {"status": "submitted", "identity": "waiting"} and more.after == {"status": "returned", "identity": "more"}
        handed_in = AuditEvent.objects.filter(action="application.submitted").latest("at")
        assert (handed_in.actor_id, handed_in.before, handed_in.after) == (row.applicant_id, {"status": "returned"}, {"status": "submitted"})
        assert AuditEvent.objects.get(action="merchant.requested", merchant_id=now(row).merchant_id).actor_id == judge.user_id
        assert [(r.step, r.decision, r.reason, r.by_label) for r in row.reviews.order_by("at")] == [
            ("identity", "more", "Whose is it?", judge.label),
            ("identity", "passed", "", judge.label),
            ("basics", "passed", "", judge.label),
            ("qualification", "passed", "", judge.label),
        ]

    def test_no_number_of_a_person_stands_in_the_log(self):
        row = submitted()
        said = str(list(AuditEvent.objects.filter(subject_id=row.number).values_list("before", "after")))
        assert FIELDS["company"] in said
        assert not any(secret in said for secret in ("13800138000", "91350100M000100Y43", "trade@example.com"))
