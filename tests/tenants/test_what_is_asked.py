"""What is asked of an applicant is found before applying, fits the goods that were named, and is there or waived before a step passes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest

from marketplace.flows.let_in import review_application
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from tenants.onboarding.actions import add_paper, missing_of, submit_application, waive_requirement
from tenants.onboarding.errors import StepLacks
from tenants.onboarding.models import Application, Decision, Review
from tenants.onboarding.requirements import put_requirement
from tenants.onboarding.reviewing import ask_for_paper_again
from tenants.packages.actions import publish_version
from tenants.packages.models import ServicePackage
from tests import factories as make
from tests.kernel.hostile_files import drawn
from tests.storefront.test_applying import MARKET, Reader, at_console
from tests.tenants.test_onboarding import a_paper, decide, now, papers_root, reviewer, submitted, written

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db


def asks(code: str, **fields: object) -> None:
    put_requirement(by=SYSTEM, code=code, fields={"names": {"en": f"The {code} paper"}, "is_waivable": True, **fields}, why="the law")


def hand_in(row: Application, code: str, ends_on: date | None, colour: int) -> None:
    upload = BytesIO(drawn("PNG", (colour, 40)))
    add_paper(by=make.acting(row.applicant), application_id=row.pk, kind=code, name=f"{code}.png", upload=upload, ends_on=ends_on)


def a_package(code: str, name: str, minor: int, text: str = "") -> None:
    publish_version(
        by=SYSTEM, code=code, names={"en": name}, texts={"en": text} if text else {}, monthly_minor=minor, limits={},
        existing_from=clock.now().date() + timedelta(days=2), is_default=False, why="opening",
    )  # fmt: skip


class TestNarrowerKindsOfGoods:
    """The market asks something for a category below its first ones."""

    def test_it_can_be_named_and_is_asked_for_then_and_only_then(self):
        food = make.a_category("food-n", {"en": "Food"})
        fresh, _dry = (make.a_category(f"{name}-n", {"en": name.title()}, "food-n") for name in ("fresh", "dry"))
        asks("cold", categories=[fresh.pk])
        reader = Reader(MARKET, make.a_buyer())

        def papers() -> str:
            return str(reader.get("/sell/apply/?part=papers").content.decode())

        page = reader.get("/sell/apply/").content.decode()
        assert "Food › Fresh" in page and "Food › Dry" not in page and "narrower kind of goods" in page
        reader.post("/sell/apply/", part="seller", then="next", kind="retailer", sells=[food.pk])
        assert Application.objects.get().sells == [[food.pk]] and "The cold paper" not in papers()
        reader.post("/sell/apply/", part="seller", then="next", kind="retailer", sells=[food.pk, fresh.pk])
        assert Application.objects.get().sells == [[food.pk], [food.pk, fresh.pk]] and "The cold paper" in papers()
        put_requirement(by=SYSTEM, code="cold", fields={"is_active": False}, why="no longer")
        assert reader.post("/sell/apply/", part="seller", then="next", kind="retailer", sells=[fresh.pk]).status_code == 302, "what was named stays there"

    def test_who_names_nothing_is_asked_to_where_something_depends_on_it(self):
        food = make.a_category("food-n", {"en": "Food"})
        row = written()
        assert missing_of(row) == []
        asks("cold", categories=[food.pk], kinds=["retailer"])
        assert missing_of(row) == [], "a manufacturer is not asked for it"
        put_requirement(by=SYSTEM, code="cold", fields={"kinds": []}, why="of everybody")
        assert missing_of(row) == ["what you will sell"]
        Application.objects.filter(pk=row.pk).update(sells=[[food.pk]])
        assert missing_of(now(row)) == ["The cold paper"]

    def test_without_one_nothing_is_said_of_it(self):
        make.a_category("food-n", {"en": "Food"})
        page = Reader(MARKET, make.a_buyer()).get("/sell/apply/").content.decode()
        assert "Food" in page and "narrower kind of goods" not in page


class TestAStepPasses:
    def passes(self, row: Application, step: str) -> Application:
        return review_application(by=reviewer(), application_id=row.pk, step=step, decision="passed")

    def test_not_while_a_document_is_asked_for_again(self):
        row = submitted()
        ask_for_paper_again(by=reviewer(), application_id=row.pk, paper_id=row.papers.get(kind="licence").pk, note="A corner lacks")
        with pytest.raises(StepLacks, match="Business licence"):
            self.passes(row, "identity")
        assert now(row).identity == Decision.WAITING and not Review.objects.exists()
        decide(row, "identity", "more", "See the note.")
        a_paper(row, "licence", 77, "better.png")
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
        assert self.passes(row, "identity").identity == Decision.PASSED

    def test_not_over_what_is_asked_for_since_it_was_handed_in_until_that_is_waived(self):
        row = self.passes(submitted(), "identity")
        asks("stall", step="identity")
        with pytest.raises(StepLacks, match="The stall paper"):
            self.passes(row, "basics")
        answer = at_console("reviewer").post(f"/applications/{row.number}/review/", step="basics", decision="passed")
        assert answer.status_code == 409 and "The stall paper" in answer.content.decode()
        waive_requirement(by=reviewer(), application_id=row.pk, code="stall", reason="Has none")
        assert self.passes(row, "basics").basics == Decision.PASSED

    def test_not_on_a_document_that_has_ended_meanwhile_and_the_new_one_counts(self):
        asks("food", ends="must")
        row = written()
        hand_in(row, "food", (clock.now() + timedelta(days=2)).date(), 91)
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
        with clock.shifted(timedelta(days=5)):
            row = decide(row, "identity", "passed")
            row = self.passes(row, "basics")
            with pytest.raises(StepLacks, match="The food paper"):
                self.passes(row, "qualification")
            assert "Has ended" in at_console("reviewer").get(f"/applications/{row.number}/").content.decode()
            decide(row, "qualification", "more", "It has ended.")
            assert missing_of(now(row)) == ["The food paper"]
            assert "Has ended: hand in a new one" in Reader(MARKET, row.applicant).get("/sell/apply/?part=papers").content.decode()
            ends_on = (clock.now() + timedelta(days=300)).date()
            hand_in(row, "food", ends_on, 92)
            submit_application(by=make.acting(row.applicant), application_id=row.pk)
            row = self.passes(now(row), "qualification")
        assert row.merchant.qualifications.get(requirement__code="food").last_moment.date() >= ends_on - timedelta(days=1)


class TestTicksAndSums:
    """What is shown without a document: a tick, or a number that fits."""

    def test_what_is_to_be_ticked_is_missing_until_it_is(self):
        asks("fair", check_by="attested")
        row = written()
        reader = Reader(MARKET, row.applicant)

        def hand_in_page(**form: object) -> object:
            return reader.post("/sell/apply/", part="confirm", then="submit", **form)

        assert missing_of(row) == ["The fair paper"]
        assert 'name="attested" value="fair"' in reader.get("/sell/apply/?part=confirm").content.decode()
        for ticked in ([], ["other"]):
            refused = hand_in_page(attested=ticked)
            assert refused.status_code == 422 and now(row).status == "draft", ticked
        assert "The fair paper" in hand_in_page().content.decode()
        assert hand_in_page(attested=["fair"]).status_code == 302
        assert (now(row).status, now(row).attested, missing_of(now(row))) == ("submitted", ["fair"], [])

    def test_who_takes_the_tick_back_lacks_it(self):
        asks("fair", check_by="attested")
        row = written(attested=["fair"])
        assert missing_of(row) == []
        Reader(MARKET, row.applicant).post("/sell/apply/", part="confirm", then="save")
        assert (now(row).attested, missing_of(now(row))) == ([], ["The fair paper"])

    @pytest.mark.parametrize(("number", "fits"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("HRB 12345", True)])
    def test_a_licence_number_that_does_not_fit_is_not_handed_in(self, number, fits):
        put_requirement(by=SYSTEM, code="sum", fields={"names": {"en": "The sum"}, "check_by": "computed", "computed": "credit_code"}, why="the law")
        row = written(licence_number=number)
        reader = Reader(MARKET, row.applicant)
        page = reader.get("/sell/apply/?part=company").content.decode()
        assert ("The sum" in missing_of(row), "The sum: does not fit" in page) == (not fits, not fits)
        answer = reader.post("/sell/apply/", part="confirm", then="submit")
        assert (answer.status_code, now(row).status) == ((302, "submitted") if fits else (422, "draft"))


class TestTheApplicantReads:
    def test_each_decision_with_its_reason_and_by_when_the_next_is_due(self):
        row = submitted(sells_many_brands="on", origins="Own kiln")
        reader = Reader(MARKET, row.applicant)

        def page() -> str:
            return str(reader.get(f"/sell/applications/{row.number}/").content.decode())

        assert "to be decided by" in page() and "What was decided" not in page()
        ask_for_paper_again(by=reviewer(), application_id=row.pk, paper_id=row.papers.get(kind="licence").pk, note="A corner lacks")
        decide(row, "identity", "more", "Whose licence is it?")
        a_paper(row, "licence", 77, "better.png")
        submit_application(by=make.acting(row.applicant), application_id=row.pk)
        decide(row, "identity", "passed", "Seen in the register.")
        text = page()
        assert "Whose licence is it?" in text and "Seen in the register." in text and "A corner lacks" in text
        assert reviewer().label not in text, "who decided is the market's own matter"
        for said in ("林知夏", "138 0013 8000", "trade@example.com", "several brands", "Own kiln", "Cups and bowls", "Shanlan"):
            assert said in text, said
        with clock.shifted(timedelta(days=30)):
            assert "it takes longer than planned" in page()

    def test_who_applies_anew_does_not_write_everything_again(self):
        person = make.a_buyer()
        first = submitted(person)
        decide(first, "identity", "rejected", "Unreadable.")
        reader = Reader(MARKET, person)
        page = reader.get("/sell/apply/?part=company").content.decode()
        assert first.company in page and "Documents, ticks and rules are asked for anew" in page and Application.objects.count() == 1
        reader.post("/sell/apply/", part="company", then="auto", company="Another Ltd", representative="Lin")
        second = Application.objects.exclude(pk=first.pk).get()
        assert (second.company, second.names, second.slug, second.status) == ("Another Ltd", first.names, first.slug, "draft")
        assert not second.papers.exists() and not second.reviews.exists() and (second.identity, second.waived) == ("waiting", {})
        assert Reader(MARKET, make.a_buyer()).get("/sell/apply/?part=company").content.decode().count(first.company) == 0

    def test_before_applying_what_is_asked_the_rules_and_what_a_package_costs(self):
        visitor = Reader(MARKET, None)
        assert "Read first:" not in visitor.get("/sell/").content.decode()
        fresh = make.a_category("fresh-n", {"en": "Fresh"}, make.a_category("food-n", {"en": "Food"}).code)
        asks("cold", categories=[fresh.pk], kinds=["retailer"])
        make.rules("recruitment")
        a_package("stall", "A stall", 12900, "Ten products")
        a_package("gift", "A present", 0)
        a_package("past", "Of last year", 100)
        ServicePackage.objects.filter(code="past").update(is_offered=False)
        page = visitor.get("/sell/").content.decode()
        assert re.search(r"A stall</b><span[^>]*>\D*129\.00 a month", page) and "Ten products" in page
        assert re.search(r"A present</b><span[^>]*>Free<", page) and "Of last year" not in page
        assert "The cold paper" in page and "Retailer, Food › Fresh" in page and "Business licence" in page
        assert 'href="/sell/rules/recruitment/"' in page and "Rules of letting shops in" in page
        put_requirement(by=SYSTEM, code="cold", fields={"is_active": False}, why="no longer")
        assert "The cold paper" not in visitor.get("/sell/").content.decode()
