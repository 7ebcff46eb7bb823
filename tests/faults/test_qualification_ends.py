"""A licence ends while the real scheduler and worker run: exactly the goods that need it leave the search within a minute, and come back."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import override_settings

from marketplace.flows.qualify import accept_renewal, settle_listings
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.listings.models import Listing
from search.backends.postgres import PostgresBackend
from search.contract import Query
from tenants.onboarding.qualifications import grant_qualification, hand_in_renewal
from tenants.onboarding.requirements import put_requirement
from tests import factories as make
from tests.databases import MERCHANTS
from tests.running import running, until

WITHIN_S = 60
LASTS_S = 4


def found(word: str) -> set[UUID]:
    return set(PostgresBackend().search(Query(text=word)).ids)


def test_an_expired_licence_takes_its_goods_off_and_a_renewal_brings_exactly_these_back(
    own_database: str, static_files: Path, tmp_path: Path, record_property: Any
) -> None:
    shop = MERCHANTS["a"]
    food, cups = make.a_category("food-x", {"en": "Groceries"}), make.a_category("cups-x", {"en": "Vessels"})
    tea = {make.a_product("a", title=f"Oolong {n}", category=food).pk for n in range(3)}
    others = {make.a_product("a", title="Oolong bowl", category=cups).pk, make.a_product("b", title="Oolong too", category=food).pk}
    row = put_requirement(by=SYSTEM, code="food", fields={"names": {"en": "Food licence"}, "categories": [food.pk], "ends": "must"}, why="law")
    with override_settings(PAPERS_ROOT=tmp_path), running(own_database, static_files, "worker", "scheduler") as market:
        log = lambda: f"{market.log('scheduler')}\n{market.log('worker')}"
        until(lambda: found("oolong") == others | tea, within_s=WITHIN_S, what=lambda: f"all of it is found; {log()}")
        now = clock.now()
        for merchant_id, lasts in ((shop, timedelta(seconds=LASTS_S)), (MERCHANTS["b"], timedelta(days=90))):
            grant_qualification(by=SYSTEM, merchant_id=merchant_id, requirement=row, paper=None, valid_from=now, valid_until=now + lasts, reason="seen")
            settle_listings(by=SYSTEM, merchant_id=merchant_id)
        ends = time.monotonic() + LASTS_S
        assert found("oolong") == others | tea
        until(lambda: found("oolong") == others, within_s=LASTS_S + WITHIN_S, what=lambda: f"what needs the licence is gone; {log()}")
        record_property("gone after s", round(time.monotonic() - ends, 2))
        assert time.monotonic() - ends <= WITHIN_S
        assert set(Listing.objects.filter(is_on_sale=True).values_list("pk", flat=True)) == others
        ends_on = (clock.now() + timedelta(days=300)).date()
        paper = hand_in_renewal(by=SYSTEM, merchant_id=shop, code="food", name="new.png", upload=make.a_picture(), ends_on=ends_on)
        began = time.monotonic()
        accept_renewal(by=SYSTEM, paper_id=paper.pk, ends_on=ends_on)
        until(lambda: found("oolong") == others | tea, within_s=WITHIN_S, what=lambda: f"they are back; {log()}")
        record_property("back after s", round(time.monotonic() - began, 2))
