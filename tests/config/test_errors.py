"""When something goes wrong: a page in both languages with the number to quote, and a log entry that says whose page it was."""

from __future__ import annotations

import json
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern

from marketplace.config.logs import Context
from marketplace.kernel.context import Running, running
from marketplace.kernel.models import OutboxEvent
from marketplace.merchant.catalogue.errors import SkuTaken
from tenants.access.rules import anyone, route, staff
from tenants.accounts.models import User
from tests import factories as make
from tests.planting import planted

pytestmark = pytest.mark.django_db

MARKET, WORKBENCH = "market.localhost", "kiln.seller.market.localhost"


def raising(error: Exception, may: Any = None) -> URLPattern:
    def broken(request: Any) -> None:
        raise error

    return route("broken/", broken, may=may or anyone(), name="broken", methods="GET POST")


def ask(error: Exception, **headers: str) -> Any:
    with planted("market", raising(error)):
        return Client(raise_request_exception=False).get("/broken/", headers={"host": MARKET, **headers})


@pytest.mark.parametrize(
    ("error", "status", "chinese", "english"),
    [
        (SuspiciousOperation("secret"), 400, "请求无法读取", "This request cannot be read"),
        (PermissionDenied("secret"), 403, "没有权限", "Not allowed"),
        (ZeroDivisionError("secret"), 500, "出错了", "Something broke"),
        (OperationalError("secret"), 503, "正在恢复", "Coming back"),
    ],
)
def test_an_error_page_says_it_in_both_languages_with_the_number_to_quote_and_no_detail(error, status, chinese, english):
    response = ask(error)
    page = response.content.decode()
    assert response.status_code == status
    assert chinese in page and english in page
    assert response.headers["X-Request-Id"] in page
    assert "secret" not in page and "Traceback" not in page


def test_a_page_that_is_not_there():
    response = Client().get("/no-such-page/", headers={"host": MARKET})
    page = response.content.decode()
    assert response.status_code == 404
    assert "这里没有页面" in page and "There is nothing here" in page and response.headers["X-Request-Id"] in page


def test_a_host_that_is_nobodys():
    response = Client().get("/", headers={"host": "nobody.market.localhost"})
    page = response.content.decode()
    assert response.status_code == 404
    assert "没有这家店" in page and "No such shop" in page


def test_a_form_without_its_token_is_not_taken():
    response = Client(enforce_csrf_checks=True).post("/cart/add/", headers={"host": MARKET})
    page = response.content.decode()
    assert response.status_code == 403
    assert "表单已过期" in page and "This form has expired" in page and response.headers["X-Request-Id"] in page


def test_while_the_database_is_away_a_browser_may_come_back_soon():
    assert ask(OperationalError()).headers["Retry-After"] == "5"


@pytest.mark.parametrize(("language", "words"), [("en", "is used by another product"), ("zh-hans", "已被其他商品使用")])
def test_a_refusal_is_told_in_the_readers_language_with_its_own_status(language, words):
    response = ask(SkuTaken(sku="M-1"), **{"accept-language": language})
    assert response.status_code == 409
    assert words in response.content.decode() and "M-1" in response.content.decode()


def test_a_refusal_in_the_form_a_program_and_a_fragment_understand():
    told = ask(SkuTaken(sku="M-1"), accept="application/json")
    assert told.status_code == 409
    assert json.loads(told.content) | {"message": ""} == {
        "code": "sku_taken",
        "message": "",
        "field": "sku",
        "request_id": told.headers["X-Request-Id"],
    }
    toast = ask(SkuTaken(sku="M-1"), **{"hx-request": "true"})
    assert (toast.status_code, toast.headers["HX-Retarget"], toast.headers["HX-Reswap"]) == (409, "#toasts", "beforeend")
    assert "<html" not in toast.content.decode()


# ── The request id ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("behind_proxy", "given", "kept"),
    [(True, "abc-12345", True), (True, "short", False), (True, "x" * 41, False), (True, "a b c d e f g", False), (False, "abc-12345", False)],
)
def test_a_request_keeps_the_number_our_proxy_gave_it_and_no_other(behind_proxy, given, kept):
    with override_settings(TRUST_FORWARDED_FOR=behind_proxy):
        number = Client().get("/", headers={"host": MARKET, "x-request-id": given}).headers["X-Request-Id"]
    assert (number == given) is kept
    assert len(number) >= 8


