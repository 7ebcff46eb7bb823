"""How often one caller may ask for what is dear or can be abused, said beside the route: route(…, limit="search").

Counts lie in Valkey. While it is away nothing is counted and everybody is let in: a limit spares the market, it does not
stop it. This machine's own address is not counted either: a proxy that BEHIND_PROXY does not name would make all callers one.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from tenants.access.actors import address_of_client

log = logging.getLogger("wanshang.limits")

TIMEOUT_S = 0.5
PAUSE_S = 5.0  # how long a Valkey that did not answer is left alone

_away_until = 0.0


class TooManyRequests(MarketError):
    code, status = "too_many_requests", 429
    message = _("This was asked too often within a minute. Wait {seconds} seconds and try again; nothing was changed.")


def count(request: HttpRequest, group: str) -> None:
    """Count this request, by person and by address. Raises TooManyRequests for one too many."""
    global _away_until
    limit = settings.RATE_LIMITS.get(group)
    method = "GET" if request.method == "HEAD" else request.method  # as dear as the whole answer
    if limit is None or method not in limit["methods"] or time.monotonic() < _away_until:
        return
    try:
        for who, most in (("person", limit["person"]), ("address", limit["address"])):
            key = _person(request) if who == "person" else _network(address_of_client(request))
            if key:
                _spend(RateLimitItemPerMinute(most), group, who, key)
    except RedisError as away:
        _away_until = time.monotonic() + PAUSE_S
        log.warning("requests are not counted for %s s: %s", PAUSE_S, type(away).__name__)


def _spend(most: RateLimitItemPerMinute, *key: str) -> None:
    limiter = _limiter(str(settings.CACHES["default"]["LOCATION"]))
    if not limiter.hit(most, *key):
        ends = limiter.get_window_stats(most, *key).reset_time
        raise TooManyRequests(seconds=min(max(math.ceil(ends - clock.now().timestamp()), 1), 60))


@cache
def _limiter(url: str) -> SlidingWindowCounterRateLimiter:
    """Connects with the first count, so that it survives the fork of a web server's workers."""
    uri = url.replace("unix://", "redis+unix://", 1)
    return SlidingWindowCounterRateLimiter(RedisStorage(uri, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S))


def _person(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def _network(address: str) -> str:
    """The address to count by: of IPv6 the /64 that one line has; "" for none and for this machine."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address) if found.version == 6 else str(found)
