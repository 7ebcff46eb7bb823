"""Size tables: verbs, and what is allowed in one. In the merchant's schema that is open; the flow above copies what buyers read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.errors import SizeTableChanged, SizeTableUnknown
from marketplace.merchant.catalogue.models import Product, SizeTable
from tenants.tenancy.schemas import current_merchant_id

MOST_COLUMNS, MOST_ROWS, LONGEST_CELL, LONGEST_NAME, LONGEST_NOTE, MOST_TABLES = 8, 40, 20, 30, 500, 200
UNITS = ("cm", "mm", "in", "kg", "g", "")


@dataclass
class SizeTableInput:
    """What a merchant enters. `columns`: names by language code and the unit; `rows`: size and a text for each column."""

    name: str
    columns: Sequence[tuple[Mapping[str, str], str]]
    rows: Sequence[tuple[str, Sequence[str]]]
    notes: Mapping[str, str] = field(default_factory=dict)
    category_ids: Collection[int] = ()

    def clean(self) -> None:
        """Raises InvalidInput, naming the field."""
        self.name = " ".join(self.name.split())
        if not self.name or len(self.name) > 60:
            raise InvalidInput(field="name", why=_("Give the table a name of at most 60 characters, for yourself."))
        self.columns = [({code: " ".join(text.split()) for code, text in names.items() if text.strip()}, unit) for names, unit in self.columns]
        if not 1 <= len(self.columns) <= MOST_COLUMNS or not all(names for names, _unit in self.columns):
            raise InvalidInput(field="columns", why=_("Name one to {most} columns, such as chest or length.").format(most=MOST_COLUMNS))
        if any(len(text) > LONGEST_NAME for names, _unit in self.columns for text in names.values()):
            raise InvalidInput(field="columns", why=_("The name of a column has at most {most} characters.").format(most=LONGEST_NAME))
        if any(unit not in UNITS for _names, unit in self.columns):
            raise InvalidInput(field="columns", why=_("Choose a unit."))
        if not 1 <= len(self.rows) <= MOST_ROWS:
            raise InvalidInput(field="rows", why=_("Write one to {most} sizes, one a line.").format(most=MOST_ROWS))
        for n, (size, cells) in enumerate(self.rows, 1):
            if len(cells) != len(self.columns):
                why = _("Line {n}: {size} has {found} measures, and there are {columns} columns.")
                raise InvalidInput(field="rows", why=why.format(n=n, size=size, found=len(cells), columns=len(self.columns)))
            if not size or any(len(text) > LONGEST_CELL for text in (size, *cells)):
                raise InvalidInput(field="rows", why=_("Line {n}: a size or measure has 1 to {most} characters.").format(n=n, most=LONGEST_CELL))
        sizes = [size for size, _cells in self.rows]
        if len(set(sizes)) < len(sizes):
            raise InvalidInput(field="rows", why=_("Two lines are of the same size."))
        self.notes = {code: text.strip() for code, text in self.notes.items() if text.strip()}
        if any(len(text) > LONGEST_NOTE for text in self.notes.values()):
            raise InvalidInput(field="notes", why=_("Write at most {most} characters.").format(most=LONGEST_NOTE))


@verb
def put_size_table(*, by: Actor, table_id: UUID, table: SizeTableInput, seen: int | None = None) -> SizeTable:
    """Enter or change a size table. A category that stood in another of the shop's tables stands in this one from now on. `seen` is the version that
    was changed. Raises InvalidInput, SizeTableChanged."""
    table.clean()
    with transaction.atomic():
        others = list(SizeTable.objects.order_by("pk").select_for_update())
        row = next((one for one in others if one.pk == table_id), None)
        before = _audited(row) if row else None
        is_outdated = row is not None and seen not in (None, row.version)
        if any(one.name.casefold() == table.name.casefold() and one.pk != table_id for one in others):
            raise InvalidInput(field="name", why=_("Another table of yours has this name."))
        if row is None and len(others) >= MOST_TABLES:
            raise InvalidInput(field="name", why=_("A shop has at most {most} size tables.").format(most=MOST_TABLES))
        wanted = sorted(set(table.category_ids))
        for other in others:
            if other.pk != table_id and set(other.category_ids) & set(wanted):
                had = _audited(other)
                other.category_ids = [key for key in other.category_ids if key not in wanted]
                other.version += 1
                other.save(update_fields=["category_ids", "version"])
                _audit_saved(by, other, had)
        row = row or SizeTable(pk=table_id, version=0)
        row.name, row.notes, row.category_ids = table.name, dict(table.notes), wanted
        row.columns = [{"names": dict(names), "unit": unit} for names, unit in table.columns]
        row.rows = [[size, list(cells)] for size, cells in table.rows]
        after = _audited(row)
        if is_outdated and before != after:  # the same form sent twice changes nothing
            raise SizeTableChanged
        if before != after:
            row.version, row.changed_at = row.version + 1, clock.now()
            row.save()
            _audit_saved(by, row, before)
    return row


@verb
def drop_size_table(*, by: Actor, table_id: UUID) -> list[UUID]:
    """Take a size table away; products that named it have that of their category, or none. Which they were. Raises SizeTableUnknown."""
    with transaction.atomic():
        row = SizeTable.objects.select_for_update().filter(pk=table_id).first()
        if row is None:
            raise SizeTableUnknown
        products = list(Product.objects.filter(size_table=row).values_list("pk", flat=True))
        before = _audited(row)
        row.delete()
        audit(
            by=by,
            action="size_table.dropped",
            subject="size_table",
            subject_id=table_id,
            merchant_id=current_merchant_id(),
            before={**before, "products": len(products)},
            after={"rows": None},
        )
    return products


def _audit_saved(by: Actor, row: SizeTable, before: dict[str, Any] | None) -> None:
    audit(by=by, action="size_table.saved", subject="size_table", subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=_audited(row))


def _audited(row: SizeTable) -> dict[str, Any]:
    return {"name": row.name, "columns": row.columns, "rows": row.rows, "notes": row.notes, "categories": row.category_ids}
