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

    @property
    def person(self) -> UUID:
        """The key of the person who acts. Raises RuntimeError where nobody is signed in: a route lacks its rule."""
        if self.user_id is None:
            raise RuntimeError("a verb for persons was called by nobody")
        return self.user_id


SYSTEM = Actor(kind="system", label="system")


def rail(name: str) -> Actor:
    return Actor(kind="rail", label=name)
