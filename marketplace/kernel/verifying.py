"""The verifier: goes through every seal of every log and names what is not as it was sealed. It only reads.

What it cannot see: whoever may change everything in the database can also make seals and links anew from some point on. Such a chain
is whole, and differs from the heads (number and hash of the newest seal of each log) that were kept elsewhere: compare with those.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, Sum

from marketplace.kernel import clock
from marketplace.kernel.models import AuditEvent, AuditLink, AuditSeal, Sealer
from marketplace.kernel.sealing import AT, AT_ONCE, FIELDS, ID, TX, Place, Row, digest_of, hash_of, log_of, where_to_look

SEALS_AT_ONCE = 500
ROWS_LOOKED_OVER = 20_000  # in one statement, for rows without a link
UNSEALED_AFTER = timedelta(minutes=1)
MOST_KEPT = 500  # findings that are named; all are counted
MOST_COMPARED = 100  # changed rows of a log among which places are sought

Head = tuple[int, str]  # number and hash of a seal
Heads = Mapping[UUID, Head]


class Kind(StrEnum):
    EDITED = "edited"  # the row is not what was sealed
    DELETED = "deleted"  # the row is gone
    REORDERED = "reordered"  # the row stands at another place than it was sealed at
    UNSEALED = "unsealed"  # older than a minute, or passed by, and under no seal
    BROKEN = "broken"  # the seal's hash is not that of its rows, or does not go on from the seal before
    GAP = "gap"  # seals are missing
    HEAD = "head"  # the log does not hold a seal that was kept elsewhere


@dataclass(frozen=True)
class Finding:
    """`number` is the seal's; `position` and `event_id` are of the row, where it is about one (0 and "" otherwise)."""

    kind: Kind
    log: UUID
    number: int = 0
    position: int = 0
    event_id: str = ""
    note: str = ""  # a key or number that helps: where the row was, the last of a gap

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "kind": self.kind.value, "log": str(self.log)}


@dataclass
class Verdict:
    rows: int = 0
    seals: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)  # the first MOST_KEPT
    heads: dict[UUID, Head] = field(default_factory=dict)

    @property
    def rows_per_s(self) -> int:
        return round(self.rows / self.seconds) if self.seconds else 0

    def add(self, found: Finding) -> None:
        self.counts[found.kind.value] += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(found)


def verify(*, expected: Iterable[Heads] = (), progress: Callable[[int], None] = lambda rows: None) -> Verdict:
    """Look at everything once, a few thousand rows at a time. `expected`: heads that were kept. `progress` hears of the rows done so far."""
    began = time.monotonic()
    verdict = Verdict()
    loose = Loose()
    kept: dict[UUID, dict[int, set[str]]] = {}
    for heads in expected:
        for log, (number, hash_) in heads.items():
            kept.setdefault(log, {}).setdefault(number, set()).add(hash_)
    now: LogChain | None = None
    for seals in batches():
        if now is None or now.log != seals[0].log:
            if now:
                now.end()
            now = LogChain(seals[0].log, verdict, loose, kept.pop(seals[0].log, {}))
        now.go_on(seals)
        progress(verdict.rows)
    if now:
        now.end()
    for log, numbers in kept.items():  # logs without any seal
        for number in numbers:
            verdict.add(Finding(Kind.HEAD, log, number))
    for row in loose.all():
        verdict.add(Finding(Kind.UNSEALED, log_of(row), event_id=str(row[ID])))
    verdict.seconds = time.monotonic() - began
    return verdict


def rows_to_verify() -> int:
    return AuditSeal.objects.aggregate(rows=Sum("count"))["rows"] or 0


def batches() -> Iterator[list[AuditSeal]]:
    """The seals that are there now: log by log, in their order, some of one log with about AT_ONCE rows at a time."""
    newest = AuditSeal.objects.aggregate(id=Max("id"))["id"] or 0
    beyond = Q()
    while seals := list(AuditSeal.objects.filter(beyond, id__lte=newest).order_by("log", "number")[:SEALS_AT_ONCE]):
        some: list[AuditSeal] = []
        for seal in seals:
            if some and (some[0].log != seal.log or sum(each.count for each in some) + seal.count > AT_ONCE):
                yield some
                some = []
            some.append(seal)
        yield some
        beyond = Q(log__gt=seals[-1].log) | Q(log=seals[-1].log, number__gt=seals[-1].number)


# ── Rows without a link ──────────────────────────────────────────────────────────────────────────────────────────────


class Loose:
    """Rows that the sealer has passed by, or has had a minute for; by log."""

    def __init__(self) -> None:
        self.by_log: dict[UUID, dict[UUID, Row]] = {}
        place, sealer = where_to_look(), Sealer.objects.filter(id=1).first()
        waits_since = clock.now() - UNSEALED_AFTER
        is_sealing = sealer is not None and sealer.at > waits_since
        for row in _not_linked():
            if _passed_by(row, place) or (not is_sealing and row[AT] <= waits_since):
                self.by_log.setdefault(log_of(row), {})[row[ID]] = row

    def of(self, log: UUID) -> dict[UUID, Row]:
        return self.by_log.get(log, {})

    def all(self) -> Iterator[Row]:
        for rows in self.by_log.values():
            yield from rows.values()


def _passed_by(row: Row, place: Place) -> bool:
    """A row of a transaction before which all are sealed, or of one that this cluster has yet to begin, came in some other way."""
    if place.until is None or place.since <= row[TX] < place.until:
        return False
    return row[TX] < place.since or row[TX] >= (where_to_look().until or 0)  # it may have begun since


