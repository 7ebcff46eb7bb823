"""Not broken: the right order, but as slow as the mutant, so that the comparison is fair."""

from __future__ import annotations

from contextlib import contextmanager

from tenants.tenancy.schemas import in_merchant_schemas
from tests.faults.mutants.visit_in_given_order import pause


@contextmanager
def slowly(merchant_ids):
    with in_merchant_schemas(merchant_ids) as merchants:

        def visit():
            for merchant_id in merchants:
                yield merchant_id
                pause(0.3)

        yield visit()


def apply():
    from marketplace.flows import place_order

    place_order.in_merchant_schemas = slowly
