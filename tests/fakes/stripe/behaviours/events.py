"""B59 to B68: events and webhooks."""

from __future__ import annotations

import json
from typing import Any

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import Scene, refused
from tests.fakes.stripe.world import API_VERSION


class Inbox:
    """An endpoint that keeps what it gets, and answers as it is told."""

    def __init__(self, scene: Scene, kind: str = "account", *statuses: int) -> None:
        self.got: list[tuple[bytes, str]] = []
        self.statuses = list(statuses)
        self.secret = scene.fake.endpoint(kind=kind, receiver=self)

    def __call__(self, body: bytes, signature: str) -> int:
        self.got.append((body, signature))
        return self.statuses.pop(0) if self.statuses else 200

    def events(self) -> list[Any]:
        return [stripe.Webhook.construct_event(body, signature, self.secret) for body, signature in self.got]


@behaviour(59)
def events_are_listed_by_kind_and_time(scene: Scene) -> None:
    """Events are listed newest first, by kind (also charge.*) and by created bounds, page by page without gap or repeat: a sweep finds all."""
    since = scene.v1.payment_intents.create(params={"amount": 500, "currency": scene.currency}).created
    charges = [scene.paid(1_000 + number).latest_charge.id for number in range(3)]
    scene.event("charge.succeeded", charges[-1])
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = scene.v1.events.list(params={"type": "charge.succeeded", "created": {"gte": since}, "limit": 2, **after})
        found += [row.data.object["id"] for row in page.data]
        if not page.has_more:
            break
        after = {"starting_after": page.data[-1].id}
    assert found[:3] == list(reversed(charges)) and len(found) == len(set(found))
    assert {row.type.split(".")[0] for row in scene.v1.events.list(params={"type": "charge.*"}).data} == {"charge"}
    assert scene.v1.events.list(params={"created": {"lt": since - 86_400 * 40}}).data == []


@behaviour(60)
def event_shows_the_object_as_it_was(scene: Scene) -> None:
    """An event holds the object as it was then, in its API version: what happens later does not change it."""
    charge = scene.paid(10_000).latest_charge
    event = scene.event("charge.succeeded", charge.id)
    scene.refund(charge.payment_intent, 1_000)
    again = scene.v1.events.retrieve(event.id)
    assert again.data.object["amount_refunded"] == 0
    assert scene.v1.charges.retrieve(charge.id).amount_refunded == 1_000
    assert again.api_version and not again.livemode


@behaviour(61)
def event_names_request_and_key(scene: Scene) -> None:
    """An event names the request that caused it and that request's idempotency key."""
    key = scene.key("re")
    refund = scene.v1.refunds.create(params={"payment_intent": scene.paid().id, "amount": 100}, options={"idempotency_key": key})
    event = scene.event("refund.created", refund.id)
    assert (event.request.id, event.request.idempotency_key) == (refund.last_response.request_id, key)


@behaviour(62, "control")
def webhooks_are_signed(scene: Scene) -> None:
    """A webhook's body and moment are signed with the endpoint's secret: another secret, a changed body or an old moment is refused."""
    inbox = Inbox(scene)
    scene.paid()
    assert all(one["status"] == 200 for one in scene.fake.deliver())
    assert [event.api_version for event in inbox.events()] == [API_VERSION] * 4
    body, signature = inbox.got[0]
    for forged, secret in ((body, "whsec_other"), (body + b" ", inbox.secret)):
        with _unsigned():
            stripe.Webhook.construct_event(forged, signature, secret)
    scene.fake.webhooks(signed_ago_s=301)
    scene.fake.deliver_again(json.loads(body)["id"])
    with _unsigned():
        stripe.Webhook.construct_event(*inbox.got[-1], inbox.secret)


