"""Applying on the market's pages and reviewing on the console's: errors stand beside their fields, and papers are for the applicant and the reviewers."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.uploads import MOST_BYTES
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.onboarding.licences import check_character
from tenants.onboarding.models import Application, Paper
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.kernel.hostile_files import HTML, SVG, drawn, plain_pdf
from tests.tenants.test_onboarding import decide, papers_root, submitted, written

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db

MARKET, CONSOLE = "market.localhost", "ops.market.localhost"
FORM = {
    "kind": "retailer",
    "company": "Shanlan Ltd",
    "licence_number": "91350100M000100Y43",
    "representative": "Lin",
    "contact_name": "Chen",
    "contact_phone": "13800138000",
    "contact_email": "trade@example.com",
    "name_en": "Shanlan",
    "slug": "shanlan",
    "brands": "Shanlan",
    "service_address": "1 Kiln Road, Jingdezhen",
}


class Reader:
    """Somebody at a host; a defect is an answer of 500 here, not an exception."""

    def __init__(self, host: str, user: User | None) -> None:
        self.client, self.user = Client(raise_request_exception=False, headers={"host": host, "accept-language": "en"}), user
        if user:
            self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, **form: Any) -> Any:
        return self.client.post(path, form)

    def apply(self, **form: Any) -> Any:
        return self.post("/sell/apply/", **{**FORM, **form})


@pytest.fixture
def applicant() -> Reader:
    return Reader(MARKET, make.a_buyer("applicant@example.com"))


def at_console(role: str) -> Reader:
    person = make.a_buyer(f"{role}-{uuid4().hex[:6]}@example.com")
    give_role(by=SYSTEM, user_id=person.pk, role=role, merchant_id=None)
    return Reader(CONSOLE, person)


def licence(data: bytes | None = None, name: str = "licence.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, drawn("PNG") if data is None else data)


class TestApplying:
    def test_the_way_is_open_to_all_and_the_form_to_who_is_signed_in(self, applicant):
        visitor = Reader(MARKET, None)
        assert visitor.get("/sell/").status_code == 200
        assert visitor.get("/sell/apply/").url.startswith("/sign-in/")
        assert applicant.get("/sell/apply/").status_code == 200
        assert not Application.objects.exists()  # looking begins nothing

    def test_it_is_kept_a_document_added_and_it_is_handed_in(self, applicant):
        assert applicant.apply(then="save").url == "/sell/apply/"
        assert applicant.apply(then="paper", paper_kind="licence", file=licence()).url == "/sell/apply/#papers"
        applicant.apply(then="paper", paper_kind="identity", file=licence(drawn("PNG", (50, 50)), "identity.png"))
        assert 'value="Shanlan Ltd"' in applicant.get("/sell/apply/?part=company").content.decode()
        assert "licence.png" in applicant.get("/sell/apply/?part=papers").content.decode()
        done = applicant.apply(then="submit")
        row = Application.objects.get()
        assert (done.status_code, done.url, row.status) == (302, f"/sell/applications/{row.number}/", "submitted")
        assert "Identity review" in applicant.get(done.url).content.decode()
        assert applicant.get("/sell/apply/").url == done.url  # there is nothing to write now
        assert applicant.apply(then="submit", company="Another").url == done.url and Application.objects.get().company == "Shanlan Ltd"

    def test_what_is_missing_is_said_and_what_was_entered_stays(self, applicant):
        answer = applicant.apply(then="submit", representative="")
        assert answer.status_code == 422
        (error,) = answer.context["form"].non_field_errors()
        assert "legal representative" in error and "Business licence" in error and "company" not in error
        assert Application.objects.get().company == "Shanlan Ltd" and Application.objects.get().status == "draft"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"kind": "pirate"}, "kind"),
            ({"company": "x" * 121}, "company"),
            ({"licence_number": "9" * 41}, "licence_number"),
            ({"representative": "x" * 61}, "representative"),
            ({"contact_phone": "call me"}, "contact_phone"),
            ({"contact_phone": "1" * 31}, "contact_phone"),
            ({"contact_email": "nobody"}, "contact_email"),
            ({"contact_email": "a@" + "b" * 300}, "contact_email"),
            ({"name_zh": "山" * 61}, "name_zh"),
            ({"slug": "kiln"}, "slug"),
            ({"slug": "seller"}, "slug"),
            ({"slug": "two words"}, "slug"),
            ({"slug": "a--" * 14}, "slug"),
            ({"about": "x" * 501}, "about"),
            ({"paper_kind": "passport"}, "paper_kind"),
            ({"file": licence(SVG, "licence.svg")}, "file"),
            ({"file": licence(HTML, "licence.jpg")}, "file"),
            ({"file": licence(b"", "empty.png")}, "file"),
            ({"file": licence(drawn("PNG")[:-30])}, "file"),
            ({"file": licence(drawn("GIF"))}, "file"),
            ({"file": licence(b"%PDF-1.7 but no more", "licence.pdf")}, "file"),
            ({"file": licence(drawn("PNG") + b"\x00" * MOST_BYTES)}, "file"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field_and_no_paper_is_kept(self, applicant, change, field):
        answer = applicant.apply(then="paper", **{"paper_kind": "licence", **change})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        page = answer.content.decode()
        assert "Not kept yet: see the fields marked below." in page
        assert str(answer.context["form"].errors[field][0]) in answer.context["form"][field].as_field_group()
        assert not Paper.objects.exists()

    @pytest.mark.parametrize("then", ["remove:", "remove:nonsense", "remove:01900000-0000-7000-8000-000000000000", "fly", "x" * 5000], ids=range(5))
    def test_a_button_that_is_none_breaks_nothing(self, applicant, then):
        applicant.apply(then="paper", paper_kind="licence", file=licence())
        assert applicant.apply(then=then).status_code in (302, 422)
        assert Paper.objects.count() == 1

    def test_a_document_is_removed_by_its_button(self, applicant):
        applicant.apply(then="paper", paper_kind="licence", file=licence())
        assert applicant.apply(then=f"remove:{Paper.objects.get().pk}").url == "/sell/apply/#papers"
        assert not Paper.objects.exists()

    def test_the_applicant_reads_what_more_is_asked_for(self, applicant):
        row = decide(submitted(applicant.user), "identity", "more", "Whose licence is it?")
        assert "Whose licence is it?" in applicant.get(f"/sell/applications/{row.number}/").content.decode()
        assert "Whose licence is it?" in applicant.get("/sell/apply/").content.decode()

    def test_withdrawing_is_the_applicants_own(self, applicant):
        row = submitted(applicant.user)
        address = f"/sell/applications/{row.number}/withdraw/"
        assert Reader(MARKET, make.a_buyer()).post(address).status_code == 404
        assert Reader(MARKET, None).post(address).status_code in (302, 403)
        assert Application.objects.get(pk=row.pk).status == "submitted"
        for _time in range(2):
            assert applicant.post(address).status_code == 302
        assert Application.objects.get(pk=row.pk).status == "withdrawn"
        refused = submitted(applicant.user, slug="second")
        decide(refused, "identity", "rejected", "No.")
        assert applicant.post(f"/sell/applications/{refused.number}/withdraw/").status_code == 409

    def test_the_form_of_one_is_not_the_form_of_another(self, applicant):
        row = written(applicant.user)
        other = Reader(MARKET, make.a_buyer())
        assert row.company not in other.get("/sell/apply/").content.decode()
        for path in (f"/sell/applications/{row.number}/", "/sell/applications/261122-0000000/", "/sell/applications/%00/", "/sell/applications/%F0%9F%92%A9/"):
            assert other.get(path).status_code in (400, 404)


class TestPapers:
    @pytest.fixture
    def row(self, applicant) -> Application:
        return submitted(applicant.user)

    @staticmethod
    def address(row: Application, at: str = "/sell") -> str:
        return f"{at}/applications/{row.number}/papers/{row.papers.get(kind='licence').pk}/"

    def test_a_paper_comes_as_an_attachment_that_no_browser_runs(self, applicant, row):
        answer = applicant.get(self.address(row))
        assert answer.status_code == 200 and b"".join(answer).startswith(b"\xff\xd8")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="licence.jpg"'
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("name", ["licence.html", 'a".html\r\nX-Evil: 1', "营业执照.svg", "../../etc/passwd", ".htaccess", "x" * 300 + ".exe"])
    def test_whatever_it_was_called_it_is_saved_as_what_it_is(self, applicant, name):
        applicant.apply(then="paper", paper_kind="licence", file=licence(plain_pdf(), name))
        answer = applicant.get(self.address(Application.objects.get()))
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment") and said.rstrip('"').endswith(".pdf") and "/" not in said.replace("utf-8''", "")
        assert answer.headers["Content-Type"] == "application/pdf" and "X-Evil" not in answer.headers

    def test_nobody_else_gets_it(self, row):
        assert Reader(MARKET, make.a_buyer()).get(self.address(row)).status_code == 404
        assert Reader(MARKET, None).get(self.address(row)).url.startswith("/sign-in/")
        assert Reader(MARKET, User.objects.get(email="operator@market.localhost")).get(self.address(row)).status_code == 404
        paper = row.papers.get(kind="licence")
        for path in (f"/media/public/{paper.key}", f"/media/public/../papers/public/{paper.key}", f"/media/papers/{paper.key}"):
            assert Reader(MARKET, None).get(path).status_code == 404

    def test_an_own_number_does_not_open_anothers_paper(self, row):
        other = Reader(MARKET, make.a_buyer())
        mine = written(other.user, slug="mine")
        assert other.get(self.address(mine)).status_code == 200
        assert other.get(f"/sell/applications/{mine.number}/papers/{row.papers.get(kind='licence').pk}/").status_code == 404

    def test_reviewers_get_it_and_it_is_written_down(self, row):
        judge = at_console("reviewer")
        answer = judge.get(self.address(row, at=""))
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
        event = AuditEvent.objects.get(action="paper.opened")
        assert (event.actor_id, event.subject_id, event.after) == (judge.user.pk, row.number, {"kind": "licence", "name": "licence.png"})

    def test_others_at_the_console_do_not(self, row):
        shopkeeper = Reader(CONSOLE, User.objects.get(email="owner-a@market.localhost"))
        for reader in (at_console("accountant"), shopkeeper, Reader(CONSOLE, make.a_buyer())):
            for path in (self.address(row, at=""), "/applications/", f"/applications/{row.number}/"):
                assert reader.get(path).status_code in (403, 404)
            assert reader.post(f"/applications/{row.number}/review/", step="identity", decision="passed").status_code in (403, 404)
        assert Reader(CONSOLE, None).get(self.address(row, at="")).url.startswith("/sign-in/")
        assert not AuditEvent.objects.filter(action="paper.opened").exists() and Application.objects.get(pk=row.pk).identity == "waiting"

    def test_a_draft_and_its_papers_are_not_for_reviewers_yet(self, applicant):
        row = written(applicant.user)
        judge = at_console("reviewer")
        assert judge.get(self.address(row, at="")).status_code == judge.get(f"/applications/{row.number}/").status_code == 404
        assert row.number not in judge.get("/applications/").content.decode()


class TestReviewing:
    @pytest.fixture
    def row(self, applicant) -> Application:
        return submitted(applicant.user)

    def review(self, reader: Reader, row: Application, **form: Any) -> Any:
        return reader.post(f"/applications/{row.number}/review/", **form)

    def test_three_clicks_open_a_shop(self, row):
        judge = at_console("reviewer")
        assert self.review(judge, row, step="identity", decision="passed").url == f"/applications/{row.number}/"
        assert self.review(judge, row, step="basics", decision="passed").url == f"/applications/{row.number}/"
        done = self.review(judge, row, step="qualification", decision="passed")
        deliver_events()
        assert done.url == f"/merchants/{Merchant.objects.get(slug='shanlan', status='open').pk}/"

    @pytest.mark.parametrize("decision", ["more", "rejected"])
    def test_a_reason_is_asked_for(self, row, decision):
        answer = self.review(at_console("reviewer"), row, step="identity", decision=decision, reason=" ")
        assert answer.status_code == 422 and "Give a reason" in answer.content.decode()
        assert Application.objects.get(pk=row.pk).status == "submitted"

    @pytest.mark.parametrize(
        "form",
        [
            {},
            {"step": "identity"},
            {"decision": "passed"},
            {"step": "qualification", "decision": "passed"},
            {"step": "identity", "decision": "waiting", "reason": "x"},
            {"step": "x" * 5000, "decision": "'; --", "reason": "\U0001f600" * 3000},
        ],
    )
    def test_what_is_no_decision_is_refused_and_what_was_written_stays(self, row, form):
        answer = self.review(at_console("reviewer"), row, **form)
        assert answer.status_code == 409
        assert form.get("reason", "") in answer.content.decode()
        assert Application.objects.get(pk=row.pk).identity == "waiting"

    def test_a_reason_may_be_long(self, row):
        assert self.review(at_console("reviewer"), row, step="identity", decision="more", reason="长" * 3000).status_code == 302
        assert AuditEvent.objects.get(action="application.identity_more").why == "长" * 3000

    def test_an_open_page_of_yesterday_decides_nothing(self, row):
        judge = at_console("reviewer")
        self.review(judge, row, step="identity", decision="passed")
        answer = self.review(judge, row, step="identity", decision="rejected", reason="no")
        assert answer.status_code == 409 and "decided already" in answer.content.decode()
        assert Application.objects.get(pk=row.pk).identity == "passed"
        assert self.review(judge, Application(number="261122-0000000"), step="identity", decision="passed").status_code == 404

    def test_the_machine_says_what_it_can_see(self, row):
        judge = at_console("reviewer")
        second = submitted(slug="second", licence_number="91310104MA1FR001KN"[:17] + check_character("91310104MA1FR001K"))
        Application.objects.filter(pk=second.pk).update(licence_number="91350100M000100Y44")  # from before it was asked for
        third = submitted(slug="third")
        first_page, second_page, third_page = (judge.get(f"/applications/{one.number}/").content.decode() for one in (row, second, third))
        assert "check character fits" in first_page and "check character does not fit" in second_page
        assert f"Others applied with this licence number: {row.number}" in third_page and "Nobody else applied" in second_page

    def test_merchants_staff_see_no_application(self, row):
        owner = Reader("kiln.seller.market.localhost", User.objects.get(email="owner-a@market.localhost"))
        assert owner.get(f"/applications/{row.number}/").status_code == 404


class TestPartByPart:
    """The wizard: each part keeps its own fields and leaves the others as they were."""

    def part(self, reader: Reader, part: str, then: str = "next", **fields: Any) -> Any:
        return reader.post("/sell/apply/", part=part, then=then, **fields)

    def test_each_part_leads_to_the_next_and_keeps_what_the_others_hold(self, applicant):
        assert self.part(applicant, "seller", kind="distributor", sells_many_brands="on").url == "/sell/apply/?part=company"
        company = {name: FORM[name] for name in ("company", "licence_number", "representative")}
        assert self.part(applicant, "company", **company).url == "/sell/apply/?part=shop"
        shop = {name: FORM[name] for name in ("contact_name", "contact_phone", "contact_email", "name_en", "slug", "brands", "service_address")}
        assert self.part(applicant, "shop", **shop).url == "/sell/apply/?part=papers"
        row = Application.objects.get()
        assert (row.kind, row.sells_many_brands, row.company, row.slug, row.names) == ("distributor", True, "Shanlan Ltd", "shanlan", {"en": "Shanlan"})
        page = applicant.get("/sell/apply/?part=papers").content.decode()
        assert "Authorisation by the brand" in page and "Trade mark certificate" not in page  # asked of distributors, and of brand owners
        answer = self.part(applicant, "papers", then="paper", paper_kind="authorisation", file=licence())
        assert answer.status_code == 422 and list(answer.context["form"].errors) == ["ends_on"]  # such a document has a last day
        assert self.part(applicant, "papers", then="paper", paper_kind="authorisation", file=licence(), ends_on="2099-12-31").status_code == 302
        for code in ("licence", "identity"):
            self.part(applicant, "papers", then="paper", paper_kind=code, file=licence(drawn("PNG", (40, len(code)))))
        assert self.part(applicant, "confirm", then="submit").url == f"/sell/applications/{row.number}/"
        assert Application.objects.get().status == "submitted"

    def test_leaving_a_field_keeps_it_and_says_how_far_one_is(self, applicant):
        answer = self.part(applicant, "company", then="auto", company="Shanlan Ltd")
        page = answer.content.decode()
        assert answer.status_code == 200 and "Kept at" in page and "<form" not in page
        assert Application.objects.get().company == "Shanlan Ltd"
        assert "Not kept yet" in self.part(applicant, "shop", then="auto", contact_phone="call me").content.decode()

    def test_what_is_still_missing_follows_what_is_kept_and_leads_to_where_it_is_done(self, applicant):
        self.part(applicant, "company", then="auto", company="Shanlan Ltd")
        page = applicant.get("/sell/apply/?part=confirm").content.decode()
        assert re.search(r'<li>licence number · <a class="link" href="/sell/apply/\?part=company">', page)
        self.part(applicant, "company", then="auto", company="Shanlan Ltd", licence_number="91330106MA2CFKQ81F")
        swapped = self.part(applicant, "confirm", then="auto").content.decode()
        assert 'id="missing" hx-swap-oob="true"' in swapped and "<li>licence number" not in swapped

    def test_what_is_needed_to_hand_in_is_not_called_optional(self, applicant):
        page = applicant.get("/sell/apply/?part=company").content.decode()
        labels = {re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<label class="label"[^>]*>(.*?)</label>', page)}
        assert labels == {"Company, as on the licence", "Licence number", "Legal representative", "Part of · optional"}

    def test_a_part_that_is_none_is_the_first(self, applicant):
        assert applicant.get("/sell/apply/?part=nonsense").context["part"] == "seller"
        assert self.part(applicant, "x" * 500, kind="retailer").url == "/sell/apply/?part=company"

    def test_what_the_market_does_without_need_not_be_handed_in(self, applicant):
        row = submitted(applicant.user)
        judge = at_console("reviewer")
        address = f"/applications/{row.number}/waive/"
        assert judge.post(address, code="identity", reason=" ").status_code == 422
        assert judge.post(address, code="licence", reason="a friend").status_code == 409  # it cannot be waived
        assert judge.post(address, code="identity", reason="Seen in person").status_code == 302
        assert "Seen in person" in judge.get(f"/applications/{row.number}/").content.decode()
        row = decide(decide(row, "identity", "passed"), "qualification", "passed")
        held = {one.requirement.code: one.paper_id for one in row.merchant.qualifications.select_related("requirement")}
        assert set(held) == {"licence", "identity"} and held["licence"] == row.papers.get(kind="licence").pk
