"""One transaction over several schemas, and the traps of many schemas in one database: each was a leak somewhere."""

from __future__ import annotations

import threading
from contextlib import suppress
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import connection, transaction
from django.db.utils import OperationalError

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.inventory.models import StockLocation
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.guard import WrongSchema
from tenants.tenancy.models import schema_name_of
from tenants.tenancy.schemas import (
    NotInMerchantSchema,
    SecondSchema,
    current_merchant_id,
    in_merchant_schemas,
    merchant_schema,
)
from tests.databases import MERCHANTS

A, B, C = MERCHANTS.values()


def add_location(name: str) -> StockLocation:
    return StockLocation.objects.create(names={"en": name})


def locations(merchant_id) -> list[str]:
    with merchant_schema(merchant_id):
        return sorted(location.names["en"] for location in StockLocation.objects.all())


@pytest.fixture
def real_commits(own_database):
    """Three shops with nothing but their main warehouse, before and after."""
    yield
    for merchant_id in (A, B, C):
        with merchant_schema(merchant_id):
            StockLocation.objects.filter(is_default=False).delete()


def write_everywhere() -> None:
    audit(by=SYSTEM, action="test.wrote", subject="test", subject_id="x")
    with in_merchant_schemas([C, A, B]) as merchants:
        for _merchant_id in merchants:
            add_location("new")


class TestOneTransactionOverThreeSchemasAndPublic:
    def test_commits_whole(self, real_commits):
        before = AuditEvent.objects.count()
        with transaction.atomic():
            write_everywhere()
        connection.close()  # nothing of this session is left
        assert [locations(m) for m in (A, B, C)] == [["Main warehouse", "new"]] * 3
        assert AuditEvent.objects.count() == before + 1

    def test_rolls_back_whole(self, real_commits):
        before = AuditEvent.objects.count()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            write_everywhere()
            raise ZeroDivisionError
        assert [locations(m) for m in (A, B, C)] == [["Main warehouse"]] * 3
        assert AuditEvent.objects.count() == before

    def test_rolls_back_to_a_savepoint(self, real_commits):
        with transaction.atomic():
            with in_merchant_schemas([A, B, C]) as merchants:
                for merchant_id in merchants:
                    add_location("kept")
                    with pytest.raises(ZeroDivisionError), transaction.atomic():
                        add_location("gone")
                        raise ZeroDivisionError
                    assert current_merchant_id() == merchant_id
                    assert StockLocation.objects.filter(is_default=False).get().names["en"] == "kept"
        assert [locations(m) for m in (A, B, C)] == [["Main warehouse", "kept"]] * 3


class TestOrderOfSchemas:
    def test_schemas_are_visited_in_the_order_of_their_names_whatever_the_basket_says(self, db):
        with transaction.atomic(), in_merchant_schemas([C, B, A, C]) as merchants:
            assert list(merchants) == sorted([A, B, C], key=schema_name_of)

    def test_a_second_schema_is_refused_outside_in_merchant_schemas(self, real_commits):
        with pytest.raises(SecondSchema), transaction.atomic():
            with merchant_schema(A):
                pass
            with merchant_schema(B):
                pass

    def test_several_schemas_without_a_transaction_are_refused(self, real_commits):
        with pytest.raises(RuntimeError, match="outside a transaction"), in_merchant_schemas([A, B]):
            pass

    def test_the_schema_before_is_restored_after_an_error(self, db):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), in_merchant_schemas([A, B]) as merchants:
            for _merchant_id in merchants:
                raise ZeroDivisionError
        assert connection.schema_name == "public"

    def test_crossed_orders_do_not_deadlock(self, real_commits):
        assert crossing_transactions(in_merchant_schemas) == []

    def test_crossed_orders_deadlock_in_the_given_order(self, real_commits):
        """The control: without the sorting, the same two transactions wait for each other."""
        from tests.faults.mutants import visit_in_given_order

        (error,) = crossing_transactions(visit_in_given_order.in_merchant_schemas)
        assert error.__cause__.sqlstate in ("40P01", "55P03")


