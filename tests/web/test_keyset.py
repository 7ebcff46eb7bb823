"""Pages by key: nothing twice, nothing lost, also while rows are added; and a cursor from anywhere does no harm."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.kernel import clock
from marketplace.kernel.models import AuditEvent
from marketplace.web.lists.keyset import keyset_page
from tenants.tenancy.models import Merchant

ORDER = ("-created_at", "-pk")


@pytest.fixture
def merchants(db):
    Merchant.objects.filter(domains=None).delete()
    now = clock.now()
    rows = [
        # Five share a moment: the key has to tell them apart.
        Merchant(
            schema_name=f"m_{n}",
            slug=f"s{n:03}",
            names={"en": str(n)},
            contact_email="a@b.example",
            ordinal=1000 + n,
            created_at=now + timedelta(seconds=n // 5),
        )
        for n in range(53)
    ]
    return Merchant.objects.bulk_create(rows)


def walk(size=10, step="after"):
    page, seen, cursor = None, [], ""
    while page is None or cursor:
        page = keyset_page(Merchant.objects.all(), ORDER, size=size, **{step: cursor})
        seen.append([row.pk for row in page.rows])
        cursor = getattr(page, step)
    return seen


@pytest.mark.parametrize("size", [1, 7, 10, 56, 100])
def test_every_row_comes_once_and_in_order(merchants, size):
    pages = walk(size)
    flat = [key for page in pages for key in page]
    assert flat == list(Merchant.objects.order_by(*ORDER).values_list("pk", flat=True))
    assert all(len(page) == size for page in pages[:-1])


def test_going_back_shows_the_same_pages(merchants):
    first = keyset_page(Merchant.objects.all(), ORDER, size=10)
    second = keyset_page(Merchant.objects.all(), ORDER, size=10, after=first.after)
    back = keyset_page(Merchant.objects.all(), ORDER, size=10, before=second.before)
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    assert first.before == "" and back.after


def test_rows_that_are_added_meanwhile_shift_nothing(merchants):
    first = keyset_page(Merchant.objects.all(), ORDER, size=10)
    Merchant.objects.create(schema_name="m_new", slug="new", names={}, contact_email="a@b.example", ordinal=5000, created_at=clock.now() + timedelta(days=1))
    second = keyset_page(Merchant.objects.all(), ORDER, size=10, after=first.after)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) == 10


@pytest.mark.parametrize("cursor", ["x", "bm8", "W10", "WyJhIiwiYiJd", "%00", "é", "=" * 50, "WyIyMDI2LTExLTIyIl0"])
def test_what_is_no_cursor_gives_the_first_page(merchants, cursor):
    page = keyset_page(Merchant.objects.all(), ORDER, size=10, after=cursor)
    assert [row.pk for row in page.rows] == walk()[0]


def test_a_list_ordered_by_its_key_alone(db):
    AuditEvent.objects.bulk_create([AuditEvent(actor_kind="system", action="x", subject_type="x", subject_id=str(n)) for n in range(12)])
    page = keyset_page(AuditEvent.objects.all(), ("-pk",), size=5)
    assert len(page.rows) == 5 and page.after
