"""How long a tap takes until it is seen (INP), by the browser's own event timing, on a processor made four times slower."""

from __future__ import annotations

import re
from typing import Any

from bench.measure import Row, at_most, row, say
from bench.visitor import Visitor

SLOWER = 4
MOST_MS = at_most(200)
PHONE = {"width": 412, "height": 823}
# Every event that is long enough to be told of (16 ms is the least the browser allows), by the interaction it belongs to.
WATCH = """
  window.seen = {};
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.interactionId) window.seen[entry.interactionId] = Math.max(window.seen[entry.interactionId] || 0, entry.duration);
  }).observe({ type: "event", buffered: true, durationThreshold: 16 });
"""


def rows(market: str, browser: str, cookie: str) -> list[Row]:
    """The worst interaction of each page. Of a page with fewer than fifty that is what INP means."""
    from playwright.sync_api import sync_playwright

    home = Visitor(int(market.rsplit(":", 1)[1])).get(f"{market}/").body
    product, category = (sorted(set(re.findall(pattern, home)))[0] for pattern in (r"/p/[0-9a-f-]{36}/", r"/c/\d+/"))
    measured = []
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for name, path, taps in (
            ("home", "/", ["#cookie-choice button", "[data-theme-toggle]:visible", "input[type=search]"]),
            ("category", category, ["#cookie-choice button", "[data-open=filters]", "dialog[open] [data-close]", "dialog[open] summary"]),
            ("product", product, ["#cookie-choice button", "[data-photo]:visible", "[data-by='1']:visible", "form button:visible"]),
            ("cart", "/cart/", ["[data-by='1']:visible", "input[type=checkbox]:visible"]),
        ):
            context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)  # type: ignore[arg-type]
            if name == "cart":
                context.add_cookies([{"name": k, "value": v, "url": market} for k, v in (pair.split("=", 1) for pair in cookie.split("; "))])
            page = context.new_page()
            page.add_init_script(WATCH)
            page.goto(market + path, wait_until="load")
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            tapped = sum(tap(page, selector) for selector in taps)
            page.wait_for_timeout(500)
            longest = max([0, *page.evaluate("Object.values(window.seen || {})")])
            measured.append(row(f"{name}: INP, CPU {SLOWER}× slower", longest, "ms", goal=MOST_MS, note=f"the worst of {tapped} taps"))
            context.close()
        chromium.close()
    return measured


def tap(page: Any, selector: str) -> bool:
    """Tap the first such thing, if there is one; whether there was."""
    thing = page.locator(selector).first
    if thing.count() == 0 or not thing.is_visible():
        say(f"  nothing to tap: {selector}")
        return False
    thing.tap(timeout=5000)
    page.wait_for_timeout(250)
    return True
