"""/healthz and /readyz: what a load balancer, and whoever looks after the market, are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from tenants.tenancy.models import Merchant
from tenants.tenancy.versions import code_version

WORKBENCH = "kiln.seller.market.localhost"


def ready() -> Any:
    """As a load balancer asks: by address."""
    return Client().get("/readyz", headers={"host": "10.0.0.7:8000"})


@pytest.mark.django_db
def test_ready_says_which_version_each_kind_of_schema_has():
    response = ready()
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "schemas": {
            "public": {"code": code_version("public")[:12], "behind": 0},
            "merchant": {"code": code_version("merchant")[:12], "behind": 0},
        },
        "broker": "ok",
        "search": "postgres",
    }


@pytest.mark.django_db
def test_not_ready_while_the_public_schema_is_behind_the_code():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'platform_cart'")
        removed = cursor.rowcount
    response = ready()
    assert response.status_code == 503
    assert (response.json()["status"], response.json()["schemas"]["public"]["behind"]) == ("not ready", removed)


@pytest.mark.django_db
def test_a_merchants_schema_that_is_behind_is_counted_and_keeps_nobody_else_from_being_served():
    """A fleet is migrated in waves: while it lasts the market goes on."""
    Merchant.objects.filter(slug__in=["kiln", "trail"]).update(schema_version="of an older version")
    response = ready()
    assert (response.status_code, response.json()["schemas"]["merchant"]["behind"]) == (200, 2)
    Merchant.objects.filter(slug="trail").update(status=Merchant.Status.CLOSED)
    assert ready().json()["schemas"]["merchant"]["behind"] == 1


@pytest.mark.django_db
def test_ready_without_a_broker_and_says_so():
    away = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    with override_settings(CACHES=away):
        response = ready()
    assert (response.status_code, response.json()["broker"]) == (200, "ConnectionError")


@pytest.mark.django_db
def test_ready_without_elasticsearch_and_says_who_answers_searches():
    with override_settings(ELASTICSEARCH_URL="http://127.0.0.1:1"):
        response = ready()
    assert response.status_code == 200
    assert response.json()["search"] == "postgres: elasticsearch is away or its index was never built"


@pytest.mark.django_db
def test_a_merchants_host_answers_the_same_and_its_schema_is_left_again():
    assert Client().get("/readyz", headers={"host": WORKBENCH}).json() == ready().json()
    assert connection.schema_name == "public"


@pytest.fixture
def no_database(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PostgreSQL is away: nothing listens where it should."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
        connection.close()


def test_without_its_database_the_process_lives_and_is_not_ready(no_database):
    assert (Client().get("/healthz").status_code, Client().get("/healthz").json()) == (200, {"status": "ok"})
    response = ready()
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"
    assert response.json()["database"] == "OperationalError"


def test_without_its_database_a_page_says_in_both_languages_that_it_comes_back(no_database):
    response = Client(raise_request_exception=False).get("/", headers={"host": "market.localhost"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "正在恢复" in response.content.decode() and "Coming back" in response.content.decode()


def test_with_its_database_back_it_is_ready_again(own_database):
    assert ready().status_code == 200
