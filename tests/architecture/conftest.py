"""What merchant a has, for the tests that send every form there is."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from marketplace.merchant.catalogue.models import Product
from tenants.tenancy.models import Market
from tests import factories as make

if TYPE_CHECKING:
    from tests.architecture.test_back_office_writes import Things


@pytest.fixture(scope="module")
def what_is_there(django_db_setup: None, django_db_blocker: Any) -> Iterator[Things]:
    """Made once for all tests of a file, in a transaction that stays open around theirs."""
    from tests.architecture.test_back_office_writes import make_things  # most files here need neither
    from tests.flows.at_stripe import at_stripe

    around = transaction.atomic()
    around._from_testcase = True  # a test's own, which verbs and schemas do not count as theirs
    with django_db_blocker.unblock(), around:
        with at_stripe() as stripe:
            yield make_things(stripe)
        transaction.set_rollback(True)


@pytest.fixture
def things(what_is_there: Things, db: None) -> Things:
    return deepcopy(what_is_there)


@pytest.fixture(scope="module")
def wares_on_sale(django_db_setup: None, django_db_blocker: Any) -> Iterator[Product]:
    """What buyers' forms are about; everything else belongs to one form, which makes it."""
    around = transaction.atomic()
    around._from_testcase = True
    with django_db_blocker.unblock(), around:
        Market.objects.update(rail="sandbox")
        make.commission()
        yield make.a_product("a", stock=200)
        transaction.set_rollback(True)


@pytest.fixture
def wares(wares_on_sale: Product, db: None, settings: Any, tmp_path: Path) -> Product:
    """With a provider of SMS, which nothing here speaks to, and a place for papers."""
    settings.SMS_URL, settings.SMS_SECRET, settings.PAPERS_ROOT = "http://sms.example", "s" * 40, tmp_path
    return wares_on_sale
