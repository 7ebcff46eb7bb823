"""Fetching an address that somebody else gave: a picture to import, an SMS gateway, a webhook. It must not lead into our own network.

    got = fetch("https://example.com/cup.jpg", most_bytes=5_000_000, kinds=("image/",))

The name is resolved once, every address it has must be a public one, and the connection goes to the address that was looked at, with the name in
`Host` and in TLS. So a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are followed only when asked for, and
each is looked at like the first address. What an address says of itself in other spellings (decimal, octal, hexadecimal, IPv6 around IPv4) is
never read by us: it is resolved like any name and judged by what it resolves to.

`trusted` are hosts of the operator's own settings (an SMS gateway inside the network): they may be anywhere, and nothing else may.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError

PORTS = frozenset({80, 443})
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class FetchRefused(MarketError):
    """`why` says what is wrong with the address, for whoever typed it; nothing was asked."""

    code, status = "fetch_refused", 422
    message = _("This address cannot be fetched: {why}")


class FetchFailed(MarketError):
    code, status = "fetch_failed", 502
    message = _("The other side did not answer as it should: {why}")


@dataclass(frozen=True)
class Fetched:
    """What came back. `url` is the address that answered."""

    url: str
    status: int
    kind: str  # its content type without parameters
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Target:
    """An address that was looked at: where the connection goes, and what it says it wants there."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def named(self) -> str:
        """As in `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine's resolver says. Raises OSError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(text: str) -> bool:
    """Whether an address belongs to the open Internet. What wraps another address (IPv4 in IPv6, 6to4, Teredo, NAT64) is judged by both."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_open(each) for each in (address, *_inside(address)))


NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
ELSEWHERE = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("::/96"), ipaddress.ip_network("192.88.99.0/24"))


def _is_open(address: Address) -> bool:
    closed = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved or address.is_unspecified
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in NAT64[0]):
        return True  # judged by what is inside
    return address.is_global and not closed and not any(address.version == network.version and address in network for network in ELSEWHERE)


def _inside(address: Address) -> list[ipaddress.IPv4Address]:
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found = [each for each in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if each is not None]
    if any(address in network for network in NAT64):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


def look(url: str, *, ports: Collection[int] = PORTS, trusted: Collection[str] = (), resolver: Resolve = resolve) -> Target:
    """Where an address leads, if we go there at all. Raises FetchRefused."""
    if any(sign <= " " or sign in '\\"<>^`{|}' or sign == "\x7f" for sign in url):
        raise FetchRefused(why=_("it holds spaces or signs that do not belong into an address"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchRefused(why=_("it is no address")) from None
    if parts.scheme not in ("http", "https"):
        raise FetchRefused(why=_("it does not begin with http:// or https://"))
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise FetchRefused(why=_("it holds a user name"))
    try:
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii").decode().rstrip(".").lower()
    except UnicodeError:
        raise FetchRefused(why=_("it is no address")) from None
    if not host or "%" in host:
        raise FetchRefused(why=_("it names no host"))
    port = port if port is not None else 443 if parts.scheme == "https" else 80
    is_trusted = host in {name.lower().rstrip(".") for name in trusted}
    if port not in ports and not is_trusted:
        raise FetchRefused(why=_("its port is not one of the web"))
    try:
        addresses = resolver(host, port)
    except (OSError, UnicodeError):
        raise FetchRefused(why=_("its host is not known")) from None
    if not addresses:
        raise FetchRefused(why=_("its host is not known"))
    if not is_trusted and not all(is_public(address) for address in addresses):
        raise FetchRefused(why=_("it leads into a network that is not public"))
    path = parts.path or "/"
    return Target(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path, tuple(addresses))


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    most_bytes: int = 1_000_000,
    seconds: float = 10,
    kinds: Collection[str] = (),
    redirects: int = 0,
    ports: Collection[int] = PORTS,
    trusted: Collection[str] = (),
    resolver: Resolve = resolve,
) -> Fetched:
    """Ask an address for what it has, within `seconds` for all of it and at most `most_bytes`; `kinds` are beginnings of content types.

    Raises FetchRefused where nothing was asked, FetchFailed for anything that came back otherwise. Outside transactions.
    """
    until = time.monotonic() + seconds
    for _hop in range(redirects + 1):
        target = look(url, ports=ports, trusted=trusted, resolver=resolver)
        got, leads_to = _ask(target, url, method, body, headers or {}, most_bytes, until)
        if leads_to is None:
            if kinds and not got.kind.startswith(tuple(kinds)):
                raise FetchFailed(why=_("it sent {kind}").format(kind=got.kind or "?"))
            return got
        try:
            url = urljoin(url, leads_to)
        except ValueError:
            raise FetchRefused(why=_("it is no address")) from None
    raise FetchFailed(why=_("it leads on to another address"))


def _ask(target: Target, url: str, method: str, body: bytes | None, headers: Mapping[str, str], most_bytes: int, until: float) -> tuple[Fetched, str | None]:
    """One question on one connection. With where it leads on to, if it does."""
    link = None
    try:
        link = _connected(target, until)
        asking = http.client.HTTPConnection(target.host, target.port)
        asking.sock = link
        asking.request(method, target.path, body=body, headers={**headers, "Host": target.named, "Accept-Encoding": "identity", "Connection": "close"})
        answer = asking.getresponse()
        if answer.status in (301, 302, 303, 307, 308):
            return Fetched(url, answer.status, "", b""), answer.headers.get("Location") or ""
        if int(answer.headers.get("Content-Length") or 0) > most_bytes:
            raise FetchFailed(why=_("it is too large"))
        return Fetched(url, answer.status, answer.headers.get_content_type(), _read(answer, link, most_bytes, until), dict(answer.headers.items())), None
    except TimeoutError:
        raise FetchFailed(why=_("it took too long")) from None
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise FetchFailed(why=type(broken).__name__) from broken
    finally:
        if link is not None:
            link.close()


def _read(answer: http.client.HTTPResponse, link: socket.socket, most_bytes: int, until: float) -> bytes:
    """Piece by piece: who sends a byte a second is not waited for."""
    found = bytearray()
    while True:
        link.settimeout(_left(until))
        piece = answer.read1(65_536)
        if not piece:
            return bytes(found)
        found += piece
        if len(found) > most_bytes:
            raise FetchFailed(why=_("it is too large"))


def _connected(target: Target, until: float) -> socket.socket:
    """A connection to the first address that takes one, of those that were looked at; never to a name."""
    problem: OSError = OSError("no address")
    for address in target.addresses:
        try:
            plain = socket.create_connection((address, target.port), timeout=_left(until))
        except OSError as away:
            problem = away
            continue
        if target.scheme == "http":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        except OSError:
            plain.close()
            raise
    raise problem


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
