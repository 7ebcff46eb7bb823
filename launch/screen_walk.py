"""Walking through every kind of page in one dress after another, looking at each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, StorageState, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from tqdm import tqdm

from launch.demo import PASSWORD
from launch.doctor import chromium
from launch.screen_stops import BUYER, CONSOLE, ID, MARKET, OPERATOR, STOPS, Stop

HEIGHTS = {360: 780, 768: 1024, 1440: 900}
MOST_HIGH = 8_000  # px
MOST_TRIED = 8  # links of a list, for one that leads on
STICKS_OUT = """width => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)
  .slice(-2).map(e => e.outerHTML.slice(0, 140))"""
# What can be pressed but lies beside the screen, where nothing scrolls to it.
CUT_OFF = """width => [...document.querySelectorAll('main :is(a, button, input, select)')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || box.right <= width + 1 || e.closest('.only-sr') || getComputedStyle(e).visibility === 'hidden') return false;
  for (let up = e.parentElement; up; up = up.parentElement) if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return false;
  return true;
}).slice(0, 2).map(e => e.outerHTML.slice(0, 140))"""
# A picture of the whole page shows what only scrolling would load.
LOAD_ALL = """async () => {
  document.querySelectorAll('img[loading=lazy]').forEach(img => { img.loading = 'eager'; });
  await Promise.all([...document.images].map(img => img.decode().catch(() => {})));
}"""
BROKEN = "() => [...document.images].filter(img => img.complete && !img.naturalWidth && img.currentSrc.startsWith('http')).map(img => img.currentSrc)"


@dataclass(frozen=True)
class Dress:
    """How a page is looked at."""

    language: str
    width: int
    theme: str

    @property
    def name(self) -> str:
        return f"{self.language}-{self.width}-{self.theme}"


DRESSES = [
    *(Dress(language, width, "light") for language in ("zh-hans", "en") for width in HEIGHTS),
    *(Dress("zh-hans", width, "dark") for width in (360, 1440)),
]


class Walk:
    """Pictures go to a folder for each dress, sources of pages (once a language) to `sources`."""

    def __init__(self, port: int, folder: Path, only: list[str]) -> None:
        self.port, self.folder = port, folder
        self.stops = [stop for stop in STOPS if not only or stop.name.startswith(tuple(only))]
        self.places: dict[str, str] = {}  # where a link of a list led the first time: every dress shows the same page
        self.signed_in: dict[str, StorageState] = {}
        shutil.rmtree(folder / "sources", ignore_errors=True)
        (folder / "sources").mkdir(parents=True)

    def through(self, dress: Dress) -> list[str]:
        """Look at every page; what does not hold, a line each."""
        shutil.rmtree(self.folder / dress.name, ignore_errors=True)
        (self.folder / dress.name).mkdir()
        troubles: list[str] = []
        with sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.localhost 127.0.0.1"]
            browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
            by_person: dict[str, list[tuple[int, Stop]]] = {}
            for number, stop in enumerate(self.stops):
                by_person.setdefault(stop.who, []).append((number, stop))
            with tqdm(total=len(self.stops), desc=dress.name, unit="page", disable=None) as bar:
                for who, stops in by_person.items():
                    with self._screen(browser, dress, who) as page:
                        for number, stop in stops:
                            troubles += [f"{dress.name:<20} {stop.name:<24} {line}" for line in self._look(page, dress, number, stop)]
                            bar.update()
            browser.close()
        return troubles

    @contextmanager
    def _screen(self, browser: Browser, dress: Dress, who: str) -> Iterator[Page]:
        context = browser.new_context(
            viewport={"width": dress.width, "height": HEIGHTS[dress.width]},
            locale="zh-CN" if dress.language == "zh-hans" else "en-GB",
            has_touch=dress.width < 768,
            storage_state=self.signed_in.get(who),
            reduced_motion="reduce",
        )
        for host in {stop.host for stop in STOPS}:
            context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"} for name, value in _wishes(dress)])
        page = context.new_page()
        if who and who not in self.signed_in:
            self._sign_in(context, page, who)
        yield page
        context.close()

    def _sign_in(self, context: BrowserContext, page: Page, who: str) -> None:
        page.goto(self._url("/sign-in/", CONSOLE if who == OPERATOR else MARKET))
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("main form button:not([type=button]), form.card button").first.click()
        if who == BUYER:
            self._go_shopping(page)
        self.signed_in[who] = context.storage_state()

    def _go_shopping(self, page: Page) -> None:
        """Goods of two shops in the cart, and among the favourites."""
        for slug in ("kiln", "linden"):
            page.goto(self._url("/search/", f"{slug}.market.localhost"))
            found = re.findall(rf"/p/{ID}/", page.content())
            page.goto(self._url(found[0], MARKET))
            page.get_by_role("button", name=re.compile("^(Add to cart|加入购物车)$")).locator("visible=true").first.click()
            page.wait_for_load_state("networkidle")

    def _look(self, page: Page, dress: Dress, number: int, stop: Stop) -> list[str]:
        said: list[str] = []
        page.on("console", hear := lambda one: said.append(f"console: {one.text}") if one.type == "error" and "status of" not in one.text else None)
        page.on("pageerror", fail := lambda error: said.append(f"script: {error}"))
        try:
            answer = self._open(page, stop)
            if answer is None:
                return ["no page of this kind is linked"]
            if answer.status != stop.status:
                return [f"answers {answer.status} at {answer.url}"]
            if stop.act:
                stop.act(page)
            page.evaluate(LOAD_ALL)
            self._whole(page, dress, self.folder / dress.name / f"{number:03d}-{stop.name}.png")
            return said + self._troubles(page, dress, stop, answer)
        except PlaywrightError as error:  # one page that cannot be looked at does not hide the others
            return [*said, f"{type(error).__name__}: {str(error).splitlines()[0]}"]
        finally:
            page.remove_listener("console", hear)
            page.remove_listener("pageerror", fail)

    def _whole(self, page: Page, dress: Dress, file: Path) -> None:
        """The page as a screen high enough for all of it would show it: bars that keep to the foot stand at its foot."""
        high = page.evaluate("document.documentElement.scrollHeight")
        if page.locator("dialog[open]").count() == 0:
            page.set_viewport_size({"width": dress.width, "height": min(max(high, HEIGHTS[dress.width]), MOST_HIGH)})
        page.screenshot(path=file)
        page.set_viewport_size({"width": dress.width, "height": HEIGHTS[dress.width]})

    def _open(self, page: Page, stop: Stop) -> Response | None:
        place = self.places.get(stop.name, "" if stop.link else stop.path)
        if not place:
            found = self._follow(page, stop.host, stop.path, stop.link.split(" > "))
            if not found:
                return None
            place = self.places[stop.name] = found + stop.then
        answer = page.goto(self._url(place, stop.host))
        page.wait_for_load_state("networkidle")
        return answer

    def _troubles(self, page: Page, dress: Dress, stop: Stop, answer: Response) -> list[str]:
        found = []
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > dress.width:
            found.append(f"{wide} px wide: {page.evaluate(STICKS_OUT, dress.width)}")
        found += [f"broken picture: {url}" for url in page.evaluate(BROKEN)]
        if not answer.url.split("?")[0].count("/cms/"):  # Wagtail's own pages are Wagtail's
            found += [f"cut off: {one}" for one in page.evaluate(CUT_OFF, dress.width)]
            violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            found += [f"axe {one['id']}: {one['nodes'][0]['html'][:140]}" for one in violations]
            if dress.theme == "light" and dress.width == 1440:
                (self.folder / "sources" / f"{dress.language}-{stop.name}.html").write_text(answer.text())
        return found

    def _follow(self, page: Page, host: str, path: str, patterns: list[str]) -> str:
        """Where a chain of links leads, each on the page before; "" where none does."""
        page.goto(self._url(path, host))
        found = [link for link in dict.fromkeys(re.findall(rf'href="[^"]*?({patterns[0]})"', page.content())) if link != path]
        if len(patterns) == 1:
            return found[0] if found else ""
        return next((end for link in found[:MOST_TRIED] if (end := self._follow(page, host, link, patterns[1:]))), "")

    def _url(self, path: str, host: str) -> str:
        return f"http://{host}:{self.port}{path}"


def _wishes(dress: Dress) -> list[tuple[str, str]]:
    return [("language", dress.language), ("theme", dress.theme), ("cookie_choice", "necessary")]
