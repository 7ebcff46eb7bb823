"""What the product's environment is when a person has set none: embedded servers below one data folder."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path


def product_environment(database_url: str, redis_url: str, data: Path) -> dict[str, str]:
    """Environment variables of the product; what is set already in ours wins."""
    defaults = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(data),
        "SECRET_KEY": secret_key(data),
        "FIELD_KEYS": field_keys(data),
        "DJANGO_SETTINGS_MODULE": "marketplace.config.settings",
        "LOG_FORMAT": "plain",
    }
    return {name: os.environ.get(name, value) for name, value in defaults.items()}


def secret_key(data: Path) -> str:
    """Made once and kept: sessions live through a restart."""
    return _kept(data / "secret-key", lambda: secrets.token_urlsafe(50))


def field_keys(data: Path) -> str:
    """Made once and kept beside the database whose values lie under it."""
    return _kept(data / "field-keys", lambda: f"demo:{base64.b64encode(secrets.token_bytes(32)).decode()}")


def _kept(file: Path, make: Callable[[], str]) -> str:
    """For the owner's eyes only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(make())
    return file.read_text()


def product_commands(port: int) -> dict[str, list[str]]:
    """The product's processes by name: web, worker, scheduler. They are the same in the demo, in tests and in production."""
    python = sys.executable
    worker = "celery -A marketplace.config.celery worker --concurrency 2 --loglevel WARNING --without-mingle --without-gossip"
    return {
        "web": [python, "-m", "gunicorn", "--config", "marketplace/config/gunicorn.py", "--bind", f"127.0.0.1:{port}", "marketplace.config.wsgi"],
        "worker": [python, "-m", *worker.split()],
        "scheduler": [python, "manage.py", "scheduler"],
    }
