from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from marketplace.config.management import opening
from marketplace.config.market_data.places import PLACES
from marketplace.config.market_data.reading import GIFTS, NEEDED
from marketplace.config.market_data.run import AnotherRuns, Result, Wishes, import_all
from marketplace.kernel.errors import MarketError

SAMPLE = Path(__file__).resolve().parents[4] / "tests" / "market_data_sample"
SOURCES = (
    "taxonomy: Shopify product taxonomy (MIT); goods: Open Icecat (OpenContent License: free of charge only), "
    "Retail Demo Store (MIT-0), AdventureWorks (MIT); docs/data.md says what that allows"
)
GIFTS_SOURCE = "Online Retail II, UCI Machine Learning Repository, Daqing Chen (CC BY 4.0)"
PLACES_SOURCE = "divisions: Administrative-divisions-of-China (WTFPL); carriers: nideshop and litemall (MIT)"
SAMPLE_SOURCE = "goods, brands and categories invented for this project's tests"
SHOWN_PROBLEMS = 20


class Command(BaseCommand):
    help = "Load a folder of product data into some twenty shops: for tests, benchmarks and free demonstrations (docs/data.md). Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="the folder; docs/data.md says what lies in it")
        parser.add_argument("--sample", action="store_true", help="take the small invented sample of the tests instead")
        parser.add_argument("--usd", default="7.2", metavar="RATE", help="units of the market's currency for a US dollar; default 7.2")
        parser.add_argument("--gbp", default="9.2", metavar="RATE", help="and for a pound sterling; default 9.2")
        parser.add_argument("--gifts", action="store_true", help=f"also the gift wholesaler's articles ({GIFTS}), which have names and prices only")
        parser.add_argument("--no-goods", action="store_true", help="only divisions of China and carriers, for any market: no goods and no shops")
        parser.add_argument("--own-shop", type=int, default=350, metavar="N", help="a brand with at least so many goods has a shop of its own; default 350")
        parser.add_argument("--most", type=int, metavar="N", help="only about so many goods, taken evenly from all")
        parser.add_argument("--password-file", help="a file whose first line becomes the owners' password; without it they have none yet")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = self._folder(options)
        if opening.market() is None:
            raise CommandError("There is no market yet. Open it first: manage.py open_market")
        opening.prepare_database()
        wishes = Wishes(
            rates={"USD": _rate("--usd", options["usd"]), "GBP": _rate("--gbp", options["gbp"])},
            own_shop=options["own_shop"],
            gifts=options["gifts"],
            goods=not options["no_goods"],
            most=options["most"],
            password=_password(options["password_file"]),
        )
        loud = bool(options["verbosity"])
        if loud:
            gifts = f"; gifts: {GIFTS_SOURCE}" if options["gifts"] else ""
            source = SAMPLE_SOURCE if options["sample"] else PLACES_SOURCE if options["no_goods"] else f"{SOURCES}; {PLACES_SOURCE}"
            self.stdout.write(f"Source: {source}{gifts}")
        with tqdm(unit="goods", disable=None if loud else True) as bar:

            def progress(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            try:
                result = import_all(folder, wishes, progress=progress)
            except AnotherRuns as busy:
                raise CommandError("The same import is running on this database; wait until it is done.") from busy
            except MarketError as refused:
                raise CommandError(str(refused)) from refused
        self._report(result, loud)
        if result.problems:
            sys.exit(1)

    def _folder(self, options: dict[str, Any]) -> Path:
        if options["sample"] == bool(options["folder"]):
            raise CommandError("Name one folder of data, or say --sample. docs/data.md says what lies in such a folder.")
        folder: Path = SAMPLE if options["sample"] else options["folder"]
        if options["no_goods"]:
            missing = [] if any((folder / name).is_file() for name in PLACES) else list(PLACES)
        else:
            missing = [name for name in (*NEEDED, *([GIFTS] if options["gifts"] else [])) if not (folder / name).is_file()]
        if missing:
            raise CommandError(f"{folder} lacks: {', '.join(missing)}")
        return folder

    def _report(self, result: Result, loud: bool) -> None:
        done, places = result.imported, result.places
        if loud and (places.divisions or places.carriers):
            self.stdout.write(
                f"{places.divisions} divisions: {places.divisions_written} written, {places.divisions - places.divisions_written} as they were; "
                f"{places.carriers} carriers: {places.carriers_written} written, {places.carriers - places.carriers_written} as they were"
            )
        if loud and result.shops:
            self.stdout.write(
                f"{result.goods} goods in {result.shops} shops: {done.entered} entered, {done.changed} changed, {done.unchanged} as they were, "
                f"{len(result.problems)} left out; {result.other} stand under Other"
            )
        if loud:
            self.stdout.write("time: " + ", ".join(f"{part} {seconds:.0f} s" for part, seconds in result.seconds.items()))
        for problem in result.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(f"left out: {problem}")
        if len(result.problems) > SHOWN_PROBLEMS:
            self.stderr.write(f"… and {len(result.problems) - SHOWN_PROBLEMS} more")


def _rate(flag: str, given: str) -> Decimal:
    try:
        rate = Decimal(given)
    except InvalidOperation:
        rate = Decimal(0)
    if not 0 < rate < 10**6:
        raise CommandError(f"{flag} {given}: a rate is a number above zero, like 7.2")
    return rate


def _password(file: str | None) -> str | None:
    if not file:
        return None
    try:
        password = (Path(file).read_text().splitlines() or [""])[0]
    except OSError as wrong:
        raise CommandError(f"--password-file {file} cannot be read: {wrong}") from wrong
    if len(password) < 8:
        raise CommandError(f"--password-file {file}: the password has fewer than 8 characters")
    return password
