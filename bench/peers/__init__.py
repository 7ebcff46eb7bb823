"""Other shops, run beside ours: each from its registry at fixed versions, into the cache folder, and never part of the product."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import asker, grounds
from bench.measure import say
from launch import postgres, processes
from launch.paths import ROOT, cache

HERE = Path(__file__).parent
WORKERS, THREADS = 2, 4
HOST = "127.0.0.1"


@dataclass
class Peer:
    """A peer that runs, and what it is asked for."""

    name: str
    port: int
    pid: int
    requests: list[bytes]


def places(cluster: postgres.Cluster, products: int) -> list[AbstractContextManager[Peer]]:
    """The peers that can be had here. One that cannot is named, with what stands in the way."""
    found = []
    for name, prepare in {"django-oscar": oscar, "Vendure": vendure}.items():
        try:
            found.append(prepare(cluster, products))
        except (OSError, subprocess.CalledProcessError) as why:
            lines = (getattr(why, "stderr", "") or str(why)).strip().splitlines()
            say(f"  without {name}: " + next((line for line in lines if "rror" in line), lines[-1]))
    return found


@contextmanager
def gunicorn(name: str, application: str, port: int, env: Mapping[str, str], *, python: str = sys.executable, folder: Path = ROOT) -> Iterator[int]:
    """A WSGI application as ours is served: two processes of four threads; the master's id."""
    command = [python, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread"]
    log = cache() / grounds.FOLDER / f"{name}.log"
    started = processes.start([*command, "--keep-alive", "30", application], env=dict(env), log=log, cwd=folder)
    try:
        until_open(port, log)
        yield started.pid
    finally:
        processes.stop(started)


def until_open(port: int, log: Path, patience_s: float = 90) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"the server does not answer; see {log}")


def made_once(name: str, source: Path) -> tuple[Path, bool]:
    """A folder in the cache for what a lock file describes, and whether it has still to be made."""
    folder = cache() / grounds.FOLDER / f"{name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    is_due = not (folder / "ready").exists()
    if is_due:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return folder, is_due


def oscar(cluster: postgres.Cluster, products: int) -> AbstractContextManager[Peer]:
    folder, is_due = made_once("oscar", HERE / "oscar" / "requirements.txt")
    python = folder / "bin" / "python"
    if is_due:
        say("django-oscar, by pip (once)")
        venv.create(folder, with_pip=True)
        quiet = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement"]
        subprocess.run([*quiet, str(HERE / "oscar" / "requirements.txt")], check=True, capture_output=True, text=True)
        (folder / "ready").touch()
    cluster.psql("postgres", 'drop database if exists "bench_oscar" with (force)')
    cluster.ensure_database("bench_oscar")
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    env |= {"OSCAR_DATABASE_URL": cluster.url("bench_oscar"), "OSCAR_MEDIA": str(folder / "media"), "DJANGO_SETTINGS_MODULE": "settings"}

    def manage(*command: str) -> str:
        given = {**env, "PYTHONPATH": str(HERE / "oscar")}
        return subprocess.run([str(python), *command], cwd=HERE / "oscar", env=given, check=True, capture_output=True, text=True).stdout

    say(f"django-oscar: {products} products")
    manage("-m", "django", "migrate", "-v0")
    paths = [line for line in manage("fill.py", str(products)).splitlines() if line.startswith("/")]

    @contextmanager
    def running() -> Iterator[Peer]:
        port = grounds.free_port()
        with gunicorn("oscar", "wsgi:application", port, env, python=str(python), folder=HERE / "oscar") as pid:
            yield Peer("django-oscar 4.2, product page", port, pid, [asker.get(path, "localhost") for path in paths])

    return running()


def vendure(cluster: postgres.Cluster, products: int) -> AbstractContextManager[Peer]:
    folder, is_due = made_once("vendure", HERE / "vendure" / "package-lock.json")
    for name in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copyfile(HERE / "vendure" / name, folder / name)
    if is_due:
        say("Vendure, by npm (once)")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, capture_output=True, text=True)
        (folder / "ready").touch()
    cluster.psql("postgres", 'drop database if exists "bench_vendure" with (force)')
    cluster.ensure_database("bench_vendure")
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    env |= {
        "NODE_ENV": "production",
        "VENDURE_SOCKET": str(cluster.socket_dir),
        "VENDURE_PASSWORD": cluster.password,
        "VENDURE_PRODUCTS": str(products),
        "VENDURE_WORKERS": str(WORKERS),
    }
    say(f"Vendure: {products} products")
    subprocess.run(["node", "server.mjs", "fill"], cwd=folder, env=env, check=True, capture_output=True, text=True)

    @contextmanager
    def running() -> Iterator[Peer]:
        port = grounds.free_port()
        log = cache() / grounds.FOLDER / "vendure.log"
        started = processes.start(["node", "server.mjs", "serve"], env={**env, "VENDURE_PORT": str(port)}, log=log, cwd=folder)
        try:
            until_open(port, log)
            query = (
                '{product(slug:\\"mug-%d\\"){id name slug description featuredAsset{preview} optionGroups{name options{name}} '
                "facetValues{name} collections{name} variants{id name sku priceWithTax stockLevel options{name}}}}"
            )
            bodies = ['{"query":"' + query % n + '"}' for n in range(products)]
            yield Peer("Vendure 3.7.3, its JSON of a product", port, started.pid, [asker.post("/shop-api", "localhost", body) for body in bodies])
        finally:
            processes.stop(started)

    return running()
