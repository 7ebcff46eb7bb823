"""How forms about rules of search are filled, for the tests over all forms of the back offices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from marketplace.kernel.actors import SYSTEM
from marketplace.web.operator.search_rules import digest_of
from search.models import SearchRule, SearchRuleChange
from search.ruling import Draft, draft, keep_rule


def two_words() -> list[str]:
    return [f"word{uuid4().hex[:8]}", f"word{uuid4().hex[:8]}"]


def a_draft(words: list[str]) -> Draft:
    return draft(kind="synonyms", language="", body={"words": words})


def a_rule() -> SearchRule:
    return keep_rule(by=SYSTEM, rule_id=None, seen=0, wanted=a_draft(two_words()), why="a trial")


def filled(**more: Any) -> dict[str, Any]:
    """The form of a rule that was looked at, and is put in force."""
    words = two_words()
    return {"words": "\n".join(words), "language": "", "why": "buyers say both", "looked": digest_of(a_draft(words)), "then": "save", **more}


def about_a_rule() -> tuple[str, dict[str, Any]]:
    row = a_rule()
    return f"/search-rules/{row.pk}/", filled(seen=row.version)


def to_be_removed() -> tuple[str, dict[str, Any]]:
    row = a_rule()
    return f"/search-rules/{row.pk}/remove/", {"seen": row.version, "why": "nobody says so"}


def a_change() -> SearchRuleChange:
    return SearchRuleChange.objects.get(rule_key=a_rule().pk)


FORMS_OF_SEARCH: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("console", "search-rule-new"): lambda t: ("/search-rules/new/?kind=synonyms", filled()),
    ("console", "search-rule"): lambda t: about_a_rule(),
    ("console", "search-rule-remove"): lambda t: to_be_removed(),
    ("console", "search-rule-undo"): lambda t: (f"/search-rules/changes/{a_change().pk}/undo/", {"why": "it was a trial"}),
}
