"""Who answers searches now."""

from __future__ import annotations

from search.backends.choice import configured
from search.find import breaker


def search_health() -> str:
    """`elasticsearch` or `postgres`, and why where it is not the one that was configured. Never raises; takes a second at most."""
    server = configured()
    if server is None:
        return "postgres"
    if breaker.is_open():
        return "postgres: elasticsearch is left alone after failures"
    return "elasticsearch" if server.is_well() else "postgres: elasticsearch is away or its index was never built"
