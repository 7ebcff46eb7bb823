"""The world every test finds: a market in CNY, and three merchants with an owner each. Its text is part of the template's hash."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from marketplace.flows.open_shop import open_shop
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.relay import deliver_events
from marketplace.platform.delivery.starters import put_starters
from marketplace.platform.taxonomy.actions import set_tax_rate
from marketplace.platform.taxonomy.models import TaxClass
from tenants.accounts.actions import ensure_person, give_role
from tenants.tenancy.actions import open_market
from tenants.tenancy.birth import load_public
from tests.databases import MERCHANTS

SLUGS = {"a": "kiln", "b": "trail", "c": "mono"}
NAMES = {
    "a": {"zh-hans": "山岚陶作", "en": "Kiln"},
    "b": {"zh-hans": "北野装备", "en": "Trail"},
    "c": {"zh-hans": "白昼声学", "en": "Mono"},
}
PASSWORD = "correct horse battery"


def build_world() -> None:
    load_public()
    open_market(
        by=SYSTEM,
        names={"zh-hans": "万商", "en": "Wanshang"},
        currency="CNY",
        zone="Asia/Shanghai",
        languages=["zh-hans", "en"],
        contact_email="help@market.localhost",
        rail="sandbox",
    )
    put_starters(by=SYSTEM)
    for tax_class, rate in ((TaxClass.STANDARD, "0.13"), (TaxClass.REDUCED, "0.09"), (TaxClass.ZERO, "0")):
        set_tax_rate(by=SYSTEM, tax_class=tax_class, rate=Decimal(rate))
    operator = ensure_person(by=SYSTEM, email="operator@market.localhost", name="Ops", password=PASSWORD)
    give_role(by=SYSTEM, user_id=operator.pk, role="operator", merchant_id=None)
    for letter, merchant_id in MERCHANTS.items():
        with transaction.atomic():
            ensure_person(by=SYSTEM, email=f"owner-{letter}@market.localhost", name=f"Owner {letter.upper()}", password=PASSWORD)
            open_shop(by=SYSTEM, merchant_id=merchant_id, slug=SLUGS[letter], names=NAMES[letter], owner_email=f"owner-{letter}@market.localhost")
    deliver_events()
