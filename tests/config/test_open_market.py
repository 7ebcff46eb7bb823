"""From an empty database to a market, by the command a real operator uses."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cms.platform.models import MarketHome, MarketPage
from marketplace.kernel.models import AuditEvent
from marketplace.platform.ledger.models import CommissionRule
from tenants.access.models import UserGroup
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Domain, Market
from tests import databases

PASSWORD = "a kiln on the hill"


@pytest.fixture
def empty_database(request, django_db_setup, django_db_blocker):
    """A database without a single table."""
    name = f"{connection.settings_dict['NAME']}_empty"
    with django_db_blocker.unblock():
        databases.admin(f'drop database if exists "{name}" with (force)')
        databases.admin(f'create database "{name}"')
        with databases.using(name):
            yield name
        databases.drop(name)


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\nthe second line counts for nothing\n")
    return str(file)


def open_it(password_file: str, **changes: object) -> str:
    out = io.StringIO()
    given = {
        "name_zh": "小集",
        "name_en": "Little Market",
        "currency": "cny",
        "zone": "Asia/Shanghai",
        "languages": "en,zh-hans",
        "operator": "Boss@Example.com",
        "contact": "help@example.com",
        "rail": "sandbox",
        "commission": "7.5",
        "password_file": password_file,
        "settle_days": 3,
        **changes,
    }
    call_command("open_market", stdout=out, stderr=out, **{name: value for name, value in given.items() if value is not None})
    return out.getvalue()


def has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        return cursor.fetchone()[0] > 0


def test_an_empty_database_becomes_a_market_with_operator_commission_and_pages(empty_database, password_file):
    said = open_it(password_file)
    market = Market.objects.get()
    assert (market.names, market.currency, market.languages) == ({"zh-hans": "小集", "en": "Little Market"}, "CNY", ["en", "zh-hans"])
    assert (market.hold_minutes, market.receive_days, market.settle_days) == (30, 10, 3)
    operator = User.objects.get()
    assert operator.email == "boss@example.com" and operator.check_password(PASSWORD)
    assert Membership.objects.get().merchant_id is None
    assert UserGroup.objects.get(user=operator).group.name == "operator"
    assert CommissionRule.objects.get().rate == Decimal("0.0750")
    assert set(Domain.objects.values_list("host", "kind")) == {("market.localhost", "market"), ("ops.market.localhost", "console")}
    assert PASSWORD not in said and "boss@example.com" in said


def test_starter_pages_say_in_both_languages_that_they_are_a_beginning(empty_database, password_file):
    open_it(password_file)
    home = MarketHome.objects.get()
    assert home.title_en == "Little Market"
    assert [block.block_type for block in home.blocks][:2] == ["opening", "section"]
    assert set(MarketPage.objects.child_of(home).live().values_list("slug", flat=True)) == {"terms", "privacy", "about", "help", "imprint", "seller-rules"}
    imprint = MarketPage.objects.get(slug="imprint")
    assert (
        "待运营方填写" in imprint.blocks[0].value["text"].texts["zh-hans"] and "To be completed by the operator" in imprint.blocks[0].value["text"].texts["en"]
    )
    terms = MarketPage.objects.get(slug="terms")
    chinese, english = terms.blocks[0].value["text"].texts.values()
    assert "不是法律意见" in chinese and "not legal advice" in english
    assert "小集" in chinese and "Little Market" in english and "3 days later" in english and "{" not in chinese + english


def test_a_second_run_changes_nothing_and_says_so(empty_database, password_file):
    open_it(password_file)
    before = AuditEvent.objects.count()
    with pytest.raises(CommandError, match=r"its market already: .*Nothing was changed"):
        open_it(password_file, name_zh="别的集")
    assert Market.objects.get().names["zh-hans"] == "小集"
    assert AuditEvent.objects.count() == before


def test_all_that_is_missing_is_named_at_once_where_nobody_can_be_asked(empty_database):
    with pytest.raises(CommandError, match=r"^missing: --name-zh --currency --password-file$"):
        open_it(None, name_zh=None, currency=None)
    assert not has_tables()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"currency": "XYZ"}, "--currency XYZ: .*ISO 4217"),
        ({"zone": "Mars/Base"}, "--zone Mars/Base: a time zone of the IANA list"),
        ({"languages": "zh-hans,fr"}, "--languages zh-hans,fr: some of zh-hans, en"),
        ({"rail": "cash"}, "--rail cash: one of .*sandbox"),
        ({"commission": "100"}, "--commission 100: per cent of a sale"),
        ({"operator": "boss"}, "--operator boss: an e-mail address"),
        ({"hold_minutes": "4"}, "--hold-minutes 4: a whole number from 5 to 1440"),
    ],
)
def test_a_wrong_answer_is_refused_before_anything_is_written(empty_database, password_file, change, why):
    with pytest.raises(CommandError, match=why):
        open_it(password_file, **change)
    assert not has_tables()


def test_a_password_that_breaks_the_rules_is_refused_and_never_shown(empty_database, tmp_path):
    file = tmp_path / "weak"
    file.write_text("boss1")
    with pytest.raises(CommandError) as refused:
        open_it(str(file))
    assert "--password-file" in str(refused.value) and "boss1" not in str(refused.value)
    assert not has_tables()


def test_a_database_that_lags_behind_the_code_is_refused(empty_database, password_file):
    from tenants.tenancy.birth import load_public

    load_public()
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'kernel'")
    with pytest.raises(CommandError, match=r"behind the code\. Run: manage\.py migrate_schemas --shared"):
        open_it(password_file)
    assert not Market.objects.exists()


def test_has_market_answers_by_its_exit_code_alone(empty_database, password_file, capsys):
    for expected in (1, 0):
        with pytest.raises(SystemExit) as ended:
            call_command("has_market")
        assert ended.value.code == expected
        assert capsys.readouterr().out == ""
        if expected:
            open_it(password_file, verbosity=0)
