"""Packages: charged by the month and to the last unit, once, whoever is killed or late; limits where things are made; settled with the sales."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import translation

from marketplace.flows import rent
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.rent import book_fee, bring_up_to_date, change_package, give_up_plan
from marketplace.flows.settle import preview
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.money import Money
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.platform.ledger.models import Account, JournalEntry
from marketplace.platform.ledger.queries import balance, lines_from_journal, trial_balance
from tenants.accounts.models import User
from tenants.packages.actions import publish_version, put_extra, set_own_price
from tenants.packages.errors import OfferUnknown, SamePackage, TooMuchForPackage
from tenants.packages.models import FeeCharge, PackageChange, ServicePackage
from tenants.packages.queries import limits_of, subscription_of, today
from tenants.packages.sharing import month_of, share
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.flows.letterbox import letters

A = MERCHANTS["a"]
OWNER = "owner-a@market.localhost"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def on_day(day: date):
    """The clock at noon of a day in the market's zone."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=Market.objects.get().tz)
    return clock.shifted(noon - clock.now())


def offer(code: str, price: str = "0", default: bool = False, existing_from: date | None = None, **limits: int) -> ServicePackage:
    names = {"en": code.title(), "zh-hans": code}
    publish_version(
        by=SYSTEM, code=code, names=names, texts={}, monthly_minor=yuan(price).minor, limits=limits,
        existing_from=existing_from or today(), is_default=default, why="opening",
    )  # fmt: skip
    return ServicePackage.objects.get(code=code)


def take(package: ServicePackage, key: UUID | None = None) -> PackageChange:
    return change_package(by=SYSTEM, change_id=key or uuid4(), merchant_id=A, package_id=package.pk)


def charged() -> Money:
    return Money.sum((fee.amount for fee in FeeCharge.objects.filter(merchant_id=A)), "CNY")


JUNE = date(2031, 6, 1)


class TestExactness:
    def test_parts_of_a_month_always_add_up_to_the_whole(self):
        dice = Random(20261126)
        for _again in range(300):
            start, end = month_of(date(2026, 1, 1) + timedelta(days=dice.randrange(2000)))
            price = Money(dice.randrange(10 ** dice.randrange(1, 9)), "CNY")
            cuts = sorted(start + timedelta(days=dice.randrange((end - start).days + 1)) for _n in range(dice.randrange(6)))
            days = [start, *cuts, end]
            parts = [share(price, start, one, other, end) for one, other in pairwise(days)]
            assert Money.sum(parts, "CNY") == price and all(part.minor >= 0 for part in parts)
            for part, one, other in zip(parts, days, days[1:], strict=False):
                assert abs(part.minor * (end - start).days - price.minor * (other - one).days) < (end - start).days, "less than a unit off"

    def test_what_is_no_part_is_refused(self):
        with pytest.raises(ValueError):
            share(yuan("1"), JUNE, JUNE - timedelta(days=1), JUNE, date(2031, 7, 1))

    @pytest.mark.django_db
    def test_any_life_of_changes_costs_day_by_day_what_its_packages_do(self):
        """Changes at random over months: what was charged is the sum over the stretches with one package, each a share of its month."""
        with on_day(date(2031, 1, 3)):
            free, packages = offer("free", default=True), [offer(f"p{n}", price) for n, price in enumerate(("99", "100.01", "333.33", "1000"))]
        dice, day, expected = Random(7), date(2031, 1, 3), 0
        price_now, since, next_price = 0, day, None
        while day < date(2031, 4, 20):
            day += timedelta(days=dice.randrange(1, 9))
            with on_day(day):
                while since < month_of(day)[0]:  # months that ended meanwhile
                    start, end = month_of(since)
                    expected += share(Money(price_now, "CNY"), start, since, end, end).minor
                    since, price_now, next_price = end, price_now if next_price is None else next_price, None
                bring_up_to_date(by=SYSTEM, merchant_id=A)
                chosen = dice.choice([free, *packages])
                try:
                    done = take(chosen)
                except SamePackage:
                    continue
                new = done.after.monthly_minor
                if done.kind == "planned":
                    next_price = new
                elif done.kind == "given_up":
                    next_price = None
                else:
                    start, end = month_of(day)
                    expected += share(Money(price_now, "CNY"), start, since, day, end).minor
                    price_now, since, next_price = new, day, None
        start, end = month_of(day)
        expected += share(Money(price_now, "CNY"), start, since, end, end).minor
        assert charged().minor == expected > 0
        assert balance(Account.MERCHANT_PAYABLE, "CNY", A) == charged() == -balance(Account.FEE_INCOME, "CNY")
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0


