"""A merchant's schema: born whole from the snapshot, equal to a migrated one, and never from a stale snapshot."""

from __future__ import annotations

import re
import subprocess
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from wagtail.models import Site

from launch import postgres
from marketplace.flows.open_shop import open_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.inventory.models import StockLocation
from tenants.accounts.models import Membership, User
from tenants.tenancy import birth
from tenants.tenancy.errors import SlugTaken
from tenants.tenancy.models import Domain, Merchant, schema_name_of
from tenants.tenancy.schemas import merchant_schema
from tests.servers import database_url


@pytest.mark.django_db
def test_an_opened_shop_has_hosts_site_owner_and_stock_location():
    merchant_id = uuid4()
    open_shop(by=SYSTEM, merchant_id=merchant_id, slug="tea", names={"zh-hans": "青屿茶业", "en": "Tea"}, owner_email="owner@tea.example")
    assert Merchant.objects.get(pk=merchant_id).status == "opening"  # until a worker has made its schema
    deliver_events()

    merchant = Merchant.objects.get(pk=merchant_id)
    owner = User.objects.get(email="owner@tea.example")
    assert merchant.status == "open"
    assert set(merchant.domains.values_list("host", "kind")) == {("tea.market.localhost", "shop"), ("tea.seller.market.localhost", "workbench")}
    assert Membership.objects.filter(user=owner, merchant_id=merchant_id, is_active=True).exists()
    with merchant_schema(merchant_id):
        assert Site.objects.get().hostname == "tea.market.localhost"
        assert list(owner.groups.values_list("name", flat=True)) == ["owner"]
        assert StockLocation.objects.get().is_default


@pytest.mark.django_db
def test_a_birth_that_fails_half_way_leaves_nothing_and_is_tried_again():
    merchant_id = uuid4()
    open_shop(by=SYSTEM, merchant_id=merchant_id, slug="tea", names={"en": "Tea"}, owner_email="owner@tea.example")
    in_the_way = Domain.objects.create(host="tea.seller.market.localhost", kind="console", is_primary=False)
    deliver_events()
    assert Merchant.objects.get(pk=merchant_id).status == "opening"
    assert not schema_exists(schema_name_of(merchant_id))

    in_the_way.delete()
    Delivery.objects.filter(status="waiting").update(due_at=clock.now())
    deliver_events()
    assert Merchant.objects.get(pk=merchant_id).status == "open"


@pytest.mark.django_db
def test_the_same_form_sent_twice_opens_one_shop():
    merchant_id = uuid4()
    for _time in range(2):
        open_shop(by=SYSTEM, merchant_id=merchant_id, slug="tea", names={"en": "Tea"}, owner_email="owner@tea.example")
        deliver_events()
    assert Merchant.objects.filter(slug="tea").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["kiln", "ops", "seller"])
def test_a_taken_or_reserved_address_is_refused_and_nothing_is_kept(slug):
    with pytest.raises(SlugTaken):
        open_shop(by=SYSTEM, merchant_id=uuid4(), slug=slug, names={"en": "Tea"}, owner_email="new@tea.example")
    assert not User.objects.filter(email="new@tea.example").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["Käse", "a b", "-x", "x-", "", "x" * 41, "a.b"])
def test_an_address_that_is_no_host_name_is_refused_by_field(slug):
    with pytest.raises(InvalidInput) as refusal:
        open_shop(by=SYSTEM, merchant_id=uuid4(), slug=slug, names={"en": "Tea"}, owner_email="new@tea.example")
    assert refusal.value.field == "slug"


@pytest.mark.long
def test_a_snapshot_equals_migrating(own_database):
    with transaction.atomic():
        birth.load_merchant("m_born")
    call_command("render_merchant_schema", schema="m_migrated")
    born, migrated = dump(own_database, "m_born"), dump(own_database, "m_migrated")
    assert len(born.splitlines()) > 2000
    assert born == migrated


def test_a_migration_without_a_new_snapshot_is_found():
    assert birth.snapshot_is_fresh()
    with override_settings(MIGRATION_MODULES={"onboarding": "tests.tenants.one_migration_more"}):
        assert not birth.snapshot_is_fresh()
        birth._sql.cache_clear()
        with pytest.raises(birth.SnapshotStale):
            birth._sql("merchant")


def schema_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_namespace where nspname = %s", [name])
        return cursor.fetchone() is not None


def dump(database: str, schema: str) -> str:
    """Structure and rows of a schema, its name, and the times and random keys of the rows taken out."""
    done = subprocess.run(
        [postgres.bindir() / "pg_dump", database_url(database), "-n", schema, "--inserts", "--no-owner", "--no-privileges"],
        check=True,
        capture_output=True,
        text=True,
    )
    text = done.stdout.replace(schema, "SCHEMA")
    text = re.sub(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*\+\d\d'", "'TIME'", text)
    text = re.sub(r"'[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'", "'RANDOM UUID'", text)  # translation keys of pages
    # The same predicate in two spellings: a check is parsed again when it is loaded from SQL.
    lines = [re.sub(r"::[a-z ]+(?:\[\])?|[()]", "", line) if " ANY (" in line else line for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith(("--", "\\")))
