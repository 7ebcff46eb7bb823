"""S7: no address of ours leads a person on to somebody else's page, however the wish for it is spelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import clear_url_caches

from tenants.access.rules import anyone, route
from tests.isolation import harness
from tests.planting import planted
from tests.safety.vectors import addresses_elsewhere

NAMES = ("next", "back", "to", "path", "url", "return", "redirect", "continue", "then", "from", "host", "query")
WISH = "/wished-for/"


def where(origin: str, location: str) -> str:
    """The host a browser goes to (WHATWG URL: tabs and line breaks are not seen, a backslash is a slash), or the scheme that is none of a page."""
    seen = re.sub(r"[\t\n\r]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if scheme := re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", seen):
        if scheme[1].lower() not in ("http", "https"):
            return f"{scheme[1].lower()}:"
        seen = re.sub(r"^[a-zA-Z]+:/*", f"{scheme[1]}://", seen) if not seen.lower().startswith(origin.split(":")[0]) or "//" in seen else seen
    elif seen.startswith("//"):
        seen = "//" + seen.lstrip("/")
    return urlsplit(urljoin(origin, seen)).hostname or ""


def leads_to(world: Any, asked: harness.Asked, wish: str) -> str | None:
    """Where an address leads whoever wished for this; None where it leads nowhere."""
    fields = dict.fromkeys(NAMES, wish) | BESIDES.get(asked.name, {})
    client = world.clients[asked.actor]
    response = harness.ask(client, asked, fields)
    location = response.headers.get("Location") or response.headers.get("HX-Redirect") or response.headers.get("HX-Location")
    return None if location is None else str(location)


def who_wishes(world: Any) -> Iterator[harness.Asked]:
    """Every route of ours once by each way, as somebody who may, about things of A."""
    known: set[tuple[str, str, str]] = set()
    for asked in harness.questions(world):
        key = (asked.kind, asked.path, asked.method)
        if asked.about == "a" and key not in known and harness.may_enter(asked) and not asked.path.startswith("/cms/") and ".trail" not in f".{asked.host}":
            known.add(key)
            yield asked


def complaints(world: Any, asked: harness.Asked, wishes: list[str]) -> list[str]:
    origin = f"http://{asked.host}/"
    found = []
    for wish in wishes:
        location = leads_to(world, asked, wish)
        if location is not None and not is_ours(where(origin, location)):
            found.append(f"{asked}: {wish!r} leads to {location!r}")
    return found


def is_ours(host: str) -> bool:
    return host == settings.BASE_HOST or host.endswith(f".{settings.BASE_HOST}")


# Pages that lead on to where somebody wants to be led, by name and way.
OBLIGING = {
    ("account_logout", "GET"),
    ("account_logout", "POST"),
    ("confirm-again", "POST"),
    ("deliver-to", "POST"),
    ("favourites-take-out", "POST"),
    ("favourites-undo", "POST"),
    ("recent-clear", "POST"),
    ("wish", "GET"),
}
# What some of them want to know besides.
BESIDES = {"deliver-to": {"region": "110000"}}


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
def test_no_wish_leads_elsewhere(world, every):
    asked = [one for one in who_wishes(world) if (one.name, one.method) in OBLIGING]
    assert {(one.name, one.method) for one in asked} == OBLIGING
    assert [line for one in asked for line in complaints(world, one, addresses_elsewhere()[::every])] == []


@pytest.mark.long
def test_which_pages_lead_where_one_wishes(world):
    """One that is not known above was not tried with every spelling."""
    found = [(one.name, one.method) for one in who_wishes(world) if urlsplit(leads_to(world, one, WISH) or "").path == WISH]
    assert not set(found) ^ OBLIGING, "\n".join(map(str, sorted(set(found) ^ OBLIGING)))


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_where_a_browser_goes_is_known(wish):
    assert where("http://market.localhost/a/", wish) == "evil.example"
    assert where("http://market.localhost/a/", "/b/") == "market.localhost"
    assert where("http://market.localhost/a/", "java\tscript:alert(1)") == "javascript:"


def test_a_page_that_leads_anywhere_is_found(world):
    """The control: it looks for what many look for, that the address is one of ours by its beginning."""

    def obliging(request: Any) -> HttpResponseRedirect:
        wish = request.GET["next"]
        return HttpResponseRedirect(wish if wish.startswith("/") else "/")

    with planted("market", route("obliging/", obliging, may=anyone(), name="obliging")):
        clear_url_caches()
        asked = harness.Asked("market", "market.localhost", "obliging", "/obliging/", "GET", "anonymous", "a", None)
        assert len(complaints(world, asked, addresses_elsewhere())) > 5
    clear_url_caches()
