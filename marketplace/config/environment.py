"""Settings from the environment, each checked at start and named with what it should be.

docs/settings.md lists them (a test compares).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from marketplace.kernel.field_keys import parse_keys


class Environment(BaseSettings):
    """Every name below is the name of an environment variable."""

    model_config = SettingsConfigDict(extra="ignore", case_sensitive=True)

    SECRET_KEY: str = Field(
        min_length=50,
        description="at least 50 random characters; signs sessions and links. Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
    )
    FIELD_KEYS: str = Field(
        description="id:key, or several with commas between, the one for new values first; each key 32 random bytes in base64. Make one: "
        "python3 -c 'import base64, os; print(\"k1:\" + base64.b64encode(os.urandom(32)).decode())'"
    )
    DATABASE_URL: str = Field(description="PostgreSQL 15 or later: postgresql://user:password@host:5432/name")
    REDIS_URL: str = Field(description="Redis or Valkey 7 or later, as broker and cache: redis://host:6379/0, rediss://… or unix:///path?db=0")
    ELASTICSEARCH_URL: str = Field("", description="Elasticsearch 8.19 or 9: http://host:9200. Empty: PostgreSQL answers searches")
    SEARCH_FOR_HOLDING: float = Field(0.1, ge=0, le=2, description="what holding a word of the question at all adds to its score, 0 to 2")
    SEARCH_FOR_NAMING: float = Field(0.05, ge=0, le=2, description="what a word that names the listing's category adds, 0 to 2")
    SEARCH_FOR_STOCK: float = Field(0.2, ge=0, le=5, description="how much more the score of a listing in stock is taken, 0 to 5; 0.2 is a fifth more")
    SEARCH_FOR_SALES: float = Field(0.0, ge=0, le=5, description="how much more it is taken for each power of ten of pieces sold, 0 to 5")
    SEARCH_FOR_NEWNESS: float = Field(0.0, ge=0, le=5, description="how much more the score of what is new is taken, half of it after 30 days, 0 to 5")
    SEARCH_FOR_RATING: float = Field(0.1, ge=0, le=5, description="how much more it is taken for five stars, nothing for one, 0 to 5; few ratings count little")
    SEARCH_FOR_SHOP: float = Field(0.05, ge=0, le=5, description="the same for the score of its shop, 0 to 5")
    SEARCH_FOR_LIKED: float = Field(0.05, ge=0, le=5, description="how much more for a category or a brand that a buyer who agreed to it likes, 0 to 5")
    BASE_URL: str = Field(
        "http://market.localhost:8000", description="where the market answers: https://market.example. Shops, workbenches and console are hosts below it"
    )
    DATA_DIR: Path = Field(description="an absolute folder for media, private papers and, without EMAIL_URL, mails")
    STRIPE_SECRET_KEY: str = Field("", description="a secret key of Stripe: sk_live_… or sk_test_…; with it the rail “stripe” can be chosen")
    STRIPE_WEBHOOK_SECRET: str = Field("", description="whsec_… of the webhook endpoint /hooks/stripe/ for events on your account")
    STRIPE_CONNECT_WEBHOOK_SECRET: str = Field("", description="whsec_… of the webhook endpoint /hooks/stripe/connect/ for events on connected accounts")
    STRIPE_API_URL: str = Field("", description="another address than Stripe's own, for a stand-in on this machine: http://127.0.0.1:12111")
    EMAIL_URL: str = Field("", description="smtp://user:password@host:587 (STARTTLS), smtps://…:465, or empty: mails are written to DATA_DIR/mails")
    EMAIL_FROM: str = Field("market@market.localhost", description="sender of mails: name@market.example")
    MAIL_HOOK_SECRET: str = Field("", description="at least 32 random characters that sign what a mail server reports to /hooks/mail/; empty: nobody reports")
    SMS_URL: str = Field("", description="an SMS provider that speaks the contract of docs/notices.md: https://sms.example/v1. Empty: no SMS is sent")
    SMS_SECRET: str = Field("", description="at least 32 random characters, the secret shared with the SMS provider; needed with SMS_URL")
    DEMO_MAILBOX: bool = Field(
        False, description="true or false; true shows all mails to everybody at /mailbox/, so only with a BASE_URL on localhost or .test, and without EMAIL_URL"
    )
    DEBUG: bool = Field(
        False, description="true or false; true shows settings and code to whoever meets an error, so only with a BASE_URL on localhost or .test"
    )
    DNS_SERVERS: str = Field("", description="the DNS server that proves shops' own domains, as address:port, or empty: the machine's own; off asks nobody")
    BEHIND_PROXY: bool = Field(
        False, description="true when a proxy in front sets X-Forwarded-For and X-Forwarded-Proto; false otherwise, or callers could forge both"
    )
    PROXY_COUNT: int = Field(1, ge=1, le=9, description="how many proxies in front add to X-Forwarded-For, 1 to 9; only looked at with BEHIND_PROXY")
    RATE_LIMIT_FACTOR: int = Field(
        1, ge=0, le=1000, description="0 to 1000: 1 keeps the limits of docs/settings.md, 3 makes all three times as wide, 0 lifts them"
    )
    PAGE_CACHE_S: int = Field(60, ge=0, le=600, description="seconds for which a page may be kept for visitors, 0 to 600; 0 keeps none")
    LOG_FORMAT: Literal["json", "plain"] = Field("json", description="json or plain")
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    OUTBOX_LEASE_S: int = Field(30, ge=1, le=3600, description="seconds after which an unanswered delivery is sent again, 1 to 3600")

    @field_validator("FIELD_KEYS")
    @classmethod
    def _are_keys(cls, value: str) -> str:
        parse_keys(value)
        return value

    @field_validator("DATABASE_URL")
    @classmethod
    def _is_postgresql(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("postgresql", "postgres"):
            raise ValueError("the address does not begin with postgresql://")
        if not conninfo_to_dict(value).get("dbname"):
            raise ValueError("the address names no database")
        return value

    @field_validator("REDIS_URL")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("the address does not begin with redis://, rediss:// or unix://")
        return value

    @field_validator("ELASTICSEARCH_URL")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("the address does not begin with http:// or https:// and a host")
        return value

    @field_validator("STRIPE_API_URL")
    @classmethod
    def _is_this_machine(cls, value: str) -> str:
        if value and urlsplit(value).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("the address is not on this machine, and the secret key would be sent there")
        return value

    @field_validator("SMS_URL")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        at = urlsplit(value)
        if value and (not at.hostname or at.scheme not in ("https", "http") or (at.scheme == "http" and at.hostname not in ("127.0.0.1", "localhost", "::1"))):
            raise ValueError("the address does not begin with https:// and a host; without encryption only on this machine")
        return value.rstrip("/")

    @field_validator("SMS_SECRET", "MAIL_HOOK_SECRET")
    @classmethod
    def _is_long(cls, value: str, others: ValidationInfo) -> str:
        if (value and len(value) < 32) or (not value and others.field_name == "SMS_SECRET" and others.data.get("SMS_URL")):
            raise ValueError("shorter than 32 characters")
        return value

    @field_validator("BASE_URL")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("not an origin: a scheme and a host, perhaps a port, and nothing after them")
        return value.rstrip("/")

    @field_validator("DEBUG", "DEMO_MAILBOX")
    @classmethod
    def _is_private(cls, value: bool, others: ValidationInfo) -> bool:
        host = f".{urlsplit(others.data.get('BASE_URL', '')).hostname}"
        if value and "BASE_URL" in others.data and not host.endswith((".localhost", ".test", ".127.0.0.1")):
            raise ValueError("true is not for a market that others can reach")
        return value

    @field_validator("DATA_DIR")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute():
            raise ValueError("the folder does not begin with /")
        return value

    @field_validator("EMAIL_URL")
    @classmethod
    def _is_smtp(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("smtp", "smtps") or not urlsplit(value).hostname):
            raise ValueError("the address does not begin with smtp:// or smtps:// and a host")
        return value


def read() -> Environment:
    """The environment, or the end of the process with one line for every setting that is wrong."""
    try:
        return Environment()  # type: ignore[call-arg]
    except ValidationError as wrong:
        sys.exit("These settings are missing or wrong:\n" + "\n".join(complaints(wrong)))


def complaints(wrong: ValidationError) -> list[str]:
    """A line a setting: its name, what is wrong with it, what it should be. Never its value: it may hold a password."""
    lines = []
    for error in wrong.errors(include_input=False, include_url=False):
        name = str(error["loc"][0])
        what = "is not set" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
        lines.append(f"  {name}: {what}. It should be {Environment.model_fields[name].description}.")
    return lines
