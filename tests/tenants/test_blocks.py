"""Who is kept out: networks of every page, addresses and numbers of registering, applying and ordering; never the market's own people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.members.models import Address
from tenants.accounts.blocking import block, lift
from tenants.accounts.blocks import blocked_network, check_not_blocked, hits_of
from tenants.accounts.errors import Blocked, BlockedAlready, BlocksOwnPeople, BlockUnknown
from tenants.accounts.models import Block, User
from tenants.onboarding.actions import submit_application
from tests import factories as make
from tests.tenants.test_onboarding import submitted

pytestmark = pytest.mark.django_db
MARKET = {"host": "market.localhost", "accept-language": "en"}
HOSTS = ("market.localhost", "kiln.market.localhost", "kiln.seller.market.localhost", "ops.market.localhost")


def operator(address: str = "198.51.100.1"):
    return replace(make.acting(User.objects.get(email="operator@market.localhost")), address=address)


@pytest.fixture
def keep_out(django_capture_on_commit_callbacks):
    def do(kind: str, value: str, **more) -> Block:
        with django_capture_on_commit_callbacks(execute=True):
            return block(by=operator(), kind=kind, value=value, why="attacks us", **more)

    return do


@pytest.mark.parametrize(
    ("text", "kept", "inside", "outside"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.7", "203.0.113.8"),
        ("203.0.113.9/24", "203.0.113.0/24", "203.0.113.200", "203.0.114.1"),
        ("2001:db8:1::/48", "2001:db8:1::/48", "2001:db8:1:ffff::9", "2001:db8:2::1"),
    ],
)
def test_a_blocked_network_gets_no_page_of_any_host_and_its_neighbours_do(keep_out, text, kept, inside, outside):
    row = keep_out("network", text)
    assert row.value == kept
    for host in HOSTS:
        answer = Client(REMOTE_ADDR=inside).get("/", headers={"host": host})
        assert answer.status_code == 403 and "无法访问" in answer.content.decode()
        assert Client(REMOTE_ADDR=outside).get("/", headers={"host": host}).status_code in (200, 302)
    assert hits_of([row.pk]) == {row.pk: len(HOSTS)}


def test_a_page_that_is_kept_for_visitors_is_kept_from_the_blocked(keep_out, settings):
    settings.PAGE_CACHE_S = 60
    Client().get("/shops/", headers=MARKET)
    keep_out("network", "203.0.113.7")
    assert Client(REMOTE_ADDR="203.0.113.7").get("/shops/", headers=MARKET).status_code == 403
    assert Client(REMOTE_ADDR="203.0.113.6").get("/shops/", headers=MARKET).status_code == 200


def test_an_ipv4_caller_over_an_ipv6_socket_is_the_same_caller(keep_out):
    row = keep_out("network", "203.0.113.7")
    assert blocked_network("::ffff:203.0.113.7") == row.pk
    assert blocked_network("not an address") is None


def test_it_ends_by_itself_and_when_it_is_lifted(keep_out, monkeypatch, django_capture_on_commit_callbacks):
    ends = keep_out("network", "203.0.113.7", until=clock.now() + timedelta(days=1))
    stays = keep_out("network", "203.0.113.8")
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (blocked_network("203.0.113.7"), blocked_network("203.0.113.8")) == (None, stays.pk)
    with django_capture_on_commit_callbacks(execute=True):
        lift(by=operator(), block_id=stays.pk, why="it was a dormitory")
    assert blocked_network("203.0.113.8") is None
    assert lift(by=operator(), block_id=stays.pk, why="again").lifted_why == "it was a dormitory", "safe to repeat"
    again = keep_out("network", "203.0.113.7")
    assert again.pk != ends.pk, "what ended by itself can be blocked anew"


def test_it_holds_while_the_cache_forgets(keep_out):
    row = keep_out("email", "cheat@example.com")
    cache.clear()
    with pytest.raises(Blocked):
        check_not_blocked(email="Cheat@Example.com")
    assert Block.objects.get(pk=row.pk).is_in_force


def test_a_blocked_address_or_domain_does_not_register(keep_out):
    keep_out("email", "cheat@example.com")
    keep_out("domain", "@Throwaway.example")
    for email in ("cheat@example.com", "anybody@throwaway.example"):
        form = {"email": email, "password1": "correct-horse-2026", "password2": "correct-horse-2026", "name": "X", "terms": "on"}
        answer = Client().post("/register/", form, headers=MARKET)
        assert "cannot be used here" in answer.content.decode(), answer.status_code
        assert not User.objects.filter(email=email).exists()


def test_a_blocked_number_is_not_delivered_to(keep_out):
    buyer = make.a_buyer()
    cart, address = make.a_cart(buyer, ("a", make.a_product("a"), 1)), make.an_address(buyer)
    keep_out("phone", Address.objects.get(pk=address).phone)
    with pytest.raises(Blocked):
        make.place(buyer, cart, address_id=address)
    assert not OrderGroup.objects.filter(buyer=buyer).exists()
    with pytest.raises(Blocked) as refused:
        make.an_address(buyer)
    assert refused.value.field == "phone"


def test_a_blocked_buyer_orders_nothing(keep_out):
    buyer = make.a_buyer()
    cart = make.a_cart(buyer, ("a", make.a_product("a"), 1))
    keep_out("email", buyer.email.upper())
    with pytest.raises(Blocked):
        make.place(buyer, cart)


def test_a_blocked_applicant_hands_in_nothing(keep_out):
    row = submitted(make.a_buyer(), slug=f"s{uuid4().hex[:8]}")
    type(row).objects.filter(pk=row.pk).update(status="returned")
    keep_out("domain", row.applicant.email.partition("@")[2])
    with pytest.raises(Blocked):
        submit_application(by=make.acting(row.applicant), application_id=row.pk)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("network", "198.51.100.0/24"), ("email", "Operator@market.localhost"), ("domain", "market.localhost")],
)
def test_nobody_of_the_market_is_kept_out(kind, value):
    with pytest.raises(BlocksOwnPeople):
        block(by=operator(), kind=kind, value=value, why="a slip")
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("network", "10.0.0.0/8", "value"),
        ("network", "0.0.0.0/0", "value"),
        ("network", "2000::/3", "value"),
        ("network", "127.0.0.1", "value"),
        ("network", "::1", "value"),
        ("network", "kiln", "value"),
        ("email", "kiln", "value"),
        ("domain", "a b", "value"),
        ("phone", "12", "value"),
        ("colour", "red", "kind"),
    ],
)
def test_what_is_no_value_or_too_wide_is_refused_by_name(kind, value, field):
    with pytest.raises(InvalidInput) as refused:
        block(by=operator(), kind=kind, value=value, why="a slip")
    assert refused.value.field == field and not Block.objects.exists()


def test_a_block_has_a_reason_and_stands_once(keep_out):
    with pytest.raises(ReasonMissing):
        block(by=operator(), kind="email", value="a@example.com", why=" ")
    keep_out("email", "a@example.com")
    with pytest.raises(BlockedAlready):
        block(by=operator(), kind="email", value="A@example.com ", why="twice")
    with pytest.raises(BlockUnknown):
        lift(by=operator(), block_id=uuid4(), why="x")
