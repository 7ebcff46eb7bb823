"""The end of a shop: begun by an owner or by two of the operator's people, refused while something is open, taken back, and done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.config.obligations import OBLIGATIONS
from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.closing import GRACE, ask_to_close, close_shop, look_at_all_closings, start_closing, take_closing_back
from marketplace.flows.pay_out import make_bank_file, note_payouts_paid
from marketplace.flows.review_product import submit_product
from marketplace.flows.shop_life import suspend_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.members.models import Favourite
from marketplace.platform.payments.actions import set_bank_account
from tenants.accounts.actions import give_role
from tenants.accounts.models import Letter, User
from tenants.tenancy.actions import request_merchant
from tenants.tenancy.errors import NotYourClosing, ObligationsLeft, OwnersOnly, ShopNotOpen, SlugTaken
from tenants.tenancy.life import closing_of, move_shop
from tenants.tenancy.models import Closing, Merchant, ShopChange
from tenants.tenancy.obligations import obligations_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.world import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
A, S = MERCHANTS["a"], Merchant.Status
HOSTS = {"workbench": "kiln.seller.market.localhost", "console": "ops.market.localhost"}


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def person(email: str) -> Actor:
    return make.acting(User.objects.get(email=email))


@pytest.fixture
def owner() -> Actor:
    return person("owner-a@market.localhost")


@pytest.fixture
def operator() -> Actor:
    return person("operator@market.localhost")


def shop() -> Merchant:
    return Merchant.objects.get(pk=A)


def begins(owner: Actor, **more: Any) -> None:
    ask_to_close(by=owner, **{"merchant_id": A, "password": PASSWORD, "name": "Kiln"} | more)


def left() -> set[str]:
    return {each.code for each in obligations_of(shop())}


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@contextmanager
def days_later(days: float) -> Iterator[None]:
    with clock.shifted(timedelta(days=days)):
        fire_due()
        deliver_events()
        yield


class TestFromTheFirstOrderToTheLastPayment:
    def test_every_step_is_an_obligation_of_its_own_until_nothing_is_left(self, owner):
        make.commission()
        set_bank_account(by=SYSTEM, merchant_id=A, holder="Kiln", bank="Bank", number="62220001")
        group = make.a_placed_group(("a", make.a_product("a"), 1))
        begins(owner)
        assert left() == {"unpaid_orders", "stock_held"}
        copy = make.pay(group).orders.get()
        assert left() == {"orders_to_ship", "stock_held"}
        make.ship(copy)
        assert left() == {"orders_to_receive"}
        with pytest.raises(ObligationsLeft, match="1 order is on its way"):
            close_shop(by=owner, merchant_id=A, password=PASSWORD)
        make.receive(copy)
        assert left() == {"return_periods", "balance_owed_to_shop"}
        with days_later(8):
            assert left() == {"balance_owed_to_shop"}
            payout = make.settled("a")[0].payouts.get()
            assert left() == {"payouts_under_way"}
            make_bank_file(by=SYSTEM, batch_id=uuid4(), payout_ids=[payout.pk])
            with pytest.raises(ObligationsLeft):
                move_shop(by=SYSTEM, merchant_id=A, to=S.CLOSED)  # nobody gets around it, the system neither
            note_payouts_paid(by=SYSTEM, payout_ids=[payout.pk])
            assert left() == set()
            close_shop(by=owner, merchant_id=A, password=PASSWORD)
        assert shop().status == "closed"
        assert shop().closed_at is not None

    def test_returns_refunds_and_what_a_shop_owes(self):
        make.commission()
        copy = make.a_completed_group(("a", make.a_product("a"), 1)).orders.get()
        with days_later(8):
            make.settled("a")
        make.returned(copy)
        assert {"refunds_under_way", "balance_owed_by_shop"} <= left()
        deliver_events()
        assert "refunds_under_way" not in left()

    def test_reviews_and_requests_wait(self, operator):
        product = make.a_product("a", on_sale=False)
        with merchant_schema(A):
            submit_product(by=SYSTEM, product_id=product.pk)
        ask_for(by=operator, kind="commission.set", request_id=uuid4(), order={"rate": "0.07", "merchant_id": str(A), "category_id": None}, why="x")
        assert left() == {"products_in_review", "requests_waiting"}

    def test_every_link_leads_to_a_page_that_answers(self, operator):
        make.commission()
        product = make.a_product("a", stock=20)
        make.a_placed_group(("a", product, 1))
        make.ship(make.pay(make.a_placed_group(("a", product, 1))).orders.get())
        make.pay(make.a_placed_group(("a", product, 1)))
        make.a_completed_group(("a", product, 1))
        with merchant_schema(A):
            submit_product(by=SYSTEM, product_id=make.a_product("a", title="Draft", on_sale=False).pk)
        ask_for(by=operator, kind="shop.close", request_id=uuid4(), order={"merchant_id": str(A)}, why="x")
        found = obligations_of(shop())
        assert len(found) >= 7
        for email, host, paths in (
            ("owner-a@market.localhost", HOSTS["workbench"], {each.in_workbench for each in found} | {"/closing/"}),
            ("operator@market.localhost", HOSTS["console"], {each.in_console for each in found} | {f"/merchants/{A}/close/"}),
        ):
            client = signed_in(email)
            for path in paths - {""}:
                answer = client.get(path, headers={"host": host, "accept-language": "en"})
                assert answer.status_code == 200, path
                if path.endswith(("/closing/", "/close/")):
                    assert all(each.label in answer.content.decode() for each in found)

    def test_every_counter_has_a_code_of_its_own(self):
        assert len({counter.__name__ for counter in OBLIGATIONS}) == len(OBLIGATIONS)


class TestAnOwner:
    @pytest.mark.parametrize(("more", "field"), [({"password": "wrong"}, "password"), ({"name": "Trail"}, "name"), ({"name": ""}, "name")])
    def test_types_password_and_name(self, owner, more, field):
        with pytest.raises(InvalidInput) as refused:
            begins(owner, **more)
        assert refused.value.field == field
        assert shop().status == "open"

    def test_closes_the_own_shop_only_and_nobody_else_does(self, owner, operator):
        clerk = make.a_buyer("clerk@example.com")
        give_role(by=SYSTEM, user_id=clerk.pk, role="bookkeeper", merchant_id=A)
        for by, merchant_id in ((make.acting(clerk), A), (operator, A), (owner, MERCHANTS["b"])):
            with pytest.raises(OwnersOnly):
                begins(by, merchant_id=merchant_id)
        assert {*Merchant.objects.values_list("status", flat=True)} == {"open"}

    def test_takes_it_back_and_buyers_find_the_shop_again(self, owner):
        begins(owner, reason="We retire.")
        take_closing_back(by=owner, merchant_id=A)
        row = Closing.objects.get()
        assert [shop().status, row.status, row.is_owners, row.reason] == ["open", "taken_back", True, "We retire."]
        with pytest.raises(ShopNotOpen):
            take_closing_back(by=owner, merchant_id=A)

    def test_of_a_suspended_shop_cannot_get_around_the_suspension(self, owner):
        suspend_shop(by=SYSTEM, merchant_id=A, kind="goods", reason="forged")
        begins(owner)
        take_closing_back(by=owner, merchant_id=A)
        assert shop().status == "suspended"
        begins(owner)
        with pytest.raises(SecondPersonNeeded):
            move_shop(by=owner, merchant_id=A, to=S.OPEN, is_owners=True)

    def test_closed_is_for_ever(self, owner):
        begins(owner)
        close_shop(by=owner, merchant_id=A, password=PASSWORD)
        for to in set(S) - {S.CLOSED}:
            with pytest.raises(ShopNotOpen):
                move_shop(by=SYSTEM, merchant_id=A, to=to, kind="goods", reason="x")
        with pytest.raises(SlugTaken):
            request_merchant(by=SYSTEM, merchant_id=uuid4(), slug="kiln", names={"en": "K"}, contact_email="k@example.com", owner_id=owner.person)
        assert list(ShopChange.objects.order_by("at").values_list("after", flat=True)) == ["closing", "closed"]
        assert {"merchant.closing", "merchant.closed"} <= set(AuditEvent.objects.filter(merchant_id=A).values_list("action", flat=True))


class TestTheOperator:
    def test_closes_with_a_second_person_and_the_owner_cannot_take_it_back(self, owner, operator):
        with pytest.raises(SecondPersonNeeded):
            start_closing(by=operator, merchant_id=A, reason="x")
        row = ask_for(by=operator, kind="shop.close", request_id=uuid4(), order={"merchant_id": str(A)}, why="forged goods, twice")
        assert shop().status == "open"
        checker = make.acting(make.a_second_operator())
        approve(by=checker, request_id=row.pk)
        assert shop().status == "closing"
        with pytest.raises(NotYourClosing):
            take_closing_back(by=owner, merchant_id=A)
        with pytest.raises(SecondPersonNeeded):
            move_shop(by=operator, merchant_id=A, to=S.OPEN)
        back = ask_for(by=operator, kind="shop.reopen", request_id=uuid4(), order={"merchant_id": str(A)}, why="settled")
        approve(by=checker, request_id=back.pk)
        assert shop().status == "open"

    def test_cannot_close_alone_what_the_owner_began(self, owner, operator):
        begins(owner)
        with pytest.raises(SecondPersonNeeded):
            move_shop(by=operator, merchant_id=A, to=S.CLOSED)


class TestByItself:
    def test_nothing_left_is_told_once_and_closes_after_its_grace(self, owner):
        begins(owner)
        for _again in range(2):
            look_at_all_closings()
            deliver_events()
        assert Letter.objects.filter(kind="shop_nothing_left").count() == 1
        with days_later(GRACE.days - 1):
            assert shop().status == "closing"
        with days_later(GRACE.days + 0.1):
            assert shop().status == "closed"
        assert Letter.objects.filter(kind="shop_closed", email="owner-a@market.localhost").count() == 1

    def test_what_comes_up_in_the_meantime_is_settled_first(self, owner, operator):
        begins(owner)
        look_at_all_closings()
        ask_for(by=operator, kind="commission.set", request_id=uuid4(), order={"rate": "0.07", "merchant_id": str(A), "category_id": None}, why="x")
        with clock.shifted(timedelta(days=2)):
            look_at_all_closings()
            row = closing_of(A)
            assert row is not None and row.closes_at is None
        with days_later(GRACE.days + 0.1):
            look_at_all_closings()  # the request has expired
            assert shop().status == "closing", "from now on it is given its grace anew"

    def test_the_deadline_looks_again(self, owner, operator):
        begins(owner)
        look_at_all_closings()
        with clock.shifted(GRACE - timedelta(days=1)):
            ask_for(by=operator, kind="commission.set", request_id=uuid4(), order={"rate": "0.07", "merchant_id": str(A), "category_id": None}, why="x")
        with days_later(GRACE.days + 0.1):
            assert shop().status == "closing"


class TestWhatPeopleHear:
    def test_every_owner_and_every_buyer_who_waits(self, owner):
        make.commission()
        second = make.a_buyer("owner-two@example.com")
        give_role(by=SYSTEM, user_id=second.pk, role="owner", merchant_id=A)
        product = make.a_product("a", stock=9)
        waits, has, looks = (make.a_buyer(f"{name}@example.com") for name in ("waits", "has", "looks"))
        make.pay(make.a_placed_group(("a", product, 1), buyer=waits))
        make.a_completed_group(("a", product, 1), buyer=has)
        make.a_placed_group(("a", product, 1), buyer=looks)
        begins(owner)
        deliver_events()
        told = {(row.kind, row.email) for row in Letter.objects.filter(kind__startswith="shop_")}
        assert ("shop_closing", "owner-a@market.localhost") in told and ("shop_closing", second.email) in told
        assert {email for kind, email in told if kind == "shop_of_order_closes"} == {waits.email, has.email}


def test_buyers_read_that_a_shop_has_closed(owner):
    buyer, product = make.a_buyer(), make.a_product("a")
    make.a_cart(buyer, ("a", product, 1))
    Favourite.objects.create(user=buyer, listing_id=product.pk, currency="CNY", saved_minor=100)
    begins(owner)
    close_shop(by=owner, merchant_id=A, password=PASSWORD)
    deliver_events()
    client = signed_in(buyer.email)
    english = {"host": "market.localhost", "accept-language": "en"}
    client.post("/language/", {"language": "en"}, headers=english)
    assert "The shop has closed. It is not part of the total." in client.get("/cart/", headers=english).content.decode()
    kept = client.get("/account/favourites/", headers=english).content.decode()
    assert "The shop has closed" in kept and f'href="/p/{product.pk}/"' not in kept
    gone = client.get("/", headers={"host": "kiln.market.localhost", "accept-language": "en"})
    assert gone.status_code == 410 and "To the market" in gone.content.decode()


def test_a_shop_that_is_not_born_yet_has_nothing_open_and_its_page_opens(db):
    """Approved, and something is still lacking before it opens: there is no schema to count in."""
    key = uuid4()
    row = Merchant.objects.create(pk=key, schema_name=f"m_{key.hex}", slug="not-born", names={"en": "Tea"}, contact_email="tea@example.com", ordinal=999)
    assert obligations_of(row) == []
    client = Client()
    client.force_login(User.objects.get(email="operator@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    for path in (f"/merchants/{key}/", f"/merchants/{key}/close/", f"/deposits/{key}/", f"/subscribers/{key}/", f"/contracts/?q={row.slug}"):
        assert client.get(path, headers={"host": "ops.market.localhost"}).status_code == 200, path
