"""Jobs: work that is asked for in a transaction and done by a worker afterwards.

A job is requested through the outbox and nowhere else, so it is done if and only if the change it belongs to was
committed. Schema and language of the request travel with it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from marketplace.kernel.events import Event
from marketplace.kernel.outbox import record
from marketplace.kernel.plain import plain
from tenants.tenancy.schemas import merchant_schema

_jobs: dict[str, Job] = {}


@dataclass(frozen=True)
class JobRequested(Event):
    """Somebody asked for a job; a worker does it."""

    topic = "job.requested"
    job: str
    arguments: dict[str, Any]
    merchant_id: UUID | None = None


@dataclass(frozen=True)
class LongJobRequested(JobRequested):
    """Somebody asked for a job that commits as it goes; a worker does it."""

    topic = "job.long_requested"


class Job:
    """A function that a worker runs. Arguments are JSON's own types: ids as text, never rows."""

    def __init__(self, function: Callable[..., None], *, of_merchant: bool, is_long: bool = False) -> None:
        self.function = function
        self.of_merchant, self.is_long = of_merchant, is_long
        self.name = f"{function.__module__}.{function.__qualname__}"
        if of_merchant and "merchant_id" not in inspect.signature(function).parameters:
            raise TypeError(f"{self.name}: a merchant task takes merchant_id")
        _jobs[self.name] = self

    def request(self, **arguments: Any) -> None:
        """Ask for it, in the transaction that is open. Raises TypeError at once for arguments the job does not take."""
        inspect.signature(self.function).bind(**arguments)
        merchant_id = arguments.get("merchant_id") if self.of_merchant else None
        if self.is_long:
            record(LongJobRequested(job=self.name, arguments=plain(arguments), merchant_id=merchant_id))
        else:
            record(JobRequested(job=self.name, arguments=plain(arguments), merchant_id=merchant_id))

    def __call__(self, **arguments: Any) -> None:
        """Do it now, in this process: opens the merchant's schema and closes it again."""
        if not self.of_merchant:
            self.function(**arguments)
            return
        with merchant_schema(UUID(str(arguments["merchant_id"]))):
            self.function(**arguments)


def merchant_task(function: Callable[..., None]) -> Job:
    """Make a function a job that runs in the schema of its `merchant_id`."""
    return Job(function, of_merchant=True)


def market_task(function: Callable[..., None]) -> Job:
    """Make a function a job that runs in the public schema."""
    return Job(function, of_merchant=False)


def long_market_task(function: Callable[..., None]) -> Job:
    """The same for work that opens transactions of its own, one after the other. It may be stopped anywhere and is then run again."""
    return Job(function, of_merchant=False, is_long=True)


def run_job(event: JobRequested) -> None:
    """The reaction to JobRequested. The job's module is loaded by the worker that first needs it."""
    if event.job not in _jobs:
        import_module(event.job.rpartition(".")[0])
    _jobs[event.job](**event.arguments)


def run_long_job(event: LongJobRequested) -> None:
    """The outward reaction to LongJobRequested: outside a transaction."""
    run_job(event)
