"""Two people of a shop say what delivery costs at the same moment, for the first time: with real commits, on two connections."""

from __future__ import annotations

import threading

from django.db import connection

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.money import Money
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.delivery.models import FreightZone
from tests.databases import MERCHANTS


def test_both_are_kept_one_after_the_other(own_database):
    ready, problems = threading.Barrier(2), []

    def save(fee: int) -> None:
        try:
            ready.wait(10)
            for more in range(20):
                set_freight(by=SYSTEM, merchant_id=MERCHANTS["a"], currency="CNY", zones=[Zone(fee=Money(fee + more, "CNY"))])
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(fee,)) for fee in (100, 900)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert FreightZone.objects.get(merchant_id=MERCHANTS["a"]).fee_minor in (119, 919)