# ── The log ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def log(caplog):
    """Log entries with the context that handlers add."""
    context = Context()
    caplog.handler.addFilter(context)
    yield caplog
    caplog.handler.removeFilter(context)


def signed_in(email: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_defect_is_logged_once_with_request_merchant_and_person(log):
    owner = User.objects.get(email="owner-a@market.localhost")
    with planted("workbench", raising(ZeroDivisionError("by nothing"), staff())):
        response = signed_in(owner.email).get("/broken/", headers={"host": WORKBENCH})
    assert response.status_code == 500
    (entry,) = [record for record in log.records if record.levelno >= logging.ERROR]
    assert entry.exc_info[0] is ZeroDivisionError
    assert (entry.request_id, entry.merchant, entry.user) == (response.headers["X-Request-Id"], "kiln", str(owner.pk))


def test_what_a_view_logs_says_whose_page_it_is(log):
    def telling(request: Any) -> Any:
        logging.getLogger("wanshang.test").warning("something odd")
        return HttpResponse()

    owner = User.objects.get(email="owner-a@market.localhost")
    with planted("workbench", route("telling/", telling, may=staff(), name="telling")):
        response = signed_in(owner.email).get("/telling/", headers={"host": WORKBENCH})
    (entry,) = [record for record in log.records if record.name == "wanshang.test"]
    assert (entry.request_id, entry.merchant, entry.user) == (response.headers["X-Request-Id"], "kiln", str(owner.pk))


def test_nothing_of_one_request_stands_in_the_log_of_the_next(log):
    with planted("workbench", raising(ZeroDivisionError(), staff())):
        signed_in("owner-a@market.localhost").get("/broken/", headers={"host": WORKBENCH})
    log.clear()
    ask(ZeroDivisionError())
    (entry,) = [record for record in log.records if record.levelno >= logging.ERROR]
    assert (entry.merchant, entry.user) == ("", "")


def test_a_database_that_is_away_is_logged_once(log):
    ask(OperationalError("gone"))
    assert [record.getMessage() for record in log.records if record.levelno >= logging.ERROR] == ["the database is away"]


def test_a_request_is_one_line_with_status_and_time(log):
    with log.at_level("INFO", logger="wanshang.request"):
        Client().get("/shops/", headers={"host": MARKET})
    (entry,) = [record for record in log.records if record.name == "wanshang.request"]
    assert entry.getMessage() == "GET /shops/ 200"
    assert (entry.status, entry.host) == (200, MARKET) and entry.ms > 0


def test_a_fact_carries_the_request_it_came_from():
    product = make.a_product()
    response = signed_in("owner-a@market.localhost").post(f"/products/{product.pk}/off-sale/", headers={"host": WORKBENCH})
    assert response.status_code == 302
    assert OutboxEvent.objects.filter(topic="listings.changed", request_id=response.headers["X-Request-Id"]).exists()


def formatted(record: logging.LogRecord) -> dict[str, Any]:
    """As the settings write it with LOG_FORMAT=json."""
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(dict(settings.LOGGING["formatters"]["json"]))
    Context().filter(record)
    return json.loads(formatter.format(record))


def test_a_log_line_is_one_json_object_with_everything_by_name():
    token = running.set(Running(request_id="abc-12345", merchant="kiln", user="u-1"))
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        record = logging.LogRecord("wanshang.test", logging.ERROR, "x.py", 1, "订单 %s", ("261122-0804173",), (ValueError, error, error.__traceback__))
    finally:
        line = formatted(record)
        running.reset(token)
    assert line | {"at": "", "exc_info": ""} == {
        "at": "",
        "level": "ERROR",
        "logger": "wanshang.test",
        "message": "订单 261122-0804173",
        "request_id": "abc-12345",
        "merchant": "kiln",
        "user": "u-1",
        "exc_info": "",
    }
    assert "second" in line["exc_info"]
