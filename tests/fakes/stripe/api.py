"""From a request to its answer: limits, the key, the account, idempotency, the endpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.fakes.stripe import accounts, checkout, disputes, events, payments, payouts, refunds, transfers
from tests.fakes.stripe.errors import Refusal
from tests.fakes.stripe.faults import Rule, refusal_before, server_error
from tests.fakes.stripe.forms import Form, decoded
from tests.fakes.stripe.idempotency import Answer
from tests.fakes.stripe.world import API_VERSION, Call, World, type_object

type_endpoint = Callable[[World, Call], type_object]

ENDPOINTS: dict[str, type_endpoint] = {
    "POST /v1/accounts": accounts.create_account,
    "GET /v1/accounts": accounts.list_accounts,
    "GET /v1/accounts/{}": accounts.retrieve_account,
    "POST /v1/accounts/{}": accounts.update_account,
    "GET /v1/account": accounts.retrieve_own_account,
    "POST /v1/account_links": accounts.create_account_link,
    "POST /v1/checkout/sessions": checkout.create_session,
    "GET /v1/checkout/sessions": checkout.list_sessions,
    "GET /v1/checkout/sessions/{}": checkout.retrieve_session,
    "POST /v1/checkout/sessions/{}": checkout.update_session,
    "POST /v1/checkout/sessions/{}/expire": checkout.expire_session,
    "GET /v1/checkout/sessions/{}/line_items": checkout.list_session_lines,
    "POST /v1/payment_intents": payments.create_intent,
    "GET /v1/payment_intents": payments.list_intents,
    "GET /v1/payment_intents/{}": payments.retrieve_intent,
    "POST /v1/payment_intents/{}/confirm": payments.confirm_intent,
    "GET /v1/charges": payments.list_charges,
    "GET /v1/charges/{}": payments.retrieve_charge,
    "POST /v1/refunds": refunds.create_refund,
    "GET /v1/refunds": refunds.list_refunds,
    "GET /v1/refunds/{}": refunds.retrieve_refund,
    "POST /v1/refunds/{}": refunds.update_refund,
    "POST /v1/transfers": transfers.create_transfer,
    "GET /v1/transfers": transfers.list_transfers,
    "GET /v1/transfers/{}": transfers.retrieve_transfer,
    "POST /v1/transfers/{}": transfers.update_transfer,
    "POST /v1/transfers/{}/reversals": transfers.create_reversal,
    "GET /v1/transfers/{}/reversals": transfers.list_reversals,
    "GET /v1/transfers/{}/reversals/{}": transfers.retrieve_reversal,
    "GET /v1/balance": accounts.retrieve_balance,
    "GET /v1/balance_transactions": accounts.list_balance_transactions,
    "GET /v1/balance_transactions/{}": accounts.retrieve_balance_transaction,
    "GET /v1/events": events.list_events,
    "GET /v1/events/{}": events.retrieve_event,
    "GET /v1/disputes": disputes.list_disputes,
    "GET /v1/disputes/{}": disputes.retrieve_dispute,
    "POST /v1/disputes/{}": disputes.update_dispute,
    "POST /v1/disputes/{}/close": disputes.close_dispute,
    "POST /v1/payouts": payouts.create_payout,
    "GET /v1/payouts": payouts.list_payouts,
    "GET /v1/payouts/{}": payouts.retrieve_payout,
}
PATTERNS = [(re.compile(re.escape(name).replace(r"\{\}", "([^/]+)")), endpoint) for name, endpoint in ENDPOINTS.items()]


def answered(world: World, call: Call) -> Answer:
    """Answer one request, and record it."""
    with world.lock:
        world.run_due()
        call.request_id = world.new_id("req")
        rule = world.faults.take(call)
    try:
        answer = _answer(world, call, rule)
    except Refusal as refusal:  # before the endpoint: nothing was carried out
        answer = Answer(refusal.status, refusal.body(), refusal.headers)
    answer.is_lost = rule is not None and rule.kind == "lose"
    answer.headers = {**_echoed(call), **answer.headers}
    with world.lock:
        world.recorder.add(call, answer)
    return answer


def _echoed(call: Call) -> dict[str, str]:
    headers = {"Request-Id": call.request_id, "Stripe-Version": call.headers.get("stripe-version", API_VERSION)}
    named = {"idempotency-key": "Idempotency-Key", "stripe-account": "Stripe-Account"}
    return {**headers, **{shown: call.headers[name] for name, shown in named.items() if name in call.headers}}


def _answer(world: World, call: Call, rule: Rule | None) -> Answer:
    if rule and (limit := refusal_before(rule)):
        raise limit
    _authenticate(call)
    with world.lock:
        _choose_account(world, call)
        endpoint = _endpoint(call)
        call.form = Form(decoded(call.query if call.method == "GET" else call.raw))
        if again := world.keys.begin(call):
            return again
    if rule and rule.kind == "hang":
        world.faults.hang(rule)
    with world.lock:
        answer = _carried_out(world, call, endpoint, rule)
        world.keys.finish(call, answer)
        return answer


def _carried_out(world: World, call: Call, endpoint: type_endpoint, rule: Rule | None) -> Answer:
    world.current = call
    try:
        if rule and rule.kind == "broken":
            raise server_error()
        body = json.loads(json.dumps(endpoint(world, call)))  # the answer of this moment, whatever changes later
        if rule and rule.kind == "error":
            raise server_error()
        return Answer(200, body)
    except Refusal as refusal:
        return Answer(refusal.status, refusal.body(), refusal.headers, is_saved=refusal.is_saved)
    finally:
        world.current = None


def _authenticate(call: Call) -> None:
    key = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not key:
        message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth."
        raise Refusal(401, "invalid_request_error", message)
    if not key.startswith(("sk_test_", "rk_test_")):
        raise Refusal(401, "invalid_request_error", f"Invalid API Key provided: {key[:8]}***", code="api_key_expired" if "expired" in key else None)


def _choose_account(world: World, call: Call) -> None:
    named = call.headers.get("stripe-account")
    if named and (named not in world.objects or world.objects[named]["object"] != "account"):
        message = f"The provided key does not have access to account '{named}' (or that account does not exist). Application access may have been revoked."
        raise Refusal(403, "invalid_request_error", message, code="account_invalid")
    call.account = named or world.platform


def _endpoint(call: Call) -> type_endpoint:
    for pattern, endpoint in PATTERNS:
        if found := pattern.fullmatch(f"{call.method} {call.path}"):
            call.parts = found.groups()
            return endpoint
    raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({call.method}: {call.path}). The fake does not play it, or it does not exist.")
