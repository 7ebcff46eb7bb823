"""A merchant's own names for kinds of goods, and the market's categories they mean: decided once, remembered, guessed with a reason.

`category_of_own_name` is what imports ask; `note_own_categories` is how they say which names came by.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.models import Category, OwnCategory
from marketplace.platform.taxonomy.queries import in_tree

LONGEST = 200
MOST_NAMES = 2000  # of one merchant
CLOSE = 0.55  # from here on two names are alike enough to be proposed
STEPS = re.compile(r"\s*(?:>|›|»|/|\\|→|::|\|)\s*")


def fold(name: str) -> str:
    """What two spellings of a name have in common: small letters, one blank, one sign between steps."""
    return " > ".join(part for part in (" ".join(step.split()).casefold() for step in STEPS.split(name)) if part)[:LONGEST]


def category_of_own_name(merchant_id: UUID, name: str) -> int | None:
    """The category a merchant's own name means, or None where nobody has said it. See `categories_of_own_names`."""
    return categories_of_own_names(merchant_id, [name])[name]


def categories_of_own_names(merchant_id: UUID, names: Iterable[str]) -> dict[str, int | None]:
    """For each name: what the merchant decided, else what the operator proposes to all, else the one category that is called just so
    (or has it as its code). Three queries, however many names. What was merged is the other."""
    folded = {name: fold(name) for name in names}
    rows = OwnCategory.objects.filter(folded__in=set(folded.values())).exclude(category=None).select_related("category")
    own: dict[str, int] = {}
    for row in sorted(rows.filter(merchant=None), key=lambda one: one.folded):
        own[row.folded] = _standing(row)
    for row in rows.filter(merchant_id=merchant_id):
        own[row.folded] = _standing(row)
    open_names = {name for name, key in folded.items() if key and key not in own}
    exact = _exact(open_names) if open_names else {}
    return {name: own.get(key) or exact.get(name) for name, key in folded.items()}


def _standing(row: OwnCategory) -> int:
    assert row.category is not None
    return row.category.merged_into_id or row.category.pk


def _exact(names: Iterable[str]) -> dict[str, int]:
    """Codes, whole paths and last steps that only one category has."""
    wanted = list(names)
    by_code = {row.code: row.merged_into_id or row.pk for row in Category.objects.filter(code__in=[name.strip() for name in wanted])}
    found = {name: by_code[name.strip()] for name in wanted if name.strip() in by_code}
    if len(found) < len(wanted):
        index = Index.of_tree()
        for name in wanted:
            if name not in found and (category_id := index.exact(fold(name))) is not None:
                found[name] = category_id
    return found


@dataclass(frozen=True)
class Guess:
    category_id: int
    why: str | Promise


class Index:
    """All names of the tree, to compare many names with. Made for one request."""

    def __init__(self, rows: Iterable[tuple[int, Mapping[str, str], list[int]]]) -> None:
        self.paths: dict[int, list[int]] = {}
        self.names: dict[int, set[str]] = {}
        for key, names, path in rows:
            self.paths[key], self.names[key] = path, {" ".join(name.split()).casefold() for name in names.values() if name}
        self.called: dict[str, list[int]] = defaultdict(list)
        self.by_pair: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, all_names in self.names.items():
            for name in all_names:
                self.called[name].append(key)
                for pair in _pairs(name):
                    self.by_pair[pair].append((key, name))

    @classmethod
    def of_tree(cls) -> Index:
        return cls(in_tree().values_list("pk", "names", "path"))

    def exact(self, folded: str) -> int | None:
        """The only category of this name; of several the only one whose upper steps are called so, too."""
        *above, last = folded.split(" > ")
        found = self.called.get(last, [])
        if len(found) > 1 and above:
            found = [key for key in found if self._shares(key, above) == len(above)]
        return found[0] if len(found) == 1 else None

    def guess(self, folded: str) -> Guess | None:
        """The category whose name is most alike, with what speaks for it; None where nothing is alike enough."""
        *above, last = folded.split(" > ")
        if same := self.called.get(last):
            best = max(same, key=lambda key: (self._shares(key, above), -len(self.paths[key]), -key))
            why = _lazy("The same name, and so is what it lies below") if above and self._shares(best, above) else _lazy("The same name")
            return Guess(best, why)
        pairs = _pairs(last)
        counts: dict[tuple[int, str], int] = defaultdict(int)
        for pair in pairs:
            for place in self.by_pair.get(pair, ()):
                counts[place] += 1
        likeness = {place: 2 * n / (len(pairs) + len(_pairs(place[1]))) for place, n in counts.items()}
        found = max(likeness, key=lambda place: (likeness[place] + 0.1 * self._shares(place[0], above), -place[0]), default=None)
        if found is None or likeness[found] < CLOSE:
            return None
        if found[1] in last or last in found[1]:
            return Guess(found[0], _lazy("One name contains the other"))
        return Guess(found[0], _lazy("The names are much alike"))

    def _shares(self, key: int, above: list[str]) -> int:
        """How many of the upper steps are called like something the category lies below."""
        over = {name for step in self.paths[key][:-1] for name in self.names.get(step, ())}
        return sum(step in over for step in above)


