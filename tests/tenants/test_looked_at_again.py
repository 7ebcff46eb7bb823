"""What was reviewed is what trades: whoever changes it afterwards is looked at again, in the step that judged by it."""

from __future__ import annotations

import pytest

from tenants.onboarding.actions import remove_paper, save_application, submit_application
from tenants.onboarding.models import Application, Decision
from tests import factories as make
from tests.tenants.test_onboarding import FIELDS, a_paper, decide, now, papers_root, submitted

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db


class TestWhatWasReviewedIsWhatTrades:
    """Whoever passed the identity review cannot become somebody else by handing in again."""

    @pytest.fixture
    def returned(self):
        return decide(decide(submitted(), "identity", "passed"), "qualification", "more", "Which brands?")

    def again(self, row: Application) -> str | None:
        return submit_application(by=make.acting(row.applicant), application_id=row.pk).next_step

    def test_answering_alone_goes_on_where_it_was(self, returned):
        save_application(by=make.acting(returned.applicant), application_id=returned.pk, fields=FIELDS)
        a_paper(returned, "brand", 61)
        assert self.again(returned) == "qualification"

    @pytest.mark.parametrize(
        "change", [{"about": "Kettles"}, {"contact_name": "王一"}, {"brands": "Shanlan, Farstep"}, {"service_address": "2 Kiln Rd"}, {"slug": "other"}]
    )
    def test_other_goods_or_contacts_are_looked_at_again_and_the_company_is_not(self, returned, change):
        save_application(by=make.acting(returned.applicant), application_id=returned.pk, fields=FIELDS | change)
        assert self.again(returned) == "basics"

    @pytest.mark.parametrize("change", [{"company": "Somebody Else Ltd"}, {"licence_number": "91110000600037341L"}, {"representative": "张三"}])
    def test_another_company_is_looked_at_from_the_beginning(self, returned, change):
        save_application(by=make.acting(returned.applicant), application_id=returned.pk, fields=FIELDS | change)
        assert self.again(returned) == "identity"

    @pytest.mark.parametrize("kind", ["licence", "identity"])
    def test_another_licence_is_looked_at_from_the_beginning(self, returned, kind):
        a_paper(returned, kind, 62)
        assert self.again(returned) == "identity"

    def test_so_is_one_that_was_taken_away(self, returned):
        first = returned.papers.get(kind="licence")
        a_paper(returned, "brand", 63)
        save_application(by=make.acting(returned.applicant), application_id=returned.pk, fields=FIELDS)
        remove_paper(by=make.acting(returned.applicant), application_id=returned.pk, paper_id=first.pk)
        assert now(returned).identity == Decision.WAITING
