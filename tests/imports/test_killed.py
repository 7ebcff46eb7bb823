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

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.imports.actions import start_import
from marketplace.merchant.imports.models import ImportEffect, ProductImport
from marketplace.merchant.inventory.models import StockMovement
from marketplace.merchant.pricing.models import Price
from tenants.tenancy.schemas import merchant_schema
from tests.databases import admin
from tests.imports.files import A, a_row, as_csv, batch, checked, cups, states

WORKER = """
import sys
from uuid import UUID
import django
django.setup()
from django.conf import settings
from django.db import connection, connections
settings.DATABASES["default"]["NAME"] = connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from marketplace.flows.product_files import run
run.TURN_S, run.PRODUCTS_AT_ONCE = 600.0, 10  # many batches, so that it is killed between or within some
from marketplace.merchant.imports.events import ImportDue
run.run_import(ImportDue(merchant_id=UUID(sys.argv[2]), import_id=UUID(sys.argv[3]), turn=int(sys.argv[4])))
"""


@pytest.fixture
def killed_at(own_database, django_db_blocker):
    """Has a worker take over an import, and kills it once so many rows are done."""

    def kill(import_id, rows):
        row = batch(import_id)
        command = [sys.executable, "-c", WORKER, own_database, str(A), str(import_id), str(row.turn)]
        worker = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings")})
        until = time.monotonic() + 60
        while batch(import_id).settled < rows:
            assert worker.poll() is None and time.monotonic() < until, "it was over before it could be killed"
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    with django_db_blocker.unblock():
        yield kill
        connections.close_all()


def _importing(products: int, killed_at, first: int) -> None:
    cups()
    prefix = f"P{first}"[:2]
    before = AuditEvent.objects.filter(action="stock.counted").count()
    import_id = checked(as_csv([a_row(n) for n in range(first, first + products)]))
    with merchant_schema(A):
        start_import(by=SYSTEM, import_id=import_id)
    killed_at(import_id, products // 2)
    half = batch(import_id).settled
    assert products // 2 <= half < products
    deliver_events()
    row = batch(import_id)
    assert (row.status, row.entered, row.settled) == ("done", products, products) and states(import_id) == {"done": products}
    with merchant_schema(A):
        ours = Product.objects.filter(source_ref__startswith=prefix)
        assert ours.count() == Variant.objects.filter(sku__startswith=prefix).count() == ImportEffect.objects.filter(batch_id=import_id).count() == products
        assert Price.objects.filter(variant__sku__startswith=prefix).count() == products
        assert StockMovement.objects.filter(level__variant__sku__startswith=prefix).count() == products
        assert ProductImport.objects.get(pk=import_id).turn > 2
    counts = AuditEvent.objects.filter(action="stock.counted").order_by("at").values_list("subject_id", flat=True)[before:]
    assert sum(map(int, counts)) == products


def test_killed_at_half_it_is_gone_on_with_and_nothing_is_lost_or_doubled(killed_at):
    _importing(120, killed_at, 1_000_000)


@pytest.mark.long
def test_the_same_with_twenty_thousand_products(killed_at):
    _importing(20_000, killed_at, 5_000_000)


def test_the_database_is_our_own(own_database):
    """A control of the tests above: what they commit is not in the database of the others."""
    assert connection.settings_dict["NAME"] == own_database != settings.DATABASES["default"].get("TEMPLATE")
    assert admin(f"select 1 from pg_database where datname = '{own_database}'")