def crossing_transactions(visitor) -> list[BaseException]:
    """Two transactions lock a row in A and in B; both hold their first before they reach for their second, if they can."""
    both_hold_one = threading.Barrier(2)
    errors: list[BaseException] = []

    def run(order) -> None:
        try:
            with transaction.atomic(), visitor(order) as merchants:
                for step, _merchant_id in enumerate(merchants):
                    list(StockLocation.objects.filter(is_default=True).select_for_update())
                    if step == 0:
                        with suppress(threading.BrokenBarrierError):  # the other waits for our lock: as it should
                            both_hold_one.wait(timeout=1)
        except OperationalError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in ([A, B], [B, A])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db
class TestRowsStayInTheirSchema:
    def test_a_lazy_queryset_refuses_to_run_in_another_schema(self):
        with merchant_schema(A):
            lazy = StockLocation.objects.all()
        with merchant_schema(B), pytest.raises(WrongSchema):
            list(lazy)
        with pytest.raises(WrongSchema):
            lazy.count()

    @pytest.mark.parametrize("use", ["exists", "count", "delete", "first", "iterator"])
    def test_no_way_of_running_a_queryset_is_left_open(self, use):
        with merchant_schema(A):
            lazy = StockLocation.objects.filter(is_default=True)
        with merchant_schema(B), pytest.raises(WrongSchema):
            list(lazy.iterator()) if use == "iterator" else getattr(lazy, use)()

    def test_a_row_is_not_saved_in_another_schema(self):
        with merchant_schema(A):
            row = StockLocation.objects.get()
        with merchant_schema(B):
            row.names = {"en": "stolen"}
            with pytest.raises(WrongSchema):
                row.save()
            assert StockLocation.objects.get().names["en"] == "Main warehouse"

    def test_a_row_is_not_deleted_in_another_schema(self):
        with merchant_schema(A):
            row = add_location("mine")
        with merchant_schema(B), pytest.raises(WrongSchema):
            row.delete()

    def test_a_row_is_not_created_in_bulk_in_another_schema(self):
        with merchant_schema(A):
            row = StockLocation(names={"en": "x"})
        with merchant_schema(B), pytest.raises(WrongSchema):
            StockLocation.objects.bulk_create([row])

    def test_an_update_does_not_reach_another_schema(self):
        with merchant_schema(A):
            lazy = StockLocation.objects.all()
        with merchant_schema(B), pytest.raises(WrongSchema):
            lazy.update(names={"en": "stolen"})

    def test_a_row_is_not_related_to_one_of_another_schema(self):
        from marketplace.merchant.catalogue.models import Product, Variant

        with merchant_schema(A):
            product = Product.objects.create(category_id=1, titles={"en": "Cup"})
        with merchant_schema(B), pytest.raises(WrongSchema):
            Variant(product=product, sku="x").save()

    def test_rows_of_wagtail_and_django_are_guarded_too(self):
        from django.contrib.auth.models import Group
        from wagtail.models import Page

        with merchant_schema(A):
            group, page = Group.objects.get(name="owner"), Page.objects.get(depth=2)
        with merchant_schema(B):
            for row in (group, page):
                with pytest.raises(WrongSchema):
                    row.save()


