"""A real Elasticsearch on loopback for tests, bench and the demo: fetched by Maven, checked, unpacked into the cache, started.

The server is Elastic's bare build. Which version: 9.5.3 where a full JDK 21 or later is found, else 8.19.21 with JDK 17.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from launch import processes
from launch.paths import ROOT, cache
from launch.processes import as_server_user, give_to_server_user

POM = ROOT / "launch" / "elasticsearch.pom.xml"
PATIENCE_S = 240  # a cold machine with busy cores needs a good minute


@dataclass(frozen=True)
class Release:
    version: str
    oldest_jdk: int
    sha256: str


# The first whose JDK is there.
RELEASES = (
    Release("9.5.3", 21, "bec49f3b8d00e75c8d1cec85c35298635ec9fbd3ae80ef5aeb6bc05abdb3db2d"),
    Release("8.19.21", 17, "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"),
)


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes] | None  # None: it ran already and is not ours to stop

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def start(state: Path, *, port: int = 0, fresh: bool = False, heap: str = "256m", is_lasting: bool = False) -> Server:
    """Start the server whose data lie below `state`; adopt it when it runs already.

    `port` 0 takes a free one; `fresh` forgets former data; `is_lasting` compiles for speed, which a short run never earns
    back. Raises SystemExit saying what is missing.
    """
    state.mkdir(parents=True, exist_ok=True)
    with _alone(state.parent / f"{state.name}.starting"):
        if (running := _port_of(state)) and answers(running):
            return Server(running, process=None)
        release, jdk = choose()
        home = fetched(release)
        port = port or _free_port()
        jvm = [f"-Xms{heap}", f"-Xmx{heap}", *([] if is_lasting else ["-XX:TieredStopAtLevel=1"])]
        _prepare(state, home, port, jvm, fresh=fresh)
        process = _run(state, home, jdk)
        (state / "port").write_text(str(port))
        _wait(process, state, port)
        return Server(port, process)


def stop(server: Server) -> None:
    """Stop the server if this process started it."""
    if server.process:
        processes.stop(server.process, how=signal.SIGTERM, patience_s=30)


def answers(port: int) -> bool:
    """Whether a server is there that can take documents."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=2s", timeout=5) as answer:
            return str(json.load(answer)["status"]) in ("yellow", "green")
    except (URLError, OSError, ValueError, KeyError):
        return False


# ── what runs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def choose() -> tuple[Release, Path]:
    """The release that the installed JDKs can run, and the JDK to run it with. Raises SystemExit where none can."""
    found = sorted(((version, folder) for folder in _jdk_folders() if (version := jdk_version(folder))), key=lambda pair: -pair[0])
    for release in RELEASES:
        for version, folder in found:
            if version >= release.oldest_jdk:
                return release, folder
    raise SystemExit("no JDK for Elasticsearch: install a full JDK, 17 or later (Debian: apt-get install default-jdk-headless), or set ES_JAVA_HOME to one")


def _jdk_folders() -> list[Path]:
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    return [*named, *sorted(Path("/usr/lib/jvm").glob("*"))]


def jdk_version(folder: Path) -> int:
    """The version of a full JDK; 0 for a JRE, which will not do, and for anything else."""
    if not os.access(folder / "bin" / "javac", os.X_OK) or not (folder / "release").is_file():
        return 0
    found = re.search(r'JAVA_VERSION="(\d+)', (folder / "release").read_text())
    return int(found[1]) if found else 0


def is_fetched() -> bool:
    """Whether the release for this machine's JDK is in the cache."""
    return (cache() / "elasticsearch" / choose()[0].version).exists()


def fetched(release: Release) -> Path:
    """The unpacked server, fetched first if it is not in the cache."""
    folder = cache() / "elasticsearch" / release.version
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.parent / f"{release.version}.fetching"):
        if not folder.exists():
            _fetch(release, folder)
    return folder


