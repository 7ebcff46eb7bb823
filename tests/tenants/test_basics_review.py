"""The review of basic information: a step of its own, that asks again for single fields only."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from marketplace.flows.let_in import review_application
from marketplace.kernel import clock
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from tenants.accounts.models import Letter
from tenants.onboarding.actions import missing_by_part, missing_of, save_application, submit_application
from tenants.onboarding.errors import ApplicationIncomplete
from tenants.onboarding.models import Application, Dossier
from tenants.onboarding.reviewing import due_after, set_review_terms, take_application
from tests import factories as make
from tests.storefront.test_applying import at_console
from tests.tenants.test_onboarding import FIELDS, decide, now, papers_root, reviewer, submitted
from tests.tenants.test_reviews_as_work import ZONE

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db


def asked_again(*fields: str) -> Application:
    row = decide(submitted(), "identity", "passed")
    return review_application(by=reviewer(), application_id=row.pk, step="basics", decision="more", reason="Which street?", fields=fields)


def save(row: Application, **fields: object) -> None:
    save_application(by=make.acting(row.applicant), application_id=row.pk, fields=FIELDS | fields)


def test_only_what_was_refused_is_handed_in_again_and_the_rest_keeps_its_review():
    row = asked_again("service_address", "company")  # the company is not judged in this step
    assert (row.status, row.refused) == ("returned", {"service_address": "Which street?"})
    assert missing_of(row) == ["Service address (to be changed)"]
    save(row)
    with pytest.raises(ApplicationIncomplete):
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
    save(row, service_address="2 Kiln Road, Jingdezhen")
    row = submit_application(by=make.acting(row.applicant), application_id=row.pk)
    assert (row.refused, row.identity, row.next_step) == ({}, "passed", "basics")


def test_the_reviewer_ticks_what_is_wrong_and_the_applicant_reads_it_beside_the_field(client):
    row = decide(submitted(), "identity", "passed")
    judge = at_console("reviewer")
    assert 'value="service_address"' in judge.get(f"/applications/{row.number}/").content.decode()
    answer = judge.post(f"/applications/{row.number}/review/", step="basics", decision="more", reason="Which street?", fields=["service_address", "brands"])
    assert answer.status_code == 302 and sorted(now(row).refused) == ["brands", "service_address"]
    client.force_login(row.applicant)
    page = client.get("/sell/apply/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode()
    assert page.count("To be changed:") == 2 and 'name="service_address"' in page  # the form opens where something is to be mended


def test_what_a_company_is_part_of_is_kept_shown_to_both_sides_and_in_the_shops_dossier(client):
    person = make.a_buyer()
    client.force_login(person)
    at_market = {"host": "market.localhost", "accept-language": "en"}
    client.post("/sell/apply/", {"part": "company", "then": "next", "company": "Shanlan Ltd", "belongs_to": "  The Kiln Group "}, headers=at_market)
    assert Application.objects.get().belongs_to == "The Kiln Group"
    client.post("/sell/apply/", {"part": "seller", "then": "next", "kind": "retailer"}, headers=at_market)
    assert 'value="The Kiln Group"' in client.get("/sell/apply/?part=company", headers=at_market).content.decode()
    Application.objects.all().delete()
    row = submitted(person, belongs_to="The Kiln Group")
    assert "The Kiln Group" in client.get(f"/sell/applications/{row.number}/", headers=at_market).content.decode()
    assert "The Kiln Group" in at_console("reviewer").get(f"/applications/{row.number}/").content.decode()
    for step in ("identity", "basics", "qualification"):
        row = decide(row, step, "passed")
    assert Dossier.objects.get(merchant=row.merchant).belongs_to == "The Kiln Group"


@pytest.mark.parametrize(
    ("step", "name", "part", "words", "other"),
    [
        ("qualification", "kind", "seller", "Kind of seller", {"kind": "retailer"}),
        ("qualification", "sells_many_brands", "seller", "One brand or several", {"sells_many_brands": "on"}),
        ("basics", "slug", "shop", "Web address", {"slug": "shanlan-2"}),
        ("basics", "belongs_to", "company", "Part of", {"belongs_to": "The group"}),
    ],
)
def test_each_field_is_asked_for_again_alone_where_it_stands(client, step, name, part, words, other):
    row = decide(submitted(), "identity", "passed")
    if step == "qualification":
        row = decide(row, "basics", "passed")
    judge = at_console("reviewer")
    assert f'name="fields" value="{name}"' in judge.get(f"/applications/{row.number}/").content.decode()
    judge.post(f"/applications/{row.number}/review/", step=step, decision="more", reason="Is it?", fields=[name])
    assert missing_by_part(now(row))[part] == [f"{words} (to be changed)"] == missing_of(now(row))
    client.force_login(row.applicant)
    page = client.get("/sell/apply/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode()
    assert page.count("To be changed:") == 1 and f'name="{name}"' in page and "Only what is marked is asked for again" in page
    save(row)
    with pytest.raises(ApplicationIncomplete):
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
    save(row, **other)
    row = submit_application(by=make.acting(row.applicant), application_id=row.pk)
    assert (row.refused, row.next_step) == ({}, step)


def test_where_nothing_was_marked_nobody_reads_that_something_is(client):
    row = decide(submitted(), "identity", "more", "Whose licence is it?")
    client.force_login(row.applicant)
    page = client.get("/sell/apply/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode()
    assert "Whose licence is it?" in page and "Only what is marked" not in page


def test_a_decision_in_time_ends_the_clock_and_a_late_one_is_told_to_whoever_has_it_and_who_leads():
    in_time, late = submitted(slug="in-time"), submitted(slug="late")
    judge = at_console("reviewer")
    take_application(by=make.acting(judge.user), application_id=late.pk)
    decide(in_time, "identity", "more", "x")
    with clock.shifted(due_after(clock.now(), ZONE, 3) - clock.now()):
        fire_due()
        deliver_events()
        told = Letter.objects.filter(kind="review_overdue")
        assert judge.user.email in told.values_list("email", flat=True) and "operator@market.localhost" in told.values_list("email", flat=True)
        assert {letter.subject for letter in told} == {f"A review is overdue: {FIELDS['company']}"} or told.count() == len(set(told.values_list("email")))
        assert "overdue" in at_console("reviewer").get("/").content.decode()


@pytest.mark.parametrize(
    ("handed_in", "days", "due"),
    [
        ("2027-02-04 10:00", 2, "2027-02-06 10:00"),  # Thursday; the Saturday after is worked
        ("2027-02-05 10:00", 2, "2027-02-15 10:00"),  # Friday; Saturday counts, then a holiday of eight days
        ("2027-02-09 10:00", 1, "2027-02-15 10:00"),  # in the holiday: from the first working day on
    ],
)
def test_due_dates_know_holidays_and_the_weekend_days_worked_for_them(handed_in, days, due):
    holiday = [(date(2027, 2, 7 + n), False, "Spring Festival") for n in range(8)]
    set_review_terms(by=reviewer(), working_days=days, days=[*holiday, (date(2027, 2, 6), True, "")], why="the year's list")
    moment = datetime.fromisoformat(handed_in).replace(tzinfo=ZONE)
    assert due_after(moment, ZONE) == datetime.fromisoformat(due).replace(tzinfo=ZONE)


def test_the_terms_are_set_on_a_page_that_says_what_is_wrong():
    page = at_console("operator")
    form = {"working_days": 3, "off": "2027-02-07 – 2027-02-14 春节\n2027-05-01 劳动节", "on": "2027-02-06", "why": "the year's list"}
    assert page.post("/review-terms/", **form).status_code == 302
    shown = page.get("/review-terms/").content.decode()
    assert "2027-02-07 – 2027-02-14 春节\n2027-05-01 劳动节" in shown
    assert AuditEvent.objects.get(action="market.review_terms_set").after["days"]["2027-02-06"] is True
    for wrong in ({"off": "2027-02-30"}, {"on": "soon"}, {"working_days": 0}, {"why": ""}, {"off": "2027-02-07 – 2028-02-07"}):
        assert page.post("/review-terms/", **form | wrong).status_code == 422
    with pytest.raises(ReasonMissing):
        set_review_terms(by=reviewer(), working_days=3, days=[], why=" ")
    with pytest.raises(InvalidInput):
        set_review_terms(by=reviewer(), working_days=99, days=[], why="x")
