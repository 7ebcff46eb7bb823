"""A sign-in carried from the market to a shop or workbench: once, there, for that browser, within a minute, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel import clock
from tenants.accounts import handover
from tenants.accounts.models import HandOver, User
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET, WORKBENCH, OTHER = "market.localhost", "kiln.seller.market.localhost", "trail.seller.market.localhost"


class Browser:
    """One person's browser: a jar of cookies for each host, and redirects followed by hand."""

    def __init__(self, user: User | None = None) -> None:
        self.jars: dict[str, Client] = {}
        if user:
            self.at(MARKET).force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])

    def at(self, host: str) -> Client:
        return self.jars.setdefault(host, Client())

    def open(self, address: str) -> Any:
        parts = urlsplit(address)
        return self.at(parts.hostname or "").get(f"{parts.path}?{parts.query}", headers={"host": parts.hostname})

    def follow(self, address: str, most: int = 5) -> tuple[str, Any]:
        """Follow redirects; where it ended, and with what."""
        for _step in range(most):
            response = self.open(address)
            if response.status_code != 302:
                return address, response
            parts = urlsplit(response.headers["Location"])
            address = response.headers["Location"] if parts.netloc else f"http://{urlsplit(address).netloc}{response.headers['Location']}"
        raise AssertionError(f"still redirected at {address}")

    def is_signed_in(self, host: str) -> bool:
        return "_auth_user_id" in self.at(host).session


def asked_by(browser: Browser, host: str = WORKBENCH, path: str = "/orders/") -> str:
    """The address of the market that a host sends the browser to."""
    return browser.open(f"http://{host}{path}").headers["Location"]


def link_for(browser: Browser, host: str = WORKBENCH, path: str = "/orders/") -> str:
    """The address with the token that the market sends the browser back to."""
    return browser.open(asked_by(browser, host, path)).headers["Location"]


@pytest.fixture
def owner() -> User:
    return User.objects.get(email="owner-a@market.localhost")


def test_who_is_signed_in_at_the_market_is_signed_in_at_the_workbench_without_being_asked(owner):
    browser = Browser(owner)
    where, response = browser.follow(f"http://{WORKBENCH}/orders/?show=to_ship")
    assert (urlsplit(where).path, urlsplit(where).query) == ("/orders/", "show=to_ship")
    assert response.status_code == 200
    assert browser.is_signed_in(WORKBENCH)


def test_who_is_unknown_signs_in_at_the_market_first():
    where, _response = Browser().follow(f"http://{WORKBENCH}/orders/")
    assert urlsplit(where).hostname == MARKET and urlsplit(where).path == "/sign-in/"
    assert parse_qs(urlsplit(where).query)["next"][0].startswith("/hand-over/?")


def test_a_stolen_link_signs_nobody_in_elsewhere(owner):
    """Somebody who sees the address has not the cookie of the browser it was made for."""
    link = link_for(Browser(owner))
    thief = Browser()
    assert thief.open(link).status_code == 410
    assert not thief.is_signed_in(WORKBENCH)


def test_a_link_slipped_to_somebody_does_not_sign_them_in_as_another(owner):
    """Nor has it the state of a browser that asked for its own."""
    attacker, victim = Browser(make.a_buyer()), Browser()
    asked_by(victim)
    assert victim.open(link_for(attacker)).status_code == 410
    assert not victim.is_signed_in(WORKBENCH)


def test_without_the_cookie_being_compared_the_stolen_link_would_work(owner, monkeypatch):
    """The control: it is the cookie that stops the thief."""
    link = link_for(Browser(owner))
    monkeypatch.setattr(handover.hmac, "compare_digest", lambda one, other: True)
    thief = Browser()
    assert thief.open(link).status_code == 302
    assert thief.is_signed_in(WORKBENCH)