@pytest.mark.django_db
class TestNothingElseLeaks:
    def test_an_owner_of_one_merchant_is_nobody_at_the_next(self):
        owner = User.objects.get(email="owner-a@market.localhost")
        rights = {}
        for letter, merchant_id in MERCHANTS.items():
            with merchant_schema(merchant_id):
                rights[letter] = owner.has_perm("access.ship_orders")
        assert rights == {"a": True, "b": False, "c": False}
        assert not owner.has_perm("access.settle")

    def test_an_operator_has_no_right_inside_a_merchants_schema(self):
        operator = User.objects.get(email="operator@market.localhost")
        assert operator.has_perm("access.settle")
        with merchant_schema(A):
            assert operator.get_all_permissions() == set()

    def test_nobody_can_be_made_superuser(self):
        from django.db import IntegrityError

        user = User.objects.get(email="operator@market.localhost")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_superuser=True)

    def test_a_role_given_in_one_schema_is_not_seen_in_another(self):
        user = User.objects.create_user("clerk@example.com")
        give_role(by=SYSTEM, user_id=user.pk, role="order_clerk", merchant_id=B)
        with merchant_schema(A):
            assert not user.groups.exists()
        with merchant_schema(B):
            assert user.groups.get().name == "order_clerk"

    def test_cache_keys_carry_the_schema(self):
        with merchant_schema(A):
            cache.set("same-key", "of A")
        with merchant_schema(B):
            assert cache.get("same-key") is None
            cache.set("same-key", "of B")
        with merchant_schema(A):
            assert cache.get("same-key") == "of A"

    @pytest.mark.parametrize("alias", ["default", "papers"])
    def test_files_of_two_merchants_with_one_name_are_two_files(self, alias):
        storage = storages[alias]
        for merchant_id in (A, B):
            with merchant_schema(merchant_id):
                storage.save("same/name.txt", ContentFile(merchant_id.bytes))
        for merchant_id in (A, B):
            with merchant_schema(merchant_id):
                assert storage.open("same/name.txt").read() == merchant_id.bytes
                assert schema_name_of(merchant_id) in storage.path("same/name.txt")
                storage.delete("same/name.txt")

    def test_a_file_cannot_be_named_out_of_its_schema(self):
        from django.core.exceptions import SuspiciousFileOperation

        with merchant_schema(A), pytest.raises(SuspiciousFileOperation):
            default_storage.open(f"../{schema_name_of(B)}/x.txt")

    def test_private_papers_have_no_address(self):
        with merchant_schema(A), pytest.raises(ValueError):
            storages["papers"].url("licence.pdf")

    def test_page_addresses_of_two_merchants_are_their_own(self):
        """Wagtail keeps site roots in the cache: with a common key, B's pages would be sent to A's host, or nowhere."""
        from wagtail.models import Page

        urls = []
        for merchant_id in (A, B, A):
            with merchant_schema(merchant_id):
                urls.append(Page.objects.get(depth=2).specific.full_url)
        assert urls == ["http://kiln.market.localhost:8000/", "http://trail.market.localhost:8000/", "http://kiln.market.localhost:8000/"]

    def test_picture_renditions_of_two_merchants_are_their_own(self):
        from io import BytesIO

        from PIL import Image as Pixels
        from wagtail.images import get_image_model

        made = []
        for merchant_id, colour in ((A, "red"), (B, "blue")):
            with merchant_schema(merchant_id):
                data = BytesIO()
                Pixels.new("RGB", (40, 40), colour).save(data, "PNG")
                image = get_image_model().objects.create(pk=4711, title="same", file=ContentFile(data.getvalue(), "same.png"))
                rendition = image.get_rendition("width-20")
                made.append(rendition.url)  # the same key in both schemas: the cache must not confuse them
        for merchant_id, url in zip((A, B), made, strict=True):
            assert schema_name_of(merchant_id) in url

    def test_public_is_no_merchant(self):
        with pytest.raises(NotInMerchantSchema):
            current_merchant_id()

    def test_deleting_a_page_of_a_merchant_leaves_the_markets_page_with_the_same_key(self):
        from wagtail.models import Page

        from cms.merchant.models import ShopPage
        from cms.platform.models import MarketPage

        def next_key_is(key: int) -> None:
            """In the open schema: other tests have counted on in one and not in the other."""
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval('wagtailcore_page_id_seq', %s, false)", [key])

        next_key_is(100_001)
        market_page = Page.objects.get(depth=2).add_child(instance=MarketPage(title="Terms", slug="terms"))
        with merchant_schema(A):
            next_key_is(100_001)
            shop_page = Page.objects.get(depth=2).add_child(instance=ShopPage(title="About", slug="about"))
            assert shop_page.pk == market_page.pk
            shop_page.delete()
        assert MarketPage.objects.filter(pk=market_page.pk).exists()


def test_after_commit_the_callback_runs_in_the_schema_of_the_commit_so_it_must_name_its_own(real_commits):
    """on_commit remembers nothing: what runs later has to carry its merchant. Jobs do (tenants/tenancy/jobs.py)."""
    seen = []
    with transaction.atomic(), merchant_schema(A):
        transaction.on_commit(lambda: seen.append(connection.schema_name))
    assert seen == ["public"]


def test_unknown_merchants_schema_finds_no_merchant_tables(db):
    from django.db.utils import ProgrammingError

    with merchant_schema(uuid4()), pytest.raises(ProgrammingError), transaction.atomic():
        list(StockLocation.objects.all())
