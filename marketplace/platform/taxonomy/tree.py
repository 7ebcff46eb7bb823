"""The category tree: verbs of the console. What follows for goods crosses apps and stands in flows/keep_tree.py.

Every change holds one lock, so the tree is changed by one person at a time, and names the `version` it was made from: what somebody
else has changed meanwhile is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_code
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.errors import CategoryChanged, CategoryUnknown, TreeBusy
from marketplace.platform.taxonomy.models import Category, CategoryAttribute, TreeChange
from marketplace.platform.taxonomy.queries import TREE
from tenants.tenancy.stamps import change_stamps

DEEPEST = 8  # levels
LONGEST_NAME = 60
MOST_BELOW = 400  # children of one category: what a page shows and a person keeps in order


@verb
def add_category(*, by: Actor, names: Mapping[str, str], parent_id: int | None, picture: str = "") -> Category:
    """A new category, the last among those below its parent. Raises InvalidInput, CategoryUnknown."""
    named = clean_names(names)
    with transaction.atomic():
        lock_tree()
        parent = locked_category(parent_id) if parent_id else None
        if parent is not None and len(parent.path) >= DEEPEST:
            raise InvalidInput(field="parent", why=too_deep())
        siblings = Category.objects.filter(parent=parent, merged_into=None)
        if siblings.count() >= MOST_BELOW:
            raise InvalidInput(field="parent", why=_("There are {n} categories here already. Put it below one of them.").format(n=MOST_BELOW))
        last = siblings.aggregate(last=Max("position"))["last"]
        row = Category(code=new_code(), names=named, parent=parent, picture=picture, position=0 if last is None else last + 1, is_kept=True)
        row.save()
        row.path = [*(parent.path if parent else []), row.pk]
        row.save(update_fields=["path"])
        _audit(by, row, "category.added", after={"names": named, "parent": parent_id})
        tree_changed()
    return row


@verb
def change_category(*, by: Actor, category_id: int, seen: int, names: Mapping[str, str], is_hidden: bool, picture: str | None = None) -> Category:
    """Names, picture (None: as it is) and whether buyers meet it. Raises InvalidInput, CategoryUnknown, CategoryChanged."""
    named = clean_names(names)
    with transaction.atomic():
        lock_tree()
        row = locked_category(category_id, seen)
        before = {"names": row.names, "hidden": row.is_hidden, "picture": row.picture}
        row.names, row.is_hidden = {**row.names, **named}, is_hidden
        row.picture = row.picture if picture is None else picture
        after = {"names": row.names, "hidden": row.is_hidden, "picture": row.picture}
        if after == before:
            return row
        _save(row, "names", "is_hidden", "picture")
        _audit(by, row, "category.changed", before=before, after=after)
        tree_changed()
    return row


@verb
def place_category(*, by: Actor, category_id: int, seen: int, parent_id: int | None, before_id: int | None) -> TreeChange | None:
    """Put a category below another (None: nothing), before one of those there (None: last). None where only the order changed.

    Paths of all below follow at once. Raises InvalidInput, CategoryUnknown, CategoryChanged, TreeBusy.
    """
    with transaction.atomic():
        lock_tree()
        row = locked_category(category_id, seen)
        parent = locked_category(parent_id) if parent_id else None
        check_place(row, parent)
        former_id, former_place = row.parent_id, _place_of(row)
        order = [one for one in Category.objects.filter(parent=parent, merged_into=None).order_by("position", "id") if one.pk != row.pk]
        if before_id is not None and before_id not in {one.pk for one in order}:
            raise InvalidInput(field="before", why=_("That category stands elsewhere by now. Choose the place again."))
        place = next((n for n, one in enumerate(order) if one.pk == before_id), len(order))
        if former_id == parent_id and place == former_place:
            return None
        check_not_busy(row)
        order.insert(place, row)
        _put_in_order(order)
        row.parent = parent
        _save(row, "parent")
        after = {"parent": parent_id, "place": place + 1}
        _audit(by, row, "category.moved", before={"parent": former_id, "place": former_place + 1}, after=after)
        tree_changed()
        if former_id == parent_id:
            return None
        set_paths(row, [*(parent.path if parent else []), row.pk])
        return TreeChange.objects.create(
            kind=TreeChange.Kind.MOVED,
            category=row,
            former_key=former_id,
            former_place=former_place,
            into=parent,
            scope=_all_below(row),
            by_label=by.label,
        )


@verb
def merge_category(*, by: Actor, category_id: int, seen: int, into_id: int, seen_into: int, why: str) -> TreeChange:
    """One category becomes part of another: what lies below it lies below the other from now on, its attributes are the other's too, its address and
    code lead there, and from this commit on nothing new can name it.

    Raises InvalidInput, CategoryUnknown, CategoryChanged, TreeBusy.
    """
    with transaction.atomic():
        lock_tree()
        row, into = locked_category(category_id, seen), locked_category(into_id, seen_into)
        check_merge(row, into)
        for one in (row, into):
            check_not_busy(one)
        former_id, former_place, scope = row.parent_id, _place_of(row), _all_below(row)
        below = list(Category.objects.filter(parent=row, merged_into=None).order_by("position", "id"))
        there = list(Category.objects.filter(parent=into, merged_into=None).order_by("position", "id"))
        _put_in_order([one for one in there if one.pk != row.pk] + below)
        for one in below:
            one.parent = into
            _save(one, "parent")
            set_paths(one, [*into.path, one.pk])
        Category.objects.filter(merged_into=row).update(merged_into=into, parent=into, path=into.path)
        _carry_attributes(row, into)
        row.merged_into, row.parent, row.path, row.is_hidden = into, into, into.path, True
        _save(row, "merged_into", "parent", "path", "is_hidden")
        _save(into)
        _audit(by, row, "category.merged", before={"parent": former_id, "names": row.names}, after={"into": into.pk, "names": into.names}, why=why)
        tree_changed()
        return TreeChange.objects.create(
            kind=TreeChange.Kind.MERGED,
            category=row,
            former_key=former_id,
            former_place=former_place,
            into=into,
            scope=scope,
            by_label=by.label,
        )


@verb
def remove_category(*, by: Actor, row: Category) -> None:
    """Delete a category; whoever calls this has locked the tree and looked that nothing hangs on it."""
    _audit(by, row, "category.deleted", before={"names": row.names, "parent": row.parent_id, "code": row.code})
    CategoryAttribute.objects.filter(category=row).delete()
    row.delete()
    tree_changed()


@verb
def note_following(*, by: Actor, change_id: UUID, done: int, place: str = "", is_over: bool = False, at: datetime | None = None) -> None:
    """How far the goods have followed a change of the tree."""
    fields: dict[str, Any] = {"done": done}
    if place:
        fields["place"] = place
    if is_over:
        fields |= {"status": TreeChange.Status.DONE, "ended_at": at}
    TreeChange.objects.filter(pk=change_id).update(**fields)


# ── What is checked ──────────────────────────────────────────────────────────────────────────────────────────────────


def lock_tree() -> None:
    """To the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.taxonomy'), 0)")