@pytest.mark.django_db
class TestOnce:
    def test_the_same_form_and_the_same_month_are_charged_once(self):
        with on_day(JUNE + timedelta(days=9)):
            package, key = offer("large", "300"), uuid4()
            assert take(package, key).pk == take(package, key).pk
            assert charged() == yuan("210")
        for _again in range(3):
            with on_day(date(2031, 7, 2)):
                fire_due()
                deliver_events()
                rent.begin_what_is_late()
        assert charged() == yuan("510")
        with on_day(date(2031, 10, 1)):
            assert bring_up_to_date(by=SYSTEM, merchant_id=A) == 3, "months that nobody came to are caught up with, each once"
        assert sorted(FeeCharge.objects.values_list("ref", flat=True))[:4] == ["month:2031-07", "month:2031-08", "month:2031-09", "month:2031-10"]
        assert charged() == yuan("1410")

    def test_killed_between_the_charge_and_the_month_nothing_is_kept_and_then_all_of_it(self, monkeypatch):
        with on_day(JUNE):
            take(offer("large", "300"))
        watch = rent._watch
        monkeypatch.setattr(rent, "_watch", lambda *args: 1 / 0)
        with on_day(date(2031, 7, 1)):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                bring_up_to_date(by=SYSTEM, merchant_id=A)
            assert charged() == yuan("300") and subscription_of(A).period_start == JUNE
            assert FeeCharge.objects.count() == JournalEntry.objects.filter(kind="fee").count() == 1
            monkeypatch.setattr(rent, "_watch", watch)
            assert bring_up_to_date(by=SYSTEM, merchant_id=A) == 1
        assert charged() == yuan("600")

    def test_a_shop_that_has_closed_is_charged_no_more(self):
        with on_day(JUNE):
            take(offer("large", "300"))
        Merchant.objects.filter(pk=A).update(status="closed")
        with on_day(date(2031, 8, 1)):
            assert bring_up_to_date(by=SYSTEM, merchant_id=A) == 0
        assert charged() == yuan("300")


@pytest.mark.django_db
class TestUpAndDown:
    def test_up_holds_at_once_and_down_at_the_end_of_the_month(self):
        with on_day(JUNE):
            small, large = offer("small", "30", products=1), offer("large", "300", products=9)
            take(small)
        with on_day(JUNE + timedelta(days=15)):
            assert take(large).kind == "at_once"
            assert limits_of(A)["products"] == 9 and charged() == yuan("165")
            assert take(small).kind == "planned" and limits_of(A)["products"] == 9
            assert take(large).kind == "given_up", "to choose the present one gives the plan up"
            with pytest.raises(SamePackage):
                take(large)
            take(small)
        with on_day(date(2031, 7, 1)):
            bring_up_to_date(by=SYSTEM, merchant_id=A)
            assert limits_of(A)["products"] == 1 and charged() == yuan("195")

    def test_down_is_refused_with_what_is_too_much_and_looked_at_again_at_the_end(self):
        with on_day(JUNE):
            small, large = offer("small", "30", products=1, pictures=1), offer("large", "300")
            take(large)
            first, _second = make.a_product("a", title="First"), make.a_product("a", title="Second")
            with pytest.raises(TooMuchForPackage, match="Products on sale 2 of 1"):
                take(small)
            with merchant_schema(A):
                take_product_off_sale(by=SYSTEM, product_id=first.pk)
            take(small)
            with merchant_schema(A):
                put_on_sale(by=SYSTEM, product_id=first.pk)
        with on_day(date(2031, 7, 1)):
            bring_up_to_date(by=SYSTEM, merchant_id=A)
            assert subscription_of(A).version.package.code == "large" and subscription_of(A).next_package is None
            assert any("small" in each.subject.lower() for each in letters("package_not_begun") if each.to == OWNER)

    def test_a_plan_is_given_up_and_what_is_not_offered_cannot_be_chosen(self):
        with on_day(JUNE):
            small, large = offer("small", "30"), offer("large", "300")
            take(large)
            take(small)
            give_up_plan(by=SYSTEM, change_id=uuid4(), merchant_id=A)
            with pytest.raises(NotFound):
                give_up_plan(by=SYSTEM, change_id=uuid4(), merchant_id=A)
            ServicePackage.objects.filter(pk=small.pk).update(is_offered=False)
            with pytest.raises(OfferUnknown):
                take(small)


