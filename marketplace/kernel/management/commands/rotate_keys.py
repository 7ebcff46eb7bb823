"""Lay encrypted values under the first key of FIELD_KEYS; can be stopped and started again, while the market runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.field_keys import KeyMissing, Unreadable, current_key
from marketplace.kernel.rotating import columns, keys_in_use, missing_keys, renew


class Command(BaseCommand):
    help = (
        "Lays everything that is encrypted in the database under the first key of FIELD_KEYS. Put the new key first and keep the old ones behind it, "
        "restart all processes, run this, and take the old keys out when it says that nothing lies under them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=200, help="rows read at once (200)")
        parser.add_argument("--only-look", action="store_true", help="say what lies under which key, and change nothing")

    def handle(self, *args: Any, batch: int, only_look: bool, **options: Any) -> None:
        if missing := missing_keys():
            raise CommandError(f"FIELD_KEYS lacks {', '.join(missing)}, which values in the database lie under. Add them behind the first key.")
        if not only_look:
            for column in columns():
                self._column(column, max(batch, 1))
        current, counted = current_key().id, keys_in_use()
        for key, n in sorted(counted.items()):
            self.stdout.write(f"under {key or 'no key'}: {n}{' (the current one)' if key == current else ''}")
        left = {key: n for key, n in counted.items() if key != current}
        if left and not only_look:
            what = ", ".join(f"{n} under {key or 'no key'}" for key, n in sorted(left.items()))
            raise CommandError(f"Not finished: {what}. Processes with the old FIELD_KEYS still write; restart them, then run this again. Keep the old keys.")
        if not left:
            self.stdout.write(f"Everything lies under {current}. Other keys can be taken out of FIELD_KEYS, once no backup that you may restore needs them.")

    def _column(self, column: Any, batch: int) -> None:
        done = 0
        try:
            for n in renew(column, batch):
                done += n
                self.stdout.write(f"{column.name}: {done} renewed")
        except (KeyMissing, Unreadable) as wrong:
            raise CommandError(f"{column.name}: {wrong}. {done} were renewed before it; nothing else was changed.") from wrong