def locked_category(category_id: int, seen: int | None = None) -> Category:
    """One that stands in the tree, as it was seen; whoever puts goods into it waits. Raises CategoryUnknown, CategoryChanged."""
    row = Category.objects.select_for_update(of=("self",)).filter(pk=category_id, merged_into=None).first()
    if row is None:
        raise CategoryUnknown
    if seen is not None and seen != row.version:
        raise CategoryChanged(name=row.name)
    return row


def check_place(row: Category, parent: Category | None) -> None:
    """Raises InvalidInput where a category would lie below itself, or too deep."""
    if parent is None:
        return
    if row.pk in parent.path:
        raise InvalidInput(field="into", why=_("A category cannot lie below itself. Choose another place."))
    if len(parent.path) + depth_below(row) > DEEPEST:
        raise InvalidInput(field="into", why=too_deep())


def check_merge(row: Category, into: Category) -> None:
    """Raises InvalidInput."""
    if row.pk == into.pk:
        raise InvalidInput(field="into", why=_("Choose another category to merge it into."))
    if row.pk in into.path:
        raise InvalidInput(field="into", why=_("A category cannot be merged into one that lies below it. Move that one out first."))
    if len(into.path) + depth_below(row) - 1 > DEEPEST:
        raise InvalidInput(field="into", why=too_deep())


