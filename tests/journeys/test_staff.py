"""An owner invites somebody by letter; who accepts sees just the menu of the department's role, in both languages, on a phone and a desktop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from launch.html import invalid
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.models import Membership, SupportAccess
from tests.databases import MERCHANTS
from tests.journeys.people import DESKTOP, PHONE, Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running, until
from tests.world import PASSWORD

KILN, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    with running(own_database, static_files, DEMO_MAILBOX="true") as processes:
        yield processes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return Seen(tmp_path_factory.mktemp("staff"))


def comes_in(person: Person, host: str, email: str, path: str = "/") -> None:
    person.go(path, host)
    if person.page.locator("[name=login]").count():
        person.sign_in(email, PASSWORD)
    person.page.wait_for_url(f"http://{host}:{person.market.port}/**")


def invites(owner: Person, host: str, head: str, email: str, role: str) -> None:
    page = owner.page
    comes_in(owner, host, head, "/staff/")
    owner.look("staff")
    owner.go("/staff/roles/", host)
    owner.look("roles")
    owner.go("/staff/invite/", host)
    owner.press("Send the invitation")
    page.wait_for_selector(".error")
    owner.look("invite-incomplete")
    page.fill("[name=email]", email)
    page.select_option("[name=language]", owner.screen.language)
    page.locator(f"[name=roles][value={role}]").check()
    owner.look("invite")
    owner.send("Send the invitation")
    owner.sees(email)
    owner.look("invitations")


def follows_the_letter(person: Person, email: str) -> None:
    """In the demo's mailbox: the link leads to what one is invited to."""
    page = person.page

    def there() -> bool:
        person.go(f"/mailbox/?to={email}")
        return page.locator("main ul li a").count() > 0

    until(there, within_s=30, what=f"a letter to {email}")
    page.locator("main ul li a").first.click()
    link = page.locator("main pre a[href*='/invitations/']").first.get_attribute("href")
    assert link
    page.goto(link)
    person.look("invitation")


MENU = """links => [...new Set(links.map(a => new URL(a.href)).filter(u => u.host === location.host).map(u => u.pathname))]"""


def menu_of(person: Person) -> list[str]:
    """Where the entries of the menu lead, and what stands behind one's initial."""
    found: list[str] = person.page.locator("nav.side a").evaluate_all(MENU)
    return sorted(found)


@on_both(ci=PHONE)
def test_whoever_is_invited_as_a_dispatcher_sees_just_the_dispatchers_menu(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    email = f"dispatch@{screen.language}.localhost"
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        invites(owner, KILN, "owner-a@market.localhost", email, "dispatcher")
    with at_a_screen(browser, market, screen, "clerk", seen) as clerk:
        follows_the_letter(clerk, email)
        clerk.follow("I have no account yet")
        expect(clerk.page.locator("[name=email]")).to_have_value(email)
        clerk.page.fill("[name=password1]", PASSWORD)
        clerk.page.locator("main form button").first.click()
        clerk.page.wait_for_url("**/invitations/**")
        clerk.look("invitation-of-mine")
        clerk.page.locator("main form button").first.click()
        clerk.page.wait_for_url(f"http://{KILN}:{market.port}/**")
        clerk.look("first-page")
        assert menu_of(clerk) == ["/", "/custom-orders/", "/jobs/", "/orders/", "/redeem/", "/returns/", "/second-looks/", "/staff/roles/"]
        refused = clerk.page.goto(market.url("/payout-account/", KILN))
        assert refused is not None and refused.status == 403
        clerk.sees("Owner A")
        clerk.troubles.clear()  # that a page was refused is what the browser complains of
        clerk.look("refused")
        clerk.follow("What your roles allow")
        clerk.look("my-roles")
        clerk.go("/account/workplaces/")
        clerk.look("workplaces")
    with at_a_screen(browser, market, screen, "owner", seen) as owner:
        row = Membership.objects.get(user__email=email, merchant_id=MERCHANTS["a"])
        comes_in(owner, KILN, "owner-a@market.localhost", f"/staff/{row.pk}/")
        owner.page.locator("[name=roles][value=bookkeeper]").check()
        owner.page.locator("[name=why]").first.fill("one more desk")
        owner.send("Save")
        owner.look("person")
        owner.page.locator("form[action$='/end/'] [name=why]").fill("season is over")
        owner.decide("End it now")
        owner.look("staff-after")
    row.refresh_from_db()
    assert not row.is_active


@pytest.mark.long
def test_the_operators_pages_of_staff_hold_too(browser: Browser, market: RunningMarket, seen: Seen):
    auditor = ensure_person(by=SYSTEM, email="auditor@market.localhost", name="Auditor", password=PASSWORD)
    give_role(by=SYSTEM, user_id=auditor.pk, role="auditor", merchant_id=None)
    with at_a_screen(browser, market, DESKTOP, "operator", seen) as operator:
        invites(operator, CONSOLE, "operator@market.localhost", "cashier@example.com", "cashier")
    with at_a_screen(browser, market, PHONE, "auditor", seen) as reader:
        comes_in(reader, CONSOLE, "auditor@market.localhost")
        reader.look("console")
        assert menu_of(reader) == ["/", "/jobs/", "/log/", "/staff/roles/"]


@on_both(ci=None)
def test_support_asks_is_let_in_looks_is_seen_and_is_out_when_its_time_is_over(browser: Browser, market: RunningMarket, seen: Seen, screen: Screen):
    email = f"help@{screen.language}.localhost"
    helper = ensure_person(by=SYSTEM, email=email, name="Help", password=PASSWORD)
    give_role(by=SYSTEM, user_id=helper.pk, role="customer_service", merchant_id=None)
    with at_a_screen(browser, market, screen, "support", seen) as support, at_a_screen(browser, market, screen, "host", seen) as owner:
        comes_in(support, CONSOLE, email, "/support/")
        support.page.select_option("[name=merchant]", str(MERCHANTS["a"]))
        support.page.fill("[name=reason]", "a parcel is stuck")
        support.look("asking")
        support.page.locator("main form button").first.click()
        support.sees("a parcel is stuck")
        comes_in(owner, KILN, "owner-a@market.localhost", "/support/")
        owner.sees("a parcel is stuck")
        owner.look("asked")
        owner.send("Let them look")
        comes_in(support, "market.localhost", email, "/sign-in/")
        comes_in(support, KILN, email, "/orders/")
        support.page.wait_for_selector("[role=status].note")
        support.look("looking")
        owner.go("/support/", KILN)
        owner.page.locator("details.log summary, summary.link").first.click()
        owner.sees("GET /orders/")
        owner.look("seen")
        SupportAccess.objects.filter(supporter=helper).update(until=clock.now())  # the time it was granted for has passed
        refused = support.page.goto(market.url("/orders/", KILN))
        assert refused is not None and refused.status == 403
        support.look("out")
        support.troubles.clear()
        owner.go("/support/", KILN)
        owner.sees({"zh-hans": "已到期", "en": "Expired"}[screen.language])
        owner.look("expired")


def test_every_page_of_the_way_is_valid_html(seen: Seen):
    assert seen.pages and not invalid(seen.folder / "sources")