def _pairs(name: str) -> set[str]:
    """Pairs of neighbouring signs, with the ends."""
    text = f" {name} "
    return {text[n : n + 2] for n in range(len(text) - 1)}


@verb
def note_own_categories(*, by: Actor, merchant_id: UUID, names: Mapping[str, int]) -> None:
    """That an import of a merchant had these names, so many rows each. Those that were met before are counted on; what is too many is left out."""
    met: dict[str, tuple[str, int]] = {}
    for name, times in names.items():
        if folded := fold(name):
            met[folded] = (name.strip()[:LONGEST], met.get(folded, ("", 0))[1] + times)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two lanes of an import meet the same new names
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.own_categories'), hashtext(%s))", [str(merchant_id)])
        held = {row.folded: row for row in OwnCategory.objects.filter(merchant_id=merchant_id).select_for_update(of=("self",)).order_by("pk")}
        fresh = [
            OwnCategory(merchant_id=merchant_id, name=name, folded=folded, times=times, seen_at=clock.now())
            for folded, (name, times) in met.items()
            if folded not in held
        ]
        for folded, (_name, times) in met.items():
            if folded in held:
                held[folded].times, held[folded].seen_at = held[folded].times + times, clock.now()
        OwnCategory.objects.bulk_update([held[folded] for folded in met if folded in held], ["times", "seen_at"], batch_size=500)
        OwnCategory.objects.bulk_create(fresh[: max(MOST_NAMES - len(held), 0)], batch_size=500, ignore_conflicts=True)


@verb
def map_own_category(*, by: Actor, merchant_id: UUID | None, name: str, category_id: int | None) -> OwnCategory:
    """Say which category a name means; None: nobody knows again. Without a merchant it is proposed to all who have not decided themselves.

    Raises InvalidInput.
    """
    folded = fold(name)
    if not folded:
        raise InvalidInput(field="name", why=_("Write the name as it stands in your files."))
    with transaction.atomic():
        category = in_tree().filter(pk=category_id).first() if category_id is not None else None
        if category_id is not None and category is None:
            raise InvalidInput(field="category", why=_("Choose a category."))
        row = OwnCategory.objects.select_for_update(of=("self",)).filter(merchant=merchant_id, folded=folded).first()
        if row is None:
            row = OwnCategory(merchant_id=merchant_id, name=name.strip()[:LONGEST], folded=folded)
        before = {"category": row.category_id}
        if row.category_id == category_id and not row._state.adding:
            return row
        row.category, row.decided_by = category, by.label if category else ""
        row.save()
        audit(
            by=by,
            action="own_category.mapped",
            subject="own_category",
            subject_id=row.pk,
            merchant_id=merchant_id,
            before=before,
            after={"name": row.name, "category": category_id},
        )
    return row
