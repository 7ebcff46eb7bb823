"""Rules are made, changed, removed and taken back by verbs, and every process hears of it at its next search."""

from __future__ import annotations

import pytest

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.platform.taxonomy.brands import merge_brand
from marketplace.platform.taxonomy.models import Brand
from marketplace.platform.taxonomy.tree import merge_category
from search import rules
from search.backends.postgres import PostgresBackend
from search.contract import Query, Rung
from search.errors import ChangeTakenBack, RuleChanged, RuleUnknown
from search.explain import explain
from search.models import SearchRule, SearchRuleChange
from search.preview import compare
from search.ruling import Draft, draft, keep_rule, remove_rule, undo_change
from search.searched import note_searched
from search.words import ask
from tests import factories as make
from tests.search.catalogue import doc, key

pytestmark = pytest.mark.django_db


@pytest.fixture
def postgres() -> PostgresBackend:
    backend = PostgresBackend()
    backend.rebuild([doc("Red trainers", name="trainer"), doc("Leather boot", name="boot")])
    return backend


def synonyms(*words: str) -> Draft:
    return draft(kind="synonyms", language="", body={"words": words})


def keep(wanted: Draft, row: SearchRule | None = None) -> SearchRule:
    return keep_rule(by=SYSTEM, rule_id=row.pk if row else None, seen=row.version if row else 0, wanted=wanted, why="buyers say both")


def found(backend: PostgresBackend, text: str) -> list[object]:
    return backend.search(Query(text=text, as_typed=True)).ids


def test_a_rule_holds_from_the_next_search_on_and_so_does_its_end(postgres):
    assert found(postgres, "sneakers") == []
    row = keep(synonyms("sneaker", "trainers"))
    assert found(postgres, "sneakers") == [key("trainer")]
    row = keep(synonyms("sneaker", "boots"), row)
    assert found(postgres, "sneakers") == [key("boot")]
    remove_rule(by=SYSTEM, rule_id=row.pk, seen=row.version, why="nobody says so")
    assert found(postgres, "sneakers") == []


def test_a_rebuild_forgets_no_rule(postgres):
    keep(synonyms("sneaker", "trainers"))
    postgres.rebuild([doc("Red trainers", name="trainer")])
    rules._kept.clear()  # as in another process
    assert found(postgres, "sneakers") == [key("trainer")]


def test_a_market_whose_rules_do_not_change_reads_them_once(postgres, django_assert_num_queries):
    keep(synonyms("sneaker", "trainers"))
    found(postgres, "sneakers")
    with django_assert_num_queries(1):
        ask("sneakers")


def test_every_step_stands_in_the_log_and_the_history(postgres):
    row = keep(synonyms("sneaker", "trainers"))
    row = keep(synonyms("sneaker", "trainers", "pumps"), row)
    keep(synonyms("sneaker", "trainers", "pumps"), row)  # nothing changes
    remove_rule(by=SYSTEM, rule_id=row.pk, seen=row.version, why="nobody says so")
    actions = [event.action for event in AuditEvent.objects.filter(subject_id=str(row.pk)).order_by("pk")]
    assert actions == ["search_rule.made", "search_rule.changed", "search_rule.removed"]
    changes = list(SearchRuleChange.objects.order_by("at", "pk"))
    assert [bool(change.before) for change in changes] == [False, True, True]
    assert changes[1].after["body"]["words"] == ["sneaker", "trainers", "pumps"] and changes[2].after is None
    assert [change.why for change in changes] == ["buyers say both", "buyers say both", "nobody says so"]


def test_the_latest_change_is_taken_back_step_by_step(postgres):
    row = keep(synonyms("sneaker", "trainers"))
    row = keep(synonyms("sneaker", "boots"), row)
    first, second = SearchRuleChange.objects.order_by("at", "pk")
    with pytest.raises(ChangeTakenBack):
        undo_change(by=SYSTEM, change_id=first.pk, why="wrong")
    back = undo_change(by=SYSTEM, change_id=second.pk, why="wrong")
    assert found(postgres, "sneakers") == [key("trainer")]
    with pytest.raises(ChangeTakenBack):
        undo_change(by=SYSTEM, change_id=second.pk, why="wrong")
    undo_change(by=SYSTEM, change_id=back.pk, why="it was right")
    assert found(postgres, "sneakers") == [key("boot")]


def test_a_rule_that_was_made_or_removed_is_taken_back_too(postgres):
    row = keep(synonyms("sneaker", "trainers"))
    remove_rule(by=SYSTEM, rule_id=row.pk, seen=row.version, why="a mistake")
    undo_change(by=SYSTEM, change_id=SearchRuleChange.objects.latest("at", "pk").pk, why="it was none")
    assert SearchRule.objects.get().pk == row.pk and found(postgres, "sneakers") == [key("trainer")]
    made = keep(synonyms("pumps", "boots"))
    undo_change(by=SYSTEM, change_id=SearchRuleChange.objects.get(rule_key=made.pk).pk, why="a trial")
    assert found(postgres, "pumps") == []


