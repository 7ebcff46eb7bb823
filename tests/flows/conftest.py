"""What several tests of flows begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel import clock
from tests import factories as make


@pytest.fixture
def mug() -> Any:
    """A product of a hundred yuan that has been on sale for forty days."""
    with clock.shifted(-timedelta(days=40)):
        product = make.a_product("a", title="Mug", price="100")
        product.variant_id = make.variant_of(product)
    return product
