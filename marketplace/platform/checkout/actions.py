"""Order groups and public copies: verbs. Flows call them in the transaction of the change they copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.checkout.errors import GroupUnknown
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from tenants.tenancy.rows import insert_new


@verb
def write_group(*, by: Actor, group: OrderGroup, copies: Sequence[OrderCopy]) -> None:
    """A new group with the public copies of its orders."""
    insert_new([group])
    insert_new(copies)


@verb
def set_group_status(*, by: Actor, group: OrderGroup, status: str) -> None:
    """Of a locked group."""
    group.status = status
    group.paid_at = clock.now() if status == OrderGroup.Status.PAID else group.paid_at
    group.save(update_fields=["status", "paid_at"])


@verb
def update_copy(*, by: Actor, order_id: UUID, changed: Mapping[str, Any]) -> None:
    """Write what changed in an order into its public copy."""
    if OrderCopy.objects.filter(pk=order_id).update(**changed) != 1:
        raise GroupUnknown


@verb
def put_return_copy(*, by: Actor, copy: ReturnCopy) -> None:
    """Write the public copy of a return, new or changed."""
    fields = [field.name for field in ReturnCopy._meta.fields if field.name != "id"]
    ReturnCopy.objects.bulk_create([copy], update_conflicts=True, unique_fields=["id"], update_fields=fields)


def locked_group(group_id: UUID) -> OrderGroup:
    """Everything that decides over a group locks it first: payment and expiry never both win."""
    group = OrderGroup.objects.select_for_update(of=("self",)).filter(pk=group_id).first()
    if group is None:
        raise GroupUnknown
    return group
