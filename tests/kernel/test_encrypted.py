"""Encrypted fields: opened in their own row and column only, written by save() only, shown by nobody by accident, and carried to new keys."""

from __future__ import annotations

import base64
import json
import pickle
from io import StringIO

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Value

from marketplace.kernel import rotating
from marketplace.kernel.encrypted import DOTS, Secret, prints
from marketplace.kernel.field_keys import KeyMissing, Unreadable, current_key, parse_keys
from marketplace.kernel.plain import plain
from marketplace.platform.payments.models import PayoutAccount
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
NUMBER = "6222021234567890"


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(name.encode() * 32).decode()[:43]}"


def account(merchant_id=A, number=NUMBER) -> PayoutAccount:
    return PayoutAccount.objects.create(merchant_id=merchant_id, holder="Kiln", bank="Bank", number=number)


def stored(row: PayoutAccount, column: str = "number") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from platform_payments_payoutaccount where id = %s", [row.pk])
        return str(cursor.fetchone()[0])


def put(row: PayoutAccount, sealed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update platform_payments_payoutaccount set number = %s where id = %s", [sealed, row.pk])


class TestWhatLiesInTheDatabase:
    def test_it_is_encrypted_and_read_again(self):
        row = account()
        assert stored(row).startswith("enc:1:tests:") and NUMBER not in stored(row)
        again = PayoutAccount.objects.get()
        assert (again.number.plain(), again.tail, again.masked) == (NUMBER, "7890", "•••• 7890")

    def test_the_same_text_never_lies_there_twice_the_same_way(self):
        assert stored(account(A)) != stored(account(B))

    def test_what_is_not_changed_is_not_written_anew(self):
        row = account()
        before = stored(row)
        again = PayoutAccount.objects.get()
        again.bank = "Another"
        again.save()
        assert stored(row) == before

    def test_a_value_moved_to_another_row_does_not_open(self):
        mine, other = account(A), account(B, "6222020000000000")
        put(other, stored(mine))
        with pytest.raises(Unreadable):
            PayoutAccount.objects.get(merchant=B).number.plain()
        assert PayoutAccount.objects.get(merchant=A).number.plain() == NUMBER

    @pytest.mark.parametrize("text", [NUMBER, "enc:1:tests:", "enc:1:tests:AAAA", "enc:1:tests:%%%", "enc:2:tests:AAAA"])
    def test_a_value_written_there_by_hand_does_not_open(self, text):
        row = account()
        put(row, text)
        with pytest.raises(Unreadable) as refused:
            PayoutAccount.objects.get().number.plain()
        assert NUMBER not in str(refused.value)

    def test_a_changed_byte_is_found(self):
        row = account()
        sealed = stored(row)
        put(row, sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"))
        with pytest.raises(Unreadable):
            PayoutAccount.objects.get().number.plain()

    def test_a_secret_of_one_row_given_to_another_is_encrypted_for_that(self):
        mine, other = account(A), account(B, "6222020000000000")
        other.number = PayoutAccount.objects.get(pk=mine.pk).number
        other.save()
        assert PayoutAccount.objects.get(merchant=B).number.plain() == NUMBER

    def test_empty_is_empty(self):
        row = PayoutAccount.objects.create(merchant_id=A, kind="stripe", stripe_account="acct_1")
        assert stored(row) == stored(row, "number_print") == ""
        assert not PayoutAccount.objects.get().number

    def test_a_short_text_has_no_tail(self):
        assert account(number="1234567").masked == ""


class TestWhoCannotReadIt:
    def test_nothing_prints_it(self):
        row = account()
        secret, fresh = PayoutAccount.objects.get().number, Secret(plain=NUMBER)
        for held in (secret, fresh):
            assert str(held) == repr(held) == f"{held}" == DOTS
        assert NUMBER not in repr(row.__dict__) and NUMBER not in str(PayoutAccount.objects.values()) + str(list(PayoutAccount.objects.values_list()))
        assert NUMBER not in json.dumps(plain({"number": str(secret)}))

    def test_it_is_not_put_into_a_cache_or_a_message(self):
        for held in (account(), PayoutAccount.objects.get(), Secret(plain=NUMBER)):
            with pytest.raises(TypeError):
                pickle.dumps(held)

    def test_nothing_is_found_by_it_and_nothing_writes_it_past_its_row(self):
        row = account()
        with pytest.raises(FieldError):
            PayoutAccount.objects.filter(number=NUMBER)
        for write in (
            lambda: PayoutAccount.objects.update(number=NUMBER),
            lambda: PayoutAccount.objects.update(number=Value(NUMBER, output_field=PayoutAccount._meta.get_field("number"))),
            lambda: PayoutAccount.objects.bulk_update([row], ["number"]),
        ):
            with pytest.raises(TypeError):
                write()

    def test_equal_ones_are_found_by_their_fingerprint(self):
        account(A), account(B)
        assert PayoutAccount.objects.filter(number_print__in=prints(PayoutAccount, "number", NUMBER)).count() == 2
        assert not PayoutAccount.objects.filter(number_print__in=prints(PayoutAccount, "number", "6222020000000000")).exists()


class TestKeys:
    def test_a_key_that_is_missing_is_named(self, settings):
        account()
        settings.FIELD_KEYS = key("k2")
        with pytest.raises(KeyMissing, match="tests"):
            PayoutAccount.objects.get().number.plain()
        assert rotating.missing_keys() == ["tests"]

    def test_everything_is_laid_under_the_new_key_while_both_are_read(self, settings):
        rows = [account(A), account(B)]
        old = settings.FIELD_KEYS
        settings.FIELD_KEYS = f"{key('k2')},{old}"
        assert [row.number.plain() for row in PayoutAccount.objects.all()] == [NUMBER, NUMBER]
        assert PayoutAccount.objects.filter(number_print__in=prints(PayoutAccount, "number", NUMBER)).count() == 2
        said = StringIO()
        call_command("rotate_keys", "--batch", "1", stdout=said)
        assert "platform_payments_payoutaccount.number: 2 renewed" in said.getvalue() and "under k2: 2 (the current one)" in said.getvalue()
        settings.FIELD_KEYS = key("k2")
        assert [row.number.plain() for row in PayoutAccount.objects.all()] == [NUMBER, NUMBER]
        assert all(stored(row).startswith("enc:1:k2:") and stored(row, "number_print").startswith("k2:") for row in rows)
        assert PayoutAccount.objects.filter(number_print__in=prints(PayoutAccount, "number", NUMBER)).count() == 2

    def test_stopped_in_the_middle_it_goes_on(self, settings):
        account(A), account(B)
        settings.FIELD_KEYS = f"{key('k2')},{settings.FIELD_KEYS}"
        column = next(each for each in rotating.columns() if each.model is PayoutAccount)
        assert next(rotating.renew(column, most=1)) == 1
        assert rotating.keys_in_use() == {"k2": 1, "tests": 1}
        call_command("rotate_keys", stdout=StringIO())
        assert rotating.keys_in_use() == {"k2": 2}

    def test_a_value_that_somebody_writes_meanwhile_is_left_to_them(self, settings):
        row = account()
        sealed = stored(row)
        column = next(each for each in rotating.columns() if each.model is PayoutAccount)
        row.number = "6222029999999999"
        row.save()
        settings.FIELD_KEYS = f"{key('k2')},{settings.FIELD_KEYS}"
        assert rotating._renewed(column, row.pk, sealed) == 0
        assert PayoutAccount.objects.get().number.plain() == "6222029999999999"

    def test_it_does_not_finish_while_a_process_still_writes_under_the_old_key(self, settings, monkeypatch):
        account(A)
        old = settings.FIELD_KEYS
        settings.FIELD_KEYS = f"{key('k2')},{old}"
        monkeypatch.setattr("marketplace.kernel.management.commands.rotate_keys.columns", list)  # as if it was written right after
        with pytest.raises(CommandError, match="1 under tests"):
            call_command("rotate_keys", stdout=StringIO())
        assert current_key().id == "k2"

    def test_without_the_old_key_it_does_not_begin(self, settings):
        account(A)
        settings.FIELD_KEYS = key("k2")
        with pytest.raises(CommandError, match="FIELD_KEYS lacks tests"):
            call_command("rotate_keys", stdout=StringIO())

    def test_a_key_is_not_printed(self):
        (found,) = parse_keys(key("k2"))
        assert "k2k2" not in repr(found) and repr(found) == "<FieldKey k2>"


def test_every_encrypted_column_has_a_key_of_ours():
    """Its place is known before the row is written: UUIDs."""
    assert {column.name for column in rotating.columns()} == {
        "platform_payments_accountchange.number",
        "platform_payments_bankfile.content",
        "platform_payments_payoutaccount.number",
        "platform_virtual_code.text",
        "platform_virtual_voucher.text",
    }
    assert all(column.model._meta.pk.get_default() is not None or column.model._meta.pk.remote_field for column in rotating.columns())
