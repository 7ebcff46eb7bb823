"""The source tree as the tests of architecture read it: files, apps, and the names that code uses."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launch.paths import ROOT

# What an installation runs. `demo` and `bench` are data and measurements, `launch` starts programs.
PRODUCT = ("marketplace", "tenants", "storefront", "cms", "search")
OTHERS = ("launch", "demo", "bench", "tests")


def is_source(file: Path) -> bool:
    return not {"migrations", "one_migration_more"} & set(file.parts)


def sources(*packages: str, root: Path = ROOT) -> dict[str, str]:
    """Python files by their path from the root, migrations left out."""
    files = [file for package in packages for file in sorted((root / package).rglob("*.py")) if is_source(file)]
    return {str(file.relative_to(root)): file.read_text() for file in files}


@functools.cache
def product() -> dict[str, str]:
    return sources(*PRODUCT)


def apps(root: Path = ROOT) -> dict[str, bool]:
    """Every app of ours, and whether it has tables: a folder with an apps.py, a models.py or a models/."""
    found: dict[str, bool] = {}
    for package in PRODUCT:
        for folder in [root / package, *(inner for inner in sorted((root / package).rglob("*")) if inner.is_dir())]:
            has_tables = (folder / "models.py").exists() or (folder / "models").is_dir()
            if has_tables or (folder / "apps.py").exists():
                found[".".join(folder.relative_to(root).parts)] = has_tables
    return found


@functools.cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@dataclass(frozen=True)
class Use:
    """A name in a file, spelled out: `from datetime import datetime; datetime.now` uses `datetime.datetime.now`."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.name}"


@functools.cache
def uses(path: str, text: str) -> tuple[Use, ...]:
    """Every name and attribute the file reads. A chain on something else than a name begins with a dot: `f().now` is `.now`."""
    return tuple(_uses(path, parsed(text)))


def _uses(path: str, tree: ast.AST) -> Iterator[Use]:
    meant = dict(_imports(tree))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in inner:
            head, _dot, rest = _dotted(node).partition(".")
            full = f"{meant.get(head, head)}.{rest}" if rest else meant.get(head, head)
            yield Use(path, node.lineno, full)


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield (name.asname, name.name) if name.asname else (name.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                yield name.asname or name.name, f"{node.module}.{name.name}"


@functools.cache
def imported(text: str) -> frozenset[str]:
    """The modules a file imports."""
    found: set[str] = set()
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return frozenset(found)
