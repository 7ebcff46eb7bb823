"""Schemas number their models apart: what one thread learns of a number in a shop's schema is not taken for the market's by another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from cms.merchant.models import ShopHome
from cms.platform.models import MarketHome
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@contextmanager
def asked_in_a_shop(merchant_id: UUID, key: int) -> Iterator[str]:
    """What another thread finds under a number, and thereby lets the process remember. It stays in the shop's schema, as in the midst of a page."""
    found: list[str] = []
    has_asked, may_leave = threading.Event(), threading.Event()

    def ask() -> None:
        try:
            with merchant_schema(merchant_id):
                found.append(ContentType.objects.get_for_id(key).model)
                has_asked.set()
                may_leave.wait(timeout=30)
        finally:
            has_asked.set()
            connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    has_asked.wait(timeout=30)
    try:
        yield found[0]
    finally:
        may_leave.set()
        thread.join()


def homes() -> tuple[str, str]:
    """(in the shop, in the market) under the number of a shop's first page, while this thread stays in the public schema."""
    with merchant_schema(MERCHANTS["a"]):
        key = ContentType.objects.get_for_model(ShopHome).pk
    with asked_in_a_shop(MERCHANTS["a"], key) as in_shop:
        return in_shop, ContentType.objects.get_for_id(key).model


def test_a_number_means_what_it_means_in_the_schema_that_asks():
    assert homes() == ("shophome", "markethome")
    key = ContentType.objects.get_for_model(MarketHome).pk
    assert ContentType.objects.get_for_id(key).model == "markethome"


def test_as_django_remembers_them_a_shops_page_would_be_taken_for_the_markets(monkeypatch):
    """The control."""
    monkeypatch.setattr(ContentType.objects, "_cache", {})
    assert homes() == ("shophome", "shophome")


def test_what_is_remembered_is_not_asked_for_again(django_assert_num_queries):
    with merchant_schema(MERCHANTS["a"]):
        key = ContentType.objects.get_for_model(ShopHome).pk
        with django_assert_num_queries(0):
            assert ContentType.objects.get_for_id(key).model_class() is ShopHome
