"""An import whose worker is killed at half: the next goes on, and nothing is lost or doubled. Real processes, real commits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection, connections

from marketplace.flows.product_files import lanes
from marketplace.flows.product_files.receiving import assign_columns, meanings_of
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.imports.actions import start_import
from marketplace.merchant.imports.models import ImportEffect
from marketplace.merchant.inventory.models import StockMovement
from marketplace.merchant.pricing.models import Price
from marketplace.platform.listings.models import Listing
from search.models import SearchDoc
from tenants.tenancy.schemas import merchant_schema
from tests.databases import admin
from tests.factories import a_picture
from tests.imports.files import A, a_row, an_archive, as_csv, batch, cups, received, states

WORKER = """
import sys
from uuid import UUID
import django
django.setup()
from django.conf import settings
from django.db import connection, connections
settings.DATABASES["default"]["NAME"] = connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from marketplace.flows.product_files import lanes, run
run.TURN_S, run.LANE_S, run.PRODUCTS_AT_ONCE, run.ROWS_READ = 600.0, 600.0, 10, 30  # many batches, so that it is killed between or within some
lanes.LINES = int(sys.argv[5])
from marketplace.kernel.models import OutboxEvent
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.imports.models import ProductImport
from tenants.tenancy.schemas import merchant_schema
merchant_id, import_id, which = UUID(sys.argv[2]), UUID(sys.argv[3]), int(sys.argv[4])
while True:
    with merchant_schema(merchant_id):
        turns = ProductImport.objects.get(pk=import_id).open_turns
    events = [ImportDue.from_body(fact.body) for fact in OutboxEvent.objects.filter(topic="import.due", body__import_id=str(import_id)).order_by("id")]
    for event in [event for event in events if event.turn in turns and event.lane == which]:
        run.run_import(event)
"""


LINES = 20  # of a block, for the workers and for who goes on after them: one may have done its lane before the other began


@pytest.fixture
def killed_at(own_database, django_db_blocker, monkeypatch):
    """Has two workers go on with an import, and kills them once so many rows are `read`, `looked_at` or `settled`."""
    monkeypatch.setattr(lanes, "LINES", LINES)

    def kill(import_id, done, rows):
        command = [sys.executable, "-c", WORKER, own_database, str(A), str(import_id)]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings")}
        workers = [subprocess.Popen([*command, str(which), str(LINES)], env=env) for which in range(2)]
        until = time.monotonic() + 60 + rows / 20  # in batches of ten
        while getattr(batch(import_id), done) < rows:
            assert not any(worker.poll() for worker in workers) and time.monotonic() < until, "it was over before it could be killed"
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()

    with django_db_blocker.unblock():
        yield kill
        connections.close_all()


def _importing(products: int, killed_at, first: int) -> None:
    cups()
    prefix, half = f"P{first}"[:2], products // 2
    before = AuditEvent.objects.filter(action="stock.counted").count()
    pictures = an_archive({"cup.png": a_picture().getvalue()})
    with merchant_schema(A):
        batch_row = received(as_csv([a_row(n, Pictures="cup.png") for n in range(first, first + products)]), by=SYSTEM, archive=pictures)
        import_id = batch_row.pk
        assign_columns(by=SYSTEM, import_id=import_id, mapping=meanings_of(batch_row), goes="on_sale", counts_stock=False)
    for stage in ("read", "looked_at"):
        killed_at(import_id, stage, half)
        assert half <= getattr(batch(import_id), stage) and batch(import_id).status == "checking"
    deliver_events()
    assert batch(import_id).status == "checked" and states(import_id) == {"good": products}
    with merchant_schema(A):
        start_import(by=SYSTEM, import_id=import_id)
    killed_at(import_id, "settled", half)
    assert half <= batch(import_id).settled < products
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.entered, row.settled) == ("done", products, products) and states(import_id) == {"done": products}
    with merchant_schema(A):
        ours = Product.objects.filter(source_ref__startswith=prefix)
        assert ours.count() == Variant.objects.filter(sku__startswith=prefix).count() == ImportEffect.objects.filter(batch_id=import_id).count() == products
        assert Price.objects.filter(variant__sku__startswith=prefix).count() == products
        assert StockMovement.objects.filter(level__variant__sku__startswith=prefix).count() == products
        keys = set(ours.values_list("pk", flat=True))
    asked = [fact.body for fact in OutboxEvent.objects.filter(topic="import.due", body__import_id=str(import_id))]
    assert sum(body["lanes"] == 2 for body in asked) >= 4, "it was checked and taken over in two lanes"
    assert set(Listing.objects.filter(pk__in=keys, merchant_id=A).values_list("pk", flat=True)) == keys, "each is on the market once"
    assert set(SearchDoc.objects.filter(pk__in=keys).values_list("pk", flat=True)) == keys, "and is found"
    counts = AuditEvent.objects.filter(action="stock.counted").order_by("at").values_list("subject_id", flat=True)[before:]
    assert sum(map(int, counts)) == products


def test_killed_while_read_checked_and_taken_over_it_is_gone_on_with_and_nothing_is_lost_or_doubled(killed_at):
    _importing(120, killed_at, 1_000_000)


@pytest.mark.long
def test_the_same_with_twenty_thousand_products(killed_at):
    _importing(20_000, killed_at, 5_000_000)


def test_the_database_is_our_own(own_database):
    """A control of the tests above: what they commit is not in the database of the others."""
    assert connection.settings_dict["NAME"] == own_database != settings.DATABASES["default"].get("TEMPLATE")
    assert admin(f"select 1 from pg_database where datname = '{own_database}'")
