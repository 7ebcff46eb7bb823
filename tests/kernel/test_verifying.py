"""Tampering with the log shows: every row that was edited, deleted, moved or slipped in is named, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from marketplace.kernel import clock
from marketplace.kernel.models import AuditEvent, AuditLink, AuditSeal, Sealer
from marketplace.kernel.sealing import FIELDS, digest_of, hash_of, seal_all
from marketplace.kernel.verifying import Kind, verify
from tests.databases import MERCHANTS
from tests.kernel.tampering import A, all_have_ended, forget_seals, found, swap_keys, tamper, write

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture(autouse=True)
def whole():
    """Each test begins with a log that is whole, and leaves it without seals."""
    seal_all()
    assert found() == []
    yield
    forget_seals()


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
    all_have_ended()
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
    all_have_ended()
    assert ("unsealed", str(key)) in found()


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
