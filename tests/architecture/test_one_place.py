"""Things that are done in one place: sending tasks, reading the clock, opening schemas. And habits every file keeps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from launch.paths import ROOT
from tenants.tenancy.storage import PrivatePapers, PublicMedia
from tests.architecture.tree import OTHERS, PRODUCT, Use, parsed, product, sources, uses

PUBLISHING = ("delay", "apply_async", "send_task")
NOW = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "time.time",
    "time.time_ns",
    "time.gmtime",
    "time.localtime",
)
# time.monotonic() and time.perf_counter() measure spans and are free. Whoever else reads the clock says why here.
READS_THE_CLOCK = {
    "marketplace/kernel/clock.py": "the clock itself",
    "search/backends/elasticsearch.py": "a suffix that makes the name of a new index unique; no moment is meant",
}
OPENING = ("set_schema", "set_schema_to_public", "set_tenant", "schema_context", "tenant_context", "open_schema")
BACK_TO_PUBLIC = {
    "marketplace/config/celery.py": "a worker's task begins and ends in the public schema",
    "marketplace/config/health.py": "asked before any host was looked at",
}


def ending_in(words: tuple[str, ...], files: dict[str, str]) -> list[Use]:
    return [use for path, text in files.items() for use in uses(path, text) if use.name.split(".")[-1] in words]


def sends_tasks(files: dict[str, str]) -> list[str]:
    return [str(use) for use in ending_in(PUBLISHING, files) if use.path != "marketplace/kernel/tasks.py" and "." in use.name]


def reads_the_clock(files: dict[str, str]) -> list[str]:
    return [str(use) for path, text in files.items() for use in uses(path, text) if use.name in NOW and use.path not in READS_THE_CLOCK]


def opens_schemas(files: dict[str, str]) -> list[str]:
    return [
        str(use)
        for use in ending_in(OPENING, files)
        if not use.path.startswith("tenants/tenancy/") and not (use.path in BACK_TO_PUBLIC and use.name.endswith("set_schema_to_public"))
    ]


def test_a_task_is_sent_by_the_relay_alone():
    assert sends_tasks(product()) == []


def test_the_present_moment_comes_from_the_clock_alone():
    assert reads_the_clock(product()) == []


def test_a_schema_is_opened_in_tenancy_alone():
    assert opens_schemas(product()) == []


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (sends_tasks, "deliver.delay(1)"),
        (sends_tasks, "deliver.s(1).apply_async()"),
        (sends_tasks, "app.send_task('x')"),
        (reads_the_clock, "from datetime import datetime\nat = datetime.now()"),
        (reads_the_clock, "import datetime as d\nat = d.date.today()"),
        (reads_the_clock, "from django.utils import timezone\nat = models.DateTimeField(default=timezone.now)"),
        (reads_the_clock, "from time import time\nat = time()"),
        (opens_schemas, "connection.set_tenant(merchant)"),
        (opens_schemas, "from django_tenants.utils import schema_context\nwith schema_context('m_1'):\n    pass"),
        (opens_schemas, "from tenants.tenancy.schemas import open_schema\nopen_schema(merchant_id)"),
    ],
)
def test_the_same_elsewhere_is_found(check, line):
    assert len(check({"marketplace/flows/planted.py": line})) >= 1


def test_the_exceptions_are_needed():
    """An exception nobody uses any more would hide the next offence."""
    files = product()
    assert {use.path for path in READS_THE_CLOCK for use in uses(path, files[path]) if use.name in NOW} == set(READS_THE_CLOCK)
    assert {use.path for path in BACK_TO_PUBLIC for use in uses(path, files[path]) if use.name.endswith("set_schema_to_public")} == set(BACK_TO_PUBLIC)


# ── Every store knows whose it is ────────────────────────────────────────────────────────────────────────────────────


def keyless(caches: dict[str, dict[str, object]]) -> list[str]:
    """Cache aliases whose keys do not begin with the schema."""
    wanted = {"KEY_FUNCTION": "django_tenants.cache.make_key", "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key"}
    return [alias for alias, options in caches.items() if any(options.get(name) != value for name, value in wanted.items())]


def test_every_cache_keeps_merchants_apart():
    assert keyless(settings.CACHES) == []
    assert keyless({**settings.CACHES, "renditions": {"BACKEND": "x"}}) == ["renditions"]


def test_both_storages_keep_merchants_apart():
    assert isinstance(storages["default"], PublicMedia)
    assert isinstance(storages["papers"], PrivatePapers)
    assert set(settings.STORAGES) == {"default", "papers", "staticfiles"}  # a new one has to be thought about here


# ── Habits ───────────────────────────────────────────────────────────────────────────────────────────────────────────

MOST_LINES = 400


def too_long(files: dict[str, str]) -> list[str]:
    return [path for path, text in files.items() if text.count("\n") > MOST_LINES]


def swallowed(files: dict[str, str]) -> list[str]:
    """Handlers that catch everything and neither raise nor write it to the log."""
    found = []
    for path, text in files.items():
        for node in ast.walk(parsed(text)):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _tells(node):
                found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress") and any(_catches_all(kind) for kind in node.args):
                found.append(f"{path}:{node.lineno}")
    return found


def _catches_all(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException")) for one in kinds)


def _tells(handler: ast.ExceptHandler) -> bool:
    inside = [node for line in handler.body for node in ast.walk(line)]
    logged = any(isinstance(n, ast.Call) and ast.unparse(n.func) in ("log.exception", "log.error", "log.warning") for n in inside)
    return logged or any(isinstance(n, ast.Raise) for n in inside)


def inexact_money(files: dict[str, str]) -> list[str]:
    """Numbers made floats in a file that handles money."""
    handles = {path: text for path, text in files.items() if "kernel.money" in text or path.endswith("kernel/money.py")}
    calls = [(path, node) for path, text in handles.items() for node in ast.walk(parsed(text)) if isinstance(node, ast.Call)]
    return [f"{path}:{node.lineno}" for path, node in calls if isinstance(node.func, ast.Name) and node.func.id == "float"]


def test_a_file_can_be_read_in_one_go():
    assert too_long(sources(*PRODUCT, *OTHERS)) == []
    assert too_long({"a.py": "\n" * 401, "b.py": "\n" * 400}) == ["a.py"]


def test_no_error_disappears():
    assert swallowed(sources(*PRODUCT, "launch", "demo")) == []


@pytest.mark.parametrize(
    "body",
    [
        "try:\n    x()\nexcept Exception:\n    pass",
        "try:\n    x()\nexcept:\n    y = 1",
        "try:\n    x()\nexcept (ValueError, Exception) as e:\n    return_value = None",
        "with contextlib.suppress(Exception):\n    x()",
    ],
)
def test_an_error_that_disappears_is_found(body):
    assert len(swallowed({"a.py": body})) == 1
    assert swallowed({"a.py": "try:\n    x()\nexcept Exception:\n    log.exception('x')\n    raise"}) == []


def test_money_is_never_a_float():
    assert inexact_money(product()) == []
    planted = {"a.py": "from marketplace.kernel.money import Money\nx = float(price.minor) / 100", "b.py": "x = float(1)"}
    assert inexact_money(planted) == ["a.py:2"]


def test_templates_hold_nothing_the_content_policy_forbids():
    call_command("check_templates")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<p style="color:red">x</p>', "inline style"),
        ("<style>p{color:red}</style>", "style sheet in the page"),
        ("<script>alert(1)</script>", "script in the page"),
        ('<img src="x" onerror="alert(1)">', "inline script"),
        ('<a hx-on:click="x()">x</a>', "inline script"),
        ('<a href="javascript:x()">x</a>', "script as an address"),
        ('<a href="#">x</a>', "link to nowhere"),
        ("{% if %}", "Unexpected end"),
    ],
)
def test_a_template_with_something_forbidden_is_found(tmp_path: Path, text, why):
    (tmp_path / "planted.html").write_text(text)
    with pytest.raises(CommandError, match=why):
        call_command("check_templates", folder=[str(tmp_path)])


def test_every_template_folder_is_checked():
    from storefront.management.commands.check_templates import FOLDERS

    assert {str(folder.relative_to(ROOT)) for package in PRODUCT for folder in (ROOT / package).rglob("templates") if folder.is_dir()} == set(FOLDERS)
