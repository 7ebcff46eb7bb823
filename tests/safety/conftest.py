"""The forms of the back offices are filled in about the same things as in tests/architecture."""

from tests.architecture.conftest import things, what_is_there

__all__ = ["things", "what_is_there"]
