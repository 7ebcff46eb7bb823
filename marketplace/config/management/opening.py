"""From an empty database to a market that can let shops in: what `open_market` and `seed_demo` share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from django.db import connection, transaction
from wagtail.models import Site

from marketplace.config.management.starter_pages import put_starter_pages
from marketplace.kernel.actors import Actor
from marketplace.platform.delivery.starters import put_starters
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.taxonomy.actions import set_tax_rate
from marketplace.platform.taxonomy.models import TaxClass
from tenants.accounts.actions import ensure_person, give_role
from tenants.tenancy.actions import open_market
from tenants.tenancy.birth import SnapshotStale, load_public
from tenants.tenancy.models import Market
from tenants.tenancy.versions import schema_versions

# The tax in prices a market begins with, by its currency: mainland China's VAT. Elsewhere nothing, until the operator says what.
TAXES: Mapping[str, Mapping[str, str]] = {"CNY": {TaxClass.STANDARD: "0.13", TaxClass.REDUCED: "0.09"}}


@dataclass(frozen=True)
class Opening:
    """What an operator says when the market opens. `commission` is a share: 0.05 keeps 5 %."""

    names: Mapping[str, str]
    currency: str
    zone: str
    languages: Sequence[str]
    operator_email: str
    operator_name: str
    password: str
    contact_email: str
    rail: str
    commission: Decimal
    hold_minutes: int
    receive_days: int
    settle_days: int


def prepare_database() -> None:
    """Load the public schema into an empty database. Raises CommandError when an older one has to be migrated first."""
    if not has_tables():
        try:
            load_public()
        except SnapshotStale as stale:
            raise CommandError(f"The schema snapshots are older than the migrations: {stale}") from stale
        ContentType.objects.clear_cache()
        Site.clear_site_root_paths_cache()
    if behind := schema_versions()["public"]["behind"]:
        raise CommandError(f"The database is {behind} migrations behind the code. Run: manage.py migrate_schemas --shared")


def has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def market() -> Market | None:
    """The market of this database, if it has one."""
    return Market.objects.first() if has_tables() else None


def open_with(opening: Opening, *, by: Actor) -> Market:
    """The market, its first operator, the commission for all and the starter pages, all or nothing. Raises MarketExists, InvalidInput."""
    with transaction.atomic():
        opened = open_market(
            by=by,
            names=opening.names,
            currency=opening.currency,
            zone=opening.zone,
            languages=list(opening.languages),
            contact_email=opening.contact_email,
            rail=opening.rail,
            hold_minutes=opening.hold_minutes,
            receive_days=opening.receive_days,
            settle_days=opening.settle_days,
        )
        operator = ensure_person(by=by, email=opening.operator_email, name=opening.operator_name, password=opening.password, language=opening.languages[0])
        give_role(by=by, user_id=operator.pk, role="operator", merchant_id=None)
        set_commission(by=by, rate=opening.commission)
        put_starters(by=by)
        set_first_taxes(by, opening.currency)
        put_starter_pages(by=by)
    return opened


def set_first_taxes(by: Actor, currency: str) -> None:
    """A rate for every class, so that nothing is refused for want of one."""
    known = TAXES.get(currency, {})
    for tax_class in TaxClass:
        set_tax_rate(by=by, tax_class=tax_class, rate=Decimal(known.get(tax_class, "0")))
