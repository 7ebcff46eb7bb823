"""The demo's shops, goods and people."""

from __future__ import annotations

import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Avg, Max, Min, Sum

import demo.catalogue
from demo import history
from demo.catalogue import catalogue
from demo.draw import LIST, small_webp
from demo.history import MARK, filling
from demo.own_shop import own_shop
from demo.pictures import FOLDER, picture_file
from demo.plan import FIRST_GROUPS, buyer_of
from marketplace.kernel import clock, renditions
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent, OutboxEvent, Progress
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.models import StockLevel, StockMovement
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.ledger.models import Payout, Statement
from marketplace.platform.ledger.queries import trial_balance
from marketplace.platform.listings.models import Listing, ListingVariant, ProductChange
from marketplace.platform.members.models import Address
from marketplace.platform.reviews.models import BuyerReview, Question
from marketplace.platform.reviews.moderating import recount
from marketplace.platform.taxonomy.models import Category, CategoryAttribute
from tenants.access.models import UserGroup
from tenants.accounts.models import Letter, User
from tenants.onboarding.models import Application
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import databases
from tests import factories as make

PASSWORD = "demo on a hill"
FEW, ALL = 3, 20  # products of each shop beside its first ones
BESIDES = ("KILN-SET-4", "KILN-NAME-CUP", "KILN-CARD-200", "KILN-CLASS-2H")  # a bundle, a customised cup, two goods that need no parcel


@pytest.fixture(scope="module")
def password_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("demo") / "password"
    file.write_text(PASSWORD + "\n")
    return str(file)


def products() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Everything in the catalogue, beside the shop that sells it."""
    return [(shop, product) for shop in [*catalogue()["shops"], own_shop()] for product in shop["products"]]


def seed(password_file: str) -> None:
    call_command("seed_demo", password_file=password_file, verbosity=0)


def what_changes() -> tuple[int, ...]:
    return (
        OutboxEvent.objects.exclude(topic__in=["shop.opened", "job.long_requested"]).count(),
        Listing.objects.count(),
        ListingVariant.objects.count(),
        User.objects.count(),
        Address.objects.count(),
        AuditEvent.objects.exclude(action__startswith="taxonomy.").exclude(action="category.described").count(),
    )


def forget_all() -> None:
    """What the demo's modules keep: it depends on the range, and on the database."""
    for name, module in list(sys.modules.items()):
        if name.startswith("demo."):
            for kept in vars(module).values():
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()


@pytest.fixture(scope="module", params=[FEW, pytest.param(ALL, marks=pytest.mark.long)], ids=["a small range", "the whole range"])
def seeded(request, django_db_setup, django_db_blocker, password_file):
    """The demo in a database of its own, with a small range of goods beside the catalogue's first; `make proofs` has all of it."""
    name = f"{settings.DATABASES['default']['NAME']}_seeded_{request.param}"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo.catalogue, "RANGE", request.param)
        forget_all()
        databases.clone(name)
        with databases.using(name):
            make.commission()
            patch.setattr(renditions, "WIDTHS", (400,))  # one of five: half of the time goes there
            seed(password_file)
            yield
        databases.drop(name)
    forget_all()


