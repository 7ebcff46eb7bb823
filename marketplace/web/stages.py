"""The way of an order in five steps, with the real times, for both back offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel import clock


@dataclass(frozen=True)
class Stage:
    """A step. `state`: done, now, late, next or ended. `at`: when it happened; `by`: until when it has to."""

    label: str
    state: str
    at: datetime | None = None
    by: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Times:
    """When what happened to an order, as far as it has happened."""

    placed: datetime
    paid: datetime | None
    accepted: datetime | None
    shipped: datetime | None
    completed: datetime | None
    cancelled: datetime | None
    ship_by: datetime | None
    receive_by: datetime | None = None
    is_all_shipped: bool = False
    is_virtual: bool = False  # nothing of it is accepted, packed or shipped


def stages(times: Times) -> list[Stage]:
    """Each step of the way; a cancelled order's way ends where it was cancelled."""
    names = [
        (pgettext("order step", "Placed"), times.placed, None),
        (pgettext("order step", "Paid"), times.paid, None),
        (pgettext("order step", "Accepted"), times.accepted or times.shipped, times.ship_by),
        (pgettext("order step", "Shipped"), times.shipped, times.ship_by),
        (pgettext("order step", "Received"), times.completed, times.receive_by),
    ]
    if times.is_virtual:
        names = [*names[:2], (pgettext("order step", "Handed over"), times.completed, None)]
    if times.cancelled:
        return [*_done(names), Stage(pgettext("order step", "Cancelled"), "ended", times.cancelled)]
    found: list[Stage] = []
    for label, at, by in names:
        waits = not any(stage.state in ("now", "late") for stage in found)
        if at:
            found.append(Stage(label, "done", at))
        elif not waits:
            found.append(Stage(label, "next", by=by))
        else:
            is_late = bool(by and by < clock.now() and label != names[-1][0])
            found.append(Stage(label, "late" if is_late else "now", by=by))
    if times.shipped and not times.is_virtual and not times.is_all_shipped and not times.completed:
        found[3] = Stage(found[3].label, "now", times.shipped, note=_("in part"))
        found[4] = Stage(found[4].label, "next", by=times.receive_by)
    return found


def _done(names: Sequence[tuple[str, datetime | None, datetime | None]]) -> list[Stage]:
    return [Stage(label, "done", at) for label, at, _by in names if at]
