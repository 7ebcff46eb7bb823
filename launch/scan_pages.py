"""Visiting a running demo as somebody: signing in, and finding every address that takes parameters. Standard library only."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from launch.demo import PASSWORD

MOST_PAGES, DEEPEST = 250, 3
ONE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d[\d-]*")  # pages about one thing are pages of one kind
ATTRIBUTE = re.compile(r"a\d+")  # filters by an attribute of goods are one parameter
EVERYWHERE = {"hl", "theme"}  # taken on every page by the same lines of code


@dataclass
class Visit:
    """A person on a host of a demo at 127.0.0.1:`port`. `cookies` as the header says them."""

    port: int
    host: str
    cookies: str
    proxy: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        # Every host of the demo is behind one port; names below localhost are not known everywhere: so it is its own proxy.
        self.proxy, self.origin = f"http://127.0.0.1:{self.port}", f"http://{self.host}:{self.port}"

    def header(self, option: str) -> list[str]:
        return [option, f"Cookie: {self.cookies}"] if self.cookies else []


@dataclass
class Asked:
    """What a walk found: pages seen, addresses with a parameter that none before has, answers of 500."""

    pages: int = 0
    addresses: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Links(HTMLParser):
    """Links of a page, and its forms that ask for something, as addresses."""

    def __init__(self, base: str, html: str) -> None:
        super().__init__()
        self.base, self.found, self._form, self._fields = base, list[str](), "", list[tuple[str, str]]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.found.append(urljoin(self.base, given["href"]))
        elif tag == "form":
            self._form = urljoin(self.base, given.get("action") or self.base) if given.get("method", "get").lower() == "get" else ""
            self._fields = []
        elif self._form and tag in ("input", "select", "textarea") and given.get("name"):
            self._fields.append((given["name"], given.get("value") or "1"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form:
            self.found.append(f"{self._form.split('?')[0]}?{urlencode(dict(self._fields))}")
            self._form = ""


def opener(visit: Visit, jar: CookieJar) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({"http": visit.proxy}), urllib.request.HTTPCookieProcessor(jar))


def sign_in(port: int, host: str, email: str) -> Visit:
    """A visit of this person; of nobody without an address. Raises SystemExit where the door stays shut."""
    visit, jar = Visit(port, host, ""), CookieJar()
    if email:
        browser = opener(visit, jar)
        page = browser.open(f"{visit.origin}/", timeout=60)
        if "/sign-in" not in page.geturl():
            page = browser.open(f"{visit.origin}/sign-in/", timeout=60)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        form = urlencode({"csrfmiddlewaretoken": token[1] if token else "", "login": email, "password": PASSWORD}).encode()
        arrived = browser.open(urllib.request.Request(page.geturl(), form, {"Referer": page.geturl()}), timeout=60)
        if "/sign-in" in arrived.geturl():
            raise SystemExit(f"{email} could not sign in at {host}")
        browser.open(f"{visit.origin}/", timeout=60).read()
        visit.cookies = "; ".join(f"{one.name}={one.value}" for one in jar if host in (one.domain, one.domain.lstrip(".")) or one.domain == f"{host}.local")
    return visit


def addresses_with_parameters(visit: Visit, leave_alone: Iterable[str]) -> Asked:
    """Walk from the first page along links, a page of each kind once."""
    asked, seen, kinds, parameters = Asked(), set[str](), set[tuple[str, ...]](), set[tuple[str, str]]()
    browser = opener(visit, CookieJar())
    if visit.cookies:
        browser.addheaders.append(("Cookie", visit.cookies))
    waiting = [(f"{visit.origin}/", 0)]
    while waiting and asked.pages < MOST_PAGES:
        address, depth = waiting.pop(0)
        where = urlsplit(address)
        names = {ATTRIBUTE.sub("a#", name) for name, _value in parse_qsl(where.query, keep_blank_values=True)}
        path = ONE.sub("#", where.path)
        kind = (path, *sorted(names))
        if kind in kinds or where.netloc != urlsplit(visit.origin).netloc or any(part in where.path for part in leave_alone):
            continue
        kinds.add(kind)
        new = {(path, name) for name in names - EVERYWHERE} | {("", name) for name in names & EVERYWHERE}
        if not new <= parameters:
            asked.addresses.append(address)
            parameters |= new
        html = _read(browser, address, asked)
        if depth < DEEPEST:
            found = [link.split("#")[0] for link in Links(address, html).found]
            waiting += [(link, depth + 1) for link in dict.fromkeys(found) if link not in seen]
            seen.update(found)
    return asked


def _read(browser: urllib.request.OpenerDirector, address: str, asked: Asked) -> str:
    asked.pages += 1
    try:
        with browser.open(address, timeout=120) as answer:
            return str(answer.read().decode(errors="replace")) if "html" in answer.headers.get("Content-Type", "") else ""
    except urllib.error.HTTPError as refused:
        if refused.code >= 500:
            asked.broken.append(f"{refused.code} at {address}")
    return ""
