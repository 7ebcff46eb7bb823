"""A pytest plugin, loaded before Django's: real servers, and the environment that points at them.

Run as `make test`, or plainly `pytest` in the development environment. Each xdist worker has a database of its own.
"""

from __future__ import annotations

import base64
import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from launch import build, postgres, processes, valkey
from launch.paths import cache
from tests import elastic

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
NUMBER = int(WORKER.removeprefix("gw") or 0) if WORKER else 0
BASE_URL = "http://market.localhost:8000"

_started: list[postgres.Cluster | valkey.Valkey] = []
_elasticsearch: list[elastic.Keeper] = []


def _fill_environment() -> None:
    if not WORKER:  # the controller, or the only process
        cluster, broker = postgres.start(cache() / "test" / "postgres", postgres.THROWAWAY), valkey.start(cache() / "test" / "valkey")
        _started.extend([cluster, broker])
        os.environ["TEST_DATABASE_SERVER"] = cluster.url("DATABASE")
        os.environ["TEST_REDIS_SERVER"] = str(broker.path)
        os.environ["TEST_RUN"] = str(os.getpid())
        with open(cache() / "test" / "build.lock", "w") as building:  # pages are read in Chinese, too
            fcntl.flock(building, fcntl.LOCK_EX)
            build.compile_messages()
    data = Path(tempfile.gettempdir()) / f"wanshang-test-{os.environ['TEST_RUN']}-{WORKER or 'main'}"
    os.environ.update(
        {
            "DATABASE_URL": database_url(f"test_{os.environ['TEST_RUN']}_{WORKER or 'main'}"),
            "REDIS_URL": f"unix://{os.environ['TEST_REDIS_SERVER']}?db={NUMBER}",
            "ELASTICSEARCH_URL": "",
            "SECRET_KEY": "only for tests " + "x" * 50,
            "FIELD_KEYS": "tests:" + base64.b64encode(b"only for tests" + b"x" * 18).decode(),
            "DATA_DIR": str(data),
            "DNS_SERVERS": "off",
            "BASE_URL": BASE_URL,
            "LOG_FORMAT": "plain",
            "LOG_LEVEL": "WARNING",
            "DEBUG": "false",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright runs its loop in the thread of the test
            "OUTBOX_LEASE_S": "30",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
    )
    data.mkdir(exist_ok=True)


def database_url(name: str) -> str:
    return os.environ["TEST_DATABASE_SERVER"].replace("/DATABASE?", f"/{name}?")


_fill_environment()


def pytest_configure(config: pytest.Config) -> None:
    if not WORKER:
        _elasticsearch.append(elastic.Keeper())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.journeys.goods import source
    from tests.relevance import judged

    terminalreporter.write_line(f"Imported goods come from: {source()}")
    terminalreporter.write_line(f"Search is judged by: {judged.source()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    for keeper in _elasticsearch:
        keeper.stop()
    _elasticsearch.clear()
    for server in reversed(_started):
        if isinstance(server, postgres.Cluster):
            postgres.stop(server)
        elif server.process:
            processes.stop(server.process)
    _started.clear()
