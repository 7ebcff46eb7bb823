"""What a kind of request for two people is made of. Which kinds there are: approval_kinds.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from tenants.access.rights import Right

Order = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """An order that was checked: what of it is frozen, about what it is, and how things stand before and would stand after it.

    Everything in `order`, `before` and `after` is of JSON's own types.
    """

    order: dict[str, Any]
    subject: str
    subject_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    merchant_id: UUID | None = None
    amount: Money | None = None


@dataclass(frozen=True)
class Kind:
    """`plan` refuses what cannot be done, and gives the same plan for its own order as long as nothing has changed meanwhile.

    `carry_out` gets who approved, the order, the key of the request and its reason, and returns what became of it.
    """

    name: str
    label: str | Promise
    ask: Right
    approve: Right
    plan: Callable[[Order], Plan]
    carry_out: Callable[[Actor, Order, UUID, str], dict[str, Any]]
    has_limit: bool = False
    outcome: str | Promise = field(default="")  # what approving does, for the question before it