class TestSeeding:
    def test_every_product_is_on_sale_with_its_prices_stock_and_pictures(self, seeded):
        assert Listing.objects.count() == len(products()) + len(BESIDES) > 150, "and what stands in no catalogue"
        assert ListingVariant.objects.count() == sum(len(product["variants"]) for _shop, product in products()) + len(BESIDES)
        assert Listing.objects.filter(is_on_sale=False).count() == 1, "its condition of sale took it off"
        mug = Listing.objects.get(titles__en="Morning Mist stoneware mug")
        assert (mug.price, mug.price_to, len(mug.axes)) == (make.yuan("118"), make.yuan("138"), 2)
        assert mug.titles["zh-hans"] == "晨雾粗陶马克杯"
        sold_out = Listing.objects.get(titles__en="Stream fishing set")
        assert not sold_out.in_stock
        for listing in Listing.objects.all():
            assert listing.pictures and all((Path(settings.MEDIA_ROOT) / picture["key"]).is_file() for picture in listing.pictures)

    def test_stock_is_what_the_catalogue_says(self, seeded):
        for shop in catalogue()["shops"]:
            with merchant_schema(Merchant.objects.get(slug=shop["slug"]).pk):
                first = (
                    StockMovement.objects.filter(kind="counted")
                    .exclude(level__variant__sku__in=BESIDES)
                    .order_by("level", "at")
                    .distinct("level")
                    .values_list("quantity", flat=True)
                )
                counted = sum(first)
            assert counted == sum(row[-1] for product in shop["products"] for row in product["variants"])

    def test_people_can_sign_in_and_owners_own_their_shop(self, seeded):
        for shop in catalogue()["shops"]:
            owner = User.objects.get(email=f"owner@{shop['slug']}.localhost")
            assert owner.check_password(PASSWORD)
            with merchant_schema(Merchant.objects.get(slug=shop["slug"]).pk):
                assert UserGroup.objects.filter(user=owner, group__name="owner").exists()
        for buyer in catalogue()["buyers"]:
            person = User.objects.get(email=buyer["email"])
            assert person.check_password(PASSWORD) and Address.objects.get(user=person).is_default

    def test_the_taxonomy_has_ten_roots_and_says_what_describes_goods(self, seeded):
        assert Category.objects.filter(parent=None).count() >= 10
        assert not [category for category in Category.objects.all() if set(category.names) != {"zh-hans", "en"}]
        assert all((Path(settings.MEDIA_ROOT) / category.picture).is_file() for category in Category.objects.all())
        described = CategoryAttribute.objects.filter(category__code="keyboards").order_by("position").values_list("attribute__code", flat=True)
        assert list(described)[:2] == ["color", "switch"]

    def test_what_was_seeded_can_be_bought(self, seeded):
        listing = Listing.objects.filter(in_stock=True).order_by("-price_minor", "pk").first()
        variant = listing.variants.filter(in_stock=True).first()
        buyer = make.a_buyer()
        from marketplace.platform.cart.actions import add_to_cart, cart_of

        cart = cart_of(by=make.acting(buyer), cart_id=None)
        add_to_cart(by=make.acting(buyer), cart=cart, variant_id=variant.pk, quantity=1)
        assert make.place(buyer, cart).items == variant.price

    def test_the_markets_own_shop_has_sold_something_that_stayed_with_the_market(self, seeded):
        own = Merchant.objects.get(is_own=True)
        assert (own.slug, own.status) == ("select", "open")
        assert Statement.objects.get(merchant=own).kept == OrderCopy.objects.get(merchant=own).total == make.yuan("207")
        assert not Payout.objects.filter(merchant=own).exists()
        assert set(ProductChange.objects.filter(merchant=own).values_list("status", "decided_by")) == {("approved", "own-goods")}

    def test_a_second_run_changes_nothing(self, seeded, password_file):
        with filling():
            deliver_events()  # what other tests have left to be done
        before = what_changes()
        seed(password_file)
        assert what_changes() == before


