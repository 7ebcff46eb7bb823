"""docs/dependencies.md names what pyproject.toml asks for; the product imports nothing that is not asked for."""

from __future__ import annotations

import functools
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions

from launch.paths import ROOT
from tests.architecture.markdown import document, named, rows, section
from tests.architecture.tree import OTHERS, PRODUCT, imported, product

SECTIONS = {"": "The product", "embedded": "Added by `make demo`", "dev": "Added for tests and checks", "scan": "Let loose by `make scan`"}
# Imported, though another asks for them: the two belong together.
COMES_WITH = {"pydantic": "pydantic-settings", "kombu": "celery"}
# Asked for, and imported nowhere by the product itself.
NOT_IMPORTED = {
    "packaging": "Celery's Redis transport needs it and does not say so",
    "gunicorn": "a program",
    "argon2-cffi": "Django's password hasher imports it",
    "django-htmx": "named in the settings",
    "python-json-logger": "named in the settings",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(group: str) -> set[str]:
    """Names in pyproject.toml: of the product (""), or of a dependency group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in lines if isinstance(line, str)}  # type: ignore[index]


def test_every_dependency_is_documented_in_its_section_and_no_other():
    for group, title in SECTIONS.items():
        assert set(named(section(document("dependencies.md"), title))) == asked_for(group), title


def test_every_dependency_says_why_it_is_here():
    for title in SECTIONS.values():
        for name, (_licence, why) in named(section(document("dependencies.md"), title)).items():
            assert why.endswith(".") and len(why) > 10, name


def test_licences_are_those_of_the_notices():
    notices = {cells[0]: cells[2] for cells in rows((ROOT / "THIRD-PARTY-NOTICES.md").read_text()) if len(cells) == 4}
    titles = [title for group, title in SECTIONS.items() if group != "scan"]  # never installed beside the product
    documented = {name: cells[0] for title in titles for name, cells in named(section(document("dependencies.md"), title)).items()}
    assert documented == {name: notices[name] for name in documented}


@functools.cache
def providers() -> Mapping[str, list[str]]:
    """Which installed packages bring a module: found by reading what every one of them lists."""
    return packages_distributions()


def packages_imported(files: dict[str, str]) -> set[str]:
    """Installed packages whose modules the files import."""
    provided = providers()
    modules = {name.split(".")[0] for text in files.values() for name in imported(text)}
    foreign = modules - set(sys.stdlib_module_names) - {*PRODUCT, *OTHERS}
    return {normal(provided.get(module, [module])[0]) for module in foreign}


def test_the_product_imports_only_what_it_asks_for():
    assert packages_imported(product()) - asked_for("") == set(COMES_WITH)
    assert packages_imported({"a.py": "import no_such\nfrom allauth.account import views"}) == {"no-such", "django-allauth"}


def test_what_is_asked_for_is_used():
    assert asked_for("") - packages_imported(product()) == set(NOT_IMPORTED)
    in_settings = (ROOT / "marketplace/config/settings.py").read_text() + (ROOT / "marketplace/config/app_lists.py").read_text()
    assert all(word in in_settings for word in ("whitenoise", "django_htmx", "pythonjsonlogger", "Argon2PasswordHasher"))
