"""The log is sealed: every row that was committed, once, in a chain of its log, whoever stops in between."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from django.db import Error, connection, connections, transaction

from launch.paths import ROOT
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent, AuditLink, AuditSeal, Sealer
from marketplace.kernel.sealing import MARKET, keep_sealing, seal_all
from tests.kernel.tampering import A, all_have_ended, forget_seals, found, tamper, write
from tests.running import until

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture(autouse=True)
def whole():
    """Each test begins with a log that is whole, and leaves it without seals."""
    seal_all()
    assert found() == []
    yield
    forget_seals()


def test_each_log_has_seals_of_its_own_numbered_without_a_gap_each_holding_the_hash_before():
    for _round in range(3):
        write(2)
        write(1, None)
        seal_all()
    for log in (A, MARKET):
        seals = list(AuditSeal.objects.filter(log=log).order_by("number"))
        assert [seal.number for seal in seals] == list(range(1, len(seals) + 1)) and len(seals) >= 3
        assert [seal.previous for seal in seals] == ["", *(seal.hash for seal in seals[:-1])]
    assert AuditLink.objects.count() == AuditEvent.objects.count()
    assert seal_all() == 0


def test_more_rows_than_one_transaction_takes_are_all_sealed():
    keys = write(25)
    assert seal_all(at_once=10) == 25
    assert AuditLink.objects.filter(event_id__in=keys).count() == 25 and found() == []


def test_a_change_that_commits_late_is_sealed_too():
    """Its transaction began before others that were committed and sealed meanwhile."""
    begun, go_on, keys = threading.Event(), threading.Event(), []

    def slow():
        with transaction.atomic():
            audit(by=SYSTEM, action="test.late", subject="test", subject_id="late", merchant_id=A)
            begun.set()
            assert go_on.wait(30)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(30)
    keys = write(2)
    assert seal_all() == 2 and seal_all() == 0
    go_on.set()
    thread.join()
    late = AuditEvent.objects.get(action="test.late")
    assert late.tx < AuditEvent.objects.get(pk=keys[0]).tx
    assert seal_all() == 1
    assert AuditLink.objects.filter(event_id=late.pk).exists() and found() == []


def test_a_sealer_that_looked_only_at_what_is_new_would_miss_it():
    """The control of the test above: the same rows, beginning behind the newest transaction instead of the oldest that is open."""
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            audit(by=SYSTEM, action="test.missed", subject="test", subject_id="missed", merchant_id=A)
            begun.set()
            assert go_on.wait(30)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(30)
    (key,) = write()
    seal_all()
    Sealer.objects.update(reached=AuditEvent.objects.get(pk=key).tx)
    go_on.set()
    thread.join()
    missed = AuditEvent.objects.get(action="test.missed")
    assert seal_all() == 0
    all_have_ended()
    assert found() == [("unsealed", str(missed.pk))]


def test_a_change_that_is_rolled_back_leaves_neither_row_nor_link():
    before = AuditLink.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit(by=SYSTEM, action="test.done", subject="test", subject_id="undone")
        raise ZeroDivisionError
    assert seal_all() == 0 and AuditLink.objects.count() == before


KILLED = """
import os, django
django.setup()
from django.db import connection
from marketplace.kernel import sealing
def die(execute, sql, params, many, context):
    if sql.startswith(os.environ["DIE_AT"]):
        os._exit(9)
    return execute(sql, params, many, context)
with connection.execute_wrapper(die):
    sealing.seal_all(at_once=4)
"""


@pytest.mark.parametrize("at", ['INSERT INTO "kernel_auditlink"', 'UPDATE "kernel_sealer"', 'INSERT INTO "kernel_auditseal"'])
def test_a_sealer_killed_between_its_steps_leaves_a_whole_chain_and_the_next_goes_on(at, own_database):
    from tests.servers import database_url

    keys = write(10)
    env = {**os.environ, "DATABASE_URL": database_url(own_database), "DJANGO_SETTINGS_MODULE": "tests.server_settings", "PYTHONPATH": str(ROOT), "DIE_AT": at}
    assert subprocess.run([sys.executable, "-c", KILLED], env=env, cwd=ROOT).returncode == 9
    assert not AuditSeal.objects.filter(links=None).exists()
    until(seal_all, within_s=10, what="sealed: the server frees the lock of the dead one when it notices that it is gone")
    assert AuditLink.objects.filter(event_id__in=keys).count() == 10 and found() == []


def test_rows_of_a_database_restored_into_another_cluster_are_looked_at_once_and_sealing_goes_on():
    old, new = write(2), write(1)
    seal_all()
    # As pg_restore leaves it: the old rows bear numbers this cluster has yet to reach, and the sealer's place is of the other.
    tamper(f"UPDATE kernel_auditevent SET tx = tx + 4000000 WHERE id = '{old[0]}'", "UPDATE kernel_sealer SET cluster = 'another', reached = 4000000")
    tamper(f"DELETE FROM kernel_auditlink WHERE event_id = '{old[0]}'")  # as if it had not been sealed yet when the backup was made
    assert seal_all() == 1
    assert Sealer.objects.get().reached < AuditEvent.objects.get(pk=old[0]).tx
    new = write(2)
    assert seal_all() == 2
    assert AuditLink.objects.filter(event_id__in=[*old, *new]).count() == 4


def test_seals_and_links_are_only_ever_added():
    write()
    seal_all()
    for change in (
        lambda: AuditSeal.objects.update(count=2),
        lambda: AuditLink.objects.update(position=2),
        lambda: AuditLink.objects.all().delete(),
        lambda: AuditSeal.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(Error, match="only ever added"), transaction.atomic():
            change()


def test_the_sealer_comes_back_by_itself_and_goes_on_after_a_failure(caplog):
    stop = threading.Event()
    thread = threading.Thread(target=keep_sealing, args=(stop, 0.05))
    thread.start()
    try:
        (key,) = write()
        until(lambda: AuditLink.objects.filter(event_id=key).exists(), within_s=10, what="sealed")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE kernel_auditlink RENAME TO away")
        (key,) = write()
        until(lambda: "sealing the log failed" in caplog.text, within_s=10, what="a failure that is told")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO kernel_auditlink")
        until(lambda: AuditLink.objects.filter(event_id=key).exists(), within_s=10, what="sealed after all")
    finally:
        stop.set()
        thread.join()
