"""How often one caller may ask: counted by person and by address, told in both languages, and never in the way when Valkey is away."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, override_settings

from launch import processes, valkey
from tenants.access import limits
from tenants.access.actors import address_of_client
from tenants.access.rules import all_routes
from tenants.accounts.adapter import Adapter
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET = "market.localhost"
OUTSIDE = "203.0.113.7"


def few(**changed: Any) -> Any:
    """The groups as they are, but narrow: 3 a minute from an address, 3 by a person."""
    narrow = {group: {**limit, "address": 3, "person": 3} for group, limit in settings.RATE_LIMITS.items()}
    narrow["search"] = {**narrow["search"], **changed}
    return override_settings(RATE_LIMITS=narrow)


@pytest.fixture(scope="module")
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own: others would forget our counts when their tests end."""
    server = valkey.start(tmp_path_factory.mktemp("valkey"))
    yield server.url()
    processes.stop(server.process)
    shutil.rmtree(server.path.parent)


@pytest.fixture(autouse=True)
def nothing_counted_yet(own_valkey, monkeypatch):
    monkeypatch.setattr(limits, "_away_until", 0.0)
    with override_settings(CACHES={"default": {**settings.CACHES["default"], "LOCATION": own_valkey}}):
        cache.clear()
        yield


def search(client: Client | None = None, address: str = OUTSIDE, **headers: str) -> Any:
    return (client or Client()).get("/search/?q=mug", headers={"host": MARKET, **headers}, REMOTE_ADDR=address)


def signed_in(**fields: Any) -> Client:
    client = Client()
    client.force_login(make.a_buyer(**fields), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_who_asks_too_often_waits_and_others_do_not():
    with few():
        assert [search().status_code for _time in range(5)] == [200, 200, 200, 429, 429]
        assert search(address="203.0.113.8").status_code == 200
        assert Client().head("/search/", headers={"host": MARKET}, REMOTE_ADDR=OUTSIDE).status_code == 429


def test_the_same_asking_is_let_in_where_limits_are_lifted():
    """The control: it is the limit that refuses, and nothing else."""
    with override_settings(RATE_LIMITS={}):
        assert {search().status_code for _time in range(5)} == {200}


def test_the_refusal_says_in_both_languages_how_long_to_wait_and_under_which_number_it_is_known():
    with few():
        response = [search() for _time in range(4)][-1]
    seconds = int(response.headers["Retry-After"])
    page = response.content.decode()
    assert 1 <= seconds <= 60
    assert f"请等 {seconds} 秒再试" in page and f"Wait {seconds} seconds and try again" in page
    assert response.headers["X-Request-Id"] in page


def test_a_fragment_gets_a_toast_and_a_program_gets_json():
    with few():
        answers = [search(**{"hx-request": "true", "accept-language": "en"}) for _time in range(4)]
        assert answers[-1].status_code == 429
        assert answers[-1].headers["HX-Retarget"] == "#toasts"
        assert "too often" in answers[-1].content.decode()
        told = search(accept="application/json")
    assert json.loads(told.content)["code"] == "too_many_requests"
    assert told.headers["Retry-After"]


def test_a_person_is_counted_at_every_address_and_leaves_the_address_to_others():
    busy, calm = signed_in(), signed_in()
    with few(address=10):
        assert [search(busy, f"203.0.113.{n}").status_code for n in range(1, 6)] == [200, 200, 200, 429, 429]
        assert search(calm, "203.0.113.1").status_code == 200


def test_persons_of_one_address_share_what_it_has():
    with few(address=4):
        assert [search(signed_in()).status_code for _person in range(6)] == [200] * 4 + [429] * 2


def test_one_line_of_ipv6_is_one_address_whatever_it_calls_itself():
    with few():
        assert [search(address=f"2001:db8:1:1::{n}").status_code for n in range(1, 6)] == [200, 200, 200, 429, 429]
        assert search(address="2001:db8:1:2::1").status_code == 200


def test_this_machine_is_not_counted():
    with few():
        assert {search(address="127.0.0.1").status_code for _time in range(5)} == {200}


def test_looking_at_a_form_costs_nothing_and_sending_it_does():
    client = Client()
    with few():
        for _time in range(6):
            assert client.get("/sign-in/", headers={"host": MARKET}, REMOTE_ADDR=OUTSIDE).status_code == 200
        sent = [
            client.post("/sign-in/", {"login": f"{n}@example.com", "password": "x"}, headers={"host": MARKET}, REMOTE_ADDR=OUTSIDE).status_code
            for n in range(5)
        ]
    assert sent == [200, 200, 200, 429, 429]


def test_what_is_dear_or_can_be_abused_has_a_limit():
    by_group: dict[str, set[str]] = {}
    for kind in settings.HOST_URLCONFS:
        for _pattern, route, name in all_routes(kind):
            if group := getattr(route.callback, "limit", ""):
                by_group.setdefault(group, set()).add(name)
    assert set(by_group) == set(settings.RATE_LIMITS)
    assert by_group["search"] == {"search", "category", "brand", "virtual", "shelf"}
    passwords = {"account_login", "account_reauthenticate", "account_reset_password", "account_reset_password_from_key"}
    assert by_group["sign_in"] == {*passwords, "account-close", "sign-out-others", "contract", "contract-sign", "application-contract", "closing"}
    assert by_group["register"] == {"account_signup", "account-email", "confirm-again", "invitation"}
    assert by_group["hand_over"] == {"hand-over", "hand-over-accept"}
    assert by_group["cart"] == {"cart-add", "favourite", "follow"}
    assert by_group["order"] == {"checkout-place"}
    assert by_group["upload"] == {"apply", "qualifications", "deposit-move", "import-new", "stocktake-upload", "shop-brands", "film-upload"}
    assert by_group["pictures"] == {"library-upload", "library-replace", "film"}


# ── Valkey away ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_valkey_is_away_everybody_is_let_in_and_it_is_asked_once(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("wanshang"), "propagate", True)
    away = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    with few(), override_settings(CACHES=away), caplog.at_level("WARNING", logger="wanshang.limits"):
        assert {search().status_code for _time in range(6)} == {200}
    assert [record.name for record in caplog.records].count("wanshang.limits") == 1


# ── Whose address ────────────────────────────────────────────────────────────────────────────────────────────────────


def asked_from(remote: str, forwarded: str = "") -> HttpRequest:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = remote
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "10.0.0.1"),  # no proxy of ours: anybody may have written it
        (1, "", "10.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # what the caller made up stands before what the proxy wrote
        (2, "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1"),  # fewer than there are proxies: it came some other way
        (1, "198.51.100.1:51000", "198.51.100.1"),
        (1, "[2001:db8::1]:51000", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "unknown", "10.0.0.1"),
        (1, "'; drop table", "10.0.0.1"),
    ],
)
def test_the_callers_address_is_what_our_own_proxies_wrote(proxies, forwarded, expected):
    with override_settings(PROXY_COUNT=proxies):
        assert address_of_client(asked_from("10.0.0.1", forwarded)) == expected


