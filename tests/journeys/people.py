"""The people of the main job, each in a browser of their own: what they click, and what must hold on every page they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

from tests.running import RunningMarket

NARROW = 360  # px: nothing may stick out of a page this wide
STICKS_OUT = """width => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)
  .slice(-4).map(e => e.outerHTML.slice(0, 160))"""


@dataclass(frozen=True)
class Screen:
    """Language and size in which a journey is made."""

    language: str
    locale: str
    width: int
    height: int

    @property
    def is_phone(self) -> bool:
        return self.width < 768


PHONE = Screen("zh-hans", "zh-CN", 390, 844)
DESKTOP = Screen("en", "en-GB", 1440, 900)


def on_both(ci: Screen | None, **more: tuple[Any, Any]) -> pytest.MarkDecorator:
    """Chinese on a phone and English on a desktop: the one of `ci` in every run, the rest with the long forms. `more` are what differs besides."""
    names, rows = ("screen", *more), []
    for n, (screen, name) in enumerate(((PHONE, "zh-Hans on a phone"), (DESKTOP, "en on a desktop"))):
        marks = () if screen == ci else (pytest.mark.long,)
        rows.append(pytest.param(screen, *(values[n] for values in more.values()), id=name, marks=marks))
    return pytest.mark.parametrize(names, rows)


@dataclass
class Seen:
    """What a journey leaves: a picture and the source of each page, once a language, role and stop."""

    folder: Path
    pages: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for kind in ("pictures", "sources"):
            (self.folder / kind).mkdir(parents=True, exist_ok=True)


@dataclass
class Person:
    """Somebody at a screen."""

    market: RunningMarket
    page: Page
    screen: Screen
    name: str
    seen: Seen
    troubles: list[str] = field(default_factory=list)
    source: str = ""  # the last page as the server sent it

    def word(self, text: str, **values: object) -> str:
        """A string of the interface in this person's language."""
        with translation.override(self.screen.language):
            return translation.gettext(text).format(**values) if values else translation.gettext(text)

    def go(self, path: str = "/", host: str = "market.localhost") -> None:
        self.page.goto(self.market.url(path, host))

    def press(self, text: str) -> None:
        """Press the button that is called so (its beginning will do)."""
        self.page.get_by_role("button", name=re.compile("^" + re.escape(self.word(text)))).locator("visible=true").first.click()

    def send(self, text: str) -> None:
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self.press(text)

    def decide(self, text: str) -> None:
        """Press a button that asks first, and say yes."""
        self.press(text)
        self.agree()

    def agree(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("dialog[open] button[value=do]").click()

    def follow(self, text: str) -> None:
        self.page.get_by_role("link", name=self.word(text)).locator("visible=true").first.click()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def look(self, stop: str) -> None:
        """What holds on every page: nothing sticks out, also on the narrowest phone, nobody is shut out, no language is mixed up."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_selector("footer, main")
        self._fits(stop, self.screen.width)
        assert self.page.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[self.screen.language]
        page = (self.screen.language, self.name.rstrip("0123456789"), stop)
        if page in self.seen.pages:  # of another shop
            return
        self.seen.pages.add(page)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        violations = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        assert not violations, f"{stop} at {self.page.url}: {violations}"
        name = "-".join(page)
        self.page.screenshot(path=self.seen.folder / "pictures" / f"{len(self.seen.pages):03d}-{name}.png")
        (self.seen.folder / "sources" / f"{name}.html").write_text(self.source)
        if self.screen.is_phone:
            self.page.set_viewport_size({"width": NARROW, "height": self.screen.height})
            self._fits(stop, NARROW)
            self.page.set_viewport_size({"width": self.screen.width, "height": self.screen.height})

    def _fits(self, stop: str, width: int) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{stop}: {wide} px wide on a screen of {width}; {self.page.evaluate(STICKS_OUT, width)}"

    def overhear(self, said: ConsoleMessage) -> None:
        """Errors of the browser's console; that a form was sent back with its errors (422) is none of the page's."""
        if said.type == "error" and "status of 422" not in said.text:
            self.troubles.append(f"{self.page.url}: {said.text} ({said.location.get('url')}, line {said.location.get('lineNumber')})")

    def remember(self, answer: Response) -> None:
        """Keep what the server sent as a page of ours."""
        kind = answer.headers.get("content-type", "")
        if answer.request.is_navigation_request() and answer.status < 300 and kind.startswith("text/html") and answer.frame == self.page.main_frame:
            self.source = answer.text()

    def sign_in(self, email: str, password: str) -> None:
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.locator("main form button").first.click()


@contextmanager
def at_a_screen(browser: Browser, market: RunningMarket, screen: Screen, name: str, seen: Seen, *, scripts: bool = True) -> Iterator[Person]:
    """A person with a browser of their own, or one that runs no scripts; ends with a failure if the browser complained."""
    size = {"width": screen.width, "height": screen.height}
    context = browser.new_context(viewport=size, locale=screen.locale, has_touch=screen.is_phone, java_script_enabled=scripts)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    person = Person(market, page, screen, name, seen)
    page.on("pageerror", lambda error: person.troubles.append(f"{page.url}: {error}"))
    page.on("console", person.overhear)
    page.on("response", lambda answer: person.troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    page.on("response", person.remember)
    try:
        yield person
        assert not person.troubles, person.troubles
    finally:
        context.close()


def number_in(text: str) -> int:
    """The first number of a text with thousands separators."""
    found: Any = re.search(r"\d[\d,]*", text)
    return int(found.group().replace(",", ""))
