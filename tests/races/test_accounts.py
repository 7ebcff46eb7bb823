"""A shop's account changes at the moment its payout is released: it goes to the account that is in force then, and to the one that two people saw.

And two searches for double accounts at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from marketplace.flows.account_changes import BankDetails, ask_for_bank_account, confirm_change, pass_change, put_in_force, stop_change
from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.pay_out import RELEASE
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.approvals.errors import RequestOutdated
from marketplace.platform.ledger.models import Payout
from marketplace.platform.members.doubles import find_doubles
from marketplace.platform.members.models import Double, Profile
from marketplace.platform.payments.actions import set_bank_account
from marketplace.platform.payments.models import AccountChange, AccountRules, BankFile, PayoutAccount
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Market
from tests import factories as make
from tests.databases import MERCHANTS
from tests.races.test_money import at_once

pytestmark = pytest.mark.usefixtures("own_database")
A = MERCHANTS["a"]
OLD, NEW = "6222021234567890", "31006666101880007890"  # the same last digits: a person sees no difference
ROUNDS = 6


@pytest.fixture
def people():
    Market.objects.update(settle_days=0)
    AccountRules.objects.update_or_create(pk=1, defaults={"cooling_days": 1})
    second = ensure_person(by=SYSTEM, email="second@kiln.example", name="Second")
    with transaction.atomic():
        give_role(by=SYSTEM, user_id=second.pk, role="owner", merchant_id=A)
    Membership.objects.filter(user=second).update(since=clock.now() - timedelta(days=30))
    owner, operator = (make.acting(User.objects.get(email=f"{name}@market.localhost")) for name in ("owner-a", "operator"))
    return owner, make.acting(second), operator, make.acting(make.a_second_operator())


def a_change(owner, second, operator) -> AccountChange:
    """Confirmed and passed, and its day of cooling off is over."""
    details = BankDetails(holder="Kiln", form="company", bank="Bank", number=NEW, holder_reason="x")
    row = ask_for_bank_account(by=owner, merchant_id=A, change_id=uuid4(), details=details)
    confirm_change(by=second, merchant_id=A, change_id=row.pk)
    pass_change(by=operator, change_id=row.pk, why="compared", name_why="no dossier")
    AccountChange.objects.filter(pk=row.pk).update(in_force_at=clock.now())
    return row


def test_a_payout_released_while_the_account_changes_goes_where_two_people_saw_it_go_or_nowhere(people):
    owner, second, operator, checker = people
    mug, ends = make.a_product("a", title="Mug", stock=100), set()
    for _round in range(ROUNDS):
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number=OLD)
        make.a_completed_group(("a", mug, 1))
        payout, batch = make.settled("a")[0].payouts.get(), uuid4()
        Payout.objects.filter(pk=payout.pk).update(released_at=None)
        row = a_change(owner, second, operator)
        ask_for(by=operator, kind=RELEASE, request_id=batch, order={"batch": str(batch), "payouts": [str(payout.pk)]}, why="the week")
        acts = [lambda batch=batch: approve(by=checker, request_id=batch), lambda row=row: put_in_force(by=SYSTEM, change_id=row.pk)]
        got = at_once(lambda acts=acts * 2: acts.pop()())
        payout.refresh_from_db()
        assert PayoutAccount.objects.get(merchant=A).number.plain() == NEW
        if any(isinstance(each, RequestOutdated) for each in got):
            assert (payout.status, payout.batch_id) == ("due", None)
            ends.add("refused")
        else:
            assert payout.status == "sent" and OLD in (text := BankFile.objects.get(batch=payout.batch).content.plain()) and NEW not in text
            ends.add("paid to the old one")
    assert ends <= {"refused", "paid to the old one"} and ends


def test_stopped_and_put_in_force_at_once_one_of_both_holds(people):
    owner, second, operator, _checker = people
    for _round in range(ROUNDS):
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number=OLD)
        row = a_change(owner, second, operator)
        acts = [lambda row=row: stop_change(by=owner, change_id=row.pk, why="not us"), lambda row=row: put_in_force(by=SYSTEM, change_id=row.pk)]
        at_once(lambda acts=acts * 2: acts.pop()())
        row.refresh_from_db()
        assert (row.status, PayoutAccount.objects.get(merchant=A).number.plain()) in (("stopped", OLD), ("in_force", NEW))


def test_two_searches_for_doubles_at_once_find_each_pair_once(own_database):
    for n in range(4):
        Profile.objects.create(user=ensure_person(by=SYSTEM, email=f"he{n}@example.com", name="He"), phone="+8613900139000")
    for _round in range(ROUNDS):
        Double.objects.all().delete()
        found = at_once(lambda: find_doubles(by=SYSTEM))
        assert sorted(found) == [0] * (len(found) - 1) + [Double.objects.count()] and Double.objects.count() >= 6
