"""What packages hold: limits where things are made, more for some days, and services of people."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.flows.invite_staff import invite
from marketplace.flows.publish_product import publish_product, put_on_sale
from marketplace.flows.rent import give_up_add_on, take_add_on
from marketplace.flows.services import move_service, order_service
from marketplace.flows.use_of_packages import note_storage, use_of
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing
from marketplace.merchant.catalogue.pictures import store_picture
from tenants.accounts.models import User
from tenants.packages.actions import put_extra
from tenants.packages.errors import AddOnOver, LimitReached, ServiceMoved
from tenants.packages.models import Extra, FeeCharge, StorageUse
from tenants.packages.queries import limits_of, today
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.letterbox import letters
from tests.flows.test_packages import JUNE, OWNER, A, _in_english, charged, offer, on_day, take
from tests.flows.test_product_review import save

__all__ = ["_in_english"]  # a fixture


def extra(code: str = "more", price: str = "1", kind: str = "add_on", **adds: int) -> Extra:
    return put_extra(by=SYSTEM, code=code, kind=kind, names={"en": code}, texts={}, adds=adds, price=yuan(price), why="season")


@pytest.mark.django_db
def test_a_form_takes_its_product_before_the_room_for_pictures_as_an_import_does():
    offer("free", default=True, pictures=9)
    product = make.a_product("a")
    with CaptureQueriesContext(connection) as asked:
        save(product)
    said = [one["sql"] for one in asked]
    locked = next(n for n, sql in enumerate(said) if "merchant_catalogue_product" in sql and "FOR UPDATE" in sql)
    assert locked < next(n for n, sql in enumerate(said) if "hashtextextended" in sql)


@pytest.mark.django_db
class TestMoreForSomeDays:
    def test_it_adds_from_its_first_day_to_its_last_and_what_is_left_is_given_back(self):
        with on_day(JUNE):
            offer("free", default=True, products=10)
            more = extra(products=5)
            row = take_add_on(by=SYSTEM, add_on_id=uuid4(), merchant_id=A, extra_id=more.pk, quantity=2, from_day=date(2031, 6, 10), to_day=date(2031, 6, 20))
            assert limits_of(A)["products"] == 10 and charged() == yuan("20")
        for day, holds in ((date(2031, 6, 10), 20), (date(2031, 6, 19), 20), (date(2031, 6, 20), 10)):
            with on_day(day):
                assert limits_of(A)["products"] == holds
        with on_day(date(2031, 6, 13)):
            give_up_add_on(by=SYSTEM, add_on_id=row.pk, merchant_id=A)
            give_up_add_on(by=SYSTEM, add_on_id=row.pk, merchant_id=A)
            assert charged() == yuan("8") and limits_of(A)["products"] == 20
        with on_day(date(2031, 6, 14)):
            assert limits_of(A)["products"] == 10

    def test_one_that_has_not_begun_costs_nothing_when_it_is_given_up_and_one_that_is_over_stays(self):
        with on_day(JUNE):
            more = extra(products=5)
            row = take_add_on(by=SYSTEM, add_on_id=uuid4(), merchant_id=A, extra_id=more.pk, quantity=1, from_day=date(2031, 6, 10), to_day=date(2031, 6, 20))
            other = take_add_on(by=SYSTEM, add_on_id=uuid4(), merchant_id=A, extra_id=more.pk, quantity=1, from_day=JUNE, to_day=date(2031, 6, 2))
            give_up_add_on(by=SYSTEM, add_on_id=row.pk, merchant_id=A)
            assert charged() == yuan("1")
            with pytest.raises(AddOnOver):
                give_up_add_on(by=SYSTEM, add_on_id=other.pk, merchant_id=A)

    @pytest.mark.parametrize(("quantity", "start", "end"), [(0, 0, 5), (1001, 0, 5), (1, -1, 5), (1, 3, 3), (1, 0, 400)])
    def test_days_and_numbers_that_make_no_sense_are_refused(self, quantity, start, end):
        more, day = extra(products=5), today()
        with pytest.raises(InvalidInput):
            take_add_on(
                by=SYSTEM, add_on_id=uuid4(), merchant_id=A, extra_id=more.pk, quantity=quantity,
                from_day=day + timedelta(days=start), to_day=day + timedelta(days=end),
            )  # fmt: skip
        assert not FeeCharge.objects.exists()


@pytest.mark.django_db
class TestLimits:
    def test_without_packages_nothing_is_limited(self):
        assert set(limits_of(A).values()) == {None} and all(use.limit is None for use in use_of(A))

    def test_one_product_more_than_fits_stays_off_sale_and_the_refusal_says_what_to_do(self):
        offer("free", default=True, products=1)
        first = make.a_product("a", title="First")
        second = make.a_product("a", title="Second")
        assert (first.status, second.status) == ("on_sale", "off_sale"), "approved, and waits for room"
        with merchant_schema(A):
            publish_product(by=SYSTEM, product_id=first.pk)
            with pytest.raises(LimitReached, match=r"Products on sale.*1.*larger package"):
                put_on_sale(by=SYSTEM, product_id=second.pk)
        take(offer("large", "300", products=2))
        with merchant_schema(A):
            assert put_on_sale(by=SYSTEM, product_id=second.pk).status == "on_sale"

    def test_invitations_count_with_who_works_there(self):
        offer("free", default=True, staff=2)
        owner = make.acting(User.objects.get(email=OWNER))

        def ask(email: str) -> None:
            invite(by=owner, invitation_id=uuid4(), merchant_id=A, email=email, roles=["dispatcher"], language="en")

        ask("one@example.com")
        with pytest.raises(LimitReached, match="2"):
            ask("two@example.com")

    def test_pictures_and_storage(self, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path)
        offer("free", default=True, pictures=0, storage=1)
        with pytest.raises(LimitReached, match="Pictures"):
            make.a_product("a")
        with merchant_schema(A):
            store_picture(make.a_picture())
        assert note_storage(by=SYSTEM, merchant_id=A) > 0
        assert StorageUse.objects.get(pk=A).bytes < 1024 * 1024
        with merchant_schema(A), pytest.raises(LimitReached, match="Storage"):
            store_picture(make.a_picture("blue"))


@pytest.mark.django_db
class TestServices:
    def test_asked_for_accepted_done_and_charged_once_at_the_price_it_was_asked_for(self):
        work = extra("go-live", "500", kind="service")
        row = order_service(by=SYSTEM, order_id=uuid4(), merchant_id=A, extra_id=work.pk, note="Move us over")
        extra("go-live", "900", kind="service")
        assert order_service(by=SYSTEM, order_id=row.pk, merchant_id=A, extra_id=work.pk, note="again").pk == row.pk
        with pytest.raises(ServiceMoved):
            move_service(by=SYSTEM, order_id=row.pk, to="done")
        move_service(by=SYSTEM, order_id=row.pk, to="accepted")
        move_service(by=SYSTEM, order_id=row.pk, to="done")
        with pytest.raises(ServiceMoved):
            move_service(by=SYSTEM, order_id=row.pk, to="done")
        assert charged() == yuan("500") and letters("service_asked") and letters("service_done")

    def test_a_shop_withdraws_its_own_and_a_no_needs_words(self):
        row = order_service(by=SYSTEM, order_id=uuid4(), merchant_id=A, extra_id=extra("bi", "9", kind="service").pk, note="")
        with pytest.raises(NotFound):
            move_service(by=SYSTEM, order_id=row.pk, to="withdrawn", merchant_id=MERCHANTS["b"])
        with pytest.raises(ReasonMissing):
            move_service(by=SYSTEM, order_id=row.pk, to="declined")
        move_service(by=SYSTEM, order_id=row.pk, to="withdrawn", merchant_id=A)
        assert not FeeCharge.objects.exists()
