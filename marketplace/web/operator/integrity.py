"""Whether the log is as it was written: how far it is sealed, and what checks of it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.log_checks import ask_for_log_check, last_check, open_check, sealed_until
from marketplace.kernel.models import AuditEvent, AuditSeal, LogCheck
from marketplace.kernel.sealing import MARKET
from tenants.access.actors import actor_of
from tenants.tenancy.models import Merchant

LATE = timedelta(minutes=1)  # so long without a round of the sealer, and something is wrong
COMMANDS = "manage.py verify_log --heads > heads.txt\nmanage.py verify_log --expect heads.txt"
CHECKS_SHOWN = 10
FINDINGS_SHOWN = 100

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "edited": (pgettext_lazy("log finding", "Edited"), pgettext_lazy("log finding", "The row is not what was sealed.")),
    "deleted": (pgettext_lazy("log finding", "Deleted"), pgettext_lazy("log finding", "The row was sealed and is gone.")),
    "reordered": (pgettext_lazy("log finding", "Moved"), pgettext_lazy("log finding", "The row stands at another place than it was sealed at.")),
    "unsealed": (pgettext_lazy("log finding", "Not sealed"), pgettext_lazy("log finding", "The row is under no seal. It was slipped in, or nothing seals.")),
    "broken": (
        pgettext_lazy("log finding", "Broken seal"),
        pgettext_lazy("log finding", "The seal does not fit its rows, or the seal before it: one of them was made anew."),
    ),
    "gap": (pgettext_lazy("log finding", "Missing seals"), pgettext_lazy("log finding", "Numbers are missing: seals were removed.")),
    "head": (pgettext_lazy("log finding", "Rewritten"), pgettext_lazy("log finding", "An earlier check saw another seal under this number.")),
}


@dataclass(frozen=True)
class Shown:
    """A finding in words, with the row where there is one."""

    label: Any
    what: Any
    log: str
    number: int
    position: int
    event_id: str
    row: AuditEvent | None


def integrity(request: HttpRequest) -> HttpResponse:
    """How it stands. While a check goes on, its part is asked for again."""
    going_on, last, sealed = open_check(), last_check(), sealed_until()
    context = {
        "title": _("The log's integrity"),
        "going_on": going_on,
        "last": last,
        "sealed": sealed,
        "is_late": sealed is None or sealed.at < clock.now() - LATE,
        "findings": shown(last) if last else [],
        "more": max(0, last.found - FINDINGS_SHOWN) if last else 0,
        "kinds": [(KINDS[kind][0], n) for kind, n in last.counts.items()] if last else [],
        "checks": LogCheck.objects.exclude(ended_at=None).order_by("-began_at")[:CHECKS_SHOWN],
        "commands": COMMANDS,
        "head": AuditSeal.objects.filter(log=MARKET).order_by("-number").first(),
    }
    return render(request, "operator/_log_check.html" if request.htmx else "operator/log_integrity.html", context)  # type: ignore[attr-defined]


def verify_now(request: HttpRequest) -> HttpResponse:
    ask_for_log_check(by=actor_of(request))
    messages.success(request, _("The log is being verified. What is found stands here."))
    return HttpResponseRedirect(reverse("log-integrity"))


def shown(check: LogCheck) -> list[Shown]:
    found = check.findings[:FINDINGS_SHOWN]
    rows = AuditEvent.objects.in_bulk([UUID(one["event_id"]) for one in found if one["event_id"]])
    shops = {str(merchant.pk): merchant.name for merchant in Merchant.objects.filter(pk__in={one["log"] for one in found})}
    return [
        Shown(
            *KINDS[one["kind"]],
            _("The market's log") if one["log"] == str(MARKET) else shops.get(one["log"], one["log"]),
            one["number"],
            one["position"],
            one["event_id"],
            rows.get(UUID(one["event_id"])) if one["event_id"] else None,
        )
        for one in found
    ]
