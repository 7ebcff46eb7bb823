"""A status is data: a table of moves."""

from __future__ import annotations

from collections.abc import Mapping, Set

from marketplace.kernel.errors import IllegalMove


class Moves:
    """Which status may follow which. Every status is a key; those with no way out are final."""

    def __init__(self, table: Mapping[str, Set[str]]) -> None:
        unknown = {after for afters in table.values() for after in afters} - set(table)
        if unknown:
            raise ValueError(f"statuses without a line of their own: {sorted(unknown)}")
        self.table = table

    def allows(self, old: str, new: str) -> bool:
        return new in self.table[old]

    def check(self, old: str, new: str) -> None:
        """Raises IllegalMove."""
        if not self.allows(old, new):
            raise IllegalMove(old=old, new=new)

    def is_final(self, status: str) -> bool:
        return not self.table[status]
