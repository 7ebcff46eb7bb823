"""From an application to an open shop: handed from reviewer to reviewer, one field refused and mended, the contract signed by both. In both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from marketplace.kernel.actors import SYSTEM
from tenants.accounts.actions import ensure_person, give_role
from tenants.contracts.models import Contract
from tests import factories as make
from tests.journeys.operators import HOST
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

REVIEWERS = ("mei@market.localhost", "fang@market.localhost")
REASON = {"zh-hans": "请写明门牌号。", "en": "Which number in the street?"}


@pytest.fixture(scope="module")
def market(own_database, static_files):
    make.commission()
    for email in REVIEWERS:
        person = ensure_person(by=SYSTEM, email=email, name=email.split("@")[0].title(), password=PASSWORD)
        give_role(by=SYSTEM, user_id=person.pk, role="reviewer", merchant_id=None)
    make.a_contract_template()
    with running(own_database, static_files, "web", "worker", "scheduler") as processes:
        yield processes


def comes_in(person: Person, email: str, path: str, host: str = HOST) -> None:
    person.go(path, host)
    if person.page.locator("[name=login]").count():
        person.sign_in(email, PASSWORD)
    person.page.wait_for_url(f"**{path}")


def signs(person: Person, name: str, title: str) -> None:
    for field, text in {"name": name, "title": title, "password": PASSWORD}.items():
        person.page.fill(f"form [name={field}]", text)


@on_both(ci=None)
def test_refused_once_signed_by_both_and_open(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen, slug = Seen(tmp_path), f"reed-{screen.language}"
    applicant = ensure_person(by=SYSTEM, email=f"{slug}@example.com", name="陈窑", password=PASSWORD, language=screen.language)
    row = make.an_application(applicant, slug=slug)
    there, mine = f"/applications/{row.number}/", f"/sell/applications/{row.number}/"
    with (
        at_a_screen(browser, market, screen, "first", seen) as first,
        at_a_screen(browser, market, screen, "second", seen) as second,
        at_a_screen(browser, market, screen, "owner", seen) as owner,
        at_a_screen(browser, market, screen, "operator", seen) as operator,
    ):
        comes_in(first, REVIEWERS[0], there)
        first.look("application-with-a-due-date")
        first.send("Take it")
        first.page.locator("select[name=to]").select_option(label="Fang")
        with first.page.expect_navigation():
            first.page.locator("form[action$='/hand-over/'] button").click()
        comes_in(second, REVIEWERS[1], "/applications/?work=mine")
        second.sees(row.number)
        second.go(there, HOST)
        second.send("Passed: on to basic information")
        second.page.check("[name=fields][value=service_address]")
        second.page.fill("#reason", REASON[screen.language])
        second.look("basics")
        second.send("Ask for more")

        comes_in(owner, applicant.email, "/sell/apply/", "market.localhost")
        owner.sees(REASON[screen.language])
        owner.look("only-what-was-refused")
        owner.page.fill("[name=service_address]", "江西省景德镇市窑火路 8 号")
        with owner.page.expect_navigation():
            owner.page.locator("button[value=next]").click()
        owner.go("/sell/apply/?part=confirm")
        owner.send("Hand it in")

        second.go(there, HOST)
        second.send("Passed: on to qualification")
        second.decide("Passed: on to the contract")

        owner.go(mine)
        owner.look("before-opening")
        owner.go(f"{mine}contract/")
        owner.look("contract")
        signs(owner, "陈窑", "CEO")
        owner.page.check("[name=agrees]")
        owner.send("Sign the contract")
        owner.look("contract-signed")

        contract = Contract.objects.get(company=row.company, merchant__slug=slug)
        comes_in(operator, "operator@market.localhost", f"/contracts/{contract.number}/")
        operator.look("contract-to-sign")
        signs(operator, "王芳", "Head")
        operator.send("Sign the contract")
        with operator.page.expect_download() as file:
            operator.follow("Download as PDF")
        assert file.value.path().read_bytes().startswith(b"%PDF")
        owner.go(mine)
        expect(owner.page.locator("h1")).to_have_text(owner.word("Your shop is open"), timeout=30_000)
        owner.look("open")
