"""Buyers as processes: each places one order after another, by the product's verbs or through its web server."""

from __future__ import annotations

import multiprocessing
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from bench.measure import own_cpu_s
from bench.visitor import CSRF, Visitor

_processes = multiprocessing.get_context("fork")
Goods = list[list[UUID]]  # variants, shop by shop
People = list[tuple[UUID, UUID]]  # (person, address)


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

    def __init__(self, count: int, goods: Goods, people: People) -> None:
        from django.db import connections

        connections.close_all()  # a forked connection would be spoken to by two
        self._next = _processes.Value("L", 0)
        self._barrier = _processes.Barrier(count)
        self._ends: list[Connection] = []
        self._started = []
        for number in range(count):
            ours, theirs = _processes.Pipe()
            shopper = Shopper(number, goods, people, self._next, self._barrier)
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

    def place(self, at_once: int, seconds: float) -> Worked:
        """Orders over all shops, one after another, by so many buyers at once for so long."""
        return _together(self._tell(at_once, "place", seconds))

    def place_by_web(self, at_once: int, seconds: float, port: int) -> Worked:
        """The same through the web server. Everybody signs in before the time begins."""
        self._tell(at_once, "sign_in", int(20 * seconds))
        return _together(self._tell(at_once, "place_by_web", seconds, port))

    def statements(self) -> int:
        """How many SQL statements an order takes, from the new cart on."""
        return int(self._tell(1, "statements")[0])

    def rush(self, variant_id: UUID) -> tuple[int, list[str]]:
        """All want one piece of the same at the same moment. How many orders came of it, and what failed otherwise than by a refusal."""
        ends = self._tell(len(self._ends), "rush", variant_id)
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
    """One process of buyers: every order is somebody else's, so every cart is new."""

    def __init__(self, number: int, goods: Goods, people: People, next_person: Any, barrier: Any) -> None:
        self.goods, self.people, self.next_person, self.barrier = goods, people, next_person, barrier
        self.dice = random.Random(number)
        self.signed_in: list[tuple[UUID, str]] = []  # (address, session)

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

    def someone(self) -> tuple[UUID, UUID]:
        with self.next_person.get_lock():
            self.next_person.value += 1
            return self.people[self.next_person.value % len(self.people)]

    def basket(self) -> list[UUID]:
        """Four variants: two of one shop, one of each other."""
        chosen = [self.dice.choice(shop) for shop in self.goods]
        twice = self.dice.choice(self.goods)
        return [*chosen, self.dice.choice([variant for variant in twice if variant not in chosen])]

    # ── by verbs ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, seconds: float) -> Worked:
        return _for(seconds, lambda: self._place_order(self.someone(), self.basket()))

    def statements(self) -> int:
        from django.db import connection

        sent: list[str] = []

        def note(execute: Callable[..., Any], sql: str, *about: Any) -> Any:
            sent.append(sql)
            return execute(sql, *about)

        with connection.execute_wrapper(note):
            self._place_order(self.someone(), self.basket())
        return len(sent)

    def rush(self, variant_id: UUID) -> str:
        from marketplace.kernel.errors import MarketError

        finish = self._fill_cart(self.someone(), [variant_id])
        self.barrier.wait()
        try:
            finish()
        except MarketError as refusal:
            return "refused" if refusal.status < 500 else refusal.code
        except Exception as failure:
            return f"{type(failure).__name__}: {failure}".splitlines()[0]
        return "placed"

    def _place_order(self, who: tuple[UUID, UUID], variants: list[UUID]) -> None:
        self._fill_cart(who, variants)()

    def _fill_cart(self, who: tuple[UUID, UUID], variants: list[UUID]) -> Callable[[], object]:
        """A new cart with these in it; what is returned places the order at the total that the cart shows."""
        from marketplace.flows.place_order import place_order
        from marketplace.kernel.actors import Actor
        from marketplace.platform.cart.actions import add_to_cart, cart_of
        from marketplace.platform.cart.queries import view_cart

        person, address_id = who
        by = Actor(kind="person", user_id=person, label="bench")
        cart = cart_of(by=by, cart_id=None)
        for variant_id in variants:
            add_to_cart(by=by, cart=cart, variant_id=variant_id, quantity=1)
        total = view_cart(cart, "CNY").total
        return lambda: place_order(by=by, key=uuid4().hex, cart_id=cart.pk, address_id=address_id, shown_total=total, language="zh-hans")

    # ── through the web server ───────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, count: int) -> None:
        """Sessions as sign-in leaves them: checking passwords is not what is measured."""
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from tenants.accounts.models import User

        for _one in range(count - len(self.signed_in)):
            person, address_id = self.someone()
            session = SessionStore()
            session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person), settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = User.objects.get(pk=person).get_session_auth_hash()
            session.create()
            self.signed_in.append((address_id, str(session.session_key)))

    def place_by_web(self, seconds: float, port: int) -> Worked:
        return _for(seconds, lambda: self._order_by_web(port))

    def _order_by_web(self, port: int) -> None:
        if not self.signed_in:
            raise RuntimeError("more orders than people who had signed in: raise the number in place_by_web()")
        address_id, session = self.signed_in.pop()
        market = f"http://market.localhost:{port}"
        visitor = Visitor(port)
        visitor.cookies["market.localhost"] = {"csrf": CSRF, "language": "en", "session": session}
        for variant_id in self.basket():
            visitor.post(f"{market}/cart/add/", {"variant": str(variant_id), "quantity": "1"}, follow=False)
        shown = visitor.get(f"{market}/checkout/").body
        form = {name: _field(shown, name) for name in ("key", "total")}
        placed = visitor.post(f"{market}/checkout/place/", {**form, "address": str(address_id)}, follow=False)
        if placed.status != 302 or "/pay/" not in placed.url:
            raise RuntimeError(f"not placed: {placed.status}")


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    if not found:
        raise RuntimeError(f"no field {name} on the page")
    return found[1]


def _for(seconds: float, work: Callable[[], object]) -> Worked:
    """Do it again and again for so long; the last one begun is finished. What fails is noted and does not count as done."""
    worked = Worked([], 0.0, 0.0)
    cpu, began = own_cpu_s(), time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        try:
            work()
        except Exception as failure:
            worked.failures.append(f"{type(failure).__name__}: {failure}".splitlines()[0])
        else:
            worked.ms.append(1e3 * (time.monotonic() - now))
    worked.took_s, worked.own_cpu_s = time.monotonic() - began, own_cpu_s() - cpu
    return worked
