"""Who signed in where: noted, shown to the person, ended one by one; and accounts that the operator closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import translation

from marketplace.flows.consumers import deactivate_person, reactivate_person
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import ReasonMissing
from marketplace.kernel.models import AuditEvent
from tenants.access.errors import NotYourself, RoleKept
from tenants.access.staffing import end_work
from tenants.accounts.actions import give_role
from tenants.accounts.errors import LastOwner, SignInUnknown, WorksForMarket
from tenants.accounts.models import Closure, Letter, Membership, SignIn, User
from tenants.accounts.sign_ins import device_in_words, end_device, forget_sign_ins
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
MARKET = {"host": "market.localhost", "accept-language": "en"}
PASSWORD = "correct-horse-2026"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


def a_person() -> User:
    user = make.a_buyer()
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(user: User, agent: str = DESK, password: str = PASSWORD) -> tuple[Client, int]:
    client = Client()
    answer = client.post("/sign-in/", {"login": user.email, "password": password}, headers={**MARKET, "user-agent": agent})
    return client, answer.status_code


def is_in(client: Client) -> bool:
    return bool(client.get("/account/", headers=MARKET).status_code == 200)


def operator() -> Actor:
    return make.acting(User.objects.get(email="operator@market.localhost"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome · Android"),
        (DESK, "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0", "WeChat · iPhone"),
        ("curl/8.5", "Another program"),
        ("", "Unknown"),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(agent, words):
    with translation.override("en"):
        assert device_in_words(agent) == words


def test_sign_ins_and_wrong_passwords_are_noted_and_shown_to_the_person():
    user = a_person()
    here, _status = sign_in(user)
    sign_in(user, PHONE)
    sign_in(user, password="wrong")
    outcomes = [row.outcome for row in SignIn.objects.filter(user=user).order_by("pk")]
    assert outcomes == ["in", "in", "failed"]
    page = here.get("/account/profile/", headers=MARKET).content.decode()
    assert "Chrome · Android" in page and "Edge · Windows" in page and "This device" in page and "wrong password" in page


def test_one_device_is_signed_out_and_the_others_stay():
    user = a_person()
    here, _status = sign_in(user)
    phone, _status = sign_in(user, PHONE)
    row = SignIn.objects.get(user=user, agent=PHONE)
    assert here.post(f"/account/devices/{row.pk}/end/", headers=MARKET).status_code == 302
    assert is_in(here) and not is_in(phone)
    page = here.get("/account/profile/", headers=MARKET).content.decode()
    assert "Chrome · Android" not in page


def test_nobody_ends_a_device_of_somebody_else():
    user, other = a_person(), a_person()
    phone, _status = sign_in(user, PHONE)
    with pytest.raises(SignInUnknown):
        end_device(by=make.acting(other), sign_in_id=SignIn.objects.get(user=user).pk)
    assert is_in(phone)


def test_after_signing_out_elsewhere_this_device_is_the_only_one():
    user = a_person()
    here, _status = sign_in(user)
    sign_in(user, PHONE)
    assert here.post("/account/profile/sign-out-others/", {"password": PASSWORD}, headers=MARKET).status_code == 302
    page = here.get("/account/profile/", headers=MARKET).content.decode()
    assert "This device" in page and "Chrome · Android" not in page
    assert SignIn.objects.filter(user=user, ended_at=None).count() == 1


def test_signing_out_ends_the_device():
    user = a_person()
    here, _status = sign_in(user)
    here.post("/sign-out/", headers=MARKET)
    assert SignIn.objects.get(user=user).ended_at is not None


def test_old_sign_ins_are_forgotten_and_newer_ones_kept():
    user = a_person()
    with clock.shifted(timedelta(days=-181)):
        sign_in(user)
    sign_in(user, PHONE)
    assert SignIn.objects.filter(user=user).count() == 2
    forget_sign_ins(by=SYSTEM)
    assert [row.agent for row in SignIn.objects.filter(user=user)] == [PHONE]


def test_a_deactivated_person_is_out_at_once_and_reads_why():
    user = a_person()
    here, _status = sign_in(user)
    deactivate_person(by=operator(), user_id=user.pk, why="stolen password")
    assert not is_in(here)
    assert not Session.objects.filter(session_key__in=SignIn.objects.filter(user=user).exclude(session_key="").values("session_key")).exists()
    _client, status = sign_in(user)
    answer = Client().post("/sign-in/", {"login": user.email, "password": PASSWORD}, headers=MARKET)
    assert status == 403 and "stolen password" in answer.content.decode()
    wrong = Client().post("/sign-in/", {"login": user.email, "password": "wrong"}, headers=MARKET)
    assert "stolen password" not in wrong.content.decode()  # who does not know the password learns nothing
    assert SignIn.objects.filter(user=user, outcome="refused").exists()
    assert Letter.objects.filter(email=user.email, kind="account_deactivated").exists()
    row = AuditEvent.objects.get(action="person.deactivated", subject_id=str(user.pk))
    assert (row.before, row.after["may_sign_in"], row.why) == ({"may_sign_in": True}, False, "stolen password")


def test_a_reactivated_person_signs_in_as_before():
    user = a_person()
    deactivate_person(by=operator(), user_id=user.pk, why="stolen password")
    with pytest.raises(ReasonMissing):
        reactivate_person(by=operator(), user_id=user.pk, why=" ")
    reactivate_person(by=operator(), user_id=user.pk, why="new password set")
    here, _status = sign_in(user)
    assert is_in(here) and not Closure.objects.filter(user=user).exists()


def test_nobody_deactivates_themselves_colleagues_or_the_only_owner_of_a_shop():
    me, owner = User.objects.get(email="operator@market.localhost"), User.objects.get(email="owner-a@market.localhost")
    colleague = a_person()
    give_role(by=SYSTEM, user_id=colleague.pk, role="auditor", merchant_id=None)
    for user, refusal in ((me, NotYourself), (colleague, WorksForMarket), (owner, LastOwner)):
        with pytest.raises(refusal):
            deactivate_person(by=operator(), user_id=user.pk, why="x")
        assert User.objects.get(pk=user.pk).is_active


def test_an_owner_who_cannot_sign_in_does_not_count_as_the_shops_owner():
    second = a_person()
    give_role(by=SYSTEM, user_id=second.pk, role="owner", merchant_id=MERCHANTS["a"])
    deactivate_person(by=operator(), user_id=second.pk, why="lost phone")
    assert AuditEvent.objects.filter(action="person.deactivated", merchant_id=MERCHANTS["a"]).exists()  # the shop reads it in its log
    first = Membership.objects.get(user__email="owner-a@market.localhost")
    with pytest.raises(RoleKept):
        end_work(by=SYSTEM, membership_id=first.pk, merchant_id=MERCHANTS["a"], why="x")
