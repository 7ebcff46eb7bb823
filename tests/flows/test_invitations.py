"""Invitations to work somewhere: a link that works once, for one address, for a week, and gives no more than whoever invited may do."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.test import Client

from marketplace.flows.close_account import close_account
from marketplace.flows.invite_staff import MOST_OPEN, accept_invitation, hash_of, invite, invite_again, take_back
from marketplace.flows.my_data import _person
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.models import AuditEvent
from tenants.access.errors import BeyondYourRights, DutiesClash, RoleInUse, RoleMissing, RoleUnknown
from tenants.access.own_roles import change_role, delete_role, make_role
from tenants.access.rights import Right
from tenants.access.staff import office_schema, roles_of
from tenants.access.staffing import end_work
from tenants.accounts.actions import give_role
from tenants.accounts.errors import InvitationOver, InvitationUnknown, InvitedAlready, InvitedElse, TooManyInvitations, WorksHereAlready
from tenants.accounts.models import Invitation, Letter, Membership, User
from tests import factories as make
from tests.databases import MERCHANTS

A = MERCHANTS["a"]
PLACES = [A, None]
EMAIL = "new@colleague.example"


def head(place: UUID | None) -> Actor:
    return make.acting(User.objects.get(email="owner-a@market.localhost" if place else "operator@market.localhost"))


def role_of(place: UUID | None) -> str:
    return "dispatcher" if place else "auditor"


def invited(place: UUID | None, email: str = EMAIL, **how: Any) -> str:
    """The secret of the newest letter to the address."""
    asked = {"by": head(place), "invitation_id": uuid4(), "merchant_id": place, "email": email, "roles": [role_of(place)], "language": "en", **how}
    invite(**asked)
    return token_to(email)


def token_to(email: str) -> str:
    (token,) = set(re.findall(r"/invitations/([\w-]+)/", Letter.objects.filter(email=email).latest("written_at").text))
    return str(token)


def person(email: str = EMAIL) -> User:
    user = make.a_buyer(email)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    return user


def roles(user: User, place: UUID | None) -> set[str]:
    with office_schema(place):
        return {role.code for role in roles_of([user.pk]).get(user.pk, [])}


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
class TestInviting:
    def test_the_letter_is_in_the_invitees_language_and_the_secret_only_there(self, place):
        token = invited(place, language="zh-hans")
        letter, row = Letter.objects.get(email=EMAIL), Invitation.objects.get()
        assert "邀请" in letter.subject and "Owner" not in letter.subject.replace("Owner A", "")
        assert row.token_hash == hash_of(token) and token not in str(vars(row)) and not AuditEvent.objects.filter(after__icontains=token).exists()
        assert abs(row.expires_at - row.sent_at - timedelta(days=7)) < timedelta(seconds=1)
        assert AuditEvent.objects.get(action="invitation.sent").merchant_id == place

    def test_the_same_form_twice_is_one_invitation_and_one_letter(self, place):
        key = uuid4()
        invited(place, invitation_id=key)
        invited(place, invitation_id=key)
        assert Invitation.objects.count() == Letter.objects.filter(email=EMAIL).count() == 1
        with pytest.raises(KeyReused):
            invited(place, email="else@colleague.example", invitation_id=key)

    @pytest.mark.parametrize(
        ("how", "refusal"),
        [
            ({"email": "no address"}, InvalidInput),
            ({"language": "tlh"}, InvalidInput),
            ({"roles": []}, RoleMissing),
            ({"roles": ["nobody"]}, RoleUnknown),
        ],
    )
    def test_bad_input_is_refused_and_nobody_is_written_to(self, place, how, refusal):
        before = Letter.objects.count()
        with pytest.raises(refusal):
            invited(place, **how)
        assert not Invitation.objects.exists() and Letter.objects.count() == before

    def test_who_works_here_and_who_is_invited_is_not_invited_again(self, place):
        invited(place)
        with pytest.raises(InvitedAlready):
            invited(place, email=EMAIL.upper())
        with pytest.raises(WorksHereAlready):
            invited(place, email=head(place).label)

    def test_nobody_invites_beyond_their_own_rights(self, place):
        manages = Right.MANAGE_STAFF if place else Right.MANAGE_MARKET_STAFF
        own = make_role(by=SYSTEM, merchant_id=place, role_id=uuid4(), names={"en": "Clerk"}, rights=[manages])
        clerk = make.a_buyer()
        give_role(by=SYSTEM, user_id=clerk.pk, role=own.code, merchant_id=place)
        for role in ("owner" if place else "operator", role_of(place)):
            with pytest.raises(BeyondYourRights):
                invited(place, by=make.acting(clerk), roles=[role])
        invited(place, by=make.acting(clerk), roles=[own.code])

    def test_open_invitations_are_limited(self, place):
        for n in range(MOST_OPEN):
            invited(place, email=f"n{n}@colleague.example")
        with pytest.raises(TooManyInvitations):
            invited(place)

    def test_a_role_that_an_open_invitation_offers_stays(self, place):
        right = Right.VIEW_ORDERS if place else Right.VIEW_MERCHANTS
        own = make_role(by=SYSTEM, merchant_id=place, role_id=uuid4(), names={"en": "Clerk"}, rights=[right])
        invited(place, roles=[own.code])
        with pytest.raises(RoleInUse):
            delete_role(by=head(place), merchant_id=place, group_id=own.group_id)


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
class TestAccepting:
    def test_the_person_works_there_and_the_address_is_confirmed(self, place):
        token, user = invited(place), person()
        accept_invitation(by=make.acting(user), token=token)
        assert Membership.objects.get(user=user).is_active and roles(user, place) == {role_of(place)}
        assert EmailAddress.objects.get(user=user).verified
        event = AuditEvent.objects.get(action="invitation.accepted")
        assert event.actor_id == user.pk and event.merchant_id == place

    def test_twice_is_once(self, place):
        token, user = invited(place), person()
        for _n in range(2):
            accept_invitation(by=make.acting(user), token=token)
        assert Membership.objects.filter(user=user).count() == 1 and AuditEvent.objects.filter(action="invitation.accepted").count() == 1

    def test_the_link_of_another_person_is_useless(self, place):
        token, thief = invited(place), person("thief@example.com")
        with pytest.raises(InvitedElse):
            accept_invitation(by=make.acting(thief), token=token)
        accept_invitation(by=make.acting(person()), token=token)
        with pytest.raises(InvitedElse):
            accept_invitation(by=make.acting(thief), token=token)
        assert not Membership.objects.filter(user=thief).exists() and roles(thief, place) == set()

    def test_it_expires_is_taken_back_and_an_older_link_is_useless(self, place):
        token, user = invited(place), person()
        row = Invitation.objects.get()
        with clock.shifted(timedelta(days=7, seconds=1)):
            with pytest.raises(InvitationOver):
                accept_invitation(by=make.acting(user), token=token)
            invite_again(by=head(place), invitation_id=row.pk, merchant_id=place)
            newer = token_to(EMAIL)
            with pytest.raises(InvitationUnknown):
                accept_invitation(by=make.acting(user), token=token)
            take_back(by=head(place), invitation_id=row.pk, merchant_id=place)
            take_back(by=head(place), invitation_id=row.pk, merchant_id=place)
            with pytest.raises(InvitationOver):
                accept_invitation(by=make.acting(user), token=newer)
            with pytest.raises(InvitationOver):
                invite_again(by=head(place), invitation_id=row.pk, merchant_id=place)
        assert not Membership.objects.filter(user=user).exists()

    def test_guessed_links_open_nothing(self, place):
        invited(place)
        for token in ("", "x", Invitation.objects.get().token_hash, str(Invitation.objects.get().pk)):
            with pytest.raises(InvitationUnknown):
                accept_invitation(by=make.acting(person(f"{uuid4().hex[:6]}@example.com")), token=token)

    def test_who_invited_must_still_be_able_to_give_the_role(self, place):
        second = make.a_buyer()
        give_role(by=SYSTEM, user_id=second.pk, role="owner" if place else "operator", merchant_id=place)
        token = invited(place, by=make.acting(second))
        end_work(by=head(place), membership_id=Membership.objects.get(user=second).pk, merchant_id=place, why="left")
        with pytest.raises(InvitationOver):
            accept_invitation(by=make.acting(person()), token=token)

    def test_a_role_that_grew_beyond_whoever_invited_is_not_given(self, place):
        manages, more = (Right.MANAGE_STAFF, Right.MANAGE_PAYOUTS) if place else (Right.MANAGE_MARKET_STAFF, Right.SETTLE)
        desk = make_role(by=SYSTEM, merchant_id=place, role_id=uuid4(), names={"en": "Desk"}, rights=[manages])
        given = make_role(by=SYSTEM, merchant_id=place, role_id=uuid4(), names={"en": "Given"}, rights=[manages])
        clerk = make.a_buyer()
        give_role(by=SYSTEM, user_id=clerk.pk, role=desk.code, merchant_id=place)
        token = invited(place, by=make.acting(clerk), roles=[given.code])
        change_role(by=head(place), merchant_id=place, group_id=given.group_id, names={"en": "Given"}, rights=[more], why="grew")
        with pytest.raises(InvitationOver):
            accept_invitation(by=make.acting(person()), token=token)

    def test_who_was_here_before_begins_anew_with_the_new_roles_only(self, place):
        user = person()
        give_role(by=SYSTEM, user_id=user.pk, role="order_clerk" if place else "reviewer", merchant_id=place)
        end_work(by=head(place), membership_id=Membership.objects.get(user=user).pk, merchant_id=place, why="left")
        accept_invitation(by=make.acting(user), token=invited(place))
        row = Membership.objects.get(user=user)
        assert row.is_active and row.ended_at is None and roles(user, place) == {role_of(place)}


@pytest.mark.django_db
def test_a_money_pair_is_refused_when_it_is_accepted_too():
    token = invited(None, roles=["accountant", "cashier"])
    give_role(by=SYSTEM, user_id=make.a_buyer().pk, role="operator", merchant_id=None)
    with pytest.raises(DutiesClash):
        accept_invitation(by=make.acting(person()), token=token)


@pytest.mark.django_db
def test_who_deletes_the_account_leaves_no_address_on_invitations_and_can_take_the_list_of_them_along():
    user = person()
    user.set_password("correct horse battery")
    user.save()
    token = invited(A)
    assert [row["roles"] for row in _person(user)[0]["invited_to"]] == [["dispatcher"]]
    close_account(by=make.acting(user), password="correct horse battery")
    assert not Invitation.objects.filter(email=EMAIL).exists() and Invitation.objects.get().status == "taken_back"
    with pytest.raises(InvitedElse):
        accept_invitation(by=make.acting(person("again@colleague.example")), token=token)


@pytest.mark.django_db
class TestThePage:
    HOST = "market.localhost"

    def ask(self, token: str, user: User | None = None, *, post: bool = False) -> Any:
        client = Client()
        if user:
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        send = client.post if post else client.get
        return send(f"/invitations/{token}/", headers={"host": self.HOST, "accept-language": "en"})

    def test_a_visitor_is_led_to_sign_in_or_register_and_looking_changes_nothing(self):
        token = invited(A)
        page = self.ask(token)
        text = page.content.decode()
        assert page.status_code == 200 and "next=%2Finvitations%2F" in text and EMAIL in text
        assert self.ask(token, post=True).headers["Location"].startswith("/sign-in/?next=")
        assert not Membership.objects.filter(user__email=EMAIL).exists()

    def test_who_registers_from_the_link_needs_no_second_letter_and_works_there(self):
        token = invited(A)
        client = Client()
        client.get(f"/invitations/{token}/", headers={"host": self.HOST})
        form = {"email": EMAIL, "password1": "kiln and trail 2026", "next": f"/invitations/{token}/"}
        answer = client.post("/register/", form, headers={"host": self.HOST})
        assert answer.headers["Location"] == f"/invitations/{token}/"
        assert EmailAddress.objects.get(email=EMAIL).verified and Letter.objects.filter(email=EMAIL).count() == 1
        answer = client.post(f"/invitations/{token}/", headers={"host": self.HOST})
        assert "kiln.seller." in answer.headers["Location"] and roles(User.objects.get(email=EMAIL), A) == {"dispatcher"}
        assert client.get(f"/invitations/{token}/", headers={"host": self.HOST}).status_code == 302  # again: to the workbench

    def test_somebody_else_is_told_so_and_does_not_read_the_address(self):
        token, other = invited(A), person("thief@example.com")
        text = self.ask(token, other).content.decode()
        assert EMAIL not in text and "n***w@colleague.example" in text
        answer = self.ask(token, other, post=True)
        assert answer.status_code == 403 and EMAIL not in answer.content.decode()

    def test_what_is_over_says_whom_to_ask(self):
        token = invited(A)
        take_back(by=head(A), invitation_id=Invitation.objects.get().pk, merchant_id=A)
        answer = self.ask(token)
        assert answer.status_code == 410 and "Owner A" in answer.content.decode()


def test_two_clicks_at_once_are_one_membership(own_database):
    token, user = invited(A), person()
    ready, outcomes = threading.Barrier(2), []

    def click() -> None:
        try:
            ready.wait(10)
            outcomes.append(accept_invitation(by=make.acting(user), token=token).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes == ["accepted", "accepted"]
    assert Membership.objects.filter(user=user).count() == 1 and AuditEvent.objects.filter(action="invitation.accepted").count() == 1


def test_of_two_who_dismiss_one_another_at_once_one_stays(own_database):
    second = make.a_buyer()
    give_role(by=SYSTEM, user_id=second.pk, role="owner", merchant_id=A)
    owners = [User.objects.get(email="owner-a@market.localhost"), second]
    rows = {user.pk: Membership.objects.get(user=user, merchant_id=A) for user in owners}
    ready, outcomes = threading.Barrier(2), []

    def dismiss(by: User, whom: User) -> None:
        try:
            ready.wait(10)
            end_work(by=make.acting(by), membership_id=rows[whom.pk].pk, merchant_id=A, why="I was first")
            outcomes.append("done")
        except Exception as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=dismiss, args=pair) for pair in (owners, owners[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("done") == 1 and Membership.objects.filter(merchant_id=A, is_active=True, user__in=owners).count() == 1
