"""The people of the main job, each in a browser of their own: what they click, and what they must see."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from tests.running import RunningMarket

PICTURES = os.environ.get("JOURNEY_PICTURES")  # a folder: every stop leaves a picture there


_looked_at: set[tuple[str, str, str]] = set()


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


@dataclass
class Person:
    """Somebody at a screen."""

    market: RunningMarket
    page: Page
    screen: Screen
    name: str
    troubles: list[str] = field(default_factory=list)

    def word(self, text: str, **values: object) -> str:
        """A string of the interface in this person's language."""
        with translation.override(self.screen.language):
            return translation.gettext(text).format(**values) % values if values else translation.gettext(text)

    def go(self, path: str = "/", host: str = "market.localhost") -> None:
        self.page.goto(self.market.url(path, host))

    def press(self, text: str) -> None:
        """Press the button that is called so (its beginning will do)."""
        self.page.get_by_role("button", name=re.compile("^" + re.escape(self.word(text)))).locator("visible=true").first.click()

    def follow(self, text: str) -> None:
        self.page.get_by_role("link", name=self.word(text)).locator("visible=true").first.click()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def look(self, stop: str) -> None:
        """What holds on every page: nothing sticks out, nobody is shut out, no language is mixed up."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_selector("footer, main")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.screen.width, f"{stop}: {wide} px wide on a screen of {self.screen.width}"
        assert self.page.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[self.screen.language]
        page = (self.screen.language, self.name.rstrip("0123456789"), stop)
        if page in _looked_at:  # of another shop
            return
        _looked_at.add(page)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, f"{stop} at {self.page.url}: {serious}"
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{self.screen.language}-{self.name}-{stop}.png", full_page=True)

    def sign_in(self, email: str, password: str) -> None:
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.locator("main form button").first.click()


@contextmanager
def at_a_screen(browser: Browser, market: RunningMarket, screen: Screen, name: str) -> Iterator[Person]:
    """A person with a browser of their own; ends with a failure if the browser complained."""
    context = browser.new_context(viewport={"width": screen.width, "height": screen.height}, locale=screen.locale, has_touch=screen.is_phone)
    context.set_default_timeout(20_000)
    page = context.new_page()
    person = Person(market, page, screen, name)
    page.on("pageerror", lambda error: person.troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda said: person.troubles.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("response", lambda answer: person.troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    try:
        yield person
        assert not person.troubles, person.troubles
    finally:
        context.close()


def number_in(text: str) -> int:
    """The first number of a text with thousands separators."""
    found: Any = re.search(r"\d[\d,]*", text)
    return int(found.group().replace(",", ""))
