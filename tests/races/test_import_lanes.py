"""Two lanes of one import, and who stops it while a batch is at work: on a real database, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connections, transaction

from marketplace.flows.product_files import lanes, run
from marketplace.flows.product_files.receiving import assign_columns, meanings_of
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import deliver_events, fan_out, lease, perform
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.imports.access import locked_import
from marketplace.merchant.imports.actions import start_import, stop_import
from marketplace.merchant.imports.events import ImportDue
from marketplace.platform.taxonomy.models import OwnCategory
from marketplace.platform.taxonomy.own_categories import note_own_categories
from tenants.tenancy.schemas import merchant_schema
from tests.imports.files import A, a_row, as_csv, batch, checked, cups, imported, received, states
from tests.running import until

pytestmark = pytest.mark.usefixtures("own_database")
ROWS = 40  # in blocks of ten lines: lines 2–9 and 20–29 and 40–41 are of the first lane


@pytest.fixture
def divided(monkeypatch) -> Callable[[int], UUID]:
    """Products that are there already get other prices by a file whose taking over has just been divided."""
    monkeypatch.setattr(lanes, "LINES", 10)
    monkeypatch.setattr(run, "PRODUCTS_AT_ONCE", 5)
    monkeypatch.setattr(run, "LANE_S", 60.0)

    def make(first: int) -> UUID:
        cups()
        numbers = range(first, first + ROWS)
        imported(as_csv([a_row(n) for n in numbers]), by=SYSTEM)
        import_id = checked(as_csv([a_row(n, **{"Title in English": f"Anew {n}"}) for n in numbers]), by=SYSTEM)
        with merchant_schema(A):
            start_import(by=SYSTEM, import_id=import_id)
        fan_out()
        (turn,) = lease()
        assert perform(turn.delivery_id) and len(batch(import_id).open_turns) == 2
        return import_id

    return make


def in_a_thread(act: Callable[[], object]) -> threading.Thread:
    def acting() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=acting)
    thread.start()
    return thread


@contextmanager
def both_at_work(import_id: UUID, first: int) -> Iterator[list[threading.Thread]]:
    """Both lanes are gone on with while the first product of the first lane is held by somebody else, who lets go at the end."""
    fan_out()
    both = lease()
    assert len(both) == 2
    with merchant_schema(A), transaction.atomic():
        Product.objects.select_for_update().get(source_ref=f"P{first}")
        threads = [in_a_thread(lambda one=one: perform(one.delivery_id)) for one in both]
        until(lambda: sum(thread.is_alive() for thread in threads) == 1, within_s=20, what="one lane to be done")
        yield threads
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()


def titles(first: int) -> dict[str, int]:
    with merchant_schema(A):
        rows = Product.objects.filter(source_ref__in=[f"P{n}" for n in range(first, first + ROWS)])
        said = [row.titles["en"].split()[0] for row in rows]
    return {word: said.count(word) for word in sorted(set(said))}


def test_a_batch_that_waits_holds_up_its_own_lane_alone(divided):
    import_id = divided(1_000)
    with both_at_work(import_id, 1_000):
        row = batch(import_id)
        assert row.status == "applying" and row.settled == states(import_id)["done"] == 20, "the other lane has done its half"
        assert len(row.open_turns) == 1
    row = batch(import_id)
    assert (row.status, row.settled, row.changed) == ("done", ROWS, ROWS) and states(import_id) == {"done": ROWS}
    assert titles(1_000) == {"Anew": ROWS}


def test_who_stops_it_does_not_wait_and_the_batch_at_work_takes_itself_back(divided):
    import_id = divided(2_000)

    def stop() -> None:
        with merchant_schema(A):
            stop_import(by=SYSTEM, import_id=import_id)

    def take() -> None:
        with merchant_schema(A), transaction.atomic():
            locked_import(import_id)

    with both_at_work(import_id, 2_000):
        stopping = in_a_thread(stop)
        stopping.join(timeout=8)
        assert not stopping.is_alive() and batch(import_id).status == "stopped"
        taking = in_a_thread(take)
        taking.join(timeout=0.7)
        assert taking.is_alive(), "whoever wants it for themselves waits for the batch: it is at work"
    taking.join(timeout=10)
    assert not taking.is_alive()
    row = batch(import_id)
    assert row.settled == row.changed == 20 and states(import_id) == {"done": 20, "good": 20}
    assert titles(2_000) == {"Anew": 20, "Cup": 20}, "nothing came after it was stopped"
    with merchant_schema(A):
        start_import(by=SYSTEM, import_id=import_id)
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.settled, row.changed) == ("done", ROWS, ROWS) and titles(2_000) == {"Anew": ROWS}


def test_a_check_done_twice_at_once_looks_at_every_row_once(divided, monkeypatch):
    monkeypatch.setattr(lanes, "LINES", 10)
    monkeypatch.setattr(run, "PRODUCTS_AT_ONCE", 5)
    with merchant_schema(A):
        row = received(as_csv([a_row(n) for n in range(4_000, 4_000 + ROWS)]), by=SYSTEM)
        assign_columns(by=SYSTEM, import_id=row.pk, mapping=meanings_of(row), goes="draft", counts_stock=False)
    fan_out()
    assert perform(lease()[0].delivery_id), "it is read"
    fan_out()
    assert perform(lease()[0].delivery_id) and len(batch(row.pk).open_turns) == 2, "and divided"
    fan_out()
    both_twice_at_once([sending.delivery_id for sending in lease()])
    deliver_events()
    row = batch(row.pk)
    assert (row.status, row.looked_at) == ("checked", ROWS) and states(row.pk) == {"good": ROWS}


def test_two_lanes_that_meet_a_new_name_of_a_category_count_it_together():
    def note(**names: int) -> None:
        note_own_categories(by=SYSTEM, merchant_id=A, names=names)

    with transaction.atomic():
        note(New=2, Newer=1)
        other = in_a_thread(lambda: note(Newer=4, New=3))
        other.join(timeout=0.7)
        assert other.is_alive(), "it waits for the first"
    other.join(timeout=10)
    assert dict(OwnCategory.objects.filter(merchant_id=A, name__startswith="New").values_list("name", "times")) == {"New": 5, "Newer": 5}


def both_twice_at_once(deliveries: list[UUID]) -> None:
    """Each of these turns by two workers at the same moment."""
    events = [ImportDue.from_body(Delivery.objects.select_related("event").get(pk=key).event.body) for key in deliveries]
    threads = [in_a_thread(lambda event=event: run.run_import(event)) for event in [*events, *events]]
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()


def test_a_turn_done_twice_at_once_counts_its_rows_once(divided):
    import_id = divided(3_000)
    fan_out()
    both_twice_at_once([sending.delivery_id for sending in lease()])
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.settled, row.changed) == ("done", ROWS, ROWS) and titles(3_000) == {"Anew": ROWS}
