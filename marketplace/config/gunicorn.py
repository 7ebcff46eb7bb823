"""Gunicorn, the same in the demo and in production. WEB_WORKERS and WEB_THREADS change its size."""

import gc
import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # workers share the code's memory
timeout = 60
graceful_timeout = 20
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # one structured line a request comes from our own middleware
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  heartbeats must not wait for a disk
forwarded_allow_ips = "*" if os.environ.get("BEHIND_PROXY") == "true" else "127.0.0.1"


def pre_fork(server, worker):  # type: ignore[no-untyped-def]
    """The collector leaves alone what was loaded, so that its pages stay shared."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker):  # type: ignore[no-untyped-def]
    """Connections made while loading belong to the master."""
    from django.db import connections

    connections.close_all()


def when_ready(server):  # type: ignore[no-untyped-def]
    """Say at once which key of encrypted values is missing; /readyz says it too."""
    from django.db import Error, connections

    from marketplace.kernel.rotating import missing_keys

    try:
        if missing := missing_keys():
            server.log.error("FIELD_KEYS lacks %s: what lies under it in the database cannot be read", ", ".join(missing))
    except Error as away:  # the database is away or not migrated yet: /readyz says that
        server.log.warning("whether FIELD_KEYS has every key could not be seen: %s", type(away).__name__)
    connections.close_all()
