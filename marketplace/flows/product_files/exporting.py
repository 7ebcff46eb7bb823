"""Products as a table that an import reads: one row a variant, what is said once of a product on its first row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from marketplace.flows.product_files.columns import FIELDS, PREFIX, heading_of, shared_names
from marketplace.flows.product_files.held import Held, cell_of, held
from marketplace.flows.product_files.words import Words
from marketplace.merchant.catalogue.models import Product, Variant

LONGEST = 32_767  # of a cell of a spreadsheet: what is longer stays empty, which leaves it as it is


def columns_of(products: QuerySet[Product]) -> list[str]:
    """What a table of these products says: the fields of every product, and what any of them is described by or told apart by."""
    named: set[int] = set()
    for attributes in products.order_by().values_list("attributes", flat=True).iterator(chunk_size=2000):
        named.update(int(entry[0]) for entry in attributes)
    of_variants = Variant.objects.filter(product__in=products.order_by().values("pk"), is_active=True)
    for options in of_variants.values_list("options", flat=True).distinct().iterator(chunk_size=2000):
        named.update(int(key) for key in options)
    return with_attributes(sorted(named))


def with_attributes(keys: Iterable[int]) -> list[str]:
    """The fields of every product, with these attributes before what each variant says."""
    fields = list(FIELDS)
    place = fields.index("sku")
    return [*fields[:place], *(f"{PREFIX}{key}" for key in keys), *fields[place:]]


def headings(columns: Sequence[str], words: Words) -> list[str]:
    """In the reader's language."""
    attributes = {int(column[len(PREFIX) :]): words.attributes[int(column[len(PREFIX) :])] for column in columns if column.startswith(PREFIX)}
    shared = shared_names(attributes.values())
    return [heading_of(column, attributes, shared) for column in columns]


def table_rows(products: Sequence[Product], columns: Sequence[str], words: Words) -> Iterator[list[str]]:
    for one in held(products).values():
        yield from rows_of_product(one, columns, words)


def rows_of_product(one: Held, columns: Sequence[str], words: Words) -> Iterator[list[str]]:
    """A row for each variant that is sold. The code stands on all of them, so that they may be sorted."""
    for place, variant in enumerate(one.sold):
        yield [_cell(one, variant, column, words) if place == 0 or _of_variant(one, column) else "" for column in columns]


def _of_variant(one: Held, column: str) -> bool:
    if column.startswith(PREFIX):
        return any(column[len(PREFIX) :] in variant.options for variant in one.sold)
    return column == "code" or not FIELDS[column].of_product


def _cell(one: Held, variant: Variant, column: str, words: Words) -> str:
    text = cell_of(one, variant, column, words)
    return text if len(text) <= LONGEST else ""
