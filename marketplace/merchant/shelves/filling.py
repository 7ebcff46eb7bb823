"""Many products find their places in the shop categories that are filled by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.shelves.actions import MOST_PICKED
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.shelves.queries import shop_categories


class Filling:
    """The categories of the open shop that are filled by hand, as they would be filled. Nothing is written here.

    `locks`: nobody else fills them until the transaction ends.
    """

    def __init__(self, *, locks: bool = False) -> None:
        rows = shop_categories().filter(kind=ShopCategory.Kind.PICKED)
        self.rows: dict[UUID, ShopCategory] = {row.pk: row for row in (rows.select_for_update(of=("self",)) if locks else rows)}
        self.picks: dict[UUID, list[UUID]] = {key: list(row.picks) for key, row in self.rows.items()}
        self.standing: dict[UUID, dict[UUID, int]] = defaultdict(dict)  # product → the categories it stands in, with its places
        for key, picks in self.picks.items():
            for place, product_id in enumerate(picks):
                self.standing[product_id][key] = place

    def put(self, product_id: UUID, wanted: Mapping[UUID, int | None]) -> bool:
        """It stands in these and in no others: at its place, or behind those that are there; where it stands already, it stays. A category
        that is gone meanwhile is left out. Whether anything is other than before. Raises InvalidInput for one that is full.
        """
        before = set(self.standing.get(product_id, ()))
        after = {key for key in wanted if key in self.rows}
        for key in after - before:
            if len(self.picks[key]) >= MOST_PICKED:
                why = _("“{name}” is full: by hand a category holds at most {n} products. Take some out of it, or let a rule fill it.")
                raise InvalidInput(field="shop_categories", why=why.format(name=self.rows[key].name, n=MOST_PICKED))
        for key in before - after:
            self.picks[key].remove(product_id)
        for key in after - before:
            place = wanted[key]
            self.picks[key].insert(len(self.picks[key]) if place is None else place, product_id)
        self.standing[product_id] = dict.fromkeys(after, 0)
        return before != after

    def changed(self) -> list[tuple[ShopCategory, list[UUID]]]:
        """Those that hold other products than before, or in another order."""
        return [(row, self.picks[key]) for key, row in self.rows.items() if self.picks[key] != row.picks]
