"""docs/ names exactly what the code has: settings, limits, refusals, events, words."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import typing
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from launch.paths import ROOT
from marketplace.config import subscriptions
from marketplace.config.environment import Environment
from marketplace.kernel.errors import MarketError, all_refusals
from marketplace.kernel.events import BY_TOPIC, Event
from marketplace.kernel.registry import reactions_to
from tests.architecture.markdown import code, document, named, rows, section
from tests.architecture.tree import PRODUCT, parsed, product, sources


def differences(documented: Any, real: Any) -> list[str]:
    """What only one of two collections of names has."""
    return [f"only in the document: {name}" for name in sorted(set(documented) - set(real))] + [
        f"missing in the document: {name}" for name in sorted(set(real) - set(documented))
    ]


def test_differences_are_found_both_ways():
    assert differences({"a": 1, "b": 2}, ["b", "c"]) == ["only in the document: a", "missing in the document: c"]


# ── settings.md ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_setting_is_documented_with_its_default():
    documented = named(section(document("settings.md"), "The product"))
    fields = Environment.model_fields
    assert differences(documented, fields) == []
    for name, (_meaning, default, _example) in documented.items():
        field = fields[name]
        real = "required" if field.is_required() else "empty" if field.default == "" else str(field.default)
        assert default.strip("`") == (real.lower() if isinstance(field.default, bool) else real), name


def test_the_examples_of_settings_are_good_settings(monkeypatch):
    documented = named(section(document("settings.md"), "The product"))
    for name, (_meaning, _default, example) in documented.items():
        (value,) = code(example)
        monkeypatch.setenv(name, value)
    assert Environment().BASE_URL == "https://market.example"


def test_every_limit_is_documented_with_its_figures():
    documented = named(section(document("settings.md"), "How often one caller may ask"))
    assert {group: (int(address), int(person)) for group, (address, person, _what) in documented.items()} == {
        group: (limit["address"], limit["person"]) for group, limit in settings.RATE_LIMITS.items()
    }


# Set by our own programs for those they start, not by people.
BETWEEN_PROGRAMS = {"PATH", "PYTHONPATH", "DJANGO_SETTINGS_MODULE", "TEST_WHOLE_SUITE", "FLOOR_DATABASE_URL", "OSCAR_DATABASE_URL", "OSCAR_MEDIA"}


def variables_read(files: dict[str, str]) -> set[str]:
    """Names of environment variables that files read, besides the settings of the product."""
    found: set[str] = set()
    for text in files.values():
        found |= set(re.findall(r"""environ(?:\.get\(|\[|\.setdefault\()["']([A-Z_]+)""", text))
        for loop in re.findall(r"environ\[name\]\) for name in \(([^)]*)\)", text):
            found |= set(re.findall(r'"([A-Z_]+)"', loop))
    return found - BETWEEN_PROGRAMS - set(Environment.model_fields)


def test_every_variable_that_our_programs_read_is_documented():
    text = document("settings.md")
    around = section(text, "Size of the web server") + section(text, "On a developer's machine")
    documented = {name for cells in rows(around) for name in code(cells[0])}
    assert differences(documented, variables_read(sources("marketplace", "launch", "demo", "bench"))) == []
    assert variables_read({"a.py": 'os.environ.get("PLANTED", "")\nos.environ["DATABASE_URL"]'}) == {"PLANTED"}


def test_the_example_of_an_env_file_names_only_documented_variables():
    offered = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert offered
    assert offered - {name for cells in rows(document("settings.md")) for name in code(cells[0])} == set()


# ── errors.md ────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def load_everything_that_says(what: str) -> None:
    """Classes are known when their modules are loaded."""
    for path, text in product().items():
        if what in text:
            importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def refusals() -> list[type[MarketError]]:
    load_everything_that_says("(MarketError)")
    return [kind for kind in all_refusals() if kind.__module__.split(".")[0] in PRODUCT]


def test_every_refusal_is_documented_with_status_and_text():
    documented = {name: cells[:2] for name, cells in named(document("errors.md")).items()}
    with translation.override("en"):
        real = {kind.code: [str(kind.status), str(kind.message)] for kind in refusals()}
    assert len(real) > 25
    assert differences(documented, real) == []
    assert documented == real


def test_a_code_means_one_refusal():
    codes = [kind.code for kind in refusals()]
    assert sorted(codes) == sorted(set(codes))


def test_every_refusal_says_when_and_what_to_do():
    for name, (status, _text, when) in named(document("errors.md")).items():
        assert when.endswith(".") and len(when) > 20, name
        assert 400 <= int(status) < 600


# ── events.md ────────────────────────────────────────────────────────────────────────────────────────────────────────


def events() -> dict[str, type[Event]]:
    load_everything_that_says("(Event)")
    return {topic: kind for topic, kind in BY_TOPIC.items() if kind.__module__.split(".")[0] in PRODUCT}


def told(kind: Any) -> str:
    """A field's type in the words of the document."""
    inner = [one for one in typing.get_args(kind) if one is not type(None)]
    if type(None) in typing.get_args(kind):
        return f"{told(inner[0])} or null"
    if typing.get_origin(kind) is list:
        return f"list of {told(inner[0])}"
    return {"str": "text", "UUID": "UUID", "int": "number", "bool": "boolean", "dict": "object"}[(typing.get_origin(kind) or kind).__name__]


def publishers(files: dict[str, str]) -> dict[str, set[str]]:
    """Which functions record which event, by its class."""
    found: dict[str, set[str]] = {}

    def walk(node: ast.AST, inside: str, is_function: bool) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.ClassDef() | ast.FunctionDef() if not is_function:
                    walk(child, f"{inside}.{child.name}", isinstance(child, ast.FunctionDef))
                    continue
                case ast.Call(func=ast.Name(id="record"), args=[ast.Call(func=ast.Name(id=event)), *_]):
                    found.setdefault(event, set()).add(inside)
            walk(child, inside, is_function)

    for path, text in files.items():
        if "record(" in text:
            walk(parsed(text), path.removesuffix(".py").replace("/", "."), is_function=False)
    return found


def topics(text: str) -> list[str]:
    return re.findall(r"^## `([\w.]+)`$", text, re.MULTILINE)


def test_every_event_is_documented_and_no_other():
    assert differences(topics(document("events.md")), events()) == []


@pytest.mark.parametrize("topic", topics(document("events.md")))
def test_an_event_is_documented_with_fields_publisher_and_reactions(topic):
    text, event = section(document("events.md"), f"`{topic}`"), events()[topic]
    fields = typing.get_type_hints(event)
    real = {field.name: told(fields[field.name]) for field in dataclasses.fields(event)}
    table = text.partition("| Kind |")[0]
    assert {name: cells[0] for name, cells in named(table).items()} == real
    assert all(len(cells[1]) > 5 for cells in named(table).values()), "every field needs its meaning"
    published, reactions = re.findall(r"^(?:Published by|Reactions:?) (.*)$", text, re.MULTILINE)
    assert set(code(published)) == publishers(product())[event.__name__]
    real_reactions = {reaction.name: reaction.outward for reaction in reactions_to(topic)}
    assert {name: f"`{name}` (outward)" in reactions for name in code(reactions)} == real_reactions
    assert code(reactions) or reactions == "none yet."
    assert text.strip().startswith((event.__doc__ or "").strip().split("\n")[0].split("; ")[0].rstrip("."))


def test_every_kind_of_deadline_is_documented_with_its_outcome():
    text = section(document("events.md"), "`deadline.reached`").partition("| Kind |")[2]
    documented = {code(cells[0])[0]: code(cells[2])[0] for cells in rows("|\n|---|\n" + text)}
    assert documented == {kind: f"{outcome.__module__}.{outcome.__name__}" for kind, outcome in subscriptions.DEADLINES.items()}


def test_a_publisher_is_found():
    planted = {"marketplace/flows/x.py": "class Job:\n    def ask(self):\n        def inner():\n            record(Asked(n=1))\n"}
    assert publishers(planted) == {"Asked": {"marketplace.flows.x.Job.ask"}}


# ── words.md ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def names_in_code() -> frozenset[str]:
    """Every class, function, constant and field that the product defines."""
    found: set[str] = set()
    for text in product().values():
        for node in ast.walk(parsed(text)):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return frozenset(found)


def tables_of_ours() -> set[str]:
    return {model.__name__ for model in apps.get_models() if model.__module__.split(".")[0] in PRODUCT}


def words(later: bool = False) -> list[list[str]]:
    before, _title, after = document("words.md").partition("## Words kept for later")
    return rows(after if later else before)


def test_every_table_has_its_word_and_every_word_is_in_the_code():
    used = [name for cells in words() for name in code(cells[2])]
    assert tables_of_ours() - set(used) == set()
    assert set(used) - names_in_code() == set()
    assert sorted(used) == sorted(set(used))


def test_a_word_kept_for_later_is_not_built_yet():
    kept = [name for cells in words(later=True) for name in code(cells[2])]
    assert len(kept) > 10
    assert set(kept) & tables_of_ours() == set()


def test_every_word_is_said_in_both_languages():
    for cells in [*words(), *words(later=True)]:
        assert re.search(r"[A-Za-z]{3}", cells[0]) and re.search(r"[一-鿿]", cells[1]), cells
