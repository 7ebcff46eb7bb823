"""Imports go down only, and everything has its layer (import-linter, as `make check` runs it)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from launch.paths import ROOT
from tests.architecture.tree import OTHERS, PRODUCT, imported, product


def lint(root: Path) -> tuple[int, str]:
    """Return code and words of import-linter over a tree."""
    env = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"}
    done = subprocess.run(["lint-imports", "--no-cache"], cwd=root, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy_of_the_tree(tmp_path) -> Path:
    """Our Python files alone, to plant things in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PRODUCT:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=lambda folder, names: [n for n in names if not (n.endswith(".py") or "." not in n)])
    return tmp_path


def test_imports_go_down_only():
    code, words = lint(ROOT)
    assert code == 0, words


PLANTED = {
    "marketplace/kernel/clock.py": "from tenants.tenancy import models",
    "tenants/access/rights.py": "from marketplace.platform.cart import models",
    "marketplace/platform/cart/queries.py": "from marketplace.merchant.pricing import models",
    "marketplace/merchant/catalogue/models.py": "from marketplace.merchant.orders import states",
    "marketplace/platform/taxonomy/models.py": "from marketplace.platform.listings import models",
    "marketplace/flows/pay.py": "from marketplace.web.lists import keyset",
    "storefront/pages.py": "from marketplace.web.lists import keyset",
    "search/words.py": "import elasticsearch",
    "marketplace/platform/payments/rails/port.py": "import stripe",
}


def test_imports_that_go_up_or_aside_are_found(copy_of_the_tree):
    """A copy of the tree keeps the contracts until something is planted in it; then each thing planted is named."""
    code, words = lint(copy_of_the_tree)
    assert code == 0, words
    for file, line in PLANTED.items():
        target = copy_of_the_tree / file
        target.write_text(f"{target.read_text()}\n{line}\n")
    code, words = lint(copy_of_the_tree)
    assert code == 1
    assert [file for file in PLANTED if file.removesuffix(".py").replace("/", ".") not in words] == []


def test_packages_without_a_layer_are_found(copy_of_the_tree):
    for package in ("marketplace/gifts", "marketplace/platform/points", "marketplace/merchant/vouchers"):
        (copy_of_the_tree / package).mkdir()
        (copy_of_the_tree / package / "__init__.py").touch()
    code, words = lint(copy_of_the_tree)
    assert code == 1
    assert all(name in words for name in ("gifts", "points", "vouchers"))


def test_every_package_of_the_tree_is_known_to_the_contracts():
    folders = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    assert folders <= {*PRODUCT, *OTHERS}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(settings["root_packages"]) == set(PRODUCT)
    first = settings["contracts"][0]["layers"]
    assert {layer.split(".")[0].strip() for row in first for layer in row.split("|")} == set(PRODUCT)


def importers(files: dict[str, str], *modules: str) -> list[str]:
    return sorted(path for path, text in files.items() if any(name.split(".")[0] in modules for name in imported(text)))


@pytest.mark.parametrize("client", ["elasticsearch", "stripe"])
def test_a_foreign_client_is_imported_in_one_file_at_most(client):
    assert len(importers(product(), client)) <= 1


def test_the_product_imports_neither_tests_nor_tools():
    """The demo's pictures and goods come with the product: its commands read them."""
    assert importers(product(), "tests", "launch", "bench") == []
    assert importers({"a.py": "from tests import factories", "b.py": "import launch.paths"}, "tests", "launch") == ["a.py", "b.py"]
