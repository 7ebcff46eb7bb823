"""B27 to B36: hosted checkout."""

from __future__ import annotations

import stripe

from tests.fakes.stripe.behaviours.registry import behaviour
from tests.fakes.stripe.behaviours.scene import SHOP, Scene, refused, visit


@behaviour(27)
def session_is_open_and_has_no_payment_yet(scene: Scene) -> None:
    """A new session is open and unpaid, has the sum of its lines, an address to send the buyer to, and no payment intent yet."""
    session = scene.session(client_reference_id="group-1")
    assert (session.status, session.payment_status, session.amount_total, session.currency) == ("open", "unpaid", 3_000, scene.currency)
    assert session.url and session.payment_intent is None
    assert (session.client_reference_id, session.metadata["group"], session.customer_email) == ("group-1", "g-1", "buyer@example.test")


@behaviour(28, "control")
def paid_session_leads_to_its_charge(scene: Scene) -> None:
    """Paying completes the session; its payment intent carries transfer_group, metadata and description, and expand shows the charge."""
    session = scene.session()
    assert visit(session.url, action="pay")[0] == 303
    now = scene.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent.latest_charge"]})
    assert (now.status, now.payment_status, now.url, now.customer_details.email) == ("complete", "paid", None, "buyer@example.test")
    intent, charge = now.payment_intent, now.payment_intent.latest_charge
    assert (intent.status, intent.amount_received, intent.transfer_group, intent.metadata["group"]) == ("succeeded", 3_000, "g-1", "g-1")
    assert (charge.paid, charge.transfer_group, charge.description) == (True, "g-1", "Order group g-1")
    event = scene.event("checkout.session.completed", session.id)
    assert (event.data.object["payment_status"], event.data.object["payment_intent"]) == ("paid", intent.id)


@behaviour(29, "control")
def declined_card_leaves_the_session_open(scene: Scene) -> None:
    """A declined card leaves the session open and reports payment_intent.payment_failed with the reason; the buyer can pay after it."""
    session = scene.session()
    status, text, to = visit(session.url, action="decline")
    assert "Your card was declined." in text and not to and status == 402
    now = scene.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert (now.status, now.payment_status, now.payment_intent.status) == ("open", "unpaid", "requires_payment_method")
    event = scene.event("payment_intent.payment_failed", now.payment_intent.id)
    assert event.data.object["last_payment_error"]["code"] == "card_declined"
    scene.fake.pay(session.id)
    after = scene.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.payment_intent) == ("complete", now.payment_intent.id)


@behaviour(30, "control")
def page_leads_back_with_the_session_id(scene: Scene) -> None:
    """The page shows the amount, offers the way back to cancel_url, and after paying puts the session's id into success_url."""
    session = scene.session()
    _status, text, _to = visit(session.url)
    assert "$30.00" in text and f'href="{SHOP}cart/"' in text
    assert visit(session.url, action="pay")[2] == f"{SHOP}paid/?session={session.id}"


@behaviour(31)
def only_an_open_session_can_be_expired(scene: Scene) -> None:
    """An open session can be expired: it reports that, loses its address and cannot be expired again."""
    session = scene.session()
    now = scene.v1.checkout.sessions.expire(session.id)
    assert (now.status, now.url) == ("expired", None)
    scene.event("checkout.session.expired", session.id)
    with refused(stripe.InvalidRequestError, status=400) as held:
        scene.v1.checkout.sessions.expire(session.id)
    assert '["open"]' in held.message


@behaviour(32, "control")
def paid_session_cannot_be_expired_nor_an_expired_one_paid(scene: Scene) -> None:
    """Of paying and expiring exactly one happens: a paid session is refused to expire, an expired page takes no payment."""
    paid, expired = scene.session(), scene.session()
    scene.fake.pay(paid.id)
    with refused(stripe.InvalidRequestError, status=400):
        scene.v1.checkout.sessions.expire(paid.id)
    scene.v1.checkout.sessions.expire(expired.id)
    status, text, to = visit(expired.url, action="pay")
    assert (status, to) == (200, "") and "expired" in text
    assert scene.v1.checkout.sessions.retrieve(expired.id).payment_intent is None


@behaviour(33)
def session_lives_half_an_hour_to_a_day(scene: Scene) -> None:
    """expires_at lies 30 minutes to 24 hours ahead, 24 hours when not said; anything else is refused."""
    session = scene.session()
    assert abs(session.expires_at - session.created - 86_400) < 60
    for wrong in (session.created + 29 * 60, session.created + 25 * 3600):
        with refused(stripe.InvalidRequestError, status=400, param="expires_at"):
            scene.session(expires_at=wrong)
    assert scene.session(expires_at=session.created + 2 * 3600).expires_at == session.created + 2 * 3600


@behaviour(34, "control")
def session_runs_out_by_itself(scene: Scene) -> None:
    """At expires_at an open session expires without a request, which its event says."""
    session = scene.session(expires_at=scene.fake.now() + 3600)
    scene.fake.advance(3599)
    assert scene.v1.checkout.sessions.retrieve(session.id).status == "open"
    scene.fake.advance(2)
    assert scene.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert scene.event("checkout.session.expired", session.id).request.id is None


@behaviour(35, "control")
def delayed_payment_completes_before_it_is_paid(scene: Scene) -> None:
    """With a delayed method the session completes unpaid; later async_payment_succeeded or async_payment_failed decides."""
    good, bad = scene.session(), scene.session()
    for session in (good, bad):
        visit(session.url, action="later")
        event = scene.event("checkout.session.completed", session.id)
        assert (event.data.object["status"], event.data.object["payment_status"]) == ("complete", "unpaid")
    before = scene.fake.balance()
    scene.fake.settle_later(bad.id, is_succeeded=False)
    assert scene.fake.balance() == before
    scene.fake.settle_later(good.id)
    assert scene.event("checkout.session.async_payment_succeeded", good.id).data.object["payment_status"] == "paid"
    assert scene.event("checkout.session.async_payment_failed", bad.id).data.object["payment_status"] == "unpaid"
    intents = [scene.v1.checkout.sessions.retrieve(one.id, params={"expand": ["payment_intent"]}).payment_intent.status for one in (good, bad)]
    assert intents == ["succeeded", "requires_payment_method"]


@behaviour(36)
def sessions_lines_have_one_currency_and_a_least_amount(scene: Scene) -> None:
    """Lines of different currencies are refused, and so is a total below the least amount of the currency."""
    with refused(stripe.InvalidRequestError, status=400):
        scene.session(line_items=[scene.line("Mug", 1_000, 1), scene.line("Cup", 1_000, 1, currency="eur")])
    with refused(stripe.InvalidRequestError, status=400, code="amount_too_small"):
        scene.session(line_items=[scene.line("Mug", 1, 1)])
