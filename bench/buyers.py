"""Buyers as processes: each places one order after another, by the product's verbs or through its web server."""

from __future__ import annotations

import multiprocessing
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any
from uuid import uuid4

from bench import market
from bench.measure import own_cpu_s
from bench.visitor import CSRF, Page, Visitor

_processes = multiprocessing.get_context("fork")
STRIDE = 7_919  # a prime: who comes next has another basket than who came before


@dataclass
class Worked:
    """What was done: milliseconds of each piece of work, wall seconds, CPU seconds of Python and of the server, and what failed."""

    ms: list[float]
    took_s: float
    own_cpu_s: float
    server_cpu_s: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        return len(self.ms) / self.took_s


class Buyers:
    """So many processes, forked from one where Django is set up; each has a connection of its own."""

    def __init__(self, count: int, goods: market.Goods) -> None:
        from django.db import connections

        connections.close_all()  # a forked connection would be spoken to by two
        next_person = _processes.Value("L", 0)
        barrier = _processes.Barrier(count)
        self._ends: list[Connection] = []
        self._started = []
        for number in range(count):
            ours, theirs = _processes.Pipe()
            shopper = Shopper(number, goods, next_person, barrier)
            process = _processes.Process(target=shopper.serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._ends.append(ours)
            self._started.append(process)

    def __enter__(self) -> Buyers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for end in self._ends:
            end.close()  # which ends the process
        for process in self._started:
            process.join(10)

    def place(self, at_once: int, seconds: float, totals: Sequence[Any]) -> Worked:
        """What lies in carts becomes orders, one after another, by so many buyers at once for so long. `totals`: what each basket costs."""
        return _together(self._tell(at_once, "place", seconds, totals))

    def sell_out(self, at_once: int, totals: Sequence[Any]) -> Worked:
        """The same until every one of them has been refused for want of stock."""
        return _together(self._tell(at_once, "sell_out", totals))

    def place_by_web(self, at_once: int, seconds: float, port: int) -> Worked:
        """From an empty cart to the order, through the web server. Everybody signs in before the time begins."""
        self._tell(at_once, "sign_in", int(30 * seconds))
        return _together(self._tell(at_once, "place_by_web", seconds, port))

    def rush(self, totals: Sequence[Any]) -> tuple[int, list[str]]:
        """All press the button at the same moment. How many orders came of it, and what failed otherwise than by a refusal."""
        ends = self._tell(len(self._ends), "rush", totals)
        return ends.count("placed"), [end for end in ends if end not in ("placed", "refused")]

    def _tell(self, at_once: int, command: str, *about: object) -> list[Any]:
        for end in self._ends[:at_once]:
            end.send((command, *about))
        answers = [end.recv() for end in self._ends[:at_once]]
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return answers


def _together(each: list[Worked]) -> Worked:
    return Worked(
        ms=[ms for one in each for ms in one.ms],
        took_s=max(one.took_s for one in each),
        own_cpu_s=sum(one.own_cpu_s for one in each),
        failures=[failure for one in each for failure in one.failures],
    )


class Shopper:
    """One process of buyers: every order is somebody else's."""

    def __init__(self, number: int, goods: market.Goods, next_person: Any, barrier: Any) -> None:
        self.goods, self.next_person, self.barrier = goods, next_person, barrier
        self.dice = random.Random(number)
        self.signed_in: list[tuple[int, str]] = []  # (person, session)

    def serve(self, end: Connection) -> None:
        while True:
            try:
                command, *about = end.recv()
            except EOFError:
                return
            try:
                end.send(getattr(self, command)(*about))
            except Exception as error:
                end.send(error)

    def someone(self) -> int:
        with self.next_person.get_lock():
            self.next_person.value += 1
            return int(self.next_person.value)

    # ── by verbs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, seconds: float, totals: Sequence[Any]) -> Worked:
        until = time.monotonic() + seconds
        return _while(lambda: time.monotonic() < until, lambda: self._place_next(totals))

    def sell_out(self, totals: Sequence[Any]) -> Worked:
        from marketplace.merchant.inventory.errors import OutOfStock

        is_there = True

        def try_next() -> None:
            nonlocal is_there
            try:
                self._place_next(totals)
            except OutOfStock:
                is_there = False
                raise

        worked = _while(lambda: is_there, try_next)
        worked.failures = [failure for failure in worked.failures if not failure.startswith("OutOfStock")]
        return worked

    def rush(self, totals: Sequence[Any]) -> str:
        from marketplace.kernel.errors import MarketError

        self.barrier.wait()
        try:
            self._place_next(totals)
        except MarketError as refusal:
            return "refused" if refusal.status < 500 else refusal.code
        except Exception as failure:
            return f"{type(failure).__name__}: {failure}".splitlines()[0]
        return "placed"

    def _place_next(self, totals: Sequence[Any]) -> None:
        n = market.FIRST + self.someone() * STRIDE % market.PEOPLE
        market.place(n, totals[market.part_of(n, len(totals))], uuid4().hex)

    # ── through the web server ───────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, count: int) -> None:
        """Sessions as sign-in leaves them: checking passwords is not what is measured."""
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from tenants.accounts.models import User

        for _one in range(count - len(self.signed_in)):
            person = market.WEB_FIRST + self.someone() % market.WEB_PEOPLE
            session = SessionStore()
            session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(market.key_of("person", person)), settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = User.objects.get(pk=market.key_of("person", person)).get_session_auth_hash()
            session.create()
            self.signed_in.append((person, str(session.session_key)))

    def place_by_web(self, seconds: float, port: int) -> Worked:
        until = time.monotonic() + seconds
        return _while(lambda: time.monotonic() < until, lambda: self._order_by_web(port))

    def _order_by_web(self, port: int) -> None:
        """As a browser does it: four times "put into the cart" on a product's page, the cart, the checkout, the order."""
        if not self.signed_in:
            raise RuntimeError("more orders than people who had signed in: raise the number in place_by_web()")
        person, session = self.signed_in.pop()
        base = f"http://market.localhost:{port}"
        visitor = Visitor(port)
        visitor.cookies["market.localhost"] = {"csrf": CSRF, "language": "en", "session": session}
        for _merchant_id, variant_id in market.four_of(self.goods.shops, self.dice):
            _good(visitor.post(f"{base}/cart/add/", {"variant": str(variant_id), "quantity": "1"}, by_htmx=True))
        _good(visitor.get(f"{base}/cart/"))
        shown = _good(visitor.get(f"{base}/checkout/"))
        form = {name: _field(shown, name) for name in ("key", "total")}
        placed = visitor.post(f"{base}/checkout/place/", {**form, "address": str(market.key_of("address", person))}, follow=False)
        if placed.status != 302 or "/pay/" not in placed.url:
            raise RuntimeError(f"not placed: {placed.status}")


def _good(page: Page) -> str:
    if page.status != 200:
        raise RuntimeError(f"{page.status} at {page.url}")
    return page.body


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    if not found:
        raise RuntimeError(f"no field {name} on the page")
    return found[1]


def _while(goes_on: Callable[[], bool], work: Callable[[], object]) -> Worked:
    """Do it again and again; the last one begun is finished. What fails is noted and does not count as done."""
    worked = Worked([], 0.0, 0.0)
    cpu, began = own_cpu_s(), time.monotonic()
    while goes_on():
        now = time.monotonic()
        try:
            work()
        except Exception as failure:
            worked.failures.append(f"{type(failure).__name__}: {failure}".splitlines()[0])
        else:
            worked.ms.append(1e3 * (time.monotonic() - now))
    worked.took_s, worked.own_cpu_s = time.monotonic() - began, own_cpu_s() - cpu
    return worked
