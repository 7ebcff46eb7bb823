"""Who is kept out of the market, asked with every request: networks, e-mail addresses, mail domains, phone numbers (docs/decisions/blocks.md).

What is in force lies in each process, under a token in the cache that changes with every change: a block holds in all processes with their
next request. While the cache is away each request reads the table anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from secrets import token_hex
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q

from marketplace.kernel import clock
from tenants.accounts.errors import Blocked
from tenants.accounts.models import Block
from tenants.tenancy.schemas import public_schema

KIND = Block.Kind
KEY = "blocks"
KEPT_S = 86400
HITS_S = 86400

Networks = dict[tuple[int, int], dict[int, "Held"]]  # (IP version, bits that count) → those bits → what is held against them


@dataclass(frozen=True)
class Held:
    id: UUID
    until: datetime | None

    @property
    def holds(self) -> bool:
        return self.until is None or self.until > clock.now()


@dataclass(frozen=True)
class Blocks:
    token: str = ""
    networks: Networks = field(default_factory=dict)
    values: Mapping[tuple[str, str], Held] = field(default_factory=dict)


_here = Blocks()


def blocked_network(address: str) -> UUID | None:
    """The block that a caller's network address falls under; an address that is none falls under none."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    for (version, bits), held in _known().networks.items():
        if version == found.version and (hit := held.get(int(found) >> (found.max_prefixlen - bits))) and hit.holds:
            return hit.id
    return None


def check_not_blocked(*, email: str = "", phone: str = "") -> None:
    """Whether this address and this number may be used. Raises Blocked, which names the field."""
    values = _known().values
    email = email.strip().lower()
    domain = email.rpartition("@")[2]
    for field_name, kind, value in (("email", KIND.EMAIL, email), ("email", KIND.DOMAIN, domain), ("phone", KIND.PHONE, phone)):
        if value and (hit := values.get((kind, value))) and hit.holds:
            count_hit(hit.id)
            raise Blocked(field=field_name)


def count_hit(block_id: UUID) -> None:
    """One more who was kept out by this block within a day; the count may be lost with the cache."""
    key = f"block-hits:{block_id}"
    with public_schema():
        if not cache.add(key, 1, HITS_S):
            try:
                cache.incr(key)
            except ValueError:  # it ended between the two
                cache.set(key, 1, HITS_S)


def hits_of(block_ids: list[UUID]) -> dict[UUID, int]:
    """How often each block kept somebody out since the first time within a day."""
    with public_schema():
        found = cache.get_many([f"block-hits:{key}" for key in block_ids])
    return {key: int(found.get(f"block-hits:{key}", 0)) for key in block_ids}


def in_force() -> Q:
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gt=clock.now()))


def changed() -> None:
    with public_schema():
        cache.set(KEY, token_hex(8), KEPT_S)


def _known() -> Blocks:
    global _here
    with public_schema():
        token = cache.get(KEY)
        if token is None:
            token = token_hex(8)
            if not cache.add(KEY, token, KEPT_S):
                token = cache.get(KEY) or token
        if _here.token != token:
            _here = _read(token)
    return _here


def _read(token: str) -> Blocks:
    networks: Networks = defaultdict(dict)
    values: dict[tuple[str, str], Held] = {}
    for key, kind, value, until in Block.objects.filter(in_force()).values_list("id", "kind", "value", "until"):
        held = Held(key, until)
        if kind == KIND.NETWORK:
            network = ip_network(value)
            shift = network.max_prefixlen - network.prefixlen
            networks[network.version, network.prefixlen][int(network.network_address) >> shift] = held
        else:
            values[kind, value] = held
    return Blocks(token, dict(networks), values)
