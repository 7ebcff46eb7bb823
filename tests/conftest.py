from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections

from tests import databases


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