@pytest.mark.django_db
class TestPrices:
    def test_who_has_a_package_pays_more_only_from_a_day_that_is_thirty_days_ahead(self):
        with on_day(JUNE):
            take(offer("large", "300", products=9))
            for worse in ({"price": "301", "products": 9}, {"price": "300", "products": 8}):
                with pytest.raises(InvalidInput, match="30 days"):
                    offer("large", existing_from=JUNE + timedelta(days=29), **worse)
            offer("large", "400", existing_from=date(2031, 7, 15), products=9)
            assert any("400" in each.text for each in letters("package_published") if each.to == OWNER)
        for day, paid in ((date(2031, 7, 1), "600"), (date(2031, 8, 1), "1000")):
            with on_day(day):
                bring_up_to_date(by=SYSTEM, merchant_id=A)
                assert charged() == yuan(paid)

    def test_a_price_of_its_own_counts_for_the_months_in_its_span_and_not_for_what_was_charged(self):
        with on_day(JUNE):
            package = offer("large", "300")
            take(package)
            set_own_price(by=SYSTEM, merchant_id=A, package_id=package.pk, monthly_minor=0, from_day=JUNE, until_day=date(2031, 7, 31), why="an apology")
            with pytest.raises(InvalidInput):
                set_own_price(by=SYSTEM, merchant_id=A, package_id=package.pk, monthly_minor=40_000, from_day=JUNE, until_day=None, why="dearer at once")
        for day, paid in ((date(2031, 7, 1), "300"), (date(2031, 8, 1), "600")):
            with on_day(day):
                bring_up_to_date(by=SYSTEM, merchant_id=A)
                assert charged() == yuan(paid)

    def test_the_package_of_who_has_chosen_none_is_free(self):
        with pytest.raises(InvalidInput, match="free"):
            offer("basic", "1", default=True)

    def test_a_person_alone_sets_no_price_and_books_no_fee(self):
        alone = make.acting(User.objects.get(email="operator@market.localhost"))
        with pytest.raises(SecondPersonNeeded):
            publish_version(by=alone, code="x", names={"en": "x"}, texts={}, monthly_minor=1, limits={}, existing_from=today(), is_default=False, why="x")
        with pytest.raises(SecondPersonNeeded):
            put_extra(by=alone, code="x", kind="service", names={"en": "x"}, texts={}, adds={}, price=yuan("1"), why="x")
        with pytest.raises(SecondPersonNeeded):
            book_fee(by=alone, key=uuid4(), merchant_id=A, kind="service", names={"en": "x"}, amount=yuan("1"), why="x")

    def test_a_charge_is_waived_once_and_whole_and_what_a_shop_owes_can_be_paid(self):
        with on_day(JUNE):
            take(offer("large", "300"))
            fee = FeeCharge.objects.get()
            for _again in range(2):
                book_fee(by=SYSTEM, key=UUID(int=1), merchant_id=A, kind="waived", names={}, amount=fee.amount, why="our fault", waives_id=fee.pk)
            assert not charged()
            with pytest.raises(NotFound):
                book_fee(by=SYSTEM, key=uuid4(), merchant_id=A, kind="waived", names={}, amount=fee.amount, why="again", waives_id=fee.pk)
            book_fee(by=SYSTEM, key=uuid4(), merchant_id=A, kind="service", names={"en": "Training"}, amount=yuan("50"), why="agreed")
            book_fee(by=SYSTEM, key=uuid4(), merchant_id=A, kind="paid", names={"en": "Paid"}, amount=yuan("50"), why="seen on the account")
            assert not charged() and balance(Account.OWN_BANK, "CNY") == yuan("50")


@pytest.mark.django_db
class TestSettling:
    def test_fees_are_taken_from_sales_and_follow_from_the_journal_alone(self):
        Market.objects.update(settle_days=0)
        take(offer("large", "30"))
        make.a_completed_group(("a", make.a_product("a", price="100"), 1))
        fees = charged()
        assert yuan("0") < fees <= yuan("30")
        (due,) = preview()
        (statement,) = make.settled("a")
        assert due.payout == statement.payout == yuan("95") - fees and statement.fees == fees
        assert {line.kind for line in statement.lines.all()} == {"sale", "fee"}
        again = lines_from_journal(JournalEntry.objects.filter(statement_line__statement=statement).prefetch_related("postings"))
        assert sum(line.net.minor for line in again) == statement.payout_minor
        assert not balance(Account.MERCHANT_PAYABLE, "CNY", A)

    def test_a_shop_that_sells_nothing_owes_and_the_next_statement_opens_with_it(self):
        Market.objects.update(settle_days=0)
        take(offer("large", "30"))
        fees = charged()
        (owing,) = make.settled("a")
        assert (owing.payout, owing.closing) == (yuan("0"), -fees)
        make.a_completed_group(("a", make.a_product("a", price="100"), 1))
        (statement,) = make.settled("a")
        assert (statement.opening, statement.payout) == (-fees, yuan("95") - fees)