def _fetch(release: Release, folder: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise SystemExit("no Maven to fetch Elasticsearch with: install it (Debian: apt-get install maven)")
    aside = folder.parent / f"{release.version}.unpacking"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    done = subprocess.run(
        [maven, "-B", "-ntp", "-q", "-f", POM, f"-Dserver.version={release.version}", f"-Dserver.folder={aside}"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"Maven could not fetch Elasticsearch {release.version}; the end of what it said:\n{(done.stdout + done.stderr)[-1500:]}")
    (archive,) = aside.glob("*.zip")
    with archive.open("rb") as read:
        sha256 = hashlib.file_digest(read, "sha256").hexdigest()
    if sha256 != release.sha256:
        raise SystemExit(f"Elasticsearch {release.version} as fetched has the sum {sha256}, not {release.sha256}: it is not used")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(aside)
    (unpacked,) = (path.parent.parent for path in aside.glob("*/lib/elasticsearch-[0-9]*.jar"))
    (unpacked / "plugins").mkdir(exist_ok=True)  # some versions refuse to start without it
    unpacked.rename(folder)
    shutil.rmtree(aside)


def _prepare(state: Path, home: Path, port: int, jvm: list[str], *, fresh: bool) -> None:
    for former in ["config", *(["data"] if fresh else [])]:
        shutil.rmtree(state / former, ignore_errors=True)
    folders = [state / name for name in ("config", "data", "logs", "tmp")]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    for file in (home / "config").iterdir():  # a writable copy: the server puts a keystore beside its settings
        if file.is_file():
            shutil.copy(file, state / "config" / file.name)
    settings = {
        "cluster.name": "wanshang", "node.name": "wanshang-1", "path.data": state / "data", "path.logs": state / "logs",
        "network.host": "127.0.0.1", "http.port": port, "transport.port": 0, "discovery.type": "single-node",
        "cluster.routing.allocation.disk.threshold_enabled": "false", "action.auto_create_index": "false",
    }  # fmt: skip
    if (home / "modules" / "x-pack-core").exists():  # on loopback, for nobody else
        settings["xpack.security.enabled"] = "false"
    options = [
        *jvm, "-XX:+UseSerialGC", f"-Djava.io.tmpdir={state / 'tmp'}",
        f"-XX:ErrorFile={state / 'logs'}/hs_err_pid%p.log", "-XX:+ExitOnOutOfMemoryError", "20-:--add-modules=jdk.incubator.vector",
    ]  # fmt: skip
    (state / "config" / "elasticsearch.yml").write_text("".join(f"{name}: {value}\n" for name, value in settings.items()))
    (state / "config" / "jvm.options").write_text("\n".join(options) + "\n")
    (state / "console.log").write_text("")
    give_to_server_user(state, *state.rglob("*"))


def _run(state: Path, home: Path, jdk: Path) -> subprocess.Popen[bytes]:
    java = jdk / "bin" / "java"
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(state), "HOSTNAME": "localhost", "LANG": "C.UTF-8", "ES_HOME": str(home),
        "ES_PATH_CONF": str(state / "config"), "ES_DISTRIBUTION_TYPE": "zip", "ES_TMPDIR": str(state / "tmp"), "ES_JAVA_HOME": str(jdk),
        "JAVA": str(java), "JAVA_TYPE": "ES_JAVA_HOME", "CLI_JAVA_OPTS": "-Xmx64m -XX:+UseSerialGC",
    }  # fmt: skip
    command = [java, "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"]
    if (launcher := home / "lib" / "tools" / "server-launcher").is_dir():  # 9.4 and later
        command += ["-cp", f"{launcher}/*", "org.elasticsearch.server.launcher.ServerLauncher"]
    else:
        command += [
            "-Dcli.name=server", f"-Dcli.script={home / 'bin' / 'elasticsearch'}", "-Dcli.libs=lib/tools/server-cli", f"-Des.path.home={home}",
            f"-Des.path.conf={state / 'config'}", "-Des.distribution.type=zip", "-Des.java.type=ES_JAVA_HOME",
            "-cp", f"{home}/lib/*:{home}/lib/cli-launcher/*", "org.elasticsearch.launcher.CliToolLauncher",
        ]  # fmt: skip
    # The launcher waits for the server it starts, hands a SIGTERM on, and the server ends when its launcher is gone.
    with open(state / "console.log", "ab") as out:
        return subprocess.Popen(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_server_user(),  # type: ignore[call-overload]
        )


def _wait(process: subprocess.Popen[bytes], state: Path, port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        if answers(port):
            return
        time.sleep(0.2)
    processes.stop(process)
    log = state / "console.log"
    raise SystemExit(f"Elasticsearch did not start; the end of {log}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))


def _port_of(state: Path) -> int:
    file = state / "port"
    return int(file.read_text()) if file.exists() else 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with open(file, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
