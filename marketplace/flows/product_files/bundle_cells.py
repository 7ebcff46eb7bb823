"""What a row says of a bundle: which articles are in it, and how many of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.product_files.held import Held
from marketplace.kernel.errors import MarketError
from marketplace.merchant.bundles.actions import check_parts, is_fixed
from marketplace.merchant.bundles.errors import BundleFixed, BundleHasOptions
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.virtual.actions import Kind
from marketplace.platform.virtual.kinds import GoodsKind

if TYPE_CHECKING:
    from marketplace.flows.product_files.compiling import Line

BETWEEN = re.compile(r"[;；|\n]")
TIMES = re.compile(r"(.+?)(?:\s*[×*＊]\s*|\s+[xX]\s*)(\d{1,4})")


class BundleCells:
    """Part of Compiling (compiling.py): reads the cell of a bundle, notes problems."""

    rows: Sequence[Line]
    there: Held | None
    is_bundle: bool
    wrong: Callable[[Line, str, str], None]
    said: Callable[[str], tuple[Line, str] | None]

    def parts(self) -> list[tuple[UUID, int]] | None:
        """What is to be in it; None where that is what is in it, or the rows do not say."""
        if (said := self.said("parts")) is None:
            return None
        row, cell = said
        if self.there and not self.there.is_bundle:
            self.wrong(
                row, "parts", _("This product is no bundle. Leave the cell empty, or write the bundle with a code of its own: it becomes a new product.")
            )
            return None
        wanted = self._read(row, cell)
        if wanted is None or (self.there and wanted == [(key, n) for key, _sku, n in self.there.parts]):
            return None
        try:
            if self.there and is_fixed(self.there.product):
                raise BundleFixed(title=self.there.product.title.text)
            if len(self.rows) > 1:
                raise BundleHasOptions
            check_parts(wanted)
        except MarketError as refusal:
            self.wrong(row, "parts", str(refusal))
            return None
        return wanted

    def _read(self, row: Line, cell: str) -> list[tuple[UUID, int]] | None:
        """Variants by SKU with their numbers; None where one is unknown."""
        parts = [part for text in BETWEEN.split(cell) if (part := text.strip())]
        counted = [(match[1], int(match[2])) if (match := TIMES.fullmatch(part)) else (part, 1) for part in parts]
        sold = Variant.objects.filter(is_active=True, sku__in={*parts, *(sku for sku, _n in counted)})
        by_sku = dict(sold.values_list("sku", "pk"))
        pairs = [(part, 1) if part in by_sku else pair for part, pair in zip(parts, counted, strict=True)]
        if unknown := [sku for sku, _n in pairs if sku not in by_sku]:
            why = _(
                "The shop sells nothing with the SKU {skus}. Write it as “{example}”; an article that is new itself is imported first, in a file before this."
            )
            self.wrong(row, "parts", why.format(skus=_(", ").join(f"“{sku[:64]}”" for sku in unknown[:8]), example="SKU × 2; SKU × 1"))
            return None
        return [(by_sku[sku], n) for sku, n in pairs]

    def check_shipped(self, kind: Kind | None) -> None:
        """A bundle is shipped, as everything in it is."""
        if self.is_bundle and not (self.there and self.there.is_bundle) and kind is not None and kind.name != GoodsKind.GOODS:
            self.wrong(self.rows[0], "kind", _("A bundle is shipped, as everything in it is. Leave this cell empty."))