def test_a_link_works_once(owner):
    browser = Browser(owner)
    link = link_for(browser)
    assert browser.open(link).status_code == 302
    browser.at(WORKBENCH).logout()
    assert browser.open(link).status_code == 410
    assert not browser.is_signed_in(WORKBENCH)


def test_a_link_works_for_a_minute(owner):
    browser = Browser(owner)
    link = link_for(browser)
    with clock.shifted(timedelta(seconds=handover.LIFE_S + 1)):
        assert browser.open(link).status_code == 410
    with clock.shifted(timedelta(seconds=handover.LIFE_S - 5)):
        assert browser.open(link).status_code == 302


def test_a_link_works_on_the_host_it_was_made_for(owner):
    browser = Browser(owner)
    link = link_for(browser)
    browser.at(OTHER).cookies = browser.at(WORKBENCH).cookies
    assert browser.open(link.replace(WORKBENCH, OTHER)).status_code == 410
    assert not browser.is_signed_in(OTHER)


def test_a_person_who_was_shut_out_meanwhile_is_not_let_in(owner):
    browser = Browser(owner)
    link = link_for(browser)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert browser.open(link).status_code == 410


@pytest.mark.parametrize("token", ["", "x", "' or 1=1 --", "a" * 5000])
def test_what_is_no_token_signs_nobody_in(token):
    assert Client().get("/hand-over/accept/", {"token": token}, headers={"host": WORKBENCH}).status_code == 410


def test_the_token_is_not_kept_only_its_print(owner):
    token = parse_qs(urlsplit(link_for(Browser(owner))).query)["token"][0]
    row = HandOver.objects.get()
    assert token not in (row.token_hash, row.state) and len(row.token_hash) == 64


STATE = "0" * 64


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "",
        MARKET,
        "ops.market.localhost",
        "kiln.market.localhost.evil.example",
        "evil.example#.kiln.market.localhost",
        "kiln.market.localhost:81",
    ],
)
def test_the_market_sends_a_sign_in_to_our_own_shops_and_workbenches_alone(owner, host):
    response = Browser(owner).at(MARKET).get("/hand-over/", {"host": host, "path": "/", "state": STATE}, headers={"host": MARKET})
    assert response.status_code == 410
    assert not HandOver.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        " //evil.example",
        "\x01//evil.example",
        "",
    ],
)
def test_nobody_is_led_out_of_the_market_by_a_hand_over(owner, path):
    response = Browser(owner).at(MARKET).get("/hand-over/", {"host": WORKBENCH, "path": path, "state": STATE}, headers={"host": MARKET})
    assert response.status_code == 410, response.headers.get("Location")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example", "http://trail.market.localhost/"]
)
def test_nobody_is_led_out_of_the_market_by_signing_in(target):
    make.a_buyer("mei@example.com")
    form = {"login": "mei@example.com", "password": "correct horse battery", "next": target}
    response = Client().post("/sign-in/", form, headers={"host": MARKET})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_signing_in_goes_on_to_where_one_wanted_within_the_market():
    make.a_buyer("mei@example.com")
    form = {"login": "mei@example.com", "password": "correct horse battery", "next": "/orders/?show=unpaid"}
    assert Client().post("/sign-in/", form, headers={"host": MARKET}).headers["Location"] == "/orders/?show=unpaid"


def test_signing_out_at_the_market_signs_out_where_the_sign_in_was_carried_to(owner):
    browser = Browser(owner)
    browser.open(link_for(browser))
    assert browser.at(WORKBENCH).get("/", headers={"host": WORKBENCH}).status_code == 200
    browser.at(MARKET).post("/sign-out/", headers={"host": MARKET})
    assert browser.at(WORKBENCH).get("/", headers={"host": WORKBENCH}).status_code == 302


def test_the_console_has_a_door_of_its_own():
    """Whoever is an operator at the market is not one at the console before signing in there."""
    browser = Browser(User.objects.get(email="operator@market.localhost"))
    assert browser.open("http://ops.market.localhost/").headers["Location"].startswith("/sign-in/")
