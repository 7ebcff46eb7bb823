"""A browser without pictures: cookies by host, redirects from host to host, everything at one port of this machine."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import MappingProxyType
from urllib.parse import quote, urlencode, urljoin, urlsplit

CSRF = "a" * 32  # until a page or a sign-in sets another: the cookie and the form have to agree


@dataclass(frozen=True)
class Page:
    status: int
    body: str
    url: str


class Visitor:
    """One person at one browser. Names below `localhost` need not resolve: all connections go to 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, dict[str, str]] = {}

    def get(self, url: str) -> Page:
        return self._ask("GET", url, None)

    def post(self, url: str, form: dict[str, str], *, follow: bool = True, by_htmx: bool = False) -> Page:
        """`by_htmx`: as a page's script asks, for a part of a page."""
        return self._ask("POST", url, form, follow=follow, also={"HX-Request": "true"} if by_htmx else {})

    def sign_in(self, market: str, email: str, password: str) -> None:
        """On the market's or the console's host, such as http://market.localhost:8000."""
        page = self.post(f"{market}/sign-in/", {"login": email, "password": password})
        if page.status != 200 or "/sign-in/" in page.url:
            raise RuntimeError(f"{email} was not signed in: {page.status} at {page.url}")

    def _ask(
        self, method: str, url: str, form: dict[str, str] | None, *, follow: bool = True, hops: int = 8, also: Mapping[str, str] = MappingProxyType({})
    ) -> Page:
        parts = urlsplit(url)
        held = self.cookies.setdefault(str(parts.hostname), {"csrf": CSRF, "language": "en"})
        headers = {"Host": parts.netloc, "Cookie": "; ".join(f"{name}={value}" for name, value in held.items()), **also}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            form = {**form, "csrfmiddlewaretoken": held["csrf"]}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request(method, quote(path, safe="/?&=%"), urlencode(form) if form is not None else None, headers)
            answer = line.getresponse()
            body = answer.read().decode(errors="replace")
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            held.update({name: morsel.value for name, morsel in SimpleCookie(cookie).items()})
        where = answer.getheader("Location")
        if follow and where and answer.status in (301, 302, 303) and hops:
            return self._ask("GET", urljoin(url, where), None, hops=hops - 1)
        return Page(answer.status, body, where if where and not follow else url)
