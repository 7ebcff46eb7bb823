"""What DNS says of a domain. Nothing is asked of the domain itself: no page of it is fetched."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.resolver
from django.conf import settings

PATIENCE_S = 5.0
MOST_TEXTS = 20  # records of a name that are read


@dataclass(frozen=True)
class Seen:
    """Texts of a record and addresses of hosts. `is_sure` False: DNS did not answer, so nothing is known."""

    is_sure: bool
    texts: tuple[str, ...] = ()
    leads_here: bool = False


def look(record_name: str, host: str, own_host: str) -> Seen:
    """The texts at `record_name`, and whether `host` leads where `own_host` does."""
    if settings.DNS_SERVERS == ["off"]:
        return Seen(is_sure=False)
    resolver = _resolver()
    texts, sure = _records(resolver, record_name, "TXT")
    theirs = _addresses(resolver, host)
    return Seen(sure, tuple(texts[:MOST_TEXTS]), bool(theirs) and bool(theirs & _addresses(resolver, own_host)))


def _resolver() -> dns.resolver.Resolver:
    """The machine's own, or the servers in DNS_SERVERS (`address:port`)."""
    named = settings.DNS_SERVERS
    resolver = dns.resolver.Resolver(configure=not named)
    if named:
        address, _colon, port = named[0].rpartition(":")
        resolver.nameservers, resolver.port = [address], int(port)
    resolver.lifetime = resolver.timeout = PATIENCE_S
    resolver.cache = None
    return resolver


def _addresses(resolver: dns.resolver.Resolver, host: str) -> frozenset[str]:
    """Of both kinds; names that stand for another (CNAME) are followed by the server."""
    return frozenset(address for kind in ("A", "AAAA") for address in _records(resolver, host, kind)[0])


def _records(resolver: dns.resolver.Resolver, name: str, kind: str) -> tuple[list[str], bool]:
    """What stands there, and whether that is certain: a name that does not exist is, silence is not."""
    try:
        answer = resolver.resolve(name, kind, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return [], True
    except dns.exception.DNSException:
        return [], False
    if kind == "TXT":
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer], True
    return [row.to_text() for row in answer], True