def _not_linked() -> Iterator[Row]:
    last: UUID | None = None
    linked = Exists(AuditLink.objects.filter(event_id=OuterRef("pk"), seal__number__gte=1))
    while True:
        here = AuditEvent.objects.order_by("id") if last is None else AuditEvent.objects.filter(id__gt=last).order_by("id")
        end = here.values_list("id", flat=True)[ROWS_LOOKED_OVER - 1 : ROWS_LOOKED_OVER].first()
        yield from (here.filter(id__lte=end) if end else here).filter(~linked).values_list(*FIELDS)
        if end is None:
            return
        last = end


# ── One log ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Suspect:
    """A row that has not the digest its link says."""

    number: int
    position: int
    row: Row
    digest: bytes


@dataclass(frozen=True)
class Gone:
    """A link whose row is not there."""

    number: int
    position: int
    event_id: UUID
    digest: bytes


class LogChain:
    """One log, seal after seal. What was found of single rows is told at its end, when it is known which of them changed places."""

    def __init__(self, log: UUID, verdict: Verdict, loose: Loose, kept: dict[int, set[str]]) -> None:
        self.log, self.verdict, self.loose, self.kept = log, verdict, loose.of(log), kept
        self.number, self.hash = 0, ""
        self.suspects: list[Suspect] = []
        self.gone: list[Gone] = []
        self.empty: list[tuple[int, int]] = []  # places without a link

    def go_on(self, seals: list[AuditSeal]) -> None:
        links: dict[int, list[tuple[int, UUID, bytes]]] = {seal.pk: [] for seal in seals}
        found = AuditLink.objects.filter(seal__in=[seal.pk for seal in seals]).order_by("seal", "position")
        for seal_id, position, event_id, digest in found.values_list("seal_id", "position", "event_id", "digest"):
            links[seal_id].append((position, event_id, bytes(digest)))
        keys = [event_id for some in links.values() for _position, event_id, _digest in some]
        rows = {row[ID]: row for row in AuditEvent.objects.filter(pk__in=keys).values_list(*FIELDS)}
        for seal in seals:
            self._seal(seal)
            self._rows(seal, links[seal.pk], rows)
        self.verdict.rows += len(keys)
        self.verdict.seals += len(seals)

    def _seal(self, seal: AuditSeal) -> None:
        if seal.number != self.number + 1:
            self._add(Kind.GAP, self.number + 1, note=str(seal.number - 1))
        elif seal.previous != self.hash:
            self._add(Kind.BROKEN, seal.number, note="previous")
        for hash_ in self.kept.pop(seal.number, ()):
            if hash_ != seal.hash:
                self._add(Kind.HEAD, seal.number)
        self.number, self.hash = seal.number, seal.hash

    def _rows(self, seal: AuditSeal, links: list[tuple[int, UUID, bytes]], rows: Mapping[UUID, Row]) -> None:
        if hash_of(seal, (digest for _position, _event_id, digest in links)) != seal.hash:
            self._add(Kind.BROKEN, seal.number, note="rows")
        taken = {position for position, _event_id, _digest in links}
        self.empty += [(seal.number, position) for position in range(1, seal.count + 1) if position not in taken]
        for position, event_id, digest in links:
            row = rows.get(event_id)
            if row is None and len(self.gone) >= MOST_KEPT:
                self._add(Kind.DELETED, seal.number, position, event_id)
            elif row is None:
                self.gone.append(Gone(seal.number, position, event_id, digest))
            elif digest_of(row, self.log, seal.number, position) != digest:
                suspect = Suspect(seal.number, position, row, digest)
                if len(self.suspects) < MOST_KEPT:
                    self.suspects.append(suspect)
                else:
                    self._add(Kind.EDITED, suspect.number, suspect.position, row[ID])

    def end(self) -> None:
        for number in self.kept:  # seals that were kept elsewhere, and come after the last there is
            self._add(Kind.HEAD, number)
        self.verdict.heads[self.log] = (self.number, self.hash)
        filled = set()
        for gone in self.gone:
            if (other := self._renamed(gone)) is not None:
                self._add(Kind.REORDERED, gone.number, gone.position, other, note=str(gone.event_id))
                self.loose.pop(other)
            else:
                self._add(Kind.DELETED, gone.number, gone.position, gone.event_id)
        for suspect in self.suspects:
            place = self._place_of(suspect)
            filled.add(place)
            self._add(Kind.REORDERED if place else Kind.EDITED, suspect.number, suspect.position, suspect.row[ID], note="{}/{}".format(*place) if place else "")
        for place in self.empty:
            if place not in filled:
                self._add(Kind.DELETED, *place)

    def _renamed(self, gone: Gone) -> UUID | None:
        """The row that was sealed under the gone key, among those under no seal."""
        for key, row in list(self.loose.items())[:MOST_COMPARED]:
            if digest_of((gone.event_id, *row[1:]), self.log, gone.number, gone.position) == gone.digest:
                return key
        return None

    def _place_of(self, one: Suspect) -> tuple[int, int] | None:
        """The place at which the row, or what it says, was sealed; None where it is found nowhere, and so was changed."""
        here, others = (one.number, one.position), [other for other in self.suspects[:MOST_COMPARED] if other is not one]
        for other in others:
            there = (other.number, other.position)
            # The link was moved with its digest; or the links' rows, their digests, or the rows' keys changed places.
            if digest_of(one.row, self.log, *there) in (one.digest, other.digest) or digest_of(one.row, self.log, *here) == other.digest:
                return there
            if digest_of((other.row[ID], *one.row[1:]), self.log, *there) == other.digest:
                return there
        for there in self.empty[:MOST_COMPARED]:
            if there != here and digest_of(one.row, self.log, *there) == one.digest:
                return there
        return None

    def _add(self, kind: Kind, number: int, position: int = 0, event_id: object = "", note: str = "") -> None:
        self.verdict.add(Finding(kind, self.log, number, position, str(event_id), note))
