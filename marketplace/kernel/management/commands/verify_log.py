from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.models import AuditSeal
from marketplace.kernel.verifying import Head, verify

HEAD = re.compile(r"([0-9a-f-]{36}) ([1-9]\d{0,17}) ([0-9a-f]{64})(?: .*)?")


class Command(BaseCommand):
    help = "Verify the log against its seals: names rows that were edited, deleted or moved, and fails if there are any. Reads only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", action="store_true", help="verify nothing; print the newest seal of each log, to be kept elsewhere")
        parser.add_argument("--expect", action="append", default=[], metavar="FILE", help="heads that were kept: the log must hold those seals still")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["heads"]:
            for seal in AuditSeal.objects.order_by("log", "-number").distinct("log"):
                self.stdout.write(f"{seal.log} {seal.number} {seal.hash} {seal.sealed_at:%Y-%m-%dT%H:%M:%SZ}")
            return
        verdict = verify(expected=[heads for file in options["expect"] for heads in read_heads(file)])
        for one in verdict.findings:
            place = f"{one.number}/{one.position}" if one.position else str(one.number or "")
            self.stdout.write(f"{one.kind.value}  {one.log}  {place}  {one.event_id}  {one.note}".rstrip())
        found = sum(verdict.counts.values())
        about = f"{verdict.rows} rows under {verdict.seals} seals of {len(verdict.heads)} logs, {verdict.rows_per_s} rows a second"
        self.stdout.write(f"{about}: " + (", ".join(f"{n} {kind}" for kind, n in verdict.counts.items()) if found else "nothing was changed"))
        if found:
            raise CommandError(f"{found} finding{'s' if found > 1 else ''}; see docs/operations.md, “Verifying the log”")


def read_heads(file: str) -> list[dict[UUID, Head]]:
    """What --heads printed: one head a line, one mapping for each. Raises CommandError naming file and line."""
    heads = []
    try:
        lines = Path(file).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = HEAD.fullmatch(line.strip())
        try:
            if found is None:
                raise ValueError
            heads.append({UUID(found[1]): (int(found[2]), found[3])})
        except ValueError:
            raise CommandError(f"{file}, line {n}: not a head; each line is LOG NUMBER HASH, as verify_log --heads prints it") from None
    return heads
