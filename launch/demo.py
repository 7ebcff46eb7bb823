"""make demo: the whole market on this machine, with embedded servers. Ctrl-C stops everything it started and keeps the data."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from launch import build, elasticsearch, postgres, processes, valkey
from launch.embedded import product_commands, product_environment
from launch.paths import ROOT, home

HOST = os.environ.get("DEMO_HOST", "market.localhost")
PORT = int(os.environ.get("DEMO_PORT", "8000"))
PASSWORD = "demo-market-2026"  # noqa: S105  printed on the screen, for a demo on this machine


class Demo:
    """What runs, in the order it was started."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def servers(self) -> dict[str, str]:
        step("database")
        cluster = postgres.start(self.data / "postgres")
        self._own("PostgreSQL", cluster.process)
        cluster.ensure_database("wanshang")
        broker = valkey.start(self.data / "valkey")
        self._own("Valkey", broker.process)
        env = {**os.environ, **product_environment(cluster.url(), broker.url(), self.data), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        env["BASE_URL"] = os.environ.get("BASE_URL", f"http://{HOST}:{PORT}")
        env.setdefault("DEMO_MAILBOX", "true" if env["BASE_URL"].split("//")[1].split(":")[0].endswith((".localhost", ".test")) else "false")
        env["LOG_LEVEL"] = os.environ.get("LOG_LEVEL", "WARNING")
        if not os.environ.get("SMS_URL") and env["DEMO_MAILBOX"] == "true":
            self._sms_simulator(env)
        if os.environ.get("SEARCH") == "elasticsearch":
            step("Elasticsearch")
            node = elasticsearch.start(self.data / "elasticsearch")
            self._own("Elasticsearch", node.process)
            env["ELASTICSEARCH_URL"] = node.url()
        return env

    def _sms_simulator(self, env: dict[str, str]) -> None:
        """A provider that keeps what it gets; the mailbox shows it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        env["SMS_URL"], env["SMS_SECRET"] = f"http://127.0.0.1:{port}", secrets.token_urlsafe(32)
        command = [sys.executable, "-m", "launch.sms_simulator", "--port", str(port), "--folder", str(self.data / "sms")]
        logs = self.data / "logs"
        logs.mkdir(exist_ok=True)
        self._own("SMS simulator", processes.start(command, env=env, log=logs / "sms.log", cwd=ROOT))

    def product(self, env: Mapping[str, str]) -> None:
        logs = self.data / "logs"
        logs.mkdir(exist_ok=True)
        for name, command in product_commands(PORT).items():
            self._own(name, processes.start(command, env=env, log=logs / f"{name}.log", cwd=ROOT))

    def _own(self, name: str, process: subprocess.Popen[bytes] | None) -> None:
        if process:
            self.started.append((name, process))

    def stop(self) -> None:
        for name, process in reversed(self.started):
            processes.stop(process, how=signal.SIGINT if name == "PostgreSQL" else signal.SIGTERM, patience_s=30)

    def watch(self) -> str:
        """Wait until somebody stops us, or one of ours ends by itself; its name."""
        while True:
            for name, process in self.started:
                if process.poll() is not None:
                    return name
            time.sleep(0.5)


def main() -> None:
    began = time.monotonic()
    if port_is_taken():
        sys.exit(f"Port {PORT} is in use. Another demo may be running; otherwise: make demo DEMO_PORT=8001")
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    demo = Demo(home() / "demo")
    try:
        step("style sheet and translations")
        build.build_styles()
        build.compile_messages()
        env = demo.servers()
        build.collect_static(env)
        prepare(env)
        demo.product(env)
        step("web server, worker, scheduler")
        wait_until_ready()
        print_addresses(time.monotonic() - began, demo.data)
        ended = demo.watch()
        print(f"\n{ended} ended by itself; see {demo.data / 'logs'}.")
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        demo.stop()
    print("Stopped. Your data are kept; `make demo-reset` forgets them.")


# How the demo's market is opened.
OPENING = {
    "name-zh": "万商",
    "name-en": "Wanshang",
    "currency": "CNY",
    "zone": "Asia/Shanghai",
    "languages": "zh-hans,en",
    "operator": "operator@market.localhost",
    "contact": "help@market.localhost",
    "rail": "sandbox",
    "commission": "5",
    "settle-days": "0",
}


def prepare(env: Mapping[str, str]) -> None:
    """The market and its first shops, once, and again with newer code; what is there already stays as it is."""
    data = Path(env["DATA_DIR"])
    with build.once(data / "market.stamp", ROOT / "demo", ROOT / "marketplace" / "config" / "snapshots") as is_due:
        if is_due:
            step("market and demo shops")
            _open_and_seed(env, data / "demo-password")
    if env.get("ELASTICSEARCH_URL"):
        step("search index")  # what changed while the demo ran without Elasticsearch is not in its index
        if subprocess.run([sys.executable, "manage.py", "rebuild_search", "--only", "elasticsearch", "-v0"], cwd=ROOT, env=env).returncode:
            sys.exit("The search index could not be built; the reason is above.")


def _open_and_seed(env: Mapping[str, str], password: Path) -> None:
    def run(*command: str) -> int:
        return subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env).returncode

    password.write_text(PASSWORD)
    flags = [part for name, value in OPENING.items() for part in (f"--{name}", value)]
    if run("has_market"):
        if run("open_market", *flags, "--password-file", str(password)):
            sys.exit("The market could not be opened; the reason is above.")
    elif run("migrate_schemas", "--noinput", "-v0"):
        sys.exit("The data could not be brought up to this version; the reason is above. `make demo-reset` begins anew.")
    if run("seed_demo", "--password-file", str(password)):
        sys.exit("The demo shops could not be made; the reason is above.")


def port_is_taken() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def wait_until_ready(patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"The web server does not answer; see {home() / 'demo' / 'logs' / 'web.log'}.")


def step(name: str) -> None:
    print(f"· {name}", flush=True)


def print_addresses(seconds: float, data: Path) -> None:
    base = f"{HOST}:{PORT}"
    print(
        f"""
Ready after {seconds:.0f} s.

  Market     http://{base}/
  Shops      http://kiln.{base}/   and trail, mono, linden, pagebreak, larder, pebble, selvedge
  Workbench  http://kiln.seller.{base}/   and the others
  Console    http://ops.{base}/
  Mailbox    http://{base}/mailbox/

  Accounts, all with the password {PASSWORD}
  consumer   lin@buyer.localhost        operator   operator@market.localhost
  owners     owner@kiln.localhost, …    checker    checker@market.localhost
  their staff dispatch@kiln.localhost, and others on the pages “Staff”

  A history of {int(os.environ.get("DEMO_ORDERS", "2000")):,} orders is being made in the background; the console shows how far it is.
  Ctrl-C stops everything and keeps the data in {data}.
""",
        flush=True,
    )


if __name__ == "__main__":
    main()
