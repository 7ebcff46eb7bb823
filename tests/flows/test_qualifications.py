"""What a shop may sell follows its qualifications: exactly the goods that need one go when it ends, and exactly these come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.flows.place_order import place_order
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.qualify import accept_renewal, refuse_renewal, revoke_qualification, settle_listings, waive_for_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.relay import deliver_events
from marketplace.platform.cart.actions import add_to_cart, cart_of
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.cart.queries import chosen_lines, view_cart
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.listings.errors import NotOnSale
from marketplace.platform.listings.holding import settle_shop
from marketplace.platform.listings.models import Listing, ListingVariant, sellable
from marketplace.platform.taxonomy.models import Category
from tenants.access.errors import OwnHands
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.onboarding.errors import PaperDecided, RequirementNotAsked
from tenants.onboarding.models import Qualification, Requirement
from tenants.onboarding.qualifications import end_of, grant_qualification, hand_in_renewal
from tenants.onboarding.requirements import put_requirement
from tenants.onboarding.standing import Span, covered_until, standing_of
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
SHOP = MERCHANTS["a"]


@pytest.fixture(autouse=True)
def papers_root(settings, tmp_path) -> Iterator[None]:
    settings.PAPERS_ROOT = tmp_path
    with translation.override("en"):
        yield


def ask(code: str, categories: list[int] | None = None, **fields: Any) -> Requirement:
    kept = {"names": {"en": code}, "categories": categories or [], **fields}
    return put_requirement(by=SYSTEM, code=code, fields=kept, why="The law says so")


def grant(requirement: Requirement, *, days: float | None, shop: str = "a", ago: float = 1) -> Qualification:
    now = clock.now()
    row = grant_qualification(
        by=SYSTEM,
        merchant_id=MERCHANTS[shop],
        requirement=requirement,
        paper=None,
        valid_from=now - timedelta(days=ago),
        valid_until=now + timedelta(days=days) if days is not None else None,
        reason="seen in person",
    )
    settle_listings(by=SYSTEM, merchant_id=MERCHANTS[shop])
    return row


def category(code: str, parent: Category | None = None) -> Category:
    return make.a_category(code, {"en": code}, parent.code if parent else None)


def product_in(where: Category, shop: str = "a") -> UUID:
    product = make.a_product(shop=shop, category=where)
    return UUID(str(product.pk))


def on_sale() -> set[UUID]:
    return set(Listing.objects.filter(is_on_sale=True).values_list("pk", flat=True))


def time_passes() -> None:
    """What is due happens, and what follows from it."""
    deliver_events()
    while fire_due():
        deliver_events()
    deliver_events()


@pytest.fixture
def goods() -> dict[str, UUID]:
    """A shop that sells food and cups, and another that sells the same food."""
    food, cups = category("food-x"), category("cups-x")
    tea = category("tea-x", food)
    return {"tea": product_in(tea), "food": product_in(food), "cup": product_in(cups), "other": product_in(tea, "b")}


@pytest.fixture
def licence(goods) -> Requirement:
    food = Category.objects.get(code="food-x")
    requirement = ask("food", [food.pk], ends="must")
    grant(requirement, days=100, shop="b")
    return requirement


def hand_in(code: str, days: int = 400, colour: str = "red", shop: str = "a") -> Any:
    ends_on = clock.day_of(clock.now(), Market.objects.get().tz) + timedelta(days=days)
    return hand_in_renewal(by=SYSTEM, merchant_id=MERCHANTS[shop], code=code, name="p.png", upload=make.a_picture(colour), ends_on=ends_on)


class TestALicenceEnds:
    def test_exactly_what_needs_it_goes_and_comes_back(self, goods, licence):
        grant(licence, days=10)
        everything = on_sale()
        assert everything >= set(goods.values())
        with clock.shifted(timedelta(days=11)):
            time_passes()
            assert everything - on_sale() == {goods["tea"], goods["food"]}
            assert Qualification.objects.get(merchant_id=SHOP).state == "expired"
            paper = hand_in("food")
            assert everything - on_sale() == {goods["tea"], goods["food"]}  # handed in is not accepted
            accept_renewal(by=SYSTEM, paper_id=paper.pk, ends_on=paper.ends_on)
            assert on_sale() == everything
            assert Qualification.objects.get(merchant_id=SHOP, state="valid").valid_until == end_of(paper.ends_on)

    def test_nothing_is_sold_from_the_moment_on_however_late_the_engine_is(self, goods, licence):
        grant(licence, days=10)
        buyer = make.a_buyer()
        by = make.acting(buyer)
        cart, variant = cart_of(by=by, cart_id=None), ListingVariant.objects.get(listing_id=goods["tea"]).pk
        add_to_cart(by=by, cart=cart, variant_id=variant, quantity=1)
        assert len(chosen_lines(cart.pk)) == 1
        with clock.shifted(timedelta(days=10, seconds=1)):  # nobody has acted on it yet
            assert goods["tea"] in on_sale()
            assert chosen_lines(cart.pk) == [] and not view_cart(cart, "CNY").chosen
            with pytest.raises(NotOnSale):
                add_to_cart(by=by, cart=cart, variant_id=variant, quantity=1)
            with pytest.raises(CartEmpty):
                place_order(by=by, key="k", cart_id=cart.pk, address_id=make.an_address(buyer), shown_total=make.yuan("100"), language="en")
        assert not OrderGroup.objects.filter(buyer=buyer).exists()

    def test_whoever_renews_in_time_notices_nothing(self, goods, licence):
        grant(licence, days=10)
        everything = on_sale()
        paper = hand_in("food")
        accept_renewal(by=SYSTEM, paper_id=paper.pk, ends_on=paper.ends_on)
        with clock.shifted(timedelta(days=11)):
            time_passes()
            assert on_sale() == everything
            assert sorted(Qualification.objects.filter(merchant_id=SHOP).values_list("state", flat=True)) == ["expired", "valid"]

    def test_what_its_shop_took_off_sale_does_not_come_back(self, goods, licence):
        grant(licence, days=10)
        with merchant_schema(SHOP):
            take_product_off_sale(by=SYSTEM, product_id=goods["food"])
        with clock.shifted(timedelta(days=11)):
            time_passes()
            with merchant_schema(SHOP):
                put_on_sale(by=SYSTEM, product_id=goods["food"])
            assert goods["food"] not in on_sale()  # the wish is kept, the licence still lacks
            grant(licence, days=50, ago=0)
            assert {goods["tea"], goods["food"]} <= on_sale()
            with merchant_schema(SHOP):
                take_product_off_sale(by=SYSTEM, product_id=goods["tea"])
            settle_listings(by=SYSTEM, merchant_id=SHOP)
            assert goods["tea"] not in on_sale()

    def test_what_needs_two_comes_back_with_the_second(self, goods, licence):
        other = ask("import", [Category.objects.get(code="tea-x").pk])
        grant(licence, days=10)
        second = grant(other, days=20)
        with clock.shifted(timedelta(days=21)):
            time_passes()
            assert not {goods["tea"], goods["food"]} & on_sale()
            grant(licence, days=50, ago=0)
            assert goods["food"] in on_sale() and goods["tea"] not in on_sale()
            grant(other, days=50, ago=0)
            assert {goods["tea"], goods["food"]} <= on_sale()
        assert second.requirement_id == other.pk

    def test_who_works_for_a_shop_takes_none_of_its_qualifications_back(self, goods):
        row, judge = grant(ask("trading"), days=10), User.objects.get(email="operator@market.localhost")
        give_role(by=SYSTEM, user_id=judge.pk, role="product_editor", merchant_id=MERCHANTS["a"])
        with pytest.raises(OwnHands):
            revoke_qualification(by=make.acting(judge), qualification_id=row.pk, reason="It was forged")
        row.refresh_from_db()
        assert row.state == "valid" and goods["tea"] in on_sale()

    def test_a_requirement_without_categories_is_for_everything_of_that_shop(self, goods):
        row = grant(ask("trading"), days=10)
        revoke_qualification(by=SYSTEM, qualification_id=row.pk, reason="It was forged")
        assert not {goods["tea"], goods["food"], goods["cup"]} & on_sale() and goods["other"] in on_sale()

    def test_a_product_that_is_published_meanwhile_is_held_too(self, goods, licence):
        grant(licence, days=10)
        with clock.shifted(timedelta(days=11)):
            time_passes()
            late = product_in(Category.objects.get(code="tea-x"))
            row = Listing.objects.get(pk=late)
            assert (row.is_listed, row.is_held, row.is_on_sale) == (True, True, False)

    def test_the_database_itself_keeps_what_is_held_off_sale(self, goods):
        with pytest.raises(IntegrityError), transaction.atomic():
            Listing.objects.filter(pk=goods["tea"]).update(is_held=True)


class TestWhatIsAsked:
    def test_a_shop_that_was_never_asked_goes_on_until_it_is_enforced(self, goods):
        ask("food", [Category.objects.get(code="food-x").pk], enforced_from=clock.now() + timedelta(days=30))
        time_passes()
        assert set(goods.values()) <= on_sale()
        assert Listing.objects.get(pk=goods["tea"]).sellable_until is not None and Listing.objects.get(pk=goods["cup"]).sellable_until is None
        with clock.shifted(timedelta(days=31)):
            time_passes()
            assert set(goods.values()) - on_sale() == {goods["tea"], goods["food"], goods["other"]}
            with pytest.raises(RequirementNotAsked):  # it cannot be waived
                waive_for_shop(by=SYSTEM, merchant_id=SHOP, code="food", reason="A friend")
            ask("food", is_waivable=True, categories=[Category.objects.get(code="food-x").pk])
            with pytest.raises(ReasonMissing):
                waive_for_shop(by=SYSTEM, merchant_id=SHOP, code="food", reason=" ")
            waive_for_shop(by=SYSTEM, merchant_id=SHOP, code="food", reason="Sealed goods only")
            assert set(goods.values()) - on_sale() == {goods["other"]}

    def test_switching_a_requirement_off_frees_what_it_held(self, goods, licence):
        grant(licence, days=10)
        with clock.shifted(timedelta(days=11)):
            time_passes()
            assert goods["tea"] not in on_sale()
            ask("food", [Category.objects.get(code="food-x").pk], is_active=False)
            time_passes()
            assert set(goods.values()) <= on_sale()

    def test_a_renewal_is_decided_once_and_refusing_changes_nothing(self, goods, licence):
        grant(licence, days=10)
        paper = hand_in("food")
        assert hand_in("food").pk == paper.pk
        with pytest.raises(ReasonMissing):
            refuse_renewal(by=SYSTEM, paper_id=paper.pk, reason="")
        refuse_renewal(by=SYSTEM, paper_id=paper.pk, reason="Not readable")
        with pytest.raises(PaperDecided):
            accept_renewal(by=SYSTEM, paper_id=paper.pk, ends_on=paper.ends_on)
        assert Qualification.objects.filter(merchant_id=SHOP).count() == 1
        with pytest.raises(InvalidInput):
            hand_in("food", days=-1, colour="green")
        with pytest.raises(RequirementNotAsked):
            hand_in("nothing-like-it")

    def test_a_document_that_is_none_changes_nothing(self, licence):
        with pytest.raises(InvalidInput):
            hand_in_renewal(by=SYSTEM, merchant_id=SHOP, code="food", name="x", upload=BytesIO(b"<html>"), ends_on=clock.now().date() + timedelta(days=40))


OWNER = "owner-a@market.localhost"


def letters_to(address: str) -> list[EmailMultiAlternatives]:
    return [letter for letter in mail.outbox if letter.to == [address]]


class TestReminders:
    def test_letters_come_30_7_and_1_days_before_and_when_it_has_ended(self, goods, licence):
        User.objects.filter(email=OWNER).update(language="en")
        grant(licence, days=40)
        told = []
        for days in (11, 34, 39.5, 41):
            with clock.shifted(timedelta(days=days)):
                time_passes()
                told.append([letter.subject for letter in letters_to(OWNER)])
        assert [len(subjects) for subjects in told] == [1, 2, 3, 4]
        assert [subject.split("” ")[-1] for subject in told[-1]] == ["ends in 29 days", "ends in 6 days", "ends in 1 day", "has expired"]

    def test_who_has_renewed_is_left_alone(self, goods, licence):
        grant(licence, days=40)
        grant(licence, days=400, ago=0)
        with clock.shifted(timedelta(days=41)):
            time_passes()
        assert letters_to(OWNER) == []


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


class TestTheRule:
    @pytest.mark.parametrize("seed", range(30))
    def test_a_stretch_of_spans_covers_what_each_moment_alone_would_say(self, seed):
        dice = Random(seed)
        spans = [Span(at(start), at(start + dice.randint(1, 20)) if dice.random() < 0.9 else None) for start in (dice.randint(-40, 40) for _n in range(4))]
        covers = lambda moment: any(span.start <= moment and (span.end is None or moment < span.end) for span in spans)
        is_covered, until = covered_until(spans, NOON)
        assert is_covered == covers(NOON)
        if is_covered:
            stretch = next((hours for hours in range(120) if not covers(at(hours))), None)
            assert until == (None if stretch is None else at(stretch))

    @pytest.mark.parametrize("seed", range(12))
    def test_sellable_is_all_that_is_needed_holds(self, seed):
        """Random requirements, categories and dates: a listing is on sale exactly when everything asked for it is valid."""
        dice = Random(seed)
        roots = [category(f"root-{n}") for n in range(3)]
        nodes = roots + [category(f"leaf-{n}", dice.choice(roots)) for n in range(4)]
        listings = [product_in(dice.choice(nodes)) for _n in range(4)]
        now = clock.now()
        for n in range(4):
            enforced = now + timedelta(days=dice.choice([-5, 5])) if dice.random() < 0.5 else None
            row = ask(f"asked-{n}", [one.pk for one in dice.sample(nodes, dice.randint(0, 2))], enforced_from=enforced, is_active=dice.random() < 0.85)
            for _m in range(dice.randint(0, 2)):
                ago = dice.randint(-4, 10)
                held = grant(row, days=-ago + dice.randint(1, 12) if dice.random() < 0.8 else None, ago=ago)
                if dice.random() < 0.2:
                    revoke_qualification(by=SYSTEM, qualification_id=held.pk, reason="x")
        for days in (0, 3, 7):
            with clock.shifted(timedelta(days=days)):
                moment = clock.now()
                expected = {key for key in listings if self.may_sell(Listing.objects.select_related("category").get(pk=key), moment)}
                buyable = set(Listing.objects.filter(sellable(), pk__in=listings).values_list("pk", flat=True))
                assert buyable <= expected  # nothing too much, even before anybody acts
                settle_listings(by=SYSTEM, merchant_id=SHOP)
                assert on_sale() & set(listings) == expected
                assert settle_shop(SHOP).held == settle_shop(SHOP).released == []

    @staticmethod
    def may_sell(listing: Listing, moment: datetime) -> bool:
        """Said again, in another way."""
        for row in Requirement.objects.filter(is_active=True, check_by="document", kinds=[]):
            if row.categories and not set(row.categories) & set(listing.category.path):
                continue
            held = list(Qualification.objects.filter(merchant_id=SHOP, requirement=row))
            if not held and (row.enforced_from is None or row.enforced_from > moment):
                continue
            valid = [one for one in held if one.state != "revoked" and one.valid_from <= moment and (one.valid_until is None or moment < one.valid_until)]
            if not valid:
                return False
        return True

    def test_the_rule_reads_nothing_of_other_shops(self, goods, licence):
        assert standing_of(MERCHANTS["c"], clock.now()).spans == {}
