"""make scan: wapiti and sqlmap look for injections in every page of a demo market, signed in as each kind of person (proof S3).

    make scan                                all, against a demo of its own; some forty minutes
    make scan ARGS="--at 8000"               against a demo that runs already on this port: what is typed at random changes it
    make scan ARGS="--as owner --minutes 2"  one kind of person, and for how long wapiti crawls and attacks

Both tools are first let loose on a page with holes (launch/scan_control.py): a tool that finds nothing there proves nothing.
An answer of 500 counts as found, whatever made it. Ends with 1 where something was found.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch import processes, screens
from launch.environment import python_for
from launch.paths import ROOT
from launch.scan_pages import Visit, addresses_with_parameters, sign_in
from launch.screen_stops import BUYER, CONSOLE, MARKET, OPERATOR, OWNER, SHOP, WORKBENCH

MODULES = "sql,timesql,xss,permanentxss,exec,file,crlf,redirect,xxe,methods"
# What would end the visit, or the visitor.
LEAVE_ALONE = ("/sign-out/", "/account/privacy/", "/account/password/", "/account/email/", "/cms/logout/", "/switch/")


@dataclass(frozen=True)
class Person:
    """Who visits which host."""

    name: str
    host: str
    email: str = ""


PEOPLE = (
    Person("visitor", MARKET),
    Person("visitor of a shop", SHOP),
    Person("buyer", MARKET, BUYER),
    Person("owner", WORKBENCH, OWNER),
    Person("operator", CONSOLE, OPERATOR),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make scan")
    parser.add_argument("--at", type=int, metavar="PORT")
    parser.add_argument("--as", dest="people", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--minutes", type=float, default=4, help="for wapiti's crawl, and once more for each of its attacks")
    asked = parser.parse_args()
    seconds = round(asked.minutes * 60)
    control_is_found(seconds)
    os.environ["RATE_LIMIT_FACTOR"] = "0"  # none: tools ask often
    if asked.at:
        return scan(asked.at, asked.people, seconds)
    with screens.own_demo() as port:
        return scan(port, asked.people, seconds)


def scan(port: int, names: list[str], seconds: int) -> int:
    found: list[str] = []
    for person in PEOPLE:
        if names and not person.name.startswith(tuple(names)):
            continue
        visit = sign_in(port, person.host, person.email)
        asked = addresses_with_parameters(visit, LEAVE_ALONE)
        hits = [*by_sqlmap(visit, asked.addresses), *by_wapiti(visit, seconds), *asked.broken]
        print(f"{person.name} at {person.host}: {asked.pages} pages, {len(asked.addresses)} with parameters; {len(hits)} findings", flush=True)
        found += [f"{person.name}: {hit}" for hit in hits]
    print(*found or ["Nothing was found."], sep="\n")
    return 1 if found else 0


def by_wapiti(visit: Visit, seconds: int) -> list[str]:
    """What wapiti reports of this host, a line each."""
    with tempfile.TemporaryDirectory() as aside:
        report = Path(aside) / "report.json"
        left_alone = [part for path in LEAVE_ALONE for part in ("-x", f"{visit.origin}{path}*")]
        run(
            "wapiti", "-u", f"{visit.origin}/", "--scope", "domain", "-m", MODULES, "-p", visit.proxy, *left_alone, *visit.header("-H"),
            "--max-scan-time", str(seconds), "--max-attack-time", str(seconds), "--max-links-per-page", "60", "-d", "4", "--flush-session",
            "--store-session", aside, "--store-config", aside, "-f", "json", "-o", str(report), "--no-bugreport", "-v", "0",
        )  # fmt: skip
        told = json.loads(report.read_text())
    return [
        f"wapiti: {kind}: {one['method']} {one['path']} {one['parameter']}: {one['info']}"
        for kind, ones in {**told["vulnerabilities"], **told["anomalies"]}.items()
        for one in ones
    ]


def by_sqlmap(visit: Visit, addresses: list[str]) -> list[str]:
    """What sqlmap could inject into of these addresses' parameters, a line each."""
    if not addresses:
        return []
    with tempfile.TemporaryDirectory() as aside:
        (Path(aside) / "targets.txt").write_text("\n".join(addresses))
        run(
            "sqlmap", "-m", f"{aside}/targets.txt", "--batch", "--proxy", visit.proxy, *visit.header("-H"), "--level", "1", "--risk", "1",
            "--threads", "4", "--smart", "--disable-coloring", "--output-dir", aside, "--results-file", f"{aside}/results.csv", "-v", "0",
        )  # fmt: skip
        results = Path(aside) / "results.csv"
        rows = list(csv.DictReader(results.open())) if results.exists() else []
    return [f"sqlmap: {row['Target URL']} {row['Parameter']} ({row['Technique(s)']})" for row in rows if row.get("Parameter")]


def run(program: str, *arguments: str) -> None:
    """Raises SystemExit with its last words where the program itself failed."""
    done = subprocess.run([str(python_for("scan").with_name(program)), *arguments], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        sys.exit(f"{program} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")


@contextmanager
def page_with_holes() -> Iterator[int]:
    port = screens.free_port()
    process = processes.start([sys.executable, "-m", "launch.scan_control", str(port)], env=dict(os.environ), cwd=ROOT)
    try:
        until = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
            time.sleep(0.1)
        yield port
    finally:
        processes.stop(process)


def control_is_found(seconds: int) -> None:
    """Raises SystemExit where a tool does not find the holes that are there."""
    with page_with_holes() as port:
        visit = Visit(port, "holes.localhost", "")
        by_hand = addresses_with_parameters(visit, ())
        hits = [*by_sqlmap(visit, by_hand.addresses), *by_wapiti(visit, seconds), *by_hand.broken]
    wanted = {
        "sqlmap finds the injection": r"sqlmap: .*/find\?",
        "wapiti finds the injection": r"wapiti: SQL Injection: .* /find",
        "wapiti finds the echo": r"wapiti: Reflected Cross Site Scripting: .* /echo",
        "wapiti finds the way out": r"wapiti: Open Redirect: .* /go",
    }
    missing = [name for name, pattern in wanted.items() if not any(re.match(pattern, hit) for hit in hits)]
    if missing:
        sys.exit("The control failed, so nothing would be proved. Not true: " + "; ".join(missing) + "\n" + "\n".join(hits))
    print(f"The control: {len(hits)} findings on a page with holes, each kind among them", flush=True)


if __name__ == "__main__":
    sys.exit(main())
