"""Forms are filled in about the same things as in tests/architecture."""

from tests.architecture.conftest import things, wares, wares_on_sale, what_is_there

__all__ = ["things", "wares", "wares_on_sale", "what_is_there"]
