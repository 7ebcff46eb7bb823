"""Buyers who are signed in and stand at the checkout, and press the button at the same moment."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from marketplace.platform.cart.queries import view_cart
from tests import factories as make
from tests.running import RunningMarket

CSRF = "a" * 32


@dataclass
class Ready:
    """A buyer with a full cart: what their browser would send."""

    cookie: str
    form: dict[str, str]


@dataclass
class Answer:
    status: int
    location: str
    body: str

    @property
    def placed(self) -> bool:
        return self.status == 302 and self.location.startswith("/pay/")


def at_the_checkout(*wanted, buyer=None) -> Ready:
    """A new buyer with (shop letter, product, quantity) in the cart, or (shop letter, product, quantity, wishes)."""
    make.commission()
    buyer = buyer or make.a_buyer()
    cart = make.a_cart(buyer, *wanted)
    address_id = make.an_address(buyer)
    form = {"csrfmiddlewaretoken": CSRF, "key": str(uuid4()), "address": str(address_id), "total": str(view_cart(cart, "CNY").total.minor), "accepts": "1"}
    return Ready(session_of(buyer), form)


def session_of(person) -> str:
    """The cookies of somebody who is signed in and reads English."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY], session[HASH_SESSION_KEY] = (
        str(person.pk),
        settings.AUTHENTICATION_BACKENDS[0],
        person.get_session_auth_hash(),
    )
    session.create()
    return f"session={session.session_key}; csrf={CSRF}; language=en"


def place(market: RunningMarket, ready: Ready) -> Answer:
    line = http.client.HTTPConnection("127.0.0.1", market.port, timeout=60)
    try:
        headers = {"Host": f"market.localhost:{market.port}", "Cookie": ready.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", "/checkout/place/", urlencode(ready.form), headers)
        response = line.getresponse()
        return Answer(response.status, response.getheader("Location", ""), response.read().decode(errors="replace"))
    finally:
        line.close()


def all_at_once(market: RunningMarket, buyers: list[Ready]) -> list[Answer]:
    """Everybody presses the button at the same moment."""
    start = threading.Barrier(len(buyers))
    answers: list[Answer] = [None] * len(buyers)  # type: ignore[list-item]

    def press(n: int) -> None:
        start.wait()
        answers[n] = place(market, buyers[n])

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(buyers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
