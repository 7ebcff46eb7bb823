"""What our fake was asked, asked again of Stripe's own strict mock; and what our fake answered, held against Stripe's specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from launch import stripe_mock
from tests.fakes.stripe import API_VERSION, KEY
from tests.fakes.stripe.record import of_each_shape, recorded
from tests.fakes.stripe.recorder import FILE
from tests.fakes.stripe.specification import answer_schema, problems

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stripe_mock.Mock]:
    with stripe_mock.running(tmp_path_factory.mktemp("stripe-mock") / "log") as started:
        yield started


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Requests and answers of a run of today: the scenario and every behaviour."""
    return recorded()


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return json.loads(stripe_mock.specification().read_text())


def asked(mock: stripe_mock.Mock, row: dict[str, Any]) -> tuple[int, str]:
    """The strict mock's status and words."""
    query = f"?{urlencode([tuple(pair) for pair in row['query']])}" if row["query"] else ""
    body = urlencode([tuple(pair) for pair in row["form"]]).encode() if row["method"] == "POST" else None
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": API_VERSION, "Content-Type": "application/x-www-form-urlencoded"}
    sent = Request(f"{mock.url()}{row['path']}{query}", data=body, headers={**headers, **row["headers"]}, method=row["method"])
    try:
        with urlopen(sent, timeout=20) as answer:
            return answer.status, ""
    except HTTPError as refused:
        return refused.code, refused.read().decode()


def refusals(mock: stripe_mock.Mock, rows: list[dict[str, Any]]) -> list[str]:
    found = []
    for row in rows:
        status, words = asked(mock, row)
        if status != 200:  # it refuses nothing but what it does not know
            found.append(f"{row['method']} {row['path']} {row['query'] or row['form']}: {status} {words}")
    return found


def test_the_strict_mock_takes_what_was_recorded(mock):
    rows = [json.loads(line) for line in FILE.read_text().splitlines()]
    assert len(rows) > 40
    assert refusals(mock, rows) == []


def test_the_strict_mock_takes_a_run_of_today(mock, rows):
    assert refusals(mock, of_each_shape(rows)) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"method": "POST", "path": "/v1/refunds", "form": [["payment_intent", "pi_1"], ["amuont", "1"]]},
        {"method": "POST", "path": "/v1/transfers", "form": [["amount", "1"], ["currency", "usd"]]},
        {"method": "GET", "path": "/v1/events", "query": [["kind", "charge.refunded"]]},
        {"method": "POST", "path": "/v1/checkout/session", "form": []},
        {"method": "GET", "path": "/v1/balance", "headers": {"Stripe-Version": "2020-08-27"}},
    ],
)
def test_the_strict_mock_refuses_what_does_not_exist(mock, planted):
    (said,) = refusals(mock, [{"query": [], "form": [], "headers": {}, **planted}])
    assert ": 400 " in said or ": 404 " in said


def test_answers_are_what_the_specification_allows(spec, rows):
    found = {one for row in rows for one in problems(spec, answer_schema(spec, row["method"], row["path"]), row["answer"], row["path"].split("/")[2])}
    assert sorted(found) == []


def test_what_events_show_is_what_the_specification_allows(spec, rows):
    events = [event for row in rows if row["path"] == "/v1/events" for event in row["answer"]["data"]]
    seen = {event["type"] for event in events}
    assert len(seen) >= 25
    found = {one for event in events for one in problems(spec, {"$ref": f"/{event['data']['object']['object']}"}, event["data"]["object"], event["type"])}
    assert sorted(found) == []


def test_an_answer_that_is_not_allowed_is_found(spec):
    schema = answer_schema(spec, "GET", "/v1/refunds/re_1")
    good = {"id": "re_1", "object": "refund", "amount": 1, "created": 1, "currency": "usd"}
    assert problems(spec, schema, good) == []
    for wrong in ({"colour": "red"}, {"amount": "1"}, {"object": "charge"}, {"pending_reason": "asleep"}, {"created": None}):
        assert len(problems(spec, schema, {**good, **wrong})) == 1
    assert problems(spec, schema, {"id": "re_1"}) != []


def test_the_mock_speaks_our_version(spec):
    assert spec["info"]["version"] == API_VERSION == stripe_mock.API_VERSION


def test_the_file_is_small():
    assert Path(FILE).stat().st_size < 60_000
