"""What the operator does: review, settle, pay out."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from marketplace.platform.ledger.models import Payout, Statement
from tenants.onboarding.models import Application
from tenants.tenancy.models import Merchant
from tests.journeys.people import Person
from tests.world import PASSWORD

EMAIL, HOST = "operator@market.localhost", "ops.market.localhost"


CHECKER = "checker@market.localhost"


def comes_in(operator: Person, path: str = "/", email: str = EMAIL) -> None:
    operator.go(path, HOST)
    if operator.page.locator("[name=login]").count():
        operator.sign_in(email, PASSWORD)
    operator.page.wait_for_url(f"http://{HOST}:{operator.market.port}{path}")


def asks_for_more(operator: Person, number: str) -> None:
    comes_in(operator)
    operator.look("overview")
    operator.go("/applications/?show=submitted", HOST)
    operator.look("applications")
    operator.page.get_by_role("link", name=number).locator("visible=true").first.click()
    operator.look("application")
    with operator.page.expect_download() as paper:
        operator.follow("Download")
    assert paper.value.path().stat().st_size > 100
    operator.page.fill("#reason", "请上传四角完整的营业执照照片。")
    operator.send("Ask for more")


def lets_in(operator: Person, number: str, slug: str) -> None:
    """All steps pass; the shop opens within seconds."""
    operator.go(f"/applications/{number}/", HOST)
    operator.send("Passed: on to basic information")
    operator.look("identity-passed")
    operator.send("Passed: on to qualification")
    operator.decide("Passed: open the shop")
    expect(operator.page.locator(".tag-success").first).to_be_visible(timeout=30_000)
    operator.sees(f"{slug}.seller.market.localhost")
    operator.look("merchant")
    assert Application.objects.get(number=number).status == "approved"


def sends_back(operator: Person, title: str) -> None:
    comes_in(operator, "/reviews/")
    operator.look("reviews")
    operator.page.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    operator.page.fill("[name=reason]", "标题里不要写“最低价”。")
    operator.look("review")
    operator.send("Send back to the shop")


def approves(operator: Person, title: str) -> None:
    operator.go("/reviews/?show=waiting", HOST)
    operator.page.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    operator.send("Approve: put it on sale")


def settles(operator: Person, slugs: list[str]) -> None:
    """A preview, a run, a statement per merchant with its papers, and nothing the second time."""
    page = operator.page
    comes_in(operator, "/settlement/")
    page.wait_for_selector("table")
    assert page.locator("tbody [name=merchant]").count() == len(slugs)
    operator.look("settlement")
    operator.decide("Settle with the chosen shops")
    operator.look("statements")
    settled = {slug: Statement.objects.filter(merchant__slug=slug).latest("created_at") for slug in slugs}
    for statement in settled.values():
        operator.sees(statement.number)
    operator.go(f"/statements/{settled[slugs[-1]].number}/", HOST)
    operator.look("statement")
    for name, begins in (("CSV", b"\xef\xbb\xbf"), ("PDF", b"%PDF")):
        with page.expect_download() as paper:
            page.get_by_role("link", name=name, exact=True).click()
        assert paper.value.path().read_bytes().startswith(begins)
    line = page.locator("tbody a").first
    order = line.inner_text()
    line.click()
    page.wait_for_url(f"**/orders/{order}/")
    operator.look("order-of-a-statement")
    operator.go("/settlement/", HOST)
    operator.look("settled")
    assert page.locator("tbody [name=merchant]").count() == 0, "a second run has nothing to pay"
    difference = page.locator("dt", has_text=operator.word("Difference")).locator("xpath=following-sibling::dd[1]").inner_text()
    assert re.sub(r"[^\d.]", "", difference) in ("0", "0.00")


def asked_of(operator: Person) -> str:
    """The number of the request on whose page the operator stands."""
    operator.page.wait_for_url("**/approvals/*-*/")
    return operator.page.url.rstrip("/").rsplit("/", 1)[1]


def approves_as_second(checker: Person, number: str, stop: str) -> None:
    """Finds it in the queue, sees before and after, and agrees."""
    comes_in(checker, "/approvals/?show=waiting", CHECKER)
    checker.look("approvals")
    checker.follow(number)
    checker.page.wait_for_url(f"**/approvals/{number}/")
    checker.look(stop)
    checker.send("Approve, and do it")
    assert checker.page.locator(".tag-success").count()


def suspends(operator: Person, checker: Person, slug: str, reason: str) -> None:
    """Asks with a reason; alone nothing happens; the second person agrees."""
    merchant = Merchant.objects.get(slug=slug)
    comes_in(operator, f"/merchants/{merchant.pk}/")
    operator.follow("Suspend…")
    operator.page.wait_for_url("**/suspend/")
    operator.look("suspend")
    operator.page.select_option("[name=kind]", "service")
    operator.page.fill("[name=why]", reason)
    operator.send("Ask a second person")
    number = asked_of(operator)
    operator.look("asked-to-suspend")
    assert not operator.page.locator("button[value=approve]").count(), "nobody approves their own"
    assert Merchant.objects.get(slug=slug).status == "open"
    approves_as_second(checker, number, "approve-suspension")
    assert Merchant.objects.get(slug=slug).status == "suspended"
    operator.go(f"/merchants/{merchant.pk}/", HOST)
    operator.sees(reason)
    operator.look("merchant-suspended")


def reopens(operator: Person, checker: Person, slug: str) -> None:
    merchant = Merchant.objects.get(slug=slug)
    operator.go(f"/merchants/{merchant.pk}/", HOST)
    operator.follow("Reopen…")
    operator.page.wait_for_url("**/reopen/")
    operator.page.fill("[name=why]", "OK")
    operator.send("Ask a second person")
    approves_as_second(checker, asked_of(operator), "approve-reopening")
    assert Merchant.objects.get(slug=slug).status == "open"


def pays_out(operator: Person, checker: Person, slugs: list[str]) -> None:
    page = operator.page
    operator.go("/payouts/files/new/", HOST)
    operator.look("release-payouts")
    page.fill("[name=why]", "OK")
    operator.send("Ask a second person")
    number = asked_of(operator)
    approves_as_second(checker, number, "approve-payouts")
    operator.go(f"/approvals/{number}/", HOST)
    page.locator("a[href^='/payouts/files/']").first.click()
    page.wait_for_url("**/payouts/files/*-*/")
    operator.look("bank-file")
    page.locator("details:has(form[action$='/csv/']) > summary").click()
    page.fill("[name=password]", PASSWORD)
    operator.look("bank-file-why")
    with page.expect_download() as file:
        page.locator("form[action$='/csv/'] button").click()
    assert len(file.value.path().read_text().splitlines()) == 1 + len(slugs)
    operator.decide("The bank has paid the chosen ones")
    assert set(Payout.objects.filter(merchant__slug__in=slugs).values_list("status", flat=True)) == {"paid"}
    operator.go("/journal/", HOST)
    operator.look("journal")
