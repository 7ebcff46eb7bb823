"""The powers of the fake Stripe itself: faults, webhooks over HTTP, control from outside, chance by seed."""

from __future__ import annotations

import http.client
import json
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, get_type_hints

import pytest
import stripe

from launch.paths import ROOT
from tests.fakes.stripe import FakeStripe, api
from tests.fakes.stripe.behaviours import Scene
from tests.fakes.stripe.behaviours.scene import visit
from tests.fakes.stripe.control import OVER_HTTP
from tests.fakes.stripe.faults import KINDS
from tests.fakes.stripe.forms import decoded
from tests.fakes.stripe.scenario import play


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with FakeStripe() as started:
        yield started


@pytest.fixture
def scene(fake: FakeStripe) -> Scene:
    return Scene(fake.client(), fake)


def asked(address: str, name: str, **arguments: Any) -> Any:
    """A control over HTTP: its result, or what it was refused with."""
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    line.request("POST", f"/_control/{name}", json.dumps(arguments))
    answer = json.load(line.getresponse())
    line.close()
    return answer.get("result", answer.get("error"))


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_down_refuses_connections_and_up_listens_at_the_same_port(fake, scene):
    before = scene.paid().id
    fake.down()
    with pytest.raises(stripe.APIConnectionError):
        scene.v1.balance.retrieve()
    fake.up()
    assert scene.v1.payment_intents.retrieve(before).id == before


def test_a_request_hangs_as_long_as_it_is_told(fake, scene):
    fake.fault("hang", seconds=0.05)
    assert scene.paid().status == "succeeded"  # answered though nobody released it


