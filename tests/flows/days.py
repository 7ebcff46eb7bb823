"""Lives that are led over some days, up to the day on which shops are counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from marketplace.kernel import clock
from tenants.tenancy.models import Market

AHEAD = timedelta(days=400)  # these lives are led in days to come: what the test's world has (rates, shops) is there before them


@contextmanager
def days_ago(n: int, hour: int = 12) -> Iterator[datetime]:
    """At that hour in the market's zone, so many days before the day on which the shops are counted."""
    moment = datetime.combine(today() - timedelta(days=n), datetime.min.time(), Market.objects.get().tz) + timedelta(hours=hour)
    with clock.shifted(moment - clock.now()):
        yield moment


def today() -> date:
    """The day on which the shops are counted."""
    return clock.day_of(datetime.now(UTC) + AHEAD, Market.objects.get().tz)
