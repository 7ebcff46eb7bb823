"""The operator finds a consumer, deactivates the account and opens it again, and merges a double with a second person; the buyer sees each of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.members.doubles import find_doubles
from marketplace.platform.members.models import Profile
from tenants.accounts.actions import ensure_person
from tenants.accounts.models import User
from tests import factories as make
from tests.journeys import operators
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH = "kiln.seller.market.localhost"


@pytest.fixture(scope="module")
def market(own_database, static_files):
    make.a_second_operator()
    make.commission()
    with running(own_database, static_files, "web", "worker", "scheduler") as processes:
        yield processes


def two_accounts(language: str) -> tuple[User, User]:
    """Of one person: an older one, and one with an order, both with the same phone."""
    found = []
    for n in (1, 2):
        user = ensure_person(by=SYSTEM, email=f"he{n}.{language}@example.com", name="何夕", password=PASSWORD, language=language)
        Profile.objects.create(user=user, phone="+8613900139000" if language == "en" else "+8613900139111")
        found.append(user)
    make.a_completed_group(("a", make.a_product("a", title=f"Mug {language}"), 1), buyer=found[1])
    deliver_events()
    find_doubles(by=SYSTEM)
    return found[0], found[1]


def is_refused(buyer: Person, email: str, why: str) -> None:
    buyer.go("/sign-in/")
    buyer.sign_in(email, PASSWORD)
    buyer.sees(why)
    buyer.look("deactivated")


@on_both(ci=None)
def test_deactivated_opened_again_and_merged_by_two(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen, why = Seen(tmp_path), {"zh-hans": "密码可能被盗。", "en": "The password may be stolen."}[screen.language]
    older, newer = two_accounts(screen.language)
    with (
        at_a_screen(browser, market, screen, "operator", seen) as operator,
        at_a_screen(browser, market, screen, "checker", seen) as checker,
        at_a_screen(browser, market, screen, "buyer", seen) as buyer,
        at_a_screen(browser, market, screen, "owner", seen) as owner,
    ):
        buyer.go("/account/profile/")
        buyer.sign_in(newer.email, PASSWORD)
        buyer.sees(buyer.word("This device"))
        buyer.look("devices")
        operators.comes_in(operator, "/consumers/")
        operator.go(f"/consumers/?q={newer.email[:6]}", operators.HOST)
        operator.look("consumers")
        operator.go(f"/consumers/{newer.pk}/", operators.HOST)
        operator.look("consumer")
        operator.page.get_by_text(operator.word("Deactivate this account…")).click()
        operator.page.fill("[name=close-why]", why)
        operator.send("Deactivate")
        operator.sees(why)
        operator.look("consumer-deactivated")
        buyer.go("/account/")
        expect(buyer.page.locator("[name=login]")).to_be_visible()
        is_refused(buyer, newer.email, why)
        operator.page.fill("[name=open-why]", "ok")
        operator.send("Reactivate")
        buyer.go("/account/")
        buyer.sign_in(newer.email, PASSWORD)
        buyer.page.wait_for_url("**/account/")

        operator.go("/doubles/?show=open", operators.HOST)
        operator.look("doubles")
        operator.go(f"/consumers/{newer.pk}/beside/?with={older.email}", operators.HOST)
        operator.look("double")
        operator.page.get_by_role("link", name=operator.word("Keep this one, merge the other into it…")).first.click()
        operator.page.fill("[name=why]", why)
        operator.look("merge")
        operator.send("Ask a second person")
        number = operator.page.url.rstrip("/").rpartition("/")[2]
        operators.comes_in(checker, f"/approvals/{number}/", operators.CHECKER)
        checker.look("approval-of-a-merge")
        checker.send("Approve, and do it")
        assert User.objects.filter(pk=newer.pk, is_active=False).exists()
        buyer.go("/orders/")
        expect(buyer.page.locator("[name=login]")).to_be_visible()
        buyer.sign_in(older.email, PASSWORD)
        buyer.page.wait_for_url("**/orders/")
        buyer.sees("Mug")
        owner.go("/customers/", WORKBENCH)
        owner.sign_in("owner-a@market.localhost", PASSWORD)
        owner.look("customers")
        owner.page.get_by_role("link", name="何夕").or_(owner.page.locator("tbody a")).locator("visible=true").first.click()
        owner.look("customer")
        buyer.troubles[:] = [each for each in buyer.troubles if "403" not in each and "404" not in each]  # refused, and a mug without a picture
