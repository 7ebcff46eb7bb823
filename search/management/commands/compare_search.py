from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.actors import SYSTEM
from search import indexer
from search.backends.choice import configured
from search.contract import Backend, BackendAway
from search.drift import drift_of, mend


class Command(BaseCommand):
    help = "Compare the search indexes with the listings on sale, in both directions. Ends with an error where one differs and was not mended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="mend what differs, as the hourly check does")

    def handle(self, *args: Any, **options: Any) -> None:
        server = configured()
        backends: list[Backend] = [indexer.postgres, *([server] if server else [])]
        differ = []
        for backend in backends:
            try:
                drift = mend(by=SYSTEM, backend=backend) if options["mend"] else drift_of(backend)
            except (BackendAway, indexer.RebuildRunning) as why:
                raise CommandError(f"{backend.name} was not compared. {why}") from why
            said = ", ".join(f"{count} {what}" for what, count in drift.counts().items()) if drift.keys else "as the listings are"
            self.stdout.write(f"{backend.name}: {said}{' (mended)' if drift.keys and options['mend'] else ''}")
            differ += [backend.name] if drift.keys and not options["mend"] else []
        if differ:
            raise CommandError(f"{' and '.join(differ)} differ: compare again with --mend")