def check_not_busy(row: Category) -> None:
    """Goods that still follow a change are not moved again. Raises TreeBusy."""
    working = TreeChange.objects.filter(status=TreeChange.Status.WORKING).select_related("category", "into")
    for change in working:
        theirs = {change.category_id, *change.category.path, *(change.into.path if change.into else [])}
        if row.pk in theirs or change.category_id in row.path:
            raise TreeBusy(name=change.category.name)


def too_deep() -> str:
    return _("The tree has at most {n} levels. Choose a place further up.").format(n=DEEPEST)


def depth_below(row: Category) -> int:
    """Levels of what is moved, itself included."""
    paths = Category.objects.filter(path__contains=[row.pk], merged_into=None).values_list("path", flat=True)
    return max((len(path) for path in paths), default=len(row.path)) - len(row.path) + 1


def set_paths(row: Category, path: Sequence[int]) -> None:
    """The path of a category and of everything below it, what was merged into them included."""
    held, below = len(row.path), list(Category.objects.filter(path__contains=[row.pk]))
    for one in below:
        one.path = [*path, *one.path[held:]]
    Category.objects.bulk_update(below, ["path"], batch_size=500)
    row.path = list(path)


def clean_names(names: Mapping[str, str]) -> dict[str, str]:
    """Raises InvalidInput: a name in each language the form asks for."""
    named = {code: " ".join(text.split()) for code, text in names.items()}
    for code, text in named.items():
        field = {"zh-hans": "name_zh"}.get(code, f"name_{code}")
        if not text:
            raise InvalidInput(field=field, why=_("Give it a name in both languages: buyers read one or the other."))
        if len(text) > LONGEST_NAME:
            raise InvalidInput(field=field, why=_("A name has at most {n} characters.").format(n=LONGEST_NAME))
    return named


def faults_of_tree() -> list[str]:
    """What is wrong with the tree; empty where every path leads from a root, by parents, without a circle."""
    rows = {row.pk: row for row in Category.objects.all()}
    found = []
    for row in rows.values():
        if row.merged_into_id:
            into = rows[row.merged_into_id]
            if into.merged_into_id or row.path != into.path:
                found.append(f"{row.pk} was merged into {into.pk} and has another path")
            continue
        steps, at, seen = [row.pk], row, {row.pk}
        while at.parent_id and at.parent_id not in seen:
            at = rows[at.parent_id]
            seen.add(at.pk)
            steps.insert(0, at.pk)
        if at.parent_id:
            found.append(f"{row.pk} lies in a circle")
        elif steps != row.path:
            found.append(f"{row.pk} has the path {row.path} and lies at {steps}")
    return found


def tree_changed() -> None:
    """Pages kept for visitors are made anew as soon as the transaction has committed."""
    change_stamps([TREE])


def _place_of(row: Category) -> int:
    order = list(Category.objects.filter(parent_id=row.parent_id, merged_into=None).order_by("position", "id").values_list("pk", flat=True))
    return order.index(row.pk)


def _all_below(row: Category) -> list[int]:
    """Keys of a category and of all below it, what was merged into them included."""
    return sorted(Category.objects.filter(path__contains=[row.pk]).values_list("pk", flat=True))


def _put_in_order(rows: Sequence[Category]) -> None:
    """Only what differs is written. Those whose place was given by hand keep it when the tree is imported again."""
    differing = []
    for place, one in enumerate(rows):
        if one.position != place:
            one.position, one.is_kept = place, True
            differing.append(one)
    Category.objects.bulk_update(differing, ["position", "is_kept"], batch_size=500)


def _carry_attributes(row: Category, into: Category) -> None:
    """The attributes of the one are the other's too, behind its own and asked for as before; where both had one, the other's rule counts."""
    has = set(CategoryAttribute.objects.filter(category_id__in=into.path).values_list("attribute_id", flat=True))
    last = CategoryAttribute.objects.filter(category=into).count()
    for place, one in enumerate(CategoryAttribute.objects.filter(category=row).order_by("position", "id")):
        if one.attribute_id in has:
            one.delete()
        else:
            CategoryAttribute.objects.filter(pk=one.pk).update(category=into, position=last + place, is_required=False)


def _save(row: Category, *fields: str) -> None:
    row.version, row.is_kept = row.version + 1, True
    row.save(update_fields=[*fields, "version", "is_kept"])


def _audit(by: Actor, row: Category, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="category", subject_id=row.pk, **said)
