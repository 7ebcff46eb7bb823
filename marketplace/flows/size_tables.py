"""A shop's size tables, and the copies that buyers read. They take effect at once: measures are the shop's word, as prices are; words are checked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.flows.listing_details import tables_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.catalogue.sizes import SizeTableInput, drop_size_table, put_size_table
from marketplace.platform.details.actions import put_size_tables
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.errors import WordForbidden
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.listings.words import words_in
from marketplace.platform.taxonomy.queries import categories_to_use
from tenants.tenancy.schemas import current_merchant_id

AT_ONCE = 500


@verb
def save_size_table(*, by: Actor, table_id: UUID, table: SizeTableInput, seen: int | None = None) -> SizeTable:
    """Enter or change a size table; the pages of its products on sale show it when this commits.

    Raises InvalidInput, WordForbidden, SizeTableChanged.
    """
    with transaction.atomic():
        usable = categories_to_use(table.category_ids)
        if unknown := [key for key in table.category_ids if key not in usable]:
            raise InvalidInput(field="categories", why=_("Choose a category."), category=unknown[0])
        table.category_ids = [usable[key] for key in table.category_ids]
        _check_words(table)
        was = SizeTable.objects.filter(pk=table_id).values_list("category_ids", flat=True).first() or []
        row: SizeTable = put_size_table(by=by, table_id=table_id, table=table, seen=seen)
        _copy(by, Q(size_table=row) | Q(size_table=None, category_id__in=[*was, *row.category_ids]))
    return row


@verb
def remove_size_table(*, by: Actor, table_id: UUID) -> None:
    """Raises SizeTableUnknown."""
    with transaction.atomic():
        categories = SizeTable.objects.filter(pk=table_id).values_list("category_ids", flat=True).first() or []
        products = drop_size_table(by=by, table_id=table_id)
        _copy(by, Q(pk__in=products) | Q(size_table=None, category_id__in=categories))


@verb
def copy_size_tables(*, by: Actor, products: Iterable[Product]) -> None:
    """Write what buyers read of these products' size tables, where they are on sale."""
    merchant_id = current_merchant_id()
    changed = put_size_tables(by=by, merchant_id=merchant_id, tables=tables_of(products))
    if changed:
        announce(merchant_id, changed)


def _copy(by: Actor, of: Q) -> None:
    """Of all that are on sale, some at a time."""
    after: UUID | None = None
    rows = Product.objects.filter(of, status=Product.Status.ON_SALE).order_by("pk")
    while some := list((rows.filter(pk__gt=after) if after else rows)[:AT_ONCE]):
        copy_size_tables(by=by, products=some)
        after = some[-1].pk


def _check_words(table: SizeTableInput) -> None:
    texts = [("columns", text) for names, _unit in table.columns for text in names.values()]
    texts += [("rows", text) for size, cells in table.rows for text in (size, *cells)] + [("notes", text) for text in table.notes.values()]
    for name in dict.fromkeys(field for field, _text in texts):
        for word in words_in(" \n ".join(text for field, text in texts if field == name)):
            if word.weight == ForbiddenWord.Weight.REFUSED and word.category_id is None:
                raise WordForbidden(field=name, word=word.text, note=word.note)
