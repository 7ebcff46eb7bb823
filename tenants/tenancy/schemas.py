"""Which merchant we are in is always said aloud: `merchant_schema` for one, `in_merchant_schemas` for several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.tenancy.link import connection
from tenants.tenancy.models import schema_name_of

PUBLIC = "public"


@dataclass(frozen=True)
class SchemaOf:
    """What the connection knows of the merchant it is set to."""

    merchant_id: UUID
    schema_name: str
    domain_url: None = None

    def get_tenant_type(self) -> None:
        return None


class SecondSchema(RuntimeError):
    """A transaction opened a second merchant schema outside in_merchant_schemas(): locks would be taken in no order."""


class NotInMerchantSchema(RuntimeError):
    """Code that needs a merchant's schema ran in the public one."""


def current_merchant_id() -> UUID:
    """The merchant whose schema is open. Raises NotInMerchantSchema."""
    tenant = connection.tenant
    if not isinstance(tenant, SchemaOf):
        raise NotInMerchantSchema("open it with merchant_schema(merchant_id)")
    return tenant.merchant_id


def open_schema(merchant_id: UUID) -> None:
    """Set the connection to a merchant for a whole request (the host middleware). Elsewhere use merchant_schema()."""
    connection.set_tenant(SchemaOf(merchant_id, schema_name_of(merchant_id)))


def schema_of(merchant_id: UUID | None) -> AbstractContextManager[None]:
    """A merchant's schema; without one, whichever is open."""
    return merchant_schema(merchant_id) if merchant_id else nullcontext()


@contextmanager
def merchant_schema(merchant_id: UUID) -> Iterator[None]:
    """Inside, tables of the merchant come before those of the public schema.

    Evaluate querysets inside: outside they refuse. Raises SecondSchema when this transaction has been in another
    merchant's schema; then use in_merchant_schemas().
    """
    _note_visit(schema_name_of(merchant_id))
    before = connection.tenant
    open_schema(merchant_id)
    try:
        yield
    finally:
        connection.set_tenant(before)


@contextmanager
def public_schema() -> Iterator[None]:
    """Inside, only the public schema is seen. Costs nothing where it is open already."""
    if connection.schema_name == PUBLIC:
        yield
        return
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


@contextmanager
def in_merchant_schemas(merchant_ids: Iterable[UUID]) -> Iterator[Iterator[UUID]]:
    """Visit several merchants in one transaction, in the order of their schema names, so that two visitors never wait in a circle.

        with in_merchant_schemas(ids) as merchants:
            for merchant_id in merchants:
                ...

    Nothing else may open more than one schema in a transaction. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("in_merchant_schemas() outside a transaction")
    ordered = sorted(set(merchant_ids), key=schema_name_of)
    visited = _visited()
    if visited and not {schema_name_of(merchant_id) for merchant_id in ordered} <= visited:
        raise SecondSchema(f"this transaction has been in {sorted(visited)} before")
    before = connection.tenant

    def visit() -> Iterator[UUID]:
        for merchant_id in ordered:
            visited.add(schema_name_of(merchant_id))
            open_schema(merchant_id)
            yield merchant_id

    try:
        yield visit()
    finally:
        connection.set_tenant(before)


def _visited() -> set[str]:
    """The merchant schemas that the running transaction has been in; a set of nobody's when none is running.

    A test's own surrounding transaction does not count.
    """
    blocks = [block for block in connection.atomic_blocks if not block._from_testcase]
    if not blocks:
        return set()
    noted: tuple[Any, set[str]] | None = getattr(connection, "visited_schemas", None)
    if noted is None or noted[0] is not blocks[0]:
        open_now = {connection.schema_name} if isinstance(connection.tenant, SchemaOf) else set()
        noted = connection.visited_schemas = (blocks[0], open_now)
    return noted[1]


def _note_visit(schema_name: str) -> None:
    visited = _visited()
    if visited and schema_name not in visited:
        raise SecondSchema(f"this transaction has been in {sorted(visited)}; use in_merchant_schemas()")
    visited.add(schema_name)
