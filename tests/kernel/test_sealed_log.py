"""Tampering with the log shows: every row that was edited, deleted, moved or slipped in is named, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, connections, transaction

from launch.paths import ROOT
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent, AuditLink, AuditSeal, Sealer
from marketplace.kernel.sealing import MARKET, keep_sealing, seal_all
from marketplace.kernel.verifying import Kind, verify
from tests.databases import MERCHANTS
from tests.running import until

pytestmark = pytest.mark.usefixtures("own_database")
A = MERCHANTS["a"]


def write(n: int = 1, merchant_id: UUID | None = A, what: str = "") -> list[UUID]:
    """Rows of one change; their keys."""
    mark = what or uuid4().hex
    with transaction.atomic():
        for at in range(n):
            audit(by=SYSTEM, action="test.done", subject="test", subject_id=mark, merchant_id=merchant_id, before={"n": at}, after={"n": at + 1, "字": "改"})
    return list(AuditEvent.objects.filter(subject_id=mark).order_by("id").values_list("id", flat=True))


def tamper(*statements: str) -> None:
    """As somebody who owns the database, past every trigger and reference."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement


def found(**options) -> list[tuple[str, str]]:
    """(kind, key of the row) of everything the verifier names."""
    return [(one.kind.value, one.event_id) for one in verify(**options).findings]


@pytest.fixture(autouse=True)
def whole():
    """Each test begins with a log that is whole, and leaves the tables as new."""
    seal_all()
    assert found() == []
    yield
    tamper("DELETE FROM kernel_auditlink", "DELETE FROM kernel_auditseal", "DELETE FROM kernel_sealer")


def swap_keys(table: str, column: str, one: object, other: object) -> list[str]:
    """Statements that let two rows change their keys."""
    spare = uuid4()
    return [f"UPDATE {table} SET {column} = '{new}' WHERE {column} = '{old}'" for old, new in ((one, spare), (other, one), (spare, other))]


# ── Sealing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    assert found() == [("unsealed", str(missed.pk))]


def test_a_change_that_is_rolled_back_leaves_neither_row_nor_link():
    before = AuditLink.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit(by=SYSTEM, action="test.done", subject="test", subject_id="undone")
        raise ZeroDivisionError
    assert seal_all() == 0 and AuditLink.objects.count() == before


