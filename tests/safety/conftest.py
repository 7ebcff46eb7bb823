"""What the proofs of safety share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from launch import doctor


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=doctor.chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield chromium
        chromium.close()
