"""What rails tell us: stored by the route that took it, acted on here. A notice says that something changed; the rail is asked what."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.connect import refresh_account
from marketplace.flows.disputes import apply_dispute
from marketplace.flows.pay import finish_payment, learn
from marketplace.flows.refund import note_moved
from marketplace.kernel.actors import rail
from marketplace.platform.payments.actions import keep_session, note_failed, quarantine
from marketplace.platform.payments.events import RailNoticeReceived
from marketplace.platform.payments.models import PaymentAttempt, PayoutAccount, RailNotice, Refund
from marketplace.platform.payments.rails import connect_rail
from marketplace.platform.payments.rails.port import RailRefused

# What a signed notice may be about, and what is done with it: kinds by their beginning.
SESSION, REFUND, DISPUTE, ACCOUNT = "checkout.session.", ("refund.", "charge.refund."), "charge.dispute.", "account."
# Told, and nothing follows: it follows from another notice, or from our own asking.
OTHERWISE_KNOWN = ("payment_intent.", "charge.", "transfer.", "payout.", "balance.", "capability.", "person.", "topup.", "reporting.", "application_fee.")


def act_on_notice(event: RailNoticeReceived) -> None:
    """Outward reaction. Safe to repeat, in any order, several at once. What does not fit has no effect and is set aside for a person."""
    notice = RailNotice.objects.get(pk=event.notice_id)
    if notice.is_quarantined:
        return
    try:
        _told_by_sandbox(notice) if notice.rail == "sandbox" else _told(notice)
    except RailRefused as odd:
        quarantine(by=rail(notice.rail), notice=notice, why=str(odd.facts["why"]))


def _told_by_sandbox(notice: RailNotice) -> None:
    attempt_id = UUID(notice.body["attempt"])
    if notice.body["outcome"] == "succeeded":
        finish_payment(by=rail("sandbox"), attempt_id=attempt_id, rail_ref=notice.notice_id)
    else:
        note_failed(by=rail("sandbox"), attempt_id=attempt_id, why=str(notice.body.get("why", "")))


def _told(notice: RailNotice) -> None:
    kind, ref, account = notice.body["kind"], notice.body["object"], notice.body["account"]
    if account or kind.startswith(ACCOUNT):
        _about_account(notice.rail, kind, account or ref)
    elif kind.startswith(SESSION):
        learn(attempt_of_session(notice.rail, ref))
    elif kind.startswith(REFUND):
        _about_refund(notice.rail, ref)
    elif kind.startswith(DISPUTE):
        _about_dispute(notice.rail, ref)
    elif not kind.startswith(OTHERWISE_KNOWN):
        raise RailRefused(why=_("Nobody here knows what to do with {kind}.").format(kind=kind), code="unknown_kind")


def _about_account(code: str, kind: str, ref: str) -> None:
    account = PayoutAccount.objects.filter(stripe_account=ref).first()
    if account is None:
        raise RailRefused(why=_("No merchant has the account {ref}.").format(ref=ref), code="unknown_account")
    if kind.startswith(ACCOUNT):
        refresh_account(by=rail(code), merchant_id=account.merchant_id)
    elif not kind.startswith(OTHERWISE_KNOWN):
        raise RailRefused(why=_("Nobody here knows what to do with {kind}.").format(kind=kind), code="unknown_kind")


def attempt_of_session(code: str, session: str) -> PaymentAttempt:
    """The attempt whose page it is. One whose page was made and never heard of is found by the name we gave it."""
    attempts = PaymentAttempt.objects.select_related("payment")
    attempt = attempts.filter(rail_session=session).first()
    if attempt is None:
        ours = connect_rail(code).attempt_of(session)
        attempt = attempts.filter(pk=_uuid(ours), payment__rail=code, rail_session="").first()
        if attempt is None:
            raise RailRefused(why=_("The payment page {ref} was not asked for here.").format(ref=session), code="unknown_session")
        keep_session(by=rail(code), attempt=attempt, session=session)
    return attempt


def _about_refund(code: str, ref: str) -> None:
    moved = connect_rail(code).refund_state(ref)
    refund = Refund.objects.filter(pk=_uuid(moved.about), payment__rail=code).first()
    if refund is None:
        raise RailRefused(why=_("The refund {ref} was not asked for here.").format(ref=ref), code="unknown_refund")
    if refund.rail_ref in ("", ref):  # not one that failed, and was asked for anew since
        note_moved(refund.pk, rail(code), moved)


def _about_dispute(code: str, ref: str) -> None:
    seen = connect_rail(code).dispute(ref)
    attempt = PaymentAttempt.objects.select_related("payment").filter(pk=_uuid(seen.attempt), payment__rail=code).first()
    if attempt is None:
        raise RailRefused(why=_("The dispute {ref} is about a payment that is not ours.").format(ref=ref), code="unknown_payment")
    if attempt.status != PaymentAttempt.Status.SUCCEEDED:
        learn(attempt)  # notices come in any order
    apply_dispute(by=rail(code), attempt=attempt, seen=seen)


def _uuid(text: str) -> UUID:
    """What the rail knows our row by; the nil UUID, which no row has, for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
