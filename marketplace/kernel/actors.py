"""Who acts: a person, the system, or a payment rail. Every verb takes one as `by`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is person, system or rail. `on_behalf_of` is set where somebody acts for somebody else."""

    kind: str
    user_id: UUID | None = None
    label: str = ""
    address: str = ""
    request_id: str = ""
    on_behalf_of: UUID | None = None


SYSTEM = Actor(kind="system", label="system")


def rail(name: str) -> Actor:
    return Actor(kind="rail", label=name)
