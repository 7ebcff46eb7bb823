from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.models import DeadLetter
from marketplace.kernel.relay import replay


class Command(BaseCommand):
    help = "List deliveries that were given up, or send them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=UUID, help="ids of dead letters; without any, they are listed")
        parser.add_argument("--all", action="store_true", help="send all of them again")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = DeadLetter.objects.filter(replayed_at=None).select_related("delivery__event").order_by("at")
        if not options["ids"] and not options["all"]:
            for letter in waiting:
                last_line = letter.error.strip().splitlines()[-1]
                self.stdout.write(f"{letter.id}  {letter.at:%Y-%m-%d %H:%M}  {letter.delivery.event.topic} → {letter.delivery.reaction}: {last_line}")
            self.stdout.write(f"{waiting.count()} given up. Send again: manage.py replay_dead_letters ID …, or --all")
            return
        chosen = list(waiting if options["all"] else waiting.filter(pk__in=options["ids"]))
        if missing := set(options["ids"]) - {letter.pk for letter in chosen}:
            raise CommandError("no dead letter waits under: " + ", ".join(map(str, sorted(missing))))
        for letter in chosen:
            replay(letter)
        self.stdout.write(f"{len(chosen)} sent again")
