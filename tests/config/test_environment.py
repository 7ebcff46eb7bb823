"""Settings: whatever is missing or wrong is named at start, all of it at once, with what it should be, and never with its value."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from marketplace.config.environment import Environment, complaints

GOOD = {
    "SECRET_KEY": "k" * 50,
    "FIELD_KEYS": "k1:" + "a" * 43,
    "DATABASE_URL": "postgresql://wanshang:hidden@localhost/wanshang",
    "REDIS_URL": "redis://localhost:6379/0",
    "DATA_DIR": "/srv/wanshang",
    "BASE_URL": "https://market.example",
}


@pytest.fixture
def read(monkeypatch):
    """Read settings from exactly these variables; the lines it complains with."""

    def reading(**changed: str | None) -> list[str]:
        for name in Environment.model_fields:
            monkeypatch.delenv(name, raising=False)
        for name, value in {**GOOD, **changed}.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        try:
            Environment()
        except ValidationError as wrong:
            return complaints(wrong)
        return []

    return reading


def test_good_settings_are_taken(read):
    assert read() == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL", "DATA_DIR"])
def test_a_missing_setting_is_named_with_what_it_should_be(read, name):
    (line,) = read(**{name: None})
    assert line == f"  {name}: is not set. It should be {Environment.model_fields[name].description}."


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("SECRET_KEY", "short", "at least 50 characters"),
        ("FIELD_KEYS", "", "holds no key"),
        ("FIELD_KEYS", "hidden", "key 1 does not begin with an id"),
        ("FIELD_KEYS", "k1:hidden!", "key k1 is not base64"),
        ("FIELD_KEYS", "k1:aGlkZGVu", "key k1 has 6 bytes instead of 32"),
        ("FIELD_KEYS", f"k1:{'a' * 43},k1:{'b' * 43}", "two keys have the same id"),
        ("DATABASE_URL", "mysql://localhost/x", "does not begin with postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "names no database"),
        ("REDIS_URL", "http://localhost", "does not begin with redis://"),
        ("ELASTICSEARCH_URL", "localhost:9200", "does not begin with http://"),
        ("ELASTICSEARCH_URL", "http://", "and a host"),
        ("BASE_URL", "market.example", "not an origin"),
        ("BASE_URL", "https://market.example/shop", "not an origin"),
        ("BASE_URL", "ftp://market.example", "not an origin"),
        ("DATA_DIR", "data", "does not begin with /"),
        ("EMAIL_URL", "mail.example:25", "does not begin with smtp://"),
        ("DEBUG", "perhaps", "boolean"),
        ("DEBUG", "true", "others can reach"),
        ("BEHIND_PROXY", "nginx", "boolean"),
        ("PROXY_COUNT", "0", "greater than or equal to 1"),
        ("PROXY_COUNT", "ten", "integer"),
        ("RATE_LIMIT_FACTOR", "-1", "greater than or equal to 0"),
        ("LOG_FORMAT", "xml", "'json' or 'plain'"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("OUTBOX_LEASE_S", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong_and_what_it_should_be(read, name, value, what):
    (line,) = read(**{name: value})
    assert line.startswith(f"  {name}: ") and what in line
    assert f"It should be {Environment.model_fields[name].description}" in line


def test_several_wrong_settings_are_named_at_once(read):
    lines = read(SECRET_KEY=None, DATABASE_URL="mysql://x/y", OUTBOX_LEASE_S="never")
    assert [line.split(":")[0].strip() for line in lines] == ["SECRET_KEY", "DATABASE_URL", "OUTBOX_LEASE_S"]


def test_no_value_is_printed_it_may_hold_a_password(read):
    lines = read(DATABASE_URL="mysql://wanshang:hidden@localhost/x", EMAIL_URL="imap://me:hidden@mail", SECRET_KEY="hidden")
    assert len(lines) == 3
    assert "hidden" not in "".join(lines)


@pytest.mark.parametrize("base", ["http://market.localhost:8000", "http://localhost", "https://market.test", "http://127.0.0.1:8000"])
def test_details_of_errors_may_be_shown_where_nobody_else_comes(read, base):
    assert read(DEBUG="true", BASE_URL=base) == []


def test_a_process_with_wrong_settings_ends_at_once_and_says_why():
    env: dict[str, Any] = {**os.environ, "DATABASE_URL": "nonsense", "REDIS_URL": ""}
    env.pop("SECRET_KEY")
    done = subprocess.run([sys.executable, "-c", "import marketplace.config.settings"], env=env, capture_output=True, text=True)
    assert done.returncode == 1
    first, *lines = done.stderr.strip().splitlines()
    assert first == "These settings are missing or wrong:"
    assert [line.split(":")[0].strip() for line in lines] == ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"]


def settings_with(**changed: str) -> dict[str, Any]:
    """What a few of Django's settings become; read in a process of its own."""
    names = (
        "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS PROXY_COUNT EMAIL_PORT EMAIL_USE_TLS EMAIL_USE_SSL"
    )
    program = f"import json; from marketplace.config import settings as s; print(json.dumps({{n: getattr(s, n, None) for n in '{names}'.split()}}))"
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, **changed}, capture_output=True, text=True, check=True)
    import json

    return json.loads(done.stdout)


def test_an_https_market_has_secure_cookies_bound_to_their_host():
    read = settings_with(BASE_URL="https://market.example", BEHIND_PROXY="true", PROXY_COUNT="2", EMAIL_URL="smtps://me:pass@mail.example")
    assert (read["SESSION_COOKIE_NAME"], read["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    assert read["SESSION_COOKIE_SECURE"] and read["SECURE_SSL_REDIRECT"] and read["SECURE_HSTS_SECONDS"] == 31_536_000
    assert read["PROXY_COUNT"] == 2
    assert (read["EMAIL_PORT"], read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (465, True, False)


def test_without_a_proxy_nothing_is_read_from_its_headers():
    assert settings_with(BASE_URL="http://market.localhost:8000", PROXY_COUNT="2")["PROXY_COUNT"] == 0
