from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import RunningMarket, running


@pytest.fixture(scope="module")
def market(own_database: str, static_files: Path) -> Iterator[RunningMarket]:
    with running(own_database, static_files) as processes:
        yield processes