def test_a_client_that_gives_up_waiting_finds_the_effect_later(fake):
    impatient = stripe.StripeClient("sk_test_standin", base_addresses={"api": fake.url}, max_network_retries=0, http_client=stripe.RequestsClient(timeout=0.05))
    fake.fault("hang", "POST", "/v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.payment_intents.create(params={"amount": 500, "currency": "usd"})
    assert fake.wait_hanging()
    fake.release()
    with fake.world.changed:
        assert fake.world.changed.wait_for(lambda: fake.world.all("payment_intent"), 10)


def test_a_fault_meets_what_it_names_and_no_more_often_than_told(fake, scene):
    fake.fault("broken", "POST", "/v1/(refunds|transfers)$", times=2)
    intent = scene.paid().id
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            scene.refund(intent, 100)
    assert scene.v1.refunds.list().data == []
    assert scene.refund(intent, 100).status == "succeeded"


@pytest.mark.parametrize("kind", KINDS)
def test_no_fault_leaves_more_than_one_effect_behind(fake, scene, kind):
    """Whatever goes wrong: after a repeat with the same key, and after one with a new key if the first was kept, there is one refund."""
    intent, key = scene.paid().id, scene.key("re")
    params = {"payment_intent": intent, "amount": 10_000}
    fake.fault(kind, "POST", "/v1/refunds", seconds=0.01)
    for attempt in (key, key, f"{key}:again"):
        try:
            scene.v1.refunds.create(params=params, options={"idempotency_key": attempt})
        except stripe.StripeError:
            continue
    assert [row.amount for row in scene.v1.refunds.list(params={"payment_intent": intent}).data] == [10_000]


def test_lost_answers_are_the_same_for_the_same_seed():
    def lost(seed: int) -> list[bool]:
        with FakeStripe(seed=1) as fake:
            fake.fault("lose", "GET", times=None, share=0.5, seed=seed)
            return [_is_lost(fake.client()) for _ in range(20)]

    assert lost(1) == lost(1) != lost(2)
    assert 3 < sum(lost(1)) < 17


def _is_lost(client: stripe.StripeClient) -> bool:
    try:
        client.v1.balance.retrieve()
    except stripe.APIConnectionError:
        return True
    return False


def test_the_next_card_is_declined_whatever_it_is(fake, scene):
    fake.decline_next("expired_card", "expired_card")
    with pytest.raises(stripe.CardError) as refusal:
        scene.paid()
    assert refusal.value.code == "expired_card"
    assert scene.paid().status == "succeeded"


def test_the_sdk_itself_survives_a_lost_answer(fake):
    """With its own retries, which are what production uses."""
    fake.fault("lose", "POST", "/v1/payment_intents")
    made = fake.client(retries=1).v1.payment_intents.create(params={"amount": 500, "currency": "usd"})
    assert [row["id"] for row in fake.objects("payment_intent")] == [made.id]


# ── money ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_transfers_at_the_same_time_never_exceed_their_charge(scene):
    account, charge = scene.ready_account(), scene.paid(10_000).latest_charge

    def attempt(_number: int) -> int:
        try:
            return int(scene.transfer(account, 1_500, source_transaction=charge.id).amount)
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 9_000


@pytest.mark.parametrize("seed", range(3))
def test_no_money_appears_or_vanishes(fake, scene, seed):
    """After any mixture of calls: what accounts received is what the platform sent, and each balance is the sum of its reasons."""
    dice = random.Random(seed)
    accounts = [scene.ready_account() for _ in range(2)]
    charges = [scene.paid(dice.randrange(500, 20_000), card=dice.choice(["pm_card_visa", "pm_card_bypassPending"])).latest_charge for _ in range(4)]
    transfers: list[str] = []
    for _ in range(60):
        charge, amount = dice.choice(charges), dice.randrange(1, 8_000)
        try:
            match dice.randrange(6):
                case 0 | 1:
                    transfers.append(scene.transfer(dice.choice(accounts), amount, source_transaction=charge.id).id)
                case 2:
                    refund = scene.refund(charge.payment_intent, amount)
                    if dice.random() < 0.3:
                        fake.finish_refund(refund.id, is_succeeded=False)
                case 3 if transfers:
                    scene.v1.transfers.reversals.create(dice.choice(transfers), params={"amount": amount})
                case 4:
                    fake.advance(dice.randrange(100_000))
                case 5 if dice.random() < 0.2:
                    fake.decide(fake.dispute(charge.id)["id"], is_won=dice.random() < 0.5)
        except stripe.InvalidRequestError:
            continue
    rows = fake.objects("balance_transaction")
    assert all(row["net"] == row["amount"] - row["fee"] for row in rows)
    moved = {"transfer", "transfer_refund", "payment", "payment_refund"}
    assert sum(row["net"] for row in rows if row["type"] in moved) == 0
    for charge in fake.objects("charge"):
        used = sum(one["amount"] for one in fake.objects("transfer") if one["source_transaction"] == charge["id"])
        assert 0 <= charge["amount_refunded"] <= charge["amount"] and used <= charge["amount"]
    for account in (fake.world.platform, *accounts):
        balance = fake.balance(account)
        held = sum(row["net"] for row in fake.world.all("balance_transaction", account))
        assert sum(balance["available"].values()) + sum(balance["pending"].values()) == held
    assert all(fake.balance(account)["available"].get("usd", 0) >= 0 for account in accounts)


# ── webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def receiver() -> Iterator[tuple[str, list[tuple[bytes, str]]]]:
    """An endpoint over HTTP: its address, and what it got."""
    got: list[tuple[bytes, str]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers["Stripe-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://market.localhost:{server.server_port}/stripe/", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_webhooks_go_out_by_themselves_when_told_to(fake, scene):
    with receiver() as (url, got):
        secret = fake.endpoint(url)
        fake.webhooks(mode="at_once", copies=2)
        scene.v1.payment_intents.create(params={"amount": 500, "currency": "usd"})
        assert fake.wait_delivered()
        events = [stripe.Webhook.construct_event(body, signature, secret) for body, signature in got]
    assert [event.type for event in events] == ["payment_intent.created"] * 2
    assert events[0].id == events[1].id


def test_an_endpoint_that_nobody_listens_at_is_tried_again(fake, scene):
    fake.endpoint("http://127.0.0.1:9/")  # the discard port
    scene.v1.payment_intents.create(params={"amount": 500, "currency": "usd"})
    assert [one["status"] for one in fake.deliver()] == [0]
    assert fake.deliver() == [] and len(fake.deliver(is_all=True)) == len(fake.held()) == 1


def test_an_endpoint_gets_only_what_it_asked_for(fake, scene):
    got: list[bytes] = []
    fake.endpoint(receiver=lambda body, _signature: got.append(body) or 200, enabled=["charge.*"])
    scene.paid()
    fake.deliver()
    assert [json.loads(body)["type"] for body in got] == ["charge.succeeded", "charge.updated"]


def test_the_order_of_shuffled_webhooks_is_the_same_for_the_same_seed():
    def order(shuffle: int) -> list[str]:
        with FakeStripe(seed=1) as fake:
            fake.endpoint(receiver=lambda _body, _signature: 200)
            Scene(fake.client(), fake).paid()
            return [one["kind"] for one in fake.deliver(shuffle=shuffle)]

    assert order(1) == order(1)
    assert len({tuple(order(number)) for number in range(6)}) > 1


def test_held_webhooks_can_be_dropped(fake, scene):
    fake.endpoint(receiver=lambda _body, _signature: 200)
    scene.paid()
    assert (fake.drop_held(), fake.drop_held()) == (4, 0)
    assert fake.deliver() == []


# ── from outside ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_process_of_its_own_is_controlled_over_http():
    command = [sys.executable, "-m", "tests.fakes.stripe", "--seed", "5"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = json.loads(process.stdout.readline())
    controls = told["control_url"].removesuffix("/_control/")
    client = stripe.StripeClient(told["key"], base_addresses={"api": told["url"]}, max_network_retries=0)
    session = client.v1.checkout.sessions.create(params=Scene(client).session_params())  # type: ignore[arg-type]
    assert asked(controls, "pay", session=session.id)["payment_status"] == "paid"
    assert "is not open" in asked(controls, "pay", session=session.id)
    moment = asked(controls, "advance", seconds=1000)
    assert abs(asked(controls, "now") - moment) < 5
    assert [row["path"] for row in asked(controls, "requests", path="/v1/checkout")] == ["/v1/checkout/sessions"]
    asked(controls, "down")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.balance.retrieve()
    asked(controls, "up")
    assert client.v1.balance.retrieve().object == "balance"
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_controls_refuse_what_they_do_not_have(fake):
    assert "no such control" in asked(fake.url, "explode")
    assert "no such control" in asked(fake.url, "start")
    assert "no account 'acct_unknown'" in asked(fake.url, "onboard", account="acct_unknown")
    assert "unexpected keyword" in asked(fake.url, "now", hours=1) and "missing" in asked(fake.url, "advance")
    assert "no such fault" in asked(fake.url, "fault", kind="earthquake")
    assert "no such figure" in asked(fake.url, "terms", fee=1)


def test_what_is_finished_cannot_be_finished_again(fake, scene):
    """A test that does so is mistaken: money would come twice."""
    intent = scene.paid(10_000)
    refund, dispute = scene.refund(intent.id, 100).id, fake.dispute(intent.latest_charge.id, amount=100)["id"]
    payout = fake.payout(scene.ready_account(), 100)["id"]
    for once in (
        lambda: fake.finish_refund(refund, is_succeeded=False),
        lambda: fake.finish_payout(payout, is_paid=False),
        lambda: fake.decide(dispute, is_won=True),
    ):
        once()
        with pytest.raises(ValueError, match="already"):
            once()


def test_every_control_over_http_takes_json():
    json_like = {"str", "int", "float", "bool", "None", "list[str]", "Any"}
    for name in OVER_HTTP:
        hints = get_type_hints(getattr(FakeStripe, name))
        given = {part for key, hint in hints.items() if key != "return" for part in re.split(r" \| ", getattr(hint, "__name__", str(hint)))}
        assert {one.removeprefix("typing.") for one in given} <= json_like | {"NoneType", "Optional", "Union"}, name


def test_fees_and_waits_are_set_by_terms(fake, scene):
    fake.terms(fee_basis_points=150, fee_fixed=25, settlement_s=0)
    scene.paid(10_000)
    assert fake.balance() == {"available": {"usd": 9_825}, "pending": {}}


def test_pages_can_be_read_and_used_without_scripts(fake, scene):
    pages = [visit(scene.session(customer_email="").url), visit(f"{fake.url}/c/pay/cs_unknown"), visit(f"{fake.url}/nowhere")]
    assert [status for status, _text, _to in pages] == [200, 404, 404]
    text = pages[0][1]
    assert "<script" not in text and 'lang="en"' in text and text.count("<h1>") == 1 and "<caption>" in text
    labelled = set(re.findall(r'<label for="(\w+)"', text))
    assert labelled == set(re.findall(r'<input id="(\w+)"', text)) == {"email"}
    assert re.findall(r"<button [^>]*>([^<]+)</button>", text) == ["Pay $30.00", "Pay with a card that is declined", "Pay by bank debit, confirmed later"]


def test_an_email_typed_on_the_page_is_kept(scene):
    session = scene.session(customer_email="")
    visit(session.url, action="pay", email="typed@example.test")
    assert scene.v1.checkout.sessions.retrieve(session.id).customer_details.email == "typed@example.test"


def test_a_mistake_inside_the_fake_is_told_at_its_end(monkeypatch):
    def broken(_world: Any, _call: Any) -> Any:
        raise KeyError("planted")

    monkeypatch.setattr(api, "PATTERNS", [(re.compile("GET /v1/balance"), broken)])
    fake = FakeStripe().start()
    with pytest.raises(stripe.APIConnectionError):
        fake.client().v1.balance.retrieve()
    with pytest.raises(KeyError, match="planted"):
        fake.stop()


# ── chance and records ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_ids_and_no_seed_gives_others():
    def ids(seed: int | None) -> list[str]:
        with FakeStripe(seed=seed) as fake:
            play(Scene(fake.client(), fake))
            return [event["id"] for event in fake.events()]

    assert ids(7) == ids(7)
    assert not set(ids(None)) & set(ids(None))


def test_requests_are_dumped_as_json_lines(fake, scene, tmp_path):
    scene.refund(scene.paid().id, 100, metadata={"refund": "r-1"})
    assert fake.dump(str(tmp_path / "requests.jsonl")) == 2
    first, second = (json.loads(line) for line in (tmp_path / "requests.jsonl").read_text().splitlines())
    assert (second["method"], second["path"], second["status"]) == ("POST", "/v1/refunds", 200)
    assert ["metadata[refund]", "r-1"] in second["form"] and second["headers"]["idempotency-key"].startswith("test:re:")
    assert first["headers"]["stripe-version"] == "2026-08-26.dahlia" and "authorization" not in first["headers"]


def test_nested_forms_are_read_as_the_sdk_writes_them():
    assert decoded("a[b][0][c]=1&a[b][1][c]=2&d[]=x&d[]=y&e=&f[g]=%5Bh%5D") == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "d": ["x", "y"],
        "e": "",
        "f": {"g": "[h]"},
    }
