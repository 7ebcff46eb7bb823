"""An import is read and looked at, batch by batch: its file into rows, then what is wrong in them. Nothing of the shop is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.product_files.lanes import is_large
from marketplace.flows.product_files.reading import MOST_ROWS
from marketplace.kernel.actors import Actor
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.verbs import verb
from marketplace.merchant.imports.errors import TableUnreadable
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.platform.taxonomy.own_categories import note_own_categories
from tenants.tenancy.schemas import current_merchant_id

if TYPE_CHECKING:
    from marketplace.flows.product_files.run import Turn

S, State = ProductImport.Status, ImportRow.State


@verb
def keep_rows(*, by: Actor, turn: Turn, some: list[tuple[int, list[str]]], is_last: bool) -> bool:
    """Rows of the file, as they are. Raises TableUnreadable for more than an import may hold, and for an empty file."""
    plan = turn.plan(str)
    with transaction.atomic():
        row = turn.locked(S.CHECKING)
        rows = []
        for line, cells in some:
            one = ImportRow(batch=turn.batch, line=line, place=line, cells=cells)
            one.sku = plain_cell(plan.cell(one, "sku"))[:64]
            one.code = plain_cell(plan.cell(one, "code"))[:120] or one.sku
            if one.code:
                one.place = turn.first_lines.setdefault(one.code, line)
            rows.append(one)
        ImportRow.objects.bulk_create(rows)
        row.read += len(rows)
        if row.read > MOST_ROWS:
            raise TableUnreadable(why=_("it has more than {most} rows. Divide it.").format(most=f"{MOST_ROWS:,}"))
        if is_last:
            if not row.read:
                raise TableUnreadable(why=_("below its headings it holds no rows."))
            row.is_read = True
        return turn.end_batch(row, is_over=row.is_read and is_large(row.read))


@verb
def look_at_rows(*, by: Actor, turn: Turn) -> bool:
    """What is wrong in the next products, and whether they would change anything. Nothing of the shop is touched."""
    with transaction.atomic():
        if not turn.begins(S.CHECKING):
            return False
        rows = turn.next_rows(State.READ, locks=True)
        if not rows and turn.next_rows(State.READ):
            return True  # the same turn, twice at once: the other was faster with these
        found: dict[str, list[UUID]] = {State.GOOD: [], State.SAME: [], State.HELD: []}
        bad: list[ImportRow] = []
        for some, _there, result in turn.compiled(rows, turn.plan(turn.pictures.look, turn.filling)):
            if result.problems:
                bad += note_problems(some, result.problems)
                found[State.HELD] += [one.pk for one in some if one.line not in result.problems]
            else:
                found[State.GOOD if result.differs else State.SAME] += [one.pk for one in some]
        note_own_words(by, turn, rows)
        for state, keys in found.items():
            ImportRow.objects.filter(pk__in=keys).update(state=state)
        ImportRow.objects.bulk_update(bad, ["state", "problems"], batch_size=200)
        row = turn.locked(S.CHECKING)
        row.looked_at += len(rows)
        row.settled += len(rows) - len(found[State.GOOD])
        turn.place = rows[-1].place if rows else turn.place
        if not rows:
            turn.leave(row, S.CHECKED)
            return False
        return turn.end_batch(row)


def note_own_words(by: Actor, turn: Turn, rows: Sequence[ImportRow]) -> None:
    """What the shop calls its categories: the console and the shop decide what it means."""
    if own := turn.words.open_words():
        plan = turn.plan(str)
        met = Counter(cell for row in rows if (cell := plain_cell(plan.cell(row, "category"))) in own)
        if met:
            note_own_categories(by=by, merchant_id=current_merchant_id(), names=met)


def note_problems(rows: Sequence[ImportRow], problems: dict[int, list[list[object]]]) -> list[ImportRow]:
    """The rows that something is wrong in, in memory."""
    bad = [row for row in rows if row.line in problems]
    for row in bad:
        row.state, row.problems = State.BAD, problems[row.line]
    return bad