def test_what_was_looked_at_has_not_changed_since():
    row = keep(synonyms("sneaker", "trainers"))
    with pytest.raises(RuleChanged):
        keep_rule(by=SYSTEM, rule_id=row.pk, seen=row.version + 1, wanted=synonyms("pumps", "boots"), why="x")
    with pytest.raises(RuleUnknown):
        remove_rule(by=SYSTEM, rule_id=make.a_buyer().pk, seen=1, why="x")
    with pytest.raises(ReasonMissing):
        remove_rule(by=SYSTEM, rule_id=row.pk, seen=row.version, why=" ")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("synonyms", {"words": ["sneaker"]}, "words"),
        ("synonyms", {"words": ["sneaker", "SNEAKERS"]}, "words"),
        ("leads", {"words": ["sneaker"], "into": [" "]}, "into"),
        ("stops", {"words": ["!!"]}, "words"),
        ("stops", {"words": ["x" * 61]}, "words"),
        ("stops", {"words": [f"word{n}" for n in range(31)]}, "words"),
        ("pins", {"words": ["gift"], "listings": []}, "listings"),
        ("pins", {"words": ["gift"], "listings": [key("nowhere")]}, "listings"),
        ("weight", {"words": ["gift"], "on": "moon", "key": 1, "factor": 2}, "on"),
        ("weight", {"words": ["gift"], "on": "brand", "key": 10**6, "factor": 2}, "key"),
        ("moon", {"words": ["gift"]}, "kind"),
    ],
)
def test_what_makes_no_rule_is_refused_with_its_field(kind, body, field):
    with pytest.raises(InvalidInput) as refused:
        draft(kind=kind, language="", body=body)
    assert refused.value.field == field


@pytest.mark.parametrize("factor", [0, 0.1, 1, 6, -2])
def test_a_factor_is_bounded(factor):
    category = make.a_category()
    with pytest.raises(InvalidInput) as refused:
        draft(kind="weight", language="", body={"words": ["gift"], "on": "category", "key": category.pk, "factor": factor})
    assert refused.value.field == "factor"


def test_comparing_shows_the_rules_own_questions_and_those_that_hold_its_words_and_keeps_nothing(postgres):
    answer = postgres.search(Query(text="nothing at all"))
    for text, people in (("red sneaker", 6), ("blue sneaker", 4)):
        for n in range(people):
            note_searched(by=Actor(kind="person", address=f"198.51.100.{n}"), text=text, language="en", answer=answer)
    own, _other, asked = compare(synonyms("sneaker", "trainers"), rule_id=None, language="en")
    assert (own.text, own.total_before, own.total_after) == ("sneaker", 0, 1)
    assert [(place.key, place.was, place.up) for place in own.after] == [(key("trainer"), 0, 0)]
    assert (asked.text, asked.times) == ("red sneaker", 6)  # what four visitors asked is shown nowhere
    assert not SearchRule.objects.exists() and found(postgres, "sneakers") == []


def test_an_explanation_says_how_each_word_is_held_and_adds_up(postgres):
    keep(synonyms("sneaker", "trainers"))
    told = explain("red sneakers", key("trainer"), "en")
    assert [(word.typed, word.how) for word in told.words] == [("red", "typed"), ("sneakers", "synonym")]
    assert (told.place, told.is_found, told.in_stock) == (1, True, True)
    assert (told.rating_stars, told.rating, told.shop_stars, told.shop) == (4, pytest.approx(0.075), 4, pytest.approx(0.0375))
    assert told.factor == pytest.approx(1.3125) and told.score == pytest.approx(sum(word.total for word in told.words) * 1.3125)
    other = explain("red sneakers", key("boot"), "en")
    assert (other.place, other.is_found, [word.how for word in other.words]) == (0, False, ["", ""])
    assert not explain("red", key("nowhere"), "en").is_indexed


def test_what_was_left_out_need_not_be_held_and_everything_else_has_to(postgres):
    postgres.rebuild([doc("Red trainers", name="trainer"), doc("Red hat", name="hat")])
    answer = postgres.search(Query(text="red trainers zzqqy"))
    assert (answer.rung, answer.dropped, answer.ids) == (Rung.FEWER, ("zzqqy",), [key("trainer")])
    told = {name: explain("red trainers zzqqy", key(name), "en") for name in ("trainer", "hat")}
    assert (told["trainer"].is_found, told["trainer"].place) == (True, 1)
    assert not told["hat"].is_found, "it holds one of the words that are left, and not the other"


def test_of_a_brand_or_category_that_was_merged_the_other_is_set_higher():
    first, second = (Brand.objects.create(code=name, names={"en": name}) for name in ("Acme", "Apex"))
    cups, mugs = (make.a_category(code) for code in ("beakers", "mugs"))
    for kind, of in (("brand", first), ("category", cups)):
        keep(draft(kind="weight", language="", body={"words": ["red"], "how": "whole", "on": kind, "key": of.pk, "factor": 2}))
    assert [(each.on, each.key) for each in ask("red").weights] == [("brand", first.pk), ("category", cups.pk)]
    merge_brand(by=SYSTEM, brand_id=first.pk, seen=first.version, into_id=second.pk, seen_into=second.version, why="one house")
    merge_category(by=SYSTEM, category_id=cups.pk, seen=cups.version, into_id=mugs.pk, seen_into=mugs.version, why="one thing")
    assert [(each.on, each.key) for each in ask("red").weights] == [("brand", second.pk), ("category", mugs.pk)]
