from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from search import indexer
from search.backends.choice import configured
from search.contract import Backend, BackendAway
from search.documents import count_documents


class Command(BaseCommand):
    help = "Build the search indexes and the suggestions anew from the listings, while they are in use. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["postgres", "elasticsearch"], help="leave the other index as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        server = configured()
        if options["only"] == "elasticsearch" and server is None:
            raise CommandError("no Elasticsearch is configured: set ELASTICSEARCH_URL")
        backends: list[Backend] = [indexer.postgres, *([server] if server else [])]
        for backend in backends:
            if options["only"] in (None, backend.name):
                self._rebuild(backend)

    def _rebuild(self, backend: Backend) -> None:
        with tqdm(total=count_documents(), desc=backend.name, unit=" listings", file=sys.stderr, disable=None) as bar:
            try:
                total = indexer.rebuild(backend, bar.update)
            except indexer.RebuildRunning as running:
                raise CommandError(str(running)) from running
            except indexer.NotCaughtUp as away:
                raise CommandError(f"{backend.name} was rebuilt and is in use, but lacks some of what changed meanwhile: run it again. {away}") from away
            except BackendAway as away:
                raise CommandError(f"{backend.name} was not rebuilt; the former index stays in use. {away}") from away
        if backend is indexer.postgres and not connection.in_atomic_block:
            indexer.clear_away()
        self.stdout.write(f"{backend.name}: {total} listings can be found")
