"""Setting rules for the words of questions: made, changed, removed and taken back, each with who, what, before, after and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, Category
from search.errors import ChangeTakenBack, RuleChanged, RuleUnknown
from search.models import SearchRule, SearchRuleChange
from search.rules import LEAST_FACTOR, MOST_FACTOR, change_stamp, words_of
from search.tokens import LONGEST_QUESTION
from tenants.tenancy.models import Merchant

MOST_RULES, MOST_LINES, MOST_PINS, LONGEST = 2000, 30, 10, 60
MOST_SYNONYMS = 12  # of a word: each is several forms in every question that holds it
Kind = SearchRule.Kind
TARGETS: Mapping[str, Any] = {"category": (Category, "pk"), "brand": (Brand, "pk"), "shop": (Merchant, "ordinal"), "listing": (Listing, "pk")}


@dataclass(frozen=True)
class Draft:
    """A rule as it is to be, checked: kind, language and body of SearchRule."""

    kind: str
    language: str
    body: dict[str, Any]

    @property
    def as_kept(self) -> dict[str, Any]:
        return {"kind": self.kind, "language": self.language, "body": self.body}

    def as_row(self, rule_id: UUID | None = None) -> SearchRule:
        """A row that is kept nowhere, for trying."""
        return SearchRule(**self.as_kept, **({"id": rule_id} if rule_id else {}))


def draft(*, kind: str, language: str, body: Mapping[str, Any]) -> Draft:
    """What was entered, as a rule. Raises InvalidInput, naming the field."""
    if kind not in Kind:
        raise InvalidInput(field="kind", why=_("Choose what kind of rule it is."))
    if language and language not in dict(settings.LANGUAGES):
        raise InvalidInput(field="language", why=_("Choose a language, or all."))
    longest = LONGEST if kind in (Kind.SYNONYMS, Kind.LEADS, Kind.STOPS) else LONGEST_QUESTION
    words = _words(body.get("words", ()), "words", longest, MOST_SYNONYMS if kind == Kind.SYNONYMS else MOST_LINES)
    match kind:
        case Kind.SYNONYMS:
            if len(words) < 2:
                raise InvalidInput(field="words", why=_("Write at least two words that mean the same, one a line."))
            return Draft(kind, language, {"words": words})
        case Kind.LEADS:
            return Draft(kind, language, {"words": words, "into": _words(body.get("into", ()), "into", LONGEST, MOST_SYNONYMS)})
        case Kind.STOPS:
            return Draft(kind, language, {"words": words})
    how = "holds" if body.get("how") == "holds" else "whole"
    if kind == Kind.PINS:
        return Draft(kind, language, {"words": words, "how": how, "listings": _listings(body.get("listings", ()))})
    return Draft(kind, language, {"words": words, "how": how, **_weighed(body)})


def _words(texts: Iterable[str], field: str, longest: int, most: int) -> list[str]:
    found: dict[tuple[str, ...], str] = {}
    for text in (" ".join(str(line).split()) for line in texts):
        if not text:
            continue
        if len(text) > longest or not (words := words_of(text)):
            raise InvalidInput(field=field, why=_("“{word}” is too long, or no word: at most {most} characters.").format(word=text[:LONGEST], most=longest))
        found.setdefault(words, text)
    if not found:
        raise InvalidInput(field=field, why=_("Write at least one word."))
    if len(found) > most:
        raise InvalidInput(field=field, why=_("At most {most} lines; make a second rule of the others.").format(most=most))
    return list(found.values())


def _listings(keys: Iterable[UUID]) -> list[str]:
    wanted = list(dict.fromkeys(keys))
    there = set(Listing.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted or set(wanted) - there:
        raise InvalidInput(field="listings", why=_("Name goods that are there, one a line."))
    if len(wanted) > MOST_PINS:
        raise InvalidInput(field="listings", why=_("At most {most} goods can stand at the top.").format(most=MOST_PINS))
    return [str(key) for key in wanted]


def _weighed(body: Mapping[str, Any]) -> dict[str, Any]:
    on, key = str(body.get("on")), body.get("key")
    if on not in TARGETS:
        raise InvalidInput(field="on", why=_("Choose what stands higher or lower."))
    model, name = TARGETS[on]
    if key is None or not model.objects.filter(**{name: key}).exists():
        raise InvalidInput(field="key", why=_("Name what stands higher or lower."))
    factor = float(body.get("factor") or 0)
    if not LEAST_FACTOR <= factor <= MOST_FACTOR or factor == 1:
        raise InvalidInput(field="factor", why=_("Choose by how much."))
    return {"on": on, "key": str(key) if on == "listing" else int(key), "factor": str(factor)}


@verb
def keep_rule(*, by: Actor, rule_id: UUID | None, seen: int, wanted: Draft, why: str) -> SearchRule:
    """A new rule (`rule_id` None), or this one otherwise, in force with the end of the transaction. `seen`: the version that was looked at; keeping
    what is so already changes nothing. Raises RuleUnknown, RuleChanged, ReasonMissing, InvalidInput."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = SearchRule() if rule_id is None else _locked(rule_id, seen)
        before = None if rule_id is None else _kept(row)
        if before == wanted.as_kept:
            return row
        if rule_id is None and SearchRule.objects.count() >= MOST_RULES:
            raise InvalidInput(field="words", why=_("There are {most} rules already. Remove one that is not needed.").format(most=MOST_RULES))
        _put(by, row, wanted.as_kept, before, why)
    return row


