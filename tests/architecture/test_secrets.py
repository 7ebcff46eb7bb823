"""Secrets are opened in few places, each for a reason; connections to others are opened in few places too. And a dump of the database holds none."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.db import connection

from launch import postgres
from launch.paths import ROOT
from marketplace.flows.account_changes import BankDetails, ask_for_bank_account
from marketplace.flows.approvals import ask_for
from marketplace.flows.pay_out import RELEASE, make_bank_file
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.payments.actions import set_bank_account, show_account_number, take_bank_file
from marketplace.platform.payments.models import PayoutAccount
from tenants.accounts.models import User
from tenants.tenancy.models import Market
from tests import factories as make
from tests.databases import MERCHANTS
from tests.servers import database_url

# Where `.plain()` opens a Secret, and why.
OPENED = {
    "marketplace/kernel/encrypted.py": "encrypts it for another place, and makes fingerprint and last digits",
    "marketplace/flows/account_changes.py": "compares with the account in force, and copies into it",
    "marketplace/flows/pay_out.py": "writes the bank file",
    "marketplace/platform/virtual/actions.py": "shows a code to its buyer on the page of the order, or to the shop, which stands in the log with the reason",
    "marketplace/platform/payments/actions.py": "shows it to somebody, who stands in the log with the reason",
    "marketplace/web/operator/accounts.py": "looks for other shops with the same number, by its fingerprint",
}
# Who opens connections to servers that are not ours.
CONNECTS = {
    "marketplace/kernel/fetching.py": "addresses of others",
    "marketplace/platform/payments/rails/stripe.py": "Stripe, at its own address",
    "marketplace/platform/notices/channels/sms.py": "the SMS provider of the operator's settings",
}
FOLDERS = ("marketplace", "tenants", "storefront", "cms", "search")
PLAIN = re.compile(r"\.plain\(\)")
CONNECTING = re.compile(r"urlopen|http\.client|RequestsClient|\burllib3\b|\bimport requests\b|\bimport httpx\b|create_connection\(")


def files_with(pattern: re.Pattern[str]) -> set[str]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
    return {str(path.relative_to(ROOT)) for path in found if pattern.search(path.read_text())}


def test_secrets_are_opened_in_these_places_only():
    assert files_with(PLAIN) - {"marketplace/kernel/log_checks.py"} == set(OPENED)  # there it is a finding, written as JSON


def test_connections_to_others_are_opened_in_these_places_only():
    assert files_with(CONNECTING) <= set(CONNECTS)


# ── The dump ─────────────────────────────────────────────────────────────────────────────────────────────────────────

IN_FORCE, ASKED, OPEN = "6200011122233344455", "6200099988877766655", "6200055544433322211"


def dump(database: str) -> str:
    done = subprocess.run([postgres.bindir() / "pg_dump", database_url(database), "--data-only", "--inserts"], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def dumped(own_database: str) -> str:
    """Everything that is written about an account: in force, asked for, in a bank file, asked to be released, looked at, told by letter."""
    Market.objects.update(settle_days=0)
    shop = MERCHANTS["a"]
    owner, operator = (make.acting(User.objects.get(email=f"{name}@market.localhost")) for name in ("owner-a", "operator"))
    set_bank_account(by=SYSTEM, merchant_id=shop, holder="Kiln", bank="Bank", number=IN_FORCE)
    mug = make.a_product("a", title="Mug", stock=5)
    payouts = []
    for _time in range(2):
        make.a_completed_group(("a", mug, 1))
        payouts.append(make.settled("a")[0].payouts.get())
    batch = make_bank_file(by=SYSTEM, batch_id=payouts[0].pk, payout_ids=[payouts[0].pk])
    ask_for(by=operator, kind=RELEASE, request_id=payouts[1].pk, order={"batch": str(payouts[1].pk), "payouts": [str(payouts[1].pk)]}, why="x")
    details = BankDetails(holder="Kiln", form="company", bank="Bank", number=ASKED)
    ask_for_bank_account(by=owner, merchant_id=shop, change_id=payouts[0].pk, details=details)
    show_account_number(by=operator, merchant_id=shop, why="a look")
    assert IN_FORCE in take_bank_file(by=operator, batch=batch, why="a file")
    deliver_events()
    with connection.cursor() as cursor:  # the control: the same number where nothing encrypts it
        cursor.execute("update platform_payments_payoutaccount set branch = %s", [OPEN])
    assert PayoutAccount.objects.get(merchant=shop).number.plain() == IN_FORCE
    return dump(own_database)


@pytest.mark.parametrize("canary", [IN_FORCE, ASKED])
def test_a_dump_of_the_whole_database_holds_no_account_number(dumped, canary):
    assert "platform_payments_bankfile" in dumped and "kernel_auditevent" in dumped and "accounts_letter" in dumped
    assert canary not in dumped


def test_control_a_number_that_lay_open_would_be_found(dumped):
    assert OPEN in dumped
