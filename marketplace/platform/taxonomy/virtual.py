"""Virtual categories: verbs, and what their rules may say. What a rule finds is asked of search (search/by_rule.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.errors import VirtualChanged, VirtualUnknown
from marketplace.platform.taxonomy.models import VirtualCategory
from marketplace.platform.taxonomy.tree import clean_names, tree_changed

MOST = 200  # virtual categories of the market
MOST_CHOSEN = 60  # brands, shops or values of one rule
LONGEST_TEXT = 300
SORTS = ("relevance", "popular", "newest", "price_up", "price_down")
NARROWING = ("category", "brands", "shops", "values", "from", "to", "in_stock", "reduced", "rated", "days")
# Of these at least one, at most: per cent off, tenths of a star, reviews, days on the market.
NUMBERS = {"reduced": (1, 99), "rated": (10, 50), "reviews": (1, 10_000), "days": (1, 365)}
KEPT = ("names", "texts", "rule", "picture", "is_shown", "in_menu", "position")


@verb
def keep_virtual(*, by: Actor, virtual_id: int | None, seen: int, code: str, fields: Mapping[str, Any]) -> VirtualCategory:
    """Make a virtual category, or change one; its code, which is its address, stays. Raises InvalidInput, VirtualUnknown, VirtualChanged."""
    with transaction.atomic():
        row = locked_virtual(virtual_id, seen) if virtual_id else _fresh(code)
        before = {name: getattr(row, name) for name in KEPT} if virtual_id else None
        for name in KEPT:
            if name in fields:
                setattr(row, name, fields[name])
        row.names = clean_names(row.names)
        row.texts = {language: " ".join(text.split()) for language, text in row.texts.items() if text and text.strip()}
        if any(len(text) > LONGEST_TEXT for text in row.texts.values()):
            raise InvalidInput(field="text_zh", why=_("At most {n} characters.").format(n=LONGEST_TEXT))
        row.rule = clean_rule(row.rule)
        after = {name: getattr(row, name) for name in KEPT}
        if after == before:
            return row
        row.version, row.changed_at = row.version + (before is not None), clock.now()
        row.save()
        changed = {name: value for name, value in after.items() if before is None or before[name] != value}
        if before is None:
            _audit(by, row, "virtual.added", after=changed)
        else:
            _audit(by, row, "virtual.kept", before={name: before[name] for name in changed}, after=changed)
        tree_changed()
    return row


@verb
def remove_virtual(*, by: Actor, virtual_id: int, seen: int) -> None:
    """Its page is gone; goods are not touched. Raises VirtualUnknown, VirtualChanged."""
    with transaction.atomic():
        row = locked_virtual(virtual_id, seen)
        _audit(by, row, "virtual.removed", before={"code": row.code, "names": row.names, "rule": row.rule})
        row.delete()
        tree_changed()


def locked_virtual(virtual_id: int, seen: int) -> VirtualCategory:
    """Raises VirtualUnknown, VirtualChanged."""
    row = VirtualCategory.objects.select_for_update(of=("self",)).filter(pk=virtual_id).first()
    if row is None:
        raise VirtualUnknown
    if row.version != seen:
        raise VirtualChanged(name=row.name)
    return row


def _fresh(code: str) -> VirtualCategory:
    try:
        VirtualCategory._meta.get_field("code").run_validators(code)
    except ValidationError as wrong:
        raise InvalidInput(field="code", why=_("Small letters, digits and hyphens, for example spring-sale.")) from wrong
    if not code or VirtualCategory.objects.filter(code=code).exists():
        raise InvalidInput(field="code", why=_("Choose an address that no other has."))
    if VirtualCategory.objects.count() >= MOST:
        raise InvalidInput(field="code", why=_("There are {n} already. Remove one that is not needed.").format(n=MOST))
    last = VirtualCategory.objects.aggregate(last=Max("position"))["last"]
    return VirtualCategory(code=code, position=0 if last is None else last + 1)


def clean_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule may say, and nothing else. Raises InvalidInput where it says nothing, or too much."""
    found: dict[str, Any] = {}
    if rule.get("category"):
        found["category"] = int(rule["category"])
    for name in ("brands", "shops"):
        if rule.get(name):
            found[name] = sorted({int(key) for key in rule[name]})
    values = {str(int(key)): sorted({int(value) for value in chosen}) for key, chosen in (rule.get("values") or {}).items() if chosen}
    if values:
        found["values"] = values
    for name in ("from", "to"):
        if rule.get(name) is not None:
            found[name] = int(rule[name])
    if rule.get("in_stock"):
        found["in_stock"] = True
    for name, (least, most) in NUMBERS.items():
        if rule.get(name) is not None:
            if not least <= int(rule[name]) <= most:
                raise InvalidInput(field=name, why=_("Write a number from {least} to {most}.").format(least=least, most=most))
            found[name] = int(rule[name])
    if "reviews" in found and "rated" not in found:
        raise InvalidInput(field="rated", why=_("Say how many stars, too."))
    if any(len(chosen) > MOST_CHOSEN for chosen in (found.get("brands", []), found.get("shops", []), *values.values())):
        raise InvalidInput(field=None, why=_("A rule names at most {n} of a kind.").format(n=MOST_CHOSEN))
    if found.get("from", 0) > found.get("to", found.get("from", 0)):
        raise InvalidInput(field="price_to", why=_("The higher price comes second."))
    if not set(found) & set(NARROWING):
        raise InvalidInput(field="category", why=_("Say at least one thing that the goods have in common."))
    found["sort"] = rule["sort"] if rule.get("sort") in SORTS else "relevance"
    return found


def _audit(by: Actor, row: VirtualCategory, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="virtual_category", subject_id=row.pk, **said)


def shown_virtual() -> list[VirtualCategory]:
    """Those that stand in the menu, in their order."""
    return list(VirtualCategory.objects.filter(is_shown=True, in_menu=True).order_by("position", "id"))
