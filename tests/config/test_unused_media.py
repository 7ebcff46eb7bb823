"""Files that nothing names are found and deleted; whatever names one, also an order of long ago, keeps it."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import translation

from marketplace.flows.library import cut_picture
from marketplace.flows.unused_media import unused
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.media.actions import delete_picture, keep_picture
from marketplace.merchant.media.models import LibraryPicture
from marketplace.merchant.orders.models import OrderLine
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.merchant.test_library import approve, halves, on_sale

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def of_days_ago(days: int = 40) -> None:
    """Every file of the shop was stored then."""
    then = (clock.now() - timedelta(days=days)).timestamp()
    for file in Path(default_storage.path("")).rglob("*"):
        os.utime(file, (then, then))


def keys() -> set[str]:
    return {one.key for one in unused()}


def run(*options: str) -> str:
    out = StringIO()
    call_command("unused_media", *options, stdout=out)
    return out.getvalue()


def test_a_cut_that_was_made_otherwise_is_unused_once_nothing_shows_it():
    with translation.override("en"), merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=halves((900, 400)))
        product = on_sale(row)
        first = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[0, 0, 300, 300], focus=[500, 500]).key
        approve(product)
        second = cut_picture(by=SYSTEM, picture_id=row.pk, cut=[300, 0, 300, 300], focus=[500, 500]).key
        of_days_ago()
        assert first not in keys()  # on the market still
        approve(product)
        assert first not in keys()  # a decision of the past shows it
        assert not {row.original, second} & keys()


def test_what_is_deleted_from_the_library_goes_after_thirty_days_and_what_an_order_shows_never():
    with merchant_schema(A):
        gone, ordered, fresh = (keep_picture(by=SYSTEM, upload=make.a_picture(colour, (300, 300))) for colour in ("red", "green", "blue"))
    product = make.a_product("a")
    make.a_placed_group(("a", product, 1))
    with merchant_schema(A):
        OrderLine.objects.update(picture=f"m_x/{ordered.key}")
        for row in (gone, ordered):
            delete_picture(by=SYSTEM, picture_id=row.pk)
        of_days_ago()
        assert keys() == set()
        LibraryPicture.objects.filter(deleted_at__isnull=False).update(deleted_at=clock.now() - timedelta(days=31))
        assert keys() == {gone.key}
    assert f"kiln: {gone.key}" in run() and "nothing deleted" in run()
    assert "1 file(s)" in run("--delete", "--shop", "kiln") and "0 file(s)" in run("--delete")
    with merchant_schema(A):
        assert not default_storage.exists(gone.key) and not default_storage.exists(gone.key.replace(".webp", ".w96.webp"))
        assert default_storage.exists(ordered.key) and default_storage.exists(fresh.key)
        assert LibraryPicture.objects.filter(pk=fresh.pk).exists() and not LibraryPicture.objects.filter(pk=gone.pk).exists()


def test_what_was_stored_today_may_belong_to_a_change_under_way():
    with merchant_schema(A):
        row = keep_picture(by=SYSTEM, upload=make.a_picture("red"))
        LibraryPicture.objects.all().delete()
        assert keys() == set()
        of_days_ago(2)
        assert keys() == {row.key}