def test_two_sealers_at_once_make_one_chain():
    """Four of them, over and over, while four writers commit."""
    stop, failed, written = threading.Event(), [], []

    def sealing():
        try:
            while not stop.is_set():
                seal_all(at_once=7)
        except Exception as error:  # noqa: BLE001  told below
            failed.append(error)
        finally:
            connections.close_all()

    def writing():
        for n in range(25):
            written.extend(write(3, A if n % 2 else None))
        connections.close_all()

    sealers, writers = [[threading.Thread(target=do) for _n in range(4)] for do in (sealing, writing)]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    seal_all()
    assert failed == [] and len(written) == 300
    assert AuditLink.objects.filter(event_id__in=written).count() == 300
    assert found() == []
    for log in (A, MARKET):
        numbers = list(AuditSeal.objects.filter(log=log).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


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
    seal_all()
    assert AuditLink.objects.filter(event_id__in=keys).count() == 10 and found() == []


def test_rows_of_a_database_restored_into_another_cluster_are_looked_at_once_and_sealing_goes_on():
    old, new = write(2), write(1)
    seal_all()
    # As pg_restore leaves it: the old rows bear numbers this cluster has yet to reach, and the sealer's place is of the other.
    tamper(f"UPDATE kernel_auditevent SET tx = tx + 4000000 WHERE id = '{old[0]}'", "UPDATE kernel_sealer SET cluster = 'another', reached = 4000000")
    tamper(f"DELETE FROM kernel_auditlink WHERE event_id = '{old[0]}'")  # as if it had not been sealed yet when the backup was made
    assert seal_all() == 1
    assert Sealer.objects.get().reached < 4_000_000
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


# ── Verifying ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rows", [600, pytest.param(10_000, marks=pytest.mark.long)])
def test_among_many_rows_one_edited_one_deleted_and_two_that_changed_places_are_each_named(rows):
    keys = [key for n in range(rows // 200) for key in write(200, A if n % 3 else None)]
    seal_all(at_once=300)
    assert found() == []  # the control: nobody touched it

    edited, deleted, one, other = keys[7], keys[rows // 2], keys[rows // 3 + 1], keys[rows // 3 + 40]
    tamper(f"UPDATE kernel_auditevent SET after = jsonb_set(after, '{{n}}', '99') WHERE id = '{edited}'")
    assert found() == [("edited", str(edited))]
    tamper(f"DELETE FROM kernel_auditevent WHERE id = '{deleted}'")
    assert sorted(found()) == [("deleted", str(deleted)), ("edited", str(edited))]
    tamper(*swap_keys("kernel_auditevent", "id", one, other))
    assert set(found()) == {("deleted", str(deleted)), ("edited", str(edited)), ("reordered", str(one)), ("reordered", str(other))}
    assert len(found()) == 4
    verdict = verify()
    assert verdict.rows >= rows and verdict.rows_per_s > 0


@pytest.mark.parametrize("column", ["at", "merchant_id", "actor_label", "on_behalf_of", "action", "subject_id", "before", "why", "request_id", "address", "tx"])
def test_a_change_of_any_field_is_an_edit(column):
    values = {"at": "at + interval '1 second'", "merchant_id": f"'{MERCHANTS['b']}'", "on_behalf_of": f"'{uuid4()}'", "before": "NULL", "tx": "tx + 1"}
    (key,) = write()
    seal_all()
    value = values.get(column, "'x'")
    tamper(f"UPDATE kernel_auditevent SET {column} = {value} WHERE id = '{key}'")
    assert found() == [("edited", str(key))]


def test_rows_whose_links_changed_places_are_named_within_a_seal_and_across_seals():
    first = write(3)
    seal_all()
    second = write(3)
    seal_all()
    for one, other in ((first[0], first[2]), (first[1], second[0])):
        moved = {("reordered", str(one)), ("reordered", str(other))}
        rows = swap_keys("kernel_auditlink", "event_id", one, other)
        tamper(*rows)  # each row stands at the other's place
        assert set(found()) == moved and len(found()) == 2
        (here, there), digest = (bytes(AuditLink.objects.get(event_id=key).digest).hex() for key in (one, other)), "UPDATE kernel_auditlink SET digest ="
        with_digest = (f"{digest} '\\x{there}' WHERE event_id = '{one}'", f"{digest} '\\x{here}' WHERE event_id = '{other}'")
        tamper(*with_digest)  # and with its digest, which the seals' hashes show too
        assert {one for one in found() if one[0] != "broken"} == moved and len(found()) > 2
        tamper(*rows)  # only the digests changed places
        assert {one for one in found() if one[0] != "broken"} == moved
        tamper(*with_digest)
        assert found() == []


def test_a_row_moved_to_another_key_is_named_as_moved():
    keys, new = write(3), uuid4()
    seal_all()
    tamper(f"UPDATE kernel_auditevent SET id = '{new}' WHERE id = '{keys[1]}'")
    assert [(one.kind, one.event_id, one.note) for one in verify().findings] == [(Kind.REORDERED, str(new), str(keys[1]))]


def test_a_row_slipped_in_with_an_old_transaction_is_found_unsealed():
    write()
    seal_all()
    key = uuid4()
    tamper(
        "INSERT INTO kernel_auditevent (id, at, actor_kind, actor_label, action, subject_type, subject_id, why, request_id, address, tx)"
        f" VALUES ('{key}', now() + interval '1 day', 'system', 'x', 'x.y', 'x', '1', '', '', '', 1)"
    )
    assert seal_all() == 0 and found() == [("unsealed", str(key))]


def test_rows_that_wait_longer_than_a_minute_for_a_sealer_are_found_and_younger_ones_are_not():
    (key,) = write()
    assert found() == []
    Sealer.objects.update(at=clock.now() - timedelta(minutes=5))
    assert found() == []
    tamper(f"UPDATE kernel_auditevent SET at = at - interval '2 minutes' WHERE id = '{key}'")
    assert found() == [("unsealed", str(key))]
    seal_all()
    assert found() == []


def test_a_digest_made_anew_breaks_the_seal_and_a_seal_made_anew_breaks_the_chain():
    from marketplace.kernel.sealing import FIELDS, digest_of, hash_of

    (key,) = write()
    seal_all()
    write()
    seal_all()
    link = AuditLink.objects.select_related("seal").get(event_id=key)
    tamper(f"UPDATE kernel_auditevent SET why = 'another' WHERE id = '{key}'")
    digest = digest_of(AuditEvent.objects.values_list(*FIELDS).get(pk=key), A, link.seal.number, link.position)
    tamper(f"UPDATE kernel_auditlink SET digest = '\\x{digest.hex()}' WHERE event_id = '{key}'")
    assert [(one.kind, one.number, one.note) for one in verify().findings] == [(Kind.BROKEN, link.seal.number, "rows")]
    tamper(f"UPDATE kernel_auditseal SET hash = '{hash_of(link.seal, [digest])}' WHERE id = {link.seal_id}")
    assert [(one.kind, one.number, one.note) for one in verify().findings] == [(Kind.BROKEN, link.seal.number + 1, "previous")]


def test_seals_that_are_missing_are_a_gap_and_their_rows_are_without_a_seal():
    for _n in range(3):
        write()
        seal_all()
    middle = AuditSeal.objects.filter(log=A).order_by("-number")[1]
    key = middle.links.get().event_id
    tamper(f"DELETE FROM kernel_auditseal WHERE id = {middle.pk}")
    assert [(one.kind, one.number, one.note) for one in verify().findings if one.kind == Kind.GAP] == [(Kind.GAP, middle.number, str(middle.number))]
    assert ("unsealed", str(key)) in found()


# ── The command, and heads that are kept elsewhere ───────────────────────────────────────────────────────────────────


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_log", *arguments, stdout=out)
    return out.getvalue()


def test_a_log_cut_off_at_its_end_differs_from_the_heads_that_were_kept(tmp_path):
    write()
    seal_all()
    kept = tmp_path / "heads.txt"
    kept.write_text(told("--heads"))
    (key,) = write()
    seal_all()
    assert "nothing was changed" in told("--expect", str(kept))
    kept.write_text(told("--heads"))
    newest = AuditSeal.objects.filter(log=A).latest("number")
    tamper(
        f"DELETE FROM kernel_auditevent WHERE id = '{key}'",
        f"DELETE FROM kernel_auditlink WHERE event_id = '{key}'",
        f"DELETE FROM kernel_auditseal WHERE id = {newest.pk}",
    )
    assert "nothing was changed" in told()  # whole in itself
    with pytest.raises(CommandError, match="1 finding"):
        told("--expect", str(kept))


def test_the_command_names_rows_and_fails_when_something_is_found():
    keys = write(2)
    seal_all()
    tamper(f"DELETE FROM kernel_auditevent WHERE id = '{keys[0]}'")
    out = StringIO()
    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_log", stdout=out)
    assert f"deleted  {A}" in out.getvalue() and str(keys[0]) in out.getvalue() and "rows a second" in out.getvalue()


@pytest.mark.parametrize("text", ["nonsense", "01900000-0000-7000-8000-00000000000a one abc", "x 1 " + "0" * 64])
def test_heads_that_cannot_be_read_are_refused_with_their_line(tmp_path, text):
    (tmp_path / "heads.txt").write_text(f"\n{text}\n")
    with pytest.raises(CommandError, match="line 2"):
        told("--expect", str(tmp_path / "heads.txt"))
    with pytest.raises(CommandError, match="cannot be read"):
        told("--expect", str(tmp_path / "absent.txt"))
