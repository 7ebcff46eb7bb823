"""A condition with a long list of keys is one array; whatever it holds, it finds what a short one does."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, UUIDField
from django.db.models.functions import Cast

from marketplace.kernel.lookups import LONG
from marketplace.kernel.models import Delivery, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts() -> list[OutboxEvent]:
    rows = OutboxEvent.objects.bulk_create([OutboxEvent(topic="test.fact", body={}, locale="en") for _nth in range(LONG + 3)])
    Delivery.objects.bulk_create([Delivery(event=row, reaction="tests.nobody") for row in rows])
    return rows


def keys_of(rows: list[OutboxEvent]) -> list[UUID]:
    return [row.pk for row in rows]


@pytest.mark.parametrize("many", [1, LONG - 1, LONG, LONG + 2])
def test_finds_what_is_named(facts: list[OutboxEvent], many: int) -> None:
    named = keys_of(facts)[:many]
    assert set(OutboxEvent.objects.filter(pk__in=named).values_list("pk", flat=True)) == set(named)
    assert set(OutboxEvent.objects.filter(topic="test.fact").exclude(pk__in=named).values_list("pk", flat=True)) == set(keys_of(facts)[many:])
    assert set(Delivery.objects.filter(event__in=named).values_list("event_id", flat=True)) == set(named)
    assert set(Delivery.objects.filter(event__in=facts[:many]).values_list("event_id", flat=True)) == set(named)  # rows for keys
    assert set(Delivery.objects.filter(event_id__in=map(str, named)).values_list("event_id", flat=True)) == set(named)  # and texts


def test_a_long_list_is_one_parameter(facts: list[OutboxEvent]) -> None:
    for rows in (OutboxEvent.objects.filter(pk__in=keys_of(facts)), Delivery.objects.filter(event__in=facts)):
        sql, params = rows.query.sql_with_params()
        assert re.search(r"= ANY\(%s::uuid\[\]\)", sql)
        assert len(params) == 1
    _sql, params = OutboxEvent.objects.filter(pk__in=keys_of(facts)[: LONG - 1]).query.sql_with_params()
    assert len(params) == LONG - 1


def test_what_is_no_key_is_left_out_and_twice_is_once(facts: list[OutboxEvent]) -> None:
    named = keys_of(facts)
    assert OutboxEvent.objects.filter(pk__in=[*named, *named, None, uuid4()]).count() == len(named)
    assert OutboxEvent.objects.filter(pk__in=[None] * (LONG + 1)).count() == 0
    assert OutboxEvent.objects.filter(pk__in=[]).count() == 0


def test_expressions_and_other_statements_go_as_before(facts: list[OutboxEvent]) -> None:
    named = keys_of(facts)
    assert OutboxEvent.objects.filter(pk__in=[*named[:LONG], F("pk")], topic="test.fact").count() == len(facts)
    assert Delivery.objects.filter(event__in=OutboxEvent.objects.filter(pk__in=named[:LONG])).count() == LONG
    assert OutboxEvent.objects.annotate(same=Cast("pk", UUIDField())).filter(same__in=named).count() == len(facts)


def test_a_text_that_is_no_key_is_refused(facts: list[OutboxEvent]) -> None:
    with pytest.raises(ValidationError):
        OutboxEvent.objects.filter(pk__in=[*keys_of(facts), "nothing"]).count()