def test_an_address_that_was_made_up_does_not_start_a_new_count():
    def ask(n: int) -> int:
        return search(address="10.0.0.1", **{"x-forwarded-for": f"192.0.2.{n}, {OUTSIDE}"}).status_code

    with few(), override_settings(PROXY_COUNT=1):
        assert [ask(n) for n in range(5)] == [200, 200, 200, 429, 429]


# ── Guessing passwords (allauth counts failures) ─────────────────────────────────────────────────────────────────────


def guess(email: str, address: str = OUTSIDE, password: str = "wrong", **headers: str) -> Any:
    return Client().post("/sign-in/", {"login": email, "password": password}, headers={"host": MARKET, "accept-language": "en", **headers}, REMOTE_ADDR=address)


def may_still_guess(response: Any) -> bool:
    page = response.content.decode()
    assert response.status_code in (200, 429)
    assert ("not correct" in page) != ("Too many failed" in page)
    return "not correct" in page


def test_after_ten_guesses_at_an_account_nobody_guesses_on_from_any_address():
    make.a_buyer("mei@example.com")
    assert [may_still_guess(guess("mei@example.com", f"203.0.113.{n}")) for n in range(12)] == [True] * 10 + [False] * 2
    assert not guess("mei@example.com", "203.0.113.99", "correct horse battery").wsgi_request.user.is_authenticated
    assert may_still_guess(guess("somebody.else@example.com", "203.0.113.99"))


def test_after_ten_guesses_from_an_address_it_guesses_at_no_account():
    assert [may_still_guess(guess(f"{n}@example.com")) for n in range(12)] == [True] * 10 + [False] * 2


def test_behind_a_proxy_callers_do_not_share_their_failures():
    """allauth would count them all as the proxy: ten mistakes anywhere, and nobody in the market could sign in."""
    with override_settings(PROXY_COUNT=1):
        for n in range(12):
            assert may_still_guess(guess(f"{n}@example.com", "10.0.0.1", **{"x-forwarded-for": f"203.0.113.{n}"}))


def test_without_the_address_we_tell_it_allauth_does_count_them_as_one(monkeypatch):
    """The control for the test above."""
    monkeypatch.delattr(Adapter, "get_client_ip")
    with override_settings(PROXY_COUNT=1):
        answers = [may_still_guess(guess(f"{n}@example.com", "10.0.0.1", **{"x-forwarded-for": f"203.0.113.{n}"})) for n in range(11)]
    assert answers == [True] * 10 + [False]


def test_a_wrong_password_and_an_unknown_account_sound_the_same():
    make.a_buyer("mei@example.com")

    def told(email: str) -> str:
        return guess(email).content.decode().split('role="alert"')[1].split("</div>")[0]

    assert told("mei@example.com") == told("nobody@example.com")


# ── The setting ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("factor", "expected"), [("3", 360), ("0", None)])
def test_one_setting_widens_or_lifts_them_all(factor, expected):
    program = "from marketplace.config import settings as s; print(s.RATE_LIMITS.get('search', {}).get('person'))"
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "RATE_LIMIT_FACTOR": factor}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(expected)