class TestHistory:
    def test_a_hundred_orders_in_every_state_are_there(self, seeded):
        copies = OrderCopy.objects.filter(group__key__startswith=MARK)
        assert 100 <= copies.count() <= 130
        assert set(copies.values_list("status", flat=True)) == {"awaiting_payment", "confirmed", "completed", "cancelled"} - unpaid_now()
        assert {"none", "shipped", "delivered"} <= set(copies.values_list("fulfilment_status", flat=True))
        assert {"paid", "part_refunded", "refunded"} & set(copies.values_list("payment_status", flat=True))
        first, last = copies.aggregate(first=Min("placed_at"), last=Max("placed_at")).values()
        assert last - first > timedelta(days=70)
        assert Statement.objects.exists() and Payout.objects.filter(status="paid").exists()
        assert Payout.objects.filter(status="due").exists(), "two shops have given no account"

    def test_what_was_received_is_spoken_of_and_rated_by_it(self, seeded):
        reviews = BuyerReview.objects.all()
        assert reviews.count() >= 50 and reviews.exclude(pictures=[]).exists() and reviews.exclude(answer="").exists()
        assert set(reviews.values_list("language", flat=True)) == {"zh-hans", "en"}
        assert 4 < reviews.aggregate(mean=Avg("stars"))["mean"] < 4.8
        assert all(review.written_at > review.order.completed_at for review in reviews.select_related("order"))
        assert Question.objects.count() >= 60
        assert not Question.objects.filter(answered_at=None, asked_at__lt=clock.now() - timedelta(days=4)).exists(), "what waits is new"
        assert recount(by=SYSTEM) == 0

    def test_money_and_stock_of_the_past_agree(self, seeded):
        assert sum(amount.minor for _account, amount in trial_balance("CNY")) == 0
        for shop in catalogue()["shops"]:
            with merchant_schema(Merchant.objects.get(slug=shop["slug"]).pk):
                for level in StockLevel.objects.all():
                    assert level.on_hand == (StockMovement.objects.filter(level=level).aggregate(sum=Sum("quantity"))["sum"] or 0)

    def test_nobody_gets_mail_about_what_happened_long_ago(self, seeded):
        recent = OrderGroup.objects.filter(placed_at__gt=clock.now() - timedelta(days=3)).count()
        assert Letter.objects.filter(kind="order_placed").count() <= recent < OrderGroup.objects.count()

    def test_somebody_waits_for_the_operator(self, seeded):
        assert Application.objects.filter(status="submitted").count() == 2
        assert ProductChange.objects.filter(status="waiting").count() == 3
        assert ProductChange.objects.filter(status="sent_back").count() == 1

    def test_the_job_goes_on_where_it_stood_and_tells_how_far_it_is(self, seeded, monkeypatch):
        monkeypatch.setattr(history, "AT_A_TIME_S", 0.5)
        before = OrderCopy.objects.count()
        assert OutboxEvent.objects.filter(topic="job.long_requested", fanned_out_at=None).exists(), "a worker is asked"
        history.go_on()
        row = Progress.objects.get(pk=history.NAME)
        assert row.done == OrderCopy.objects.filter(group__key__startswith=MARK).count() > 100
        assert OrderCopy.objects.count() > before and row.ended_at is None and row.total == 2000


def unpaid_now() -> set[str]:
    """Of those who were placed within the last minutes some may still be paid for; often there is none."""
    return set() if OrderGroup.objects.filter(status="awaiting_payment", key__startswith=MARK).exists() else {"awaiting_payment"}


@pytest.mark.django_db
def test_a_market_with_a_real_rail_gets_no_people_with_a_known_password(password_file):
    Market.objects.update(rail="bank")
    before = User.objects.count()
    with pytest.raises(CommandError, match="only for the sandbox rail"):
        seed(password_file)
    assert User.objects.count() == before


class TestPictures:
    def test_every_picture_that_is_named_is_there(self):
        named = {name for _shop, product in products() for name in product["pictures"]} | {row[4] for row in catalogue()["categories"]}
        assert {name for name in named if picture_file(name).stem != name} == set()

    def test_a_kind_stands_for_its_first_colour_and_the_unknown_for_a_parcel(self):
        assert picture_file("mug").stem == "mug-clay"
        assert picture_file("hard_disk").stem == "hard-disk"
        assert picture_file("unheard of").stem == "parcel"

    def test_they_are_small_and_none_is_left_over(self):
        listed = tomllib.loads(LIST.read_text())
        files = {file.stem: file.stat().st_size for file in FOLDER.glob("*.webp")}
        assert set(files) == {*listed["pictures"], *listed["details"], *listed["scenes"]}
        assert max(size for name, size in files.items() if name not in listed["scenes"]) <= 20_000
        assert sum(files.values()) <= 8_000_000

    def test_drawing_again_gives_the_same_file(self):
        from demo.draw import MOST_BYTES, WIDTH, picture

        kind, main, accent = tomllib.loads(LIST.read_text())["pictures"]["teapot-celadon"]
        assert small_webp(picture(kind, main, accent), WIDTH, MOST_BYTES) == picture_file("teapot-celadon").read_bytes()


def test_the_job_that_makes_the_rest_does_not_go_shopping_with_a_visitors_cart():
    visitors = range(len(catalogue()["buyers"]))
    first = {buyer_of(group) for group in range(FIRST_GROUPS)}
    rest = {buyer_of(group) for group in range(FIRST_GROUPS, 3_000)}
    assert first & set(visitors), "the control: they have a past"
    assert not rest & set(visitors) and len(rest) > 30
