from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as examples

from launch import doctor
from tests import databases, elastic

examples.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # how long it takes tells of the machine, not of the test
examples.load_profile("busy")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A clone of the template, for tests that roll back."""
    name = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        databases.clone(name)
        databases.admin(f'alter database "{name}" set synchronous_commit = off')
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        databases.drop(name)


@pytest.fixture(scope="module")
def own_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A clone for this module alone, with real commits: for races, faults and journeys."""
    name = f"{settings.DATABASES['default']['NAME']}_{request.module.__name__.rsplit('.', 1)[-1]}"[:63]
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.using(name):
            yield name
        databases.drop(name)


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """A real Elasticsearch; the first to ask waits for its start."""
    try:
        return elastic.url()
    except RuntimeError as why:
        pytest.fail(f"these tests need Elasticsearch. {why}")


@pytest.fixture(scope="session")
def static_files() -> Path:
    """Style sheet, translations and collected static files, for servers that tests start. Returns their data folder."""
    from django.core.management import call_command

    from launch import build

    with open(databases.cache_folder() / "build.lock", "w") as building:
        fcntl.flock(building, fcntl.LOCK_EX)
        build.build_styles()
        build.compile_messages()
    data = Path(os.environ["DATA_DIR"])
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    return data


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Every test begins and ends in the public schema, with an empty cache."""
    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()
    cache.clear()


def pytest_sessionfinish(session: pytest.Session) -> None:
    data = Path(os.environ["DATA_DIR"])
    if data.name.startswith("wanshang-test-"):
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def stripe(db: None) -> Iterator[Any]:
    """The market takes payments by Stripe: its stand-in, with our two webhook addresses (tests/flows/at_stripe.py)."""
    from tests.flows.at_stripe import at_stripe

    with at_stripe() as there:
        yield there


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=doctor.chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield chromium
        chromium.close()
