"""Money back by two people: an owner turns it on, opens a return and inspects it, and a product manager pays it; pieces are given up by two as well."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.aftersales.second_looks import put_rule
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.payments.models import Refund
from tenants.accounts.actions import ensure_person, give_role
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.journeys.people import Person, Screen, Seen, at_a_screen, on_both
from tests.running import RunningMarket, running
from tests.world import PASSWORD

WORKBENCH, OWNER = "kiln.seller.market.localhost", "owner-a@market.localhost"


@pytest.fixture(scope="module")
def market(own_database, static_files):
    make.commission()
    with running(own_database, static_files, "web", "worker") as processes:
        yield processes


def a_colleague(language: str) -> str:
    email = f"manager.{language}@example.com"
    user = ensure_person(by=SYSTEM, email=email, name="Pan Ni", password=PASSWORD, language=language)
    give_role(by=SYSTEM, user_id=user.pk, role="product_manager", merchant_id=MERCHANTS["a"])
    return email


def two_orders(language: str) -> tuple[OrderCopy, OrderCopy]:
    """One that its buyer has received, and one that is still to be sent."""
    product = make.a_product("a", title=f"Mug {language}", stock=9)
    received = make.a_completed_group(("a", product, 1)).orders.get()
    paid = make.pay(make.a_placed_group(("a", product, 2))).orders.get()
    deliver_events()
    return received, paid


def comes_in(person: Person, email: str, path: str) -> None:
    person.go(path, WORKBENCH)
    if person.page.locator("[name=login]").count():
        person.sign_in(email, PASSWORD)
    person.page.wait_for_url(f"**{path}")


def turns_it_on(owner: Person) -> None:
    comes_in(owner, OWNER, "/second-looks/")
    owner.look("rule-off")
    owner.sees("Pan Ni")
    owner.send("Turn it on")
    owner.look("rule-on")


def opens_and_inspects(owner: Person, copy: OrderCopy) -> str:
    """As the buyer asked by phone; the money is not the owner's to send."""
    owner.go(f"/orders/{copy.number}/", WORKBENCH)
    owner.page.locator("#open-return > summary").click()
    owner.page.locator("#open-return input[name^=line_]").first.fill("1")
    owner.page.select_option("#open-return select[name=cause]", "damaged")
    owner.page.fill("#open-return [name=note]", "Broke on the way.")
    owner.look("opening-a-return")
    owner.send("Open the return")
    owner.page.wait_for_url("**/returns/*-*/")
    number = owner.page.url.rstrip("/").rsplit("/", 1)[1]
    owner.send("Agree")  # it was opened as if the buyer had asked
    owner.send("Keep the inspection")
    owner.look("waits-for-the-second")
    assert owner.page.locator("form[action$='/confirm/'], form[action$='/approve/']").count() == 0, "whoever inspected does not pay"
    assert not Refund.objects.filter(payment__group=copy.group).exists()
    return str(number)


def asks_to_give_up(owner: Person, copy: OrderCopy) -> None:
    owner.go(f"/orders/{copy.number}/", WORKBENCH)
    owner.page.locator("details:has(form[action$='/cancel/']) > summary").click()
    owner.page.locator("form[action$='/cancel/'] input[name^=line_]").first.fill("1")
    owner.page.fill("form[action$='/cancel/'] [name=reason]", "The kiln broke it.")
    owner.look("giving-up")
    owner.decide("Ask a colleague")
    owner.look("order-with-a-look")
    owner.follow("Look at it")
    owner.page.wait_for_url("**/second-looks/")
    expect(owner.page.locator("button[value=withdraw]")).to_be_visible()
    assert owner.page.locator("button[value=approve]").count() == 0, "nobody approves their own"
    owner.look("my-request")


def pays_back(colleague: Person, email: str, number: str) -> None:
    comes_in(colleague, email, "/second-looks/")
    colleague.look("queue")
    colleague.follow(number)
    colleague.page.wait_for_url(f"**/returns/{number}/")
    colleague.look("return-to-approve")
    colleague.page.locator("form[action$='/approve/'] button[value=approve]").click()
    colleague.agree()
    colleague.look("return-paid")
    with merchant_schema(MERCHANTS["a"]):
        assert Return.objects.get(number=number).status == "refunded"


def lets_go(colleague: Person, copy: OrderCopy) -> None:
    colleague.go("/second-looks/", WORKBENCH)
    colleague.sees(copy.number)
    colleague.decide("Approve, and do it")
    colleague.sees("The kiln broke it.")
    colleague.look("decided")
    assert Refund.objects.filter(payment__group=copy.group).count() == 1


def asks_for_one_person(owner: Person, colleague: Person) -> None:
    owner.go("/second-looks/", WORKBENCH)
    owner.page.locator("details:has([name=look_id]) > summary").click()
    owner.page.fill("[name=why]", "Alone over the holidays.")
    owner.send("Ask a colleague")
    colleague.go("/second-looks/", WORKBENCH)
    colleague.sees("Alone over the holidays.")
    colleague.page.locator("[id^=why-]").fill("Not now.")
    colleague.send("Refuse")
    colleague.sees("Not now.")
    colleague.look("refused")
    owner.go("/second-looks/", WORKBENCH)
    owner.look("still-on")


@on_both(ci=None)
def test_money_goes_back_by_two_people(browser: Browser, market: RunningMarket, tmp_path, screen: Screen):
    seen = Seen(tmp_path)
    with merchant_schema(MERCHANTS["a"]):
        put_rule(by=SYSTEM, takes_two=False)  # the journey in the other language may have turned it on
    email, (received, paid) = a_colleague(screen.language), two_orders(screen.language)
    with at_a_screen(browser, market, screen, "owner", seen) as owner, at_a_screen(browser, market, screen, "colleague", seen) as colleague:
        turns_it_on(owner)
        number = opens_and_inspects(owner, received)
        asks_to_give_up(owner, paid)
        pays_back(colleague, email, number)
        lets_go(colleague, paid)
        asks_for_one_person(owner, colleague)
        for person in (owner, colleague):
            person.troubles[:] = [each for each in person.troubles if "404" not in each]  # the invented mug has no picture
