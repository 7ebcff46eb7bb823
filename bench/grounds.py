"""Where benches take place: servers of their own, whatever the environment names, and markets made by the product's verbs."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid5

from launch import build, postgres, processes, valkey
from launch.embedded import product_commands, product_environment
from launch.paths import ROOT, cache, sockets

FOLDER = "bench"
# A bench measures what is committed and embedded, not what somebody's shell points at.
FOREIGN = (
    "DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "DATA_DIR", "SECRET_KEY", "FIELD_KEYS", "BASE_URL", "EMAIL_URL", "DEBUG", "BEHIND_PROXY", "PROXY_COUNT",
    "RATE_LIMIT_FACTOR", "OUTBOX_LEASE_S", "PAGE_CACHE_S", "LOG_FORMAT", "LOG_LEVEL", "SEARCH",
)  # fmt: skip
SIZES = ("DJANGO_SETTINGS_MODULE", "WEB_WORKERS", "WEB_THREADS", "DEMO_HOST", "DEMO_PORT", "WANSHANG_HOME")
SPACE = UUID("7c1f4c2e-54a8-4a0b-9d0e-5a64d8b3b1a7")


def forget_environment() -> None:
    """Take out of our environment what would lead a bench to servers or sizes that are not its own."""
    for name in (*FOREIGN, *SIZES):
        os.environ.pop(name, None)


@contextmanager
def cluster() -> Iterator[postgres.Cluster]:
    """The PostgreSQL of all benches, with every write on disk before it is acknowledged, as in production. One bench at a time."""
    forget_environment()
    (cache() / FOLDER).mkdir(exist_ok=True)
    with open(cache() / FOLDER / "running", "w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        with _durable_cluster() as running:
            yield running


@contextmanager
def _durable_cluster() -> Iterator[postgres.Cluster]:
    running = postgres.start(cache() / FOLDER / "postgres")
    try:
        durable = running.psql("postgres", "select current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes')")
        if durable != "ononon":
            sys.exit("the bench's PostgreSQL runs already, with other settings: fsync, synchronous_commit and full_page_writes must be on")
        yield running
    finally:
        postgres.stop(running)


def pid_of(running: postgres.Cluster) -> int:
    """The server's first process, whose children are all others."""
    return int((running.data / "postmaster.pid").read_text().split()[0])


def enter(running: postgres.Cluster, database: str, redis_url: str = "unix:///nowhere", *, is_new: bool = True, **settings: str) -> dict[str, str]:
    """Django in this process, on a new database with the public schema's tables, or on one that is there (`is_new` False).

    Returns the environment for processes of the product.
    """
    if is_new:
        running.psql("postgres", f'drop database if exists "{database}" with (force)')
        running.ensure_database(database)
    forget_environment()
    os.environ.update({**product_environment(running.url(database), redis_url, cache() / FOLDER), "LOG_LEVEL": "WARNING", **settings})
    import django

    django.setup()
    from django.db import connection

    from tenants.tenancy.birth import load_public

    # Django reads its settings once: who enters a second database in one process is led there.
    connection.close()
    connection.settings_dict["NAME"] = database
    if is_new:
        load_public()
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def open_market() -> None:
    """A market in CNY with the sandbox rail and a commission of 5 %."""
    from decimal import Decimal

    from marketplace.config.management.opening import set_first_taxes
    from marketplace.kernel.actors import SYSTEM
    from marketplace.platform.delivery.starters import put_starters
    from marketplace.platform.ledger.actions import set_commission
    from tenants.tenancy import actions

    names = {"zh-hans": "万商", "en": "Wanshang"}
    actions.open_market(
        by=SYSTEM, names=names, currency="CNY", zone="Asia/Shanghai", languages=["zh-hans", "en"], contact_email="help@market.localhost", rail="sandbox"
    )
    set_commission(by=SYSTEM, rate=Decimal("0.05"))
    put_starters(by=SYSTEM)
    set_first_taxes(SYSTEM, "CNY")


def open_shop(number: int) -> UUID:
    """A shop that can trade, born as the product bears it: the request, then the reaction. Its merchant's key."""
    from marketplace.flows import open_shop as flow
    from marketplace.kernel.actors import SYSTEM
    from marketplace.kernel.relay import deliver_events

    names = {"zh-hans": f"商铺 {number}", "en": f"Shop {number}"}
    flow.open_shop(by=SYSTEM, merchant_id=merchant_id(number), slug=slug(number), names=names, owner_email=f"owner-{number}@bench.localhost")
    deliver_events()
    return merchant_id(number)


def merchant_id(number: int) -> UUID:
    return uuid5(SPACE, f"merchant {number}")


def slug(number: int) -> str:
    return f"shop-{number}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def broker() -> Iterator[valkey.Valkey]:
    running = valkey.start(cache() / FOLDER / "valkey")
    try:
        yield running
    finally:
        if running.process:
            processes.stop(running.process)


def prepare_pages(env: Mapping[str, str]) -> None:
    """Style sheet, translations and collected static files: pages are not served without."""
    build.build_styles()
    build.compile_messages()
    build.collect_static(env)


@contextmanager
def demo() -> Iterator[tuple[Any, Any]]:
    """A demo of its own, from nothing: the module that started it (HOST, PORT, PASSWORD), and what runs."""
    forget_environment()
    # A few people ask for many pages, oftener than people may.
    # The past is complete before it is ready: no worker adds orders while something is measured.
    os.environ.update({"DEMO_PORT": str(free_port()), "WEB_WORKERS": "2", "RATE_LIMIT_FACTOR": "1000", "DEMO_ORDERS": "100"})
    data = cache() / FOLDER / "demo"
    if postgres._answers(sockets(data / "postgres")):
        sys.exit("the bench's demo is running: another bench, which ends by itself?")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    from launch import demo as launched

    running = launched.Demo(data)
    try:
        build.build_styles()
        build.compile_messages()
        env = running.servers()
        build.collect_static(env)
        launched.prepare(env)
        running.product(env)
        launched.wait_until_ready()
        yield launched, running
    finally:
        running.stop()


@contextmanager
def web_server(env: Mapping[str, str], port: int, workers: int) -> Iterator[int]:
    """The product's gunicorn on a port of ours; its process id."""
    with product(env, port, "web", workers=workers) as pids:
        yield pids["web"]


@contextmanager
def product(env: Mapping[str, str], port: int, *names: str, workers: int = 2) -> Iterator[dict[str, int]]:
    """Processes of the product by name: web, worker, scheduler. Their ids."""
    commands = product_commands(port)
    started = {}
    try:
        for name in names:
            log = cache() / FOLDER / f"{name}.log"
            started[name] = processes.start(commands[name], env={**env, "WEB_WORKERS": str(workers)}, log=log, cwd=ROOT)
        if "web" in names:
            _wait(port, str(cache() / FOLDER / "web.log"))
        yield {name: process.pid for name, process in started.items()}
    finally:
        for process in reversed(started.values()):
            processes.stop(process)


def _wait(port: int, log: str) -> None:
    from bench.visitor import Visitor

    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if Visitor(port).get(f"http://127.0.0.1:{port}/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"the web server does not answer; see {log}")
