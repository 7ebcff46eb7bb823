"""Which names can be a shop's address, and how they are written."""

from __future__ import annotations

import ipaddress
import re

import idna
from django.conf import settings
from django.utils.translation import gettext as _

from tenants.domains.errors import DomainUnusable

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z")
# Names that no registry gives to anybody (RFC 2606, 6761, 6762, 7686, 8375).
NOBODYS = frozenset({"localhost", "local", "test", "invalid", "onion", "internal", "arpa", "alt"})
LONGEST = 253


def as_host(text: str) -> str:
    """A domain as DNS writes it, from what somebody typed or pasted. Raises DomainUnusable, saying why."""
    typed = text.strip()
    name = re.sub(r"^[a-z]+://", "", typed, flags=re.IGNORECASE).split("/")[0].rstrip(".")
    try:
        host = idna.encode(name, uts46=True, transitional=False).decode().lower()
    except (idna.IDNAError, UnicodeError):
        host = name.lower()
    if why := _why_not(host):
        raise DomainUnusable(host=typed[:80], why=why)
    return host


def _why_not(host: str) -> str:
    labels = host.split(".")
    if _is_address(host):
        return _("it is an address of a machine, not a name.")
    if len(labels) < 2 or not host or len(host) > LONGEST or not all(LABEL.match(label) and len(label) <= 63 for label in labels):
        return _("write it like shop.example.com.")
    if host == settings.BASE_HOST or host.endswith(f".{settings.BASE_HOST}") or settings.BASE_HOST.endswith(f".{host}"):
        return _("it belongs to the market.")
    if labels[-1].isdigit() or (labels[-1] in NOBODYS and not settings.OWN_DOMAINS_ANYWHERE):
        return _("nobody can own a name that ends in “.{ending}”.").format(ending=labels[-1])
    return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").split("%")[0].rsplit(":", 1)[0] if host.count(":") == 1 else host.strip("[]"))
    except ValueError:
        return False
    return True
