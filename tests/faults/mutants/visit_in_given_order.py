"""in_merchant_schemas without its sorting: schemas in the order of the basket."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from tenants.tenancy.schemas import open_schema


@contextmanager
def in_merchant_schemas(merchant_ids, pause_s=0.0):
    before = connection.tenant

    def visit():
        for merchant_id in merchant_ids:
            open_schema(merchant_id)
            yield merchant_id
            pause(pause_s)

    try:
        yield visit()
    finally:
        connection.set_tenant(before)


def pause(seconds):
    """Hold the locks for a while, so that two visitors certainly meet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s)", [seconds])


def apply():
    from marketplace.flows import place_order

    place_order.in_merchant_schemas = lambda merchant_ids: in_merchant_schemas(list(merchant_ids), pause_s=0.3)