@verb
def remove_rule(*, by: Actor, rule_id: UUID, seen: int, why: str) -> SearchRule:
    """Raises RuleUnknown, RuleChanged, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(rule_id, seen)
        _put(by, row, None, _kept(row), why)
    return row


@verb
def undo_change(*, by: Actor, change_id: UUID, why: str) -> SearchRuleChange:
    """What a change did is taken back, as a change of its own: only the latest of its rule. Raises RuleUnknown, ChangeTakenBack, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        change = SearchRuleChange.objects.filter(pk=change_id).first()
        if change is None:
            raise RuleUnknown
        row = SearchRule.objects.select_for_update().filter(pk=change.rule_key).first()
        latest = SearchRuleChange.objects.select_for_update().filter(rule_key=change.rule_key).latest("at", "pk")
        if latest.pk != change.pk or SearchRuleChange.objects.filter(takes_back=change).exists():
            raise ChangeTakenBack
        now = None if row is None else _kept(row)
        return _put(by, row or SearchRule(id=change.rule_key, version=0), change.before, now, why, takes_back=change)


def _locked(rule_id: UUID, seen: int) -> SearchRule:
    row = SearchRule.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise RuleUnknown
    if row.version != seen:
        raise RuleChanged
    return row


def _kept(row: SearchRule) -> dict[str, Any]:
    return {"kind": row.kind, "language": row.language, "body": row.body}


def _put(
    by: Actor, row: SearchRule, after: dict[str, Any] | None, before: dict[str, Any] | None, why: str, takes_back: SearchRuleChange | None = None
) -> SearchRuleChange:
    """Write the rule as it is now, its history and the log; None is no rule."""
    key = row.pk
    if after is None:
        SearchRule.objects.filter(pk=key).delete()
    else:
        row.kind, row.language, row.body = after["kind"], after["language"], after["body"]
        row.text = "\n".join([*row.said("words"), *row.said("into")]).casefold()
        row.version, row.by_label, row.at = row.version + (1 if before else 0), by.label, clock.now()
        row.version = max(row.version, 1)
        row.save()
    why = why.strip()[:500]
    change = SearchRuleChange.objects.create(rule_key=key, before=before, after=after, by_label=by.label, why=why, takes_back=takes_back)
    step = "taken_back" if takes_back else "removed" if after is None else "changed" if before else "made"
    audit(by=by, action=f"search_rule.{step}", subject="search_rule", subject_id=key, before=before, after=after, why=why)
    change_stamp()
    return change
