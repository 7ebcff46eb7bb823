"""in_merchant_schemas without its sorting: schemas in the order of the basket."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from tenants.tenancy.schemas import open_schema


@contextmanager
def in_merchant_schemas(merchant_ids):
    before = connection.tenant

    def visit():
        for merchant_id in merchant_ids:
            open_schema(merchant_id)
            yield merchant_id

    try:
        yield visit()
    finally:
        connection.set_tenant(before)
