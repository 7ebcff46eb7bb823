"""The worker's application. Tasks come from the outbox only (marketplace/kernel/tasks.py)."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from kombu.transport.redis import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.config.settings")

app = Celery("wanshang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["marketplace.kernel"])
# Celery would open a new connection to the database for every task: keep one for a thousand, and look whether it still
# works before each.
app.conf.update({"CELERY_DB_REUSE_MAX": 1000})
# What a worker had in hand when its line to the broker broke, it would give back; where the broker is gone, kombu 5.7 fails
# over that with an AttributeError that ends the worker. Nothing has to be given back: the outbox sends again what was not done.
QoS.restore_at_shutdown = False


@setup_logging.connect
def _keep_our_logging(**kwargs: Any) -> None:
    """Celery would replace the root handlers: the settings' LOGGING is in force already."""


@task_prerun.connect
@task_postrun.connect
def _start_in_public(**kwargs: Any) -> None:
    """A task begins and ends in the public schema; jobs of a merchant open theirs themselves."""
    from django.db import close_old_connections

    from tenants.tenancy.link import connection

    close_old_connections()
    connection.set_schema_to_public()
