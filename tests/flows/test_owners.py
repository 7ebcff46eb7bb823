"""A shop whose owner is out of reach gets one by two of the market's people: somebody with an account, told to everybody who leads there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from marketplace.flows.appoint_owner import APPOINT, appoint_owner
from marketplace.flows.approvals import approve, ask_for
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.approvals.errors import RequestOutdated, SamePerson
from marketplace.platform.approvals.models import ApprovalRequest
from tenants.access.errors import OwnHands
from tenants.access.owners import owners_of
from tenants.access.staffing import end_work
from tenants.accounts.actions import give_role
from tenants.accounts.errors import AddressUnconfirmed, WorksForMarket
from tenants.accounts.models import Letter, Membership, User
from tenants.tenancy.errors import MerchantUnknown, ShopNotOpen
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.architecture.test_back_office_writes import Filled, send
from tests.databases import MERCHANTS
from tests.web.test_consumer_pages import CONSOLE, signed_in

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture
def operator() -> User:
    return User.objects.get(email="operator@market.localhost")


@pytest.fixture
def second() -> Actor:
    return make.acting(make.a_second_operator())


def asked(by: User, email: str, **more: Any) -> ApprovalRequest:
    order = {"merchant_id": str(A), "email": email, **more}
    return ask_for(by=make.acting(by), kind=APPOINT, request_id=uuid4(), order=order, why="its owner has died")


def test_two_people_give_a_shop_an_owner_who_works_there_at_once_beside_the_old_one(operator, second):
    heir = make.a_buyer("Heir@example.com")
    row = asked(operator, " heir@EXAMPLE.com ")
    assert "heir@example.com" not in str((row.before, row.after)), "the log keeps no whole address"
    assert heir not in owners_of(A)
    approve(by=second, request_id=row.pk)
    assert [user.email for user in owners_of(A)] == ["owner-a@market.localhost", heir.email]
    assert send("workbench", heir, Filled("/staff/roles/new/", {"name_en": "Packer", "rights": "view_orders", "role_id": str(uuid4())})).status_code == 302
    entry = AuditEvent.objects.get(action="merchant.owner_appointed")
    assert (entry.merchant_id, entry.actor_id, entry.why) == (A, second.user_id, "its owner has died")
    assert entry.before["owners"] and entry.after["owner"] not in entry.before["owners"]


def test_everybody_who_leads_there_and_the_shops_own_address_are_told(operator, second):
    Merchant.objects.filter(pk=A).update(contact_email="office@kiln.example")
    heir, clerk = make.a_buyer(), make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="dispatcher", merchant_id=A)
    approve(by=second, request_id=asked(operator, heir.email).pk)
    letters = Letter.objects.filter(kind="owner_appointed")
    assert {letter.email for letter in letters} == {"owner-a@market.localhost", heir.email, "office@kiln.example"}
    assert all("its owner has died" in letter.text for letter in letters)


def test_one_person_gives_nobody_a_shop(operator):
    heir = make.a_buyer()
    with pytest.raises(SecondPersonNeeded):
        appoint_owner(by=make.acting(operator), merchant_id=A, user_id=heir.pk, why="x")
    with pytest.raises(SamePerson):
        approve(by=make.acting(operator), request_id=asked(operator, heir.email).pk)
    assert heir not in owners_of(A) and not Membership.objects.filter(user=heir).exists()


def test_who_cannot_be_one_is_refused_by_name(operator):
    gone, doubted = make.a_buyer("gone@example.com"), make.a_buyer()
    EmailAddress.objects.create(user=doubted, email=doubted.email, verified=False, primary=True)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for email, refusal in (
        ("nobody@example.com", InvalidInput),
        ("", InvalidInput),
        (gone.email, InvalidInput),
        (doubted.email, AddressUnconfirmed),
        ("owner-a@market.localhost", InvalidInput),
        (operator.email, WorksForMarket),
    ):
        with pytest.raises(refusal):
            asked(operator, email)
    with pytest.raises(MerchantUnknown):
        asked(operator, make.a_buyer().email, merchant_id=str(uuid4()))
    Merchant.objects.filter(pk=A).update(status=Merchant.Status.CLOSED, closed_at=clock.now())
    with pytest.raises(ShopNotOpen):
        asked(operator, make.a_buyer().email)
    assert not ApprovalRequest.objects.exists()


def test_what_has_changed_since_it_was_asked_is_not_approved(operator, second):
    heir = make.a_buyer()
    row = asked(operator, heir.email)
    give_role(by=SYSTEM, user_id=heir.pk, role="auditor", merchant_id=None)
    with pytest.raises(RequestOutdated):
        approve(by=second, request_id=row.pk)
    assert heir not in owners_of(A)


def test_who_works_for_the_shop_does_not_approve_it(operator, second):
    row = asked(operator, make.a_buyer().email)
    give_role(by=SYSTEM, user_id=second.person, role="dispatcher", merchant_id=A)
    with pytest.raises(OwnHands):
        approve(by=second, request_id=row.pk)


def test_who_comes_back_is_as_new_as_who_never_was_there(operator, second):
    heir = make.a_buyer()
    give_role(by=SYSTEM, user_id=heir.pk, role="dispatcher", merchant_id=A)
    work = Membership.objects.get(user=heir)
    Membership.objects.filter(pk=work.pk).update(since=clock.now() - timedelta(days=300))
    end_work(by=SYSTEM, membership_id=work.pk, merchant_id=A, why="left")
    approve(by=second, request_id=asked(operator, heir.email).pk)
    work.refresh_from_db()
    assert work.is_active and work.ended_at is None and work.since > clock.now() - timedelta(minutes=1)


def test_it_is_asked_for_from_the_merchants_page(operator):
    heir, client = make.a_buyer(), signed_in(operator)
    assert f'href="/merchants/{A}/owner/"' in client.get(f"/merchants/{A}/", headers=CONSOLE).content.decode()
    form = {"request_id": str(uuid4()), "email": heir.email, "why": "its owner has died"}
    wrong = client.post(f"/merchants/{A}/owner/", form | {"email": "nobody@example.com"}, headers=CONSOLE)
    assert wrong.status_code == 422 and "email" in wrong.context["form"].errors
    answer = client.post(f"/merchants/{A}/owner/", form, headers=CONSOLE)
    page = client.get(answer.headers["Location"], headers=CONSOLE).content.decode()
    assert "owner of the shop" in page.lower() and heir.name in page
