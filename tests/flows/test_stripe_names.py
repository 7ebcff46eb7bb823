"""Whose account at Stripe it is: kept whenever Stripe says it, compared with the dossier, and no name passes that nobody has looked at."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from stripe import Account as StripeAccount

from marketplace.flows.account_changes import ask_for_stripe, confirm_change, pass_change
from marketplace.flows.connect import note_account
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.ids import new_id
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.payments.errors import HolderMoved, HolderUnproven
from marketplace.platform.payments.models import AccountChange
from marketplace.platform.payments.rails.port import Account
from marketplace.platform.payments.rails.stripe_reading import account_of
from tenants.accounts.models import User
from tests.flows.letterbox import letters
from tests.flows.test_account_changes import COMPANY, A, ask, colleague, dossier, in_force, later, old, operator, owner

__all__ = ["colleague", "dossier", "old", "operator", "owner"]  # fixtures
pytestmark = pytest.mark.django_db
ACCOUNT, PARENT = "acct_kiln", "某某贸易有限公司"


def asked(by, name="") -> AccountChange:
    return ask_for_stripe(by=by, merchant_id=A, change_id=new_id(), stripe_account=ACCOUNT, holder=name)


def stripe_says(name: str, account: str = ACCOUNT) -> None:
    note_account(by=SYSTEM, merchant_id=A, seen=Account(account, True, True, "", name))
    deliver_events()


def now(row: AccountChange) -> AccountChange:
    return AccountChange.objects.get(pk=row.pk)


def state(row: AccountChange) -> tuple[str, str, str]:
    row = now(row)
    return row.status, row.holder, row.name_is


class TestWhereTheMarketLooksFromTheBeginning:
    """A shop in which nobody else may confirm."""

    def test_the_name_known_at_stripe_is_the_dossiers(self, old, owner, operator):
        row = asked(owner, COMPANY)
        assert state(row) == ("looked_at", COMPANY, "same")
        assert pass_change(by=operator, change_id=row.pk, why="compared", seen=COMPANY).status == "cooling"

    def test_another_name_passes_only_with_a_reason_that_the_log_keeps(self, old, owner, operator):
        row = asked(owner, PARENT)
        assert state(row) == ("looked_at", PARENT, "other")
        with pytest.raises(HolderUnproven):
            pass_change(by=operator, change_id=row.pk, why="compared")
        assert state(row)[0] == "looked_at"
        pass_change(by=operator, change_id=row.pk, why="compared", name_why="a letter of the group")
        event = AuditEvent.objects.get(action="payout_account.change_passed")
        assert (event.why, event.after) == ("compared · a letter of the group", {"status": "cooling", "holder": PARENT, "name": "other"})

    def test_one_that_comes_late_is_kept_and_compared(self, old, owner, operator):
        row = asked(owner)
        assert state(row) == ("looked_at", "", "unknown")
        with pytest.raises(HolderUnproven):
            pass_change(by=operator, change_id=row.pk, why="compared")
        stripe_says(COMPANY)
        assert state(row) == ("looked_at", COMPANY, "same")
        event = AuditEvent.objects.get(action="payout_account.name_seen")
        assert (event.before["holder"], event.after["holder"], event.merchant_id) == ("", COMPANY, A)
        pass_change(by=operator, change_id=row.pk, why="compared")
        later(4)
        assert in_force().is_at_stripe

    def test_one_that_comes_while_the_market_decides_is_looked_at_first(self, old, owner, operator):
        row = asked(owner)
        stripe_says(PARENT)
        with pytest.raises(HolderMoved, match=PARENT):
            pass_change(by=operator, change_id=row.pk, why="compared", name_why="Stripe knows none yet", seen="")
        assert state(row) == ("looked_at", PARENT, "other")

    def test_the_page_shows_it_and_asks_for_the_reason_only_where_the_name_is_not_the_dossiers(self, old, owner):
        row = asked(owner)
        client = Client(headers={"host": "ops.market.localhost", "accept-language": "en"})
        person = User.objects.get(email="operator@market.localhost")
        person.set_password("correct horse battery")
        person.save()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        path, form = f"/payout-accounts/{row.pk}/", {"decision": "pass", "why": "compared", "password": "correct horse battery", "holder": ""}

        def page() -> str:
            return client.get(path).content.decode()

        assert "not known yet" in page() and 'name="name_why"' in page()
        refused = client.post(f"{path}decide/", form)
        assert refused.status_code == 422 and "There is no name to compare with. Say why" in refused.content.decode()
        stripe_says(PARENT)
        assert client.post(f"{path}decide/", {**form, "name_why": "Stripe knows none yet"}).status_code == 409
        assert PARENT in page() and "Another name than in the dossier" in page() and state(row)[0] == "looked_at"
        stripe_says(COMPANY)
        assert "not known yet" not in page() and 'name="name_why"' not in page()
        assert client.post(f"{path}decide/", {**form, "holder": COMPANY}).status_code == 302 and state(row)[0] == "cooling"


class TestWithAColleague:
    def test_the_dossiers_name_spares_the_market_if_it_comes_before_the_colleague(self, old, owner, colleague):
        row = asked(owner)
        stripe_says(COMPANY)
        assert confirm_change(by=colleague, merchant_id=A, change_id=row.pk).status == "cooling"

    def test_one_that_comes_after_the_colleague_is_kept_and_the_market_still_looks(self, old, owner, colleague, operator):
        row = asked(owner)
        assert confirm_change(by=colleague, merchant_id=A, change_id=row.pk).status == "looked_at"
        stripe_says(PARENT)
        assert state(row) == ("looked_at", PARENT, "other")
        with pytest.raises(HolderUnproven):
            pass_change(by=operator, change_id=row.pk, why="compared")

    def test_another_name_in_the_days_of_cooling_off_brings_it_back_to_the_market(self, old, owner, colleague, operator):
        row = asked(owner, COMPANY)
        assert confirm_change(by=colleague, merchant_id=A, change_id=row.pk).status == "cooling"
        stripe_says(COMPANY)
        assert state(row) == ("cooling", COMPANY, "same")
        stripe_says(PARENT)
        stripe_says(PARENT)
        assert state(row) == ("looked_at", PARENT, "other")
        assert [letter.to for letter in letters("payout_account_look")] == ["operator@market.localhost"]
        told = letters("payout_account_looked_at_again")
        assert {letter.to for letter in told} >= {"owner-a@market.localhost"} and "不再有效" in told[0].text
        later(4)
        assert in_force().kind == "bank"
        pass_change(by=operator, change_id=row.pk, why="compared", name_why="a letter of the group")
        assert (now(row).status, now(row).looked_by_id) == ("cooling", operator.user_id)
        later(4)
        assert in_force().is_at_stripe

    def test_what_was_passed_without_a_name_is_looked_at_again_when_another_comes_and_expires_if_nobody_does(self, old, owner, operator):
        row = asked(owner)
        pass_change(by=operator, change_id=row.pk, why="compared", name_why="Stripe knows none yet")
        stripe_says(PARENT)
        assert (state(row)[0], now(row).looked_by_id) == ("looked_at", None)
        later(8)
        assert (now(row).status, in_force().kind) == ("expired", "bank")

    def test_without_a_dossier_a_name_that_comes_in_the_days_of_cooling_off_is_looked_at_too(self, dossier, old, owner, operator):
        dossier.delete()
        row = asked(owner)
        pass_change(by=operator, change_id=row.pk, why="compared", name_why="Stripe knows none yet")
        stripe_says(PARENT)
        assert state(row) == ("looked_at", PARENT, "unknown")

    def test_a_name_of_another_account_is_not_taken(self, old, owner):
        row = asked(owner)
        stripe_says(COMPANY, account="acct_other")
        assert state(row) == ("looked_at", "", "unknown")


@pytest.mark.parametrize(("company", "name"), [({"name": COMPANY}, COMPANY), ({"name": None}, ""), (None, "")])
def test_only_the_company_is_a_name_not_what_the_business_calls_itself(company, name):
    found = {
        "id": ACCOUNT,
        "payouts_enabled": True,
        "details_submitted": True,
        "capabilities": None,
        "requirements": None,
        "business_profile": {"name": COMPANY},
    }
    assert account_of(StripeAccount.construct_from(found | ({"company": company} if company else {}), "sk_test_x")).name == name


def test_a_bank_account_is_compared_with_the_dossier_of_the_moment(dossier, old, owner, colleague, operator):
    row = ask(owner)
    dossier.company = PARENT
    dossier.save()
    assert confirm_change(by=colleague, merchant_id=A, change_id=row.pk).status == "looked_at", "the company changed since it was asked for"
    with pytest.raises(HolderUnproven):
        pass_change(by=operator, change_id=row.pk, why="compared")
