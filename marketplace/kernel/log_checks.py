"""Checks of the log: the verifier's runs, once a day and when somebody asks, with what they found."""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.events import LogCheckAsked
from marketplace.kernel.models import AuditSeal, LogCheck, Sealer
from marketplace.kernel.outbox import record
from marketplace.kernel.sealing import MARKET
from marketplace.kernel.verbs import verb
from marketplace.kernel.verifying import Heads, Verdict, rows_to_verify, verify

log = logging.getLogger("wanshang.audit")

EVERY = timedelta(days=1)
SILENT = timedelta(minutes=5)  # so long without a sign of life, and a check is given up
NEVER_BEGUN = timedelta(hours=1)
BEAT_S = 1.0
GIVEN_UP = "the worker ended before the check did"


@verb
def ask_for_log_check(*, by: Actor) -> LogCheck:
    """Have a worker verify the log. While one check goes on, that one is the answer."""
    with transaction.atomic():
        give_up_silent()
        if going_on := LogCheck.objects.select_for_update().filter(ended_at=None).order_by("-began_at").first():
            return going_on
        check = LogCheck.objects.create(asked_by=by.label)
        audit(by=by, action="log.check_asked", subject="log", subject_id=check.pk, after={"rows": rows_to_verify()})
        record(LogCheckAsked(check_id=check.pk))
    return check


@verb
def check_when_due(*, by: Actor) -> LogCheck | None:
    """The daily check, when the last one began a day ago; what was given up does not count."""
    if LogCheck.objects.filter(began_at__gt=clock.now() - EVERY, failure="").exists() and not _silent().exists():
        return None
    return ask_for_log_check(by=by)


def give_up_silent() -> int:
    """Checks whose worker has died end without a result. How many did."""
    return _silent().update(ended_at=clock.now(), failure=GIVEN_UP)


def _silent() -> QuerySet[LogCheck]:
    now = clock.now()
    return LogCheck.objects.filter(ended_at=None).filter(Q(beat_at__lt=now - SILENT) | Q(beat_at=None, began_at__lt=now - NEVER_BEGUN))


def run_log_check(event: LogCheckAsked) -> None:
    """Verify everything and keep the result. Outside a transaction. A check that another worker has in hand, or that has ended, is left alone."""
    mine = LogCheck.objects.filter(pk=event.check_id, ended_at=None, beat_at=None)
    if not mine.update(beat_at=clock.now(), total=rows_to_verify()):
        return
    check = LogCheck.objects.get(pk=event.check_id)
    last = time.monotonic()

    def progress(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= BEAT_S:
            last = time.monotonic()
            LogCheck.objects.filter(pk=check.pk, ended_at=None).update(done=rows, beat_at=clock.now())

    former = heads_of_last_check()
    verdict = verify(expected=[former] if former else [], progress=progress)
    LogCheck.objects.filter(pk=check.pk, ended_at=None).update(
        ended_at=clock.now(),
        beat_at=clock.now(),
        done=verdict.rows,
        seals=verdict.seals,
        rows_per_s=verdict.rows_per_s,
        counts=dict(verdict.counts),
        findings=[one.plain() for one in verdict.findings],
        heads={str(log_): list(head) for log_, head in verdict.heads.items()},
    )
    _tell(verdict)


def heads_of_last_check() -> Heads:
    """The heads that the last check saw: a log may only go on from there."""
    last = last_check()
    return {UUID(log_): (number, hash_) for log_, (number, hash_) in last.heads.items()} if last else {}


def last_check() -> LogCheck | None:
    """The newest that came to its end."""
    return LogCheck.objects.filter(failure="").exclude(ended_at=None).order_by("-began_at").first()


def checks_that_found() -> QuerySet[LogCheck]:
    """The last check, where it found something: it stays so until a check finds nothing."""
    last = last_check()
    return LogCheck.objects.filter(pk=last.pk) if last and last.found else LogCheck.objects.none()


def open_check() -> LogCheck | None:
    return LogCheck.objects.filter(ended_at=None).order_by("-began_at").first()


def sealed_until() -> Sealer | None:
    """Every change that was committed before its `at` is sealed; None before the first round of the sealer."""
    return Sealer.objects.filter(id=1).first()


def seal_of(event_id: UUID) -> AuditSeal | None:
    """The seal that a row of the log is under."""
    return AuditSeal.objects.filter(links__event_id=event_id).first()


def _tell(verdict: Verdict) -> None:
    """One line, for logs that are kept elsewhere: the market's head, and a hash over all heads as verify_log --heads prints them."""
    number, hash_ = verdict.heads.get(MARKET, (0, ""))
    together = hashlib.sha256("".join(f"{log_} {n} {h}\n" for log_, (n, h) in sorted(verdict.heads.items())).encode()).hexdigest()
    heads = f"market's head {number} {hash_}, heads of {len(verdict.heads)} logs {together}"
    if verdict.counts:
        log.error("log verified: %s rows, FOUND %s; %s", verdict.rows, dict(verdict.counts), heads)
    else:  # a warning, so that the heads are told at the level that is usual
        log.warning("log verified: %s rows, nothing was changed; %s", verdict.rows, heads)
