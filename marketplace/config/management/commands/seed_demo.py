from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.seed import seed
from marketplace.config.management import opening
from marketplace.kernel.errors import MarketError


class Command(BaseCommand):
    help = "Fill a market of the sandbox rail with eight invented shops, their goods, owners and two buyers. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--password-file", required=True, help="a file whose first line becomes the password of everybody the demo invents")

    def handle(self, *args: Any, **options: Any) -> None:
        market = opening.market()
        if market is None:
            raise CommandError("There is no market yet. Open it first: manage.py open_market")
        opening.prepare_database()
        if market.rail != "sandbox":
            raise CommandError(f"This market takes payments by {market.rail}. The demo's people share one known password: only for the sandbox rail.")
        try:
            password = (Path(options["password_file"]).read_text().splitlines() or [""])[0]
        except OSError as wrong:
            raise CommandError(f"--password-file {options['password_file']} cannot be read: {wrong}") from wrong
        if len(password) < 8:
            raise CommandError(f"--password-file {options['password_file']}: the password has fewer than 8 characters")
        try:
            seed(password, say=(lambda part: self.stdout.write(f"  {part}")) if options["verbosity"] else (lambda _part: None))
        except MarketError as refused:
            raise CommandError(str(refused)) from refused