class _unsigned:
    """The block must be refused for its signature."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        assert kind is stripe.SignatureVerificationError, f"taken, or failed with {kind}"
        return True


@behaviour(63, "control")
def accounts_have_an_endpoint_of_their_own(scene: Scene) -> None:
    """Events of connected accounts go to Connect endpoints, with a secret of their own and the account's id; the platform's go to the others."""
    ours, theirs = Inbox(scene), Inbox(scene, "connect")
    account = scene.ready_account()
    scene.paid()
    scene.fake.deliver()
    assert ours.secret != theirs.secret
    assert [(event.type, event.account) for event in theirs.events()] == [("account.updated", account)]
    assert {getattr(event, "account", None) for event in ours.events()} == {None}
    assert "account.updated" not in {event.type for event in ours.events()}


@behaviour(64, "control")
def refused_webhook_is_sent_again(scene: Scene) -> None:
    """An answer other than 2xx is tried again later with the same event and a fresh signature, for up to three days; until then the event counts as pending."""
    inbox = Inbox(scene, "account", 500, 503)
    scene.v1.payment_intents.create(params={"amount": 500, "currency": scene.currency})
    (first,) = scene.fake.deliver()
    assert scene.v1.events.retrieve(first["event"]).pending_webhooks == 1
    assert scene.fake.deliver() == []
    statuses = []
    while scene.fake.held():
        scene.fake.advance(3600)
        statuses += [one["status"] for one in scene.fake.deliver()]
    assert statuses == [503, 200]
    assert len({event.id for event in inbox.events()}) == 1 and scene.v1.events.retrieve(first["event"]).pending_webhooks == 0
    deaf = Inbox(scene, "account", *[500] * 99)
    scene.v1.payment_intents.create(params={"amount": 500, "currency": scene.currency})
    for _ in range(24 * 4):
        scene.fake.deliver()
        scene.fake.advance(3600)
    assert scene.fake.held() == [] and 3 < len(deaf.got) < 20


@behaviour(65, "control")
def webhooks_come_twice_and_in_any_order(scene: Scene) -> None:
    """The same event may come more than once, and events in another order than they happened: ids tell repeats, created is no order."""
    inbox = Inbox(scene)
    scene.refund(scene.paid().id)
    scene.fake.deliver(shuffle=3, copies=2)
    ids = [event.id for event in inbox.events()]
    order = [event.id for event in reversed(scene.v1.events.list().data)]
    assert sorted(ids) == sorted(order * 2) and list(dict.fromkeys(ids)) != order


@behaviour(66, "control")
def lost_webhooks_are_found_by_a_sweep(scene: Scene) -> None:
    """What never arrived is still listed: a sweep over events finds it."""
    inbox = Inbox(scene)
    scene.fake.webhooks(mode="dropped")
    intent = scene.paid()
    assert scene.fake.deliver() == [] and inbox.got == []
    assert scene.event("payment_intent.succeeded", intent.id)


@behaviour(67, "control")
def events_are_kept_thirty_days(scene: Scene) -> None:
    """Events older than thirty days are neither listed nor found."""
    event = scene.event("payment_intent.succeeded", scene.paid().id)
    scene.fake.advance(31 * 86_400)
    assert scene.v1.events.list().data == []
    with refused(stripe.InvalidRequestError, status=404, code="resource_missing"):
        scene.v1.events.retrieve(event.id)


@behaviour(68)
def balance_transactions_are_listed_by_day_and_kind(scene: Scene) -> None:
    """Balance transactions are listed by created bounds and by type, page by page, each with its source; expand shows the source."""
    intent = scene.paid(10_000)
    refund = scene.refund(intent.id, 4_000)
    since = intent.created - 1
    rows = scene.eventually(lambda: scene.v1.balance_transactions.list(params={"created": {"gte": since}, "type": "refund", "expand": ["data.source"]}).data)
    assert (rows[0].type, rows[0].source.id, rows[0].source.object) == ("refund", refund.id, "refund")
    assert scene.v1.balance_transactions.list(params={"created": {"gte": since, "lt": since}}).data == []
    (row,) = scene.booked(intent.latest_charge.id)
    assert scene.v1.balance_transactions.retrieve(row.id).amount == 10_000
