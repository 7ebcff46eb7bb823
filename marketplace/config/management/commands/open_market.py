from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from getpass import getpass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from marketplace.config.management import opening
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import minor_digits
from marketplace.platform.payments.rails import available_rails
from tenants.accounts.models import User
from tenants.tenancy.hosts import console_url, market_url


def _text(value: str) -> str:
    if not value.strip() or len(value) > 80:
        raise ValueError("1 to 80 characters")
    return value.strip()


def _email(value: str) -> str:
    try:
        validate_email(value.strip())
    except ValidationError:
        raise ValueError("an e-mail address: name@market.example") from None
    return value.strip().lower()


def _currency(value: str) -> str:
    minor_digits(value.strip().upper())  # says what is wrong
    return value.strip().upper()


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone of the IANA list: Asia/Shanghai") from None


def _rail(value: str) -> str:
    if value.strip() not in available_rails():
        raise ValueError("one of " + ", ".join(sorted(available_rails())) + " (stripe needs STRIPE_SECRET_KEY)")
    return value.strip()


def _languages(value: str) -> list[str]:
    codes = [code.strip().lower() for code in value.split(",") if code.strip()]
    known = [code for code, _name in settings.LANGUAGES]
    if not codes or set(codes) - set(known) or len(set(codes)) < len(codes):
        raise ValueError("some of " + ", ".join(known) + ", each once, with commas between; the first is the default")
    return codes


def _percent(value: str) -> Decimal:
    try:
        rate = Decimal(value.strip().rstrip("%")) / 100
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate < 1 or rate != rate.quantize(Decimal("0.0001")):
        raise ValueError("per cent of a sale, from 0 to below 100, at most two decimals: 5 or 7.5")
    return rate


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().isascii() or not value.strip().isdigit() or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return read


# flag: (question, how it is read, what is suggested at the prompt)
ASKED: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "name-zh": ("name of the market in Chinese", _text, ""),
    "name-en": ("name of the market in English", _text, ""),
    "currency": ("currency all shops sell in; it stays", _currency, "CNY"),
    "zone": ("time zone in which days are counted", _zone, "Asia/Shanghai"),
    "languages": ("languages in the order of the switch", _languages, ",".join(code for code, _name in settings.LANGUAGES)),
    "operator": ("e-mail address of the first operator", _email, ""),
    "contact": ("e-mail address for buyers and shops", _email, ""),
    "rail": ("payment rail", _rail, "sandbox"),
    "commission": ("commission in per cent of a sale", _percent, "5"),
}
DAYS: dict[str, tuple[str, Callable[[str], int], str]] = {
    "hold-minutes": ("minutes that stock is held for an unpaid order (5 to 1440)", _between(5, 1440), "30"),
    "receive-days": ("days after which a sent order counts as received (1 to 90)", _between(1, 90), "10"),
    "settle-days": ("days from completion to settlement (0 to 90)", _between(0, 90), "7"),
}


class Command(BaseCommand):
    help = (
        "Open the market: its name, currency and zone, its first operator, the commission and starter pages. "
        "Once for each database; an empty one gets its tables first. What is missing is asked for at a terminal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for flag, (question, _read, suggested) in ASKED.items():
            parser.add_argument(f"--{flag}", help=question + (f", for example {suggested}" if suggested else ""))
        for flag, (question, _read, default) in DAYS.items():
            parser.add_argument(f"--{flag}", default=default, help=f"{question}; default {default}")
        parser.add_argument("--operator-name", default="", help="how the first operator is called")
        parser.add_argument("--password-file", help="a file whose first line is the first operator's password; without it, it is asked for unseen")

    def handle(self, *args: Any, **options: Any) -> None:
        if there := opening.market():
            raise CommandError(f"This database has its market already: {there.name}, {market_url()}. Nothing was changed.")
        given = {flag: self._answer(flag, options) for flag in [*self._required(options), *DAYS]}
        password = self._password(given["operator"], options)
        opening.prepare_database()
        try:
            market = opening.open_with(
                opening.Opening(
                    names={"zh-hans": given["name-zh"], "en": given["name-en"]},
                    currency=given["currency"],
                    zone=given["zone"],
                    languages=given["languages"],
                    operator_email=given["operator"],
                    operator_name=options["operator_name"],
                    password=password,
                    contact_email=given["contact"],
                    rail=given["rail"],
                    commission=given["commission"],
                    hold_minutes=given["hold-minutes"],
                    receive_days=given["receive-days"],
                    settle_days=given["settle-days"],
                ),
                by=Actor(kind="system", label="open_market"),
            )
        except MarketError as refused:
            raise CommandError(str(refused)) from refused
        if options["verbosity"]:
            self.stdout.write(f"{market.name} is open.\n  market   {market_url()}\n  console  {console_url()}   sign in as {given['operator']}")
            self.stdout.write("Terms, privacy, about and help are texts to begin with: replace them in the console, under content.")

    def _required(self, options: dict[str, Any]) -> list[str]:
        """The flags that must have an answer; where nobody can be asked, all that are missing are named at once."""
        missing = [flag for flag in ASKED if not options[flag.replace("-", "_")]]
        if not sys.stdin.isatty():
            if not options["password_file"]:
                missing.append("password-file")
            if missing:
                raise CommandError("missing: " + " ".join(f"--{flag}" for flag in missing))
        return list(ASKED)

    def _answer(self, flag: str, options: dict[str, Any]) -> Any:
        question, read, suggested = {**ASKED, **DAYS}[flag]
        if given := options[flag.replace("-", "_")]:
            try:
                return read(str(given))
            except ValueError as wrong:
                raise CommandError(f"--{flag} {given}: {wrong}") from wrong
        while True:
            try:
                return read(input(f"{question}{f' [{suggested}]' if suggested else ''}: ") or suggested)
            except ValueError as wrong:
                self.stdout.write(f"  {wrong}")

    def _password(self, email: str, options: dict[str, Any]) -> str:
        """The operator's password, checked by the rules everybody's is checked by. It is never shown."""
        person = User(email=email, name=options["operator_name"])
        if file := options["password_file"]:
            try:
                password = (Path(file).read_text().splitlines() or [""])[0]
                validate_password(password, person)
            except (OSError, UnicodeDecodeError) as wrong:
                raise CommandError(f"--password-file {file} cannot be read: {wrong}") from wrong
            except ValidationError as wrong:
                raise CommandError(f"--password-file {file}: {' '.join(wrong.messages)}") from wrong
            return password
        while True:
            password = getpass(f"password for {email}: ")
            try:
                validate_password(password, person)
            except ValidationError as wrong:
                self.stdout.write("  " + " ".join(wrong.messages))
                continue
            if password == getpass("the same again: "):
                return password
            self.stdout.write("  The two differ.")
