"""What cells say in a shop's own words: its categories that are filled by hand, its size tables. Read once for many rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from uuid import UUID

from django.conf import settings
from django.utils import translation

from marketplace.merchant.catalogue.models import SizeTable
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.shelves.queries import shop_categories
from marketplace.platform.virtual.kinds import GoodsKind

MANY = "|"  # between several things in one cell


class ShopWords:
    """Of the open shop at one moment. Case and spaces do not count, nor does the language of a category's name."""

    @cached_property
    def tables(self) -> Mapping[UUID, str]:
        return dict(SizeTable.objects.order_by("name").values_list("pk", "name"))

    def table(self, text: str) -> UUID | None:
        return next((key for key, name in self.tables.items() if plainly(name) == plainly(text)), None)

    @cached_property
    def categories(self) -> Mapping[UUID, ShopCategory]:
        """In the shop's order, those that fill themselves by a rule too."""
        return {row.pk: row for row in shop_categories()}

    def called(self, text: str) -> list[ShopCategory]:
        """Categories with this name; or the one with this address, which may stand in brackets behind the name."""
        if (end := re.search(r"\[([^\]]+)\]$", text)) and (by_code := [row for row in self.categories.values() if row.code == end[1]]):
            return by_code
        words = plainly(text)
        by_name = [row for row in self.categories.values() if words in {plainly(name) for name in row.names.values()}]
        return [row for row in by_name if row.is_picked] or by_name or [row for row in self.categories.values() if row.code == words]

    def names(self, keys: Iterable[UUID]) -> str:
        """As an export writes them, in the shop's order and the reader's language. A name that others have too is followed by the category's
        address in brackets; one that has the sign between names in it gives way to that."""
        keys = set(keys)
        return MANY.join(self._written(row) for key, row in self.categories.items() if key in keys)

    def _written(self, row: ShopCategory) -> str:
        if MANY in row.name:
            return f"[{row.code}]"
        return row.name if self.called(row.name) == [row] else f"{row.name} [{row.code}]"


@lru_cache
def goods_kinds() -> Mapping[str, str]:
    """Folded word → kind of goods: by its code, and as it is called in any language."""
    found = {kind.value: kind.value for kind in GoodsKind}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {plainly(str(kind.label)): kind.value for kind in GoodsKind}
    return found


def plainly(text: str) -> str:
    """How words are compared: "1.5" is not "15"."""
    return " ".join(text.casefold().split())


def parts_of(cell: str, read: Callable[[str], str] = str.strip) -> list[str]:
    """What a cell lists, each once."""
    return list(dict.fromkeys(filter(None, (read(part) for part in cell.split(MANY)))))
