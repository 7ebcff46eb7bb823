"""A PostgreSQL of a test's own that can be killed, with the template in it. It forgets nothing that it has acknowledged."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from launch import postgres
from tests import databases

PLACE = ("HOST", "PORT", "USER", "PASSWORD")


class OwnCluster:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = postgres.start(folder)

    @property
    def url(self) -> str:
        return self.server.url("DATABASE")

    def crash(self) -> None:
        """Every process of the server at once, as by loss of the machine's memory; then it recovers."""
        assert self.server.process, "this cluster was running before"
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()
        connections.close_all()
        self.server = postgres.start(self.folder)

    def stop(self) -> None:
        postgres.stop(self.server)


@contextmanager
def own_cluster(name: str) -> Iterator[OwnCluster]:
    """Inside, Django and everything a test starts use the database `name`, a clone of the template, on this cluster."""
    folder = Path(tempfile.mkdtemp(prefix="wanshang-cluster-"))
    folder.chmod(0o711)  # the server is another user than root
    cluster = OwnCluster(folder / "postgres")
    before = os.environ["TEST_DATABASE_SERVER"], {key: settings.DATABASES["default"].get(key, "") for key in PLACE}
    connections.close_all()
    os.environ["TEST_DATABASE_SERVER"] = cluster.url
    _point(HOST=str(cluster.server.socket_dir), PORT="", USER="wanshang", PASSWORD=cluster.server.password)
    try:
        databases.clone(name)
        with databases.using(name):
            yield cluster
    finally:
        connections.close_all()
        os.environ["TEST_DATABASE_SERVER"] = before[0]
        _point(**before[1])
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _point(**place: Any) -> None:
    for where in (settings.DATABASES["default"], connections.settings["default"], connection.settings_dict):
        where.update(place)
