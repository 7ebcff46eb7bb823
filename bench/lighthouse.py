"""Lighthouse at a fixed version, simulated mobile, on the demo's pages; and how long a tap takes to be seen on a slow phone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import grounds, interactions
from bench.measure import Goal, Row, at_least, at_most, row, say
from bench.peers import made_once
from bench.visitor import Visitor
from launch.paths import cache

HERE = Path(__file__).parent / "peers" / "lighthouse"
RUNS = {True: 3, False: 5}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FAST, WHOLE = at_least(95), at_least(100)
# Audit → (what it is called, unit, goal). Cumulative layout shift has no unit.
MEASURES = {
    "largest-contentful-paint": ("LCP", "ms", at_most(1800)),
    "cumulative-layout-shift": ("CLS", "", at_most(0.02)),
    "total-blocking-time": ("TBT", "ms", at_most(100)),
}
CHROMIUM = ("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
EMAIL = "lin@buyer.localhost"


class Looked(NamedTuple):
    """A page to look at; one that says noindex has no score for search engines."""

    name: str
    url: str
    cookie: str = ""
    is_found: bool = True


def run(short: bool) -> list[Row]:
    """Needs Node and Chromium. LIGHTHOUSE_MARKET=http://market.localhost:8105 looks at a demo that runs already."""
    program, browser = installed(), chromium()
    base = os.environ.get("LIGHTHOUSE_MARKET", "")
    if base:
        return looked_at(base, program, browser, RUNS[short])
    with grounds.demo() as (demo, _running):
        return looked_at(f"http://{demo.HOST}:{demo.PORT}", program, browser, RUNS[short])


def looked_at(market: str, program: Path, browser: str, runs: int) -> list[Row]:
    rows = []
    for page in pages(market):
        reports = [report for _run in range(runs) if (report := look(page, program, browser))]
        if not reports:
            sys.exit(f"Lighthouse gave no report of {page.url}; see {cache() / grounds.FOLDER / 'lighthouse.log'}")
        rows += figures(page, reports)
    return rows + interactions.rows(market, browser, sign_in(market))


def pages(market: str) -> list[Looked]:
    """The pages a buyer meets, in a demo: a product and a category of its first page, a shop, and a filled cart."""
    visitor = Visitor(port_of(market))
    home = visitor.get(f"{market}/").body
    product, category = (sorted(set(re.findall(pattern, home)))[0] for pattern in (r"/p/[0-9a-f-]{36}/", r"/c/\d+/"))
    cookie = sign_in(market)
    scheme, host = market.split("://")
    return [
        Looked("home", f"{market}/"),
        Looked("category", market + category),
        Looked("product", market + product),
        Looked("shop", f"{scheme}://kiln.{host}/"),
        Looked("search", f"{market}/search/?q=cup", is_found=False),
        Looked("cart", f"{market}/cart/", cookie, is_found=False),
        Looked("checkout", f"{market}/checkout/", cookie, is_found=False),
    ]


def sign_in(market: str) -> str:
    """The cookies of somebody with something in the cart and an address."""
    from launch.demo import PASSWORD

    buyer = Visitor(port_of(market))
    buyer.sign_in(market, EMAIL, PASSWORD)
    home = buyer.get(f"{market}/").body
    for path in sorted(set(re.findall(r"/p/[0-9a-f-]{36}/", home)))[:4]:
        if variant := re.search(r'name="variant" value="([0-9a-f-]{36})"', buyer.get(market + path).body):
            buyer.post(f"{market}/cart/add/", {"variant": variant[1], "quantity": "1"})
    host = market.split("://")[1].split(":")[0]
    return "; ".join(f"{name}={value}" for name, value in buyer.cookies[host].items())


def port_of(market: str) -> int:
    return int(market.rsplit(":", 1)[1])


def look(page: Looked, program: Path, browser: str) -> dict[str, Any] | None:
    """One report, or None where the browser failed."""
    say(f"{page.name}: {page.url}")
    headers = ["--extra-headers", json.dumps({"Cookie": page.cookie})] if page.cookie else []
    wanted = f"--only-categories={','.join(CATEGORIES)}"
    command = ["node", str(program), page.url, "--output=json", "--output-path=stdout", "--quiet", wanted, f"--chrome-flags={FLAGS}", *headers]
    done = subprocess.run(command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True)
    with open(cache() / grounds.FOLDER / "lighthouse.log", "a") as log:
        log.write(done.stderr)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return None
    if report.get("runtimeError"):
        return None
    folder = cache() / grounds.FOLDER / "lighthouse-reports"
    folder.mkdir(exist_ok=True)
    (folder / f"{page.name}.json").write_text(done.stdout)
    return report


def figures(page: Looked, reports: list[dict[str, Any]]) -> list[Row]:
    rows = []
    for name in CATEGORIES:
        if name == "seo" and not page.is_found:
            continue
        scores = [round(report["categories"][name]["score"] * 100) for report in reports]
        goal: Goal = FAST if name == "performance" else WHOLE
        rows.append(
            row(f"{page.name}: {name}", median(scores), "of 100", goal=goal, note=f"{min(scores)} to {max(scores)}; {wanting(name, reports[-1])}".rstrip("; "))
        )
    for audit, (name, unit, goal) in MEASURES.items():
        values = [report["audits"][audit]["numericValue"] for report in reports]
        rows.append(row(f"{page.name}: {name}", median(values), unit, goal=goal, note=f"{min(values):.2f} to {max(values):.2f}"))
    return rows


def wanting(category: str, report: dict[str, Any]) -> str:
    """Which audits cost points, of the categories that are to be whole."""
    if category == "performance":
        return ""
    audits = (report["audits"][ref["id"]] for ref in report["categories"][category]["auditRefs"] if ref["weight"])
    return ", ".join(audit["id"] for audit in audits if audit["score"] is not None and audit["score"] < 1)


def installed() -> Path:
    """Lighthouse's program in the cache, by npm from the lock file, once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        sys.exit("Lighthouse needs Node 18.20 or later with npm; neither is part of the project's environment.")
    folder, is_due = made_once("lighthouse", HERE / "package-lock.json")
    if is_due:
        say("Lighthouse, by npm (once)")
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent", "--omit=optional"], cwd=folder, check=True)
        (folder / "ready").touch()
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM[1:]):
        if name and (found := shutil.which(name)):
            return found
    sys.exit("Lighthouse needs Chromium or Chrome on the path, or CHROMIUM.")
