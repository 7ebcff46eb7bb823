"""Notices: one an event and reader whatever comes twice or dies, out by the channels a person wants, back when they cannot arrive."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test import Client

from launch.sms_simulator import Simulator
from marketplace.kernel import clock, context
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.context import Running
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import Busy
from marketplace.kernel.models import Deadline, Delivery, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.notices import choosing
from marketplace.platform.notices.bouncing import address_works
from marketplace.platform.notices.channels import signing
from marketplace.platform.notices.errors import CodeOver, CodeTooSoon, CodeWrong, NotSentAgain
from marketplace.platform.notices.events import DispatchDue
from marketplace.platform.notices.hours import Hours
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import Message
from marketplace.platform.notices.models import Channel, DeadAddress, Dispatch, Notice, SmsNumber
from marketplace.platform.notices.queries import unread
from marketplace.platform.notices.sending import look_for_forgotten, send_due
from marketplace.platform.notices.telling import notify
from marketplace.platform.notices.wording import send_again
from tenants.accounts.models import Letter, User
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market
from tests import factories as make
from tests.running import threaded_server

pytestmark = pytest.mark.django_db
S = Dispatch.State
NOON = datetime(2027, 3, 10, 4, 0, tzinfo=UTC)  # in Shanghai
NIGHT = datetime(2027, 3, 10, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nobody_was_told_yet(db: None) -> None:
    """The world's shops were, when they opened."""
    Notice.objects.all().delete()
    Letter.objects.all().delete()


@pytest.fixture
def mei() -> User:
    return make.a_buyer("mei@example.com")


@pytest.fixture
def provider(settings: Any, tmp_path: Path) -> Iterator[Simulator]:
    settings.SMS_SECRET = "s" * 40
    simulator = Simulator(0, tmp_path / "sms", settings.SMS_SECRET, reports=False, within_s=10**9)  # tests move the clock
    settings.SMS_URL = simulator.url
    with threaded_server(simulator):
        yield simulator


def at(moment: datetime) -> Any:
    return clock.shifted(moment - datetime.now(UTC))


def tell(person: User, kind: str = "order_shipped", *, event: UUID | None = None, sms: str = "", **more: Any) -> Notice | None:
    """As a reaction to an event would."""
    message = Message(kind, f"About {kind}", ["Look at it."], button=("Look", market_url("/orders/")), sms=sms, **more)
    token = context.running.set(Running(event_id=event or uuid4()))
    try:
        with transaction.atomic():
            return notify(message, person=person)
    finally:
        context.running.reset(token)


def states() -> list[str]:
    return list(Dispatch.objects.order_by("created_at", "pk").values_list("state", flat=True))


def with_number(person: User, number: str = "+8613800138000", *kinds: str) -> None:
    SmsNumber.objects.create(person=person, number=number, confirmed_at=clock.now())
    choosing.choose(by=make.acting(person), wanted={(kind, Channel.SMS): True for kind in kinds})


class TestOnce:
    def test_an_event_that_comes_twice_tells_once(self, mei):
        event = uuid4()
        assert tell(mei, event=event) is not None
        assert tell(mei, event=event) is None
        deliver_events()
        assert Notice.objects.count() == len(mail.outbox) == 1

    def test_without_the_constraint_it_would_tell_twice(self, mei):
        """The control."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE platform_notices_notice DROP CONSTRAINT one_notice_per_event_and_reader")
        event = uuid4()
        tell(mei, event=event)
        tell(mei, event=event)
        deliver_events()
        assert Notice.objects.count() == len(mail.outbox) == 2

    def test_the_same_event_tells_each_reader_and_of_each_thing(self, mei):
        event, other = uuid4(), make.a_buyer("ann@example.com")
        tell(mei, event=event)
        tell(other, event=event)
        tell(mei, "order_paid", event=event)
        assert Notice.objects.count() == 3

    def test_what_is_rolled_back_is_told_nobody(self, mei):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            post_letter(mei.email, Message("order_paid", "Paid", ["Thank you."]))
            raise ZeroDivisionError
        assert not Notice.objects.exists() and not Letter.objects.filter(email=mei.email).exists()

    def test_a_dispatch_asked_for_twice_is_sent_once(self, mei):
        tell(mei)
        event = DispatchDue(dispatch_id=Dispatch.objects.get().pk)
        send_due(event)
        send_due(event)
        deliver_events()
        assert len(mail.outbox) == 1

    def test_what_a_worker_has_in_hand_another_leaves_alone_and_comes_back_for(self, mei):
        tell(mei)
        row = Dispatch.objects.get()
        Dispatch.objects.update(claimed_until=clock.now() + timedelta(seconds=20))  # somebody began, and may have died
        with pytest.raises(Busy):
            send_due(DispatchDue(dispatch_id=row.pk))
        assert not mail.outbox
        with clock.shifted(timedelta(minutes=1)):
            send_due(DispatchDue(dispatch_id=row.pk))
        assert len(mail.outbox) == 1 and states() == [S.SENT]

    def test_a_lost_event_is_made_up_for(self, mei):
        tell(mei)
        OutboxEvent.objects.all().delete()  # nothing in the house knows of it but its own row
        deliver_events()
        assert not mail.outbox
        with clock.shifted(timedelta(minutes=20)):
            assert look_for_forgotten(by=SYSTEM) == 1
            assert look_for_forgotten(by=SYSTEM) == 0
            deliver_events()
        assert len(mail.outbox) == 1 and look_for_forgotten(by=SYSTEM) == 0

    def test_both_attempts_have_one_name_so_that_a_mailbox_sees_one_letter(self, mei):
        tell(mei)
        deliver_events()
        assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{Dispatch.objects.get().pk.hex}@")


class TestMail:
    def test_a_mail_server_that_is_away_gets_it_later(self, mei, settings, monkeypatch):
        def away(self: Any, messages: Any) -> int:
            raise ConnectionRefusedError("nobody there")

        with monkeypatch.context() as patched:
            patched.setattr(EmailBackend, "send_messages", away)
            tell(mei)
            deliver_events()
        row = Dispatch.objects.get()
        assert (row.state, row.attempts) == (S.WAITING, 1) and "nobody there" in row.error
        Delivery.objects.filter(status=Delivery.Status.WAITING).update(due_at=clock.now() - timedelta(seconds=1))
        deliver_events()
        row.refresh_from_db()
        assert (row.state, row.attempts, row.error) == (S.SENT, 2, "") and len(mail.outbox) == 1
        assert Letter.objects.get(pk=row.letter_id).text == ""

    def test_a_mailbox_that_is_not_there_is_written_to_no_more_until_its_owner_says_it_works(self, mei, monkeypatch):
        def refuses(self: Any, messages: Any) -> int:
            raise smtplib.SMTPRecipientsRefused({mei.email: (550, b"no such user")})

        with monkeypatch.context() as patched:
            patched.setattr(EmailBackend, "send_messages", refuses)
            tell(mei)
            deliver_events()
        assert states() == [S.BOUNCED] and DeadAddress.objects.get(pk=mei.email).said == "550 no such user"
        tell(mei)
        deliver_events()
        assert states() == [S.BOUNCED, S.BARRED] and not mail.outbox
        assert unread(mei.pk) == "2"  # on our own pages it stands all the same
        address_works(by=make.acting(mei))
        tell(mei)
        deliver_events()
        assert len(mail.outbox) == 1

    def test_a_full_mailbox_is_no_dead_one(self, mei, monkeypatch):
        def full(self: Any, messages: Any) -> int:
            raise smtplib.SMTPRecipientsRefused({mei.email: (452, b"full")})

        monkeypatch.setattr(EmailBackend, "send_messages", full)
        tell(mei)
        deliver_events()
        assert states() == [S.WAITING] and not DeadAddress.objects.exists()

    def test_what_can_be_refused_says_so_to_mail_programs_and_a_service_notice_does_not(self, mei):
        tell(mei, "review_asked")
        tell(mei, "order_shipped")
        deliver_events()
        asked, shipped = mail.outbox
        assert asked.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = asked.extra_headers["List-Unsubscribe"].strip("<>")
        assert link.rsplit(":", 2)[0] in asked.body and "List-Unsubscribe" not in shipped.extra_headers and "/notices/refuse/" not in shipped.body

    def test_what_failed_for_good_is_sent_again_by_hand_while_its_text_is_there(self, mei, monkeypatch):
        def refuses(self: Any, messages: Any) -> int:
            raise smtplib.SMTPDataError(554, b"looks like spam")

        with monkeypatch.context() as patched:
            patched.setattr(EmailBackend, "send_messages", refuses)
            tell(mei)
            deliver_events()
        row = Dispatch.objects.get()
        assert row.state == S.FAILED
        send_again(by=SYSTEM, dispatch_id=row.pk)
        deliver_events()
        assert states() == [S.SENT] and len(mail.outbox) == 1
        with pytest.raises(NotSentAgain):
            send_again(by=SYSTEM, dispatch_id=row.pk)


class TestWishes:
    def test_a_service_notice_comes_whatever_somebody_chose(self, mei):
        choosing.choose(by=make.acting(mei), wanted={("order_shipped", "mail"): False, ("review_asked", "mail"): False})
        tell(mei, "order_shipped")
        tell(mei, "review_asked")
        deliver_events()
        assert states() == [S.SENT, S.UNWANTED] and len(mail.outbox) == 1 and unread(mei.pk) == "2"

    def test_quiet_hours_are_those_of_the_market_and_wrap_around_midnight(self):
        hours = Hours(Market.objects.get().tz)
        assert not hours.is_quiet(NOON) and hours.is_quiet(NIGHT)
        assert hours.after_quiet(NOON) == NOON
        assert hours.after_quiet(NIGHT) == datetime(2027, 3, 11, 0, 0, tzinfo=UTC)
        assert not Hours(hours.zone, quiet_from=9, quiet_until=9).is_quiet(NIGHT)

    def test_no_sms_at_night_but_in_the_morning(self, mei, provider):
        with_number(mei, "+8613800138000", "order_shipped")
        with at(NIGHT):
            tell(mei, sms="Shipped")
            deliver_events()
            assert provider.kept() == []
        with at(NIGHT + timedelta(hours=9)):
            fire_due()
            deliver_events()
        assert [message["text"] for message in provider.kept()] == ["Shipped"]

    def test_what_would_come_too_late_in_the_morning_does_not_come(self, mei, provider):
        with_number(mei, "+8613800138000", "order_shipped")
        with at(NIGHT):
            tell(mei, sms="Pay", until=NIGHT + timedelta(hours=1))
        assert set(Dispatch.objects.values_list("channel", "state")) == {("mail", S.WAITING), ("sms", S.CALLED_OFF)}

    def test_what_has_time_comes_in_one_letter_a_day(self, mei):
        choosing.set_hours(by=make.acting(mei), daily_at=18, quiet_from=22, quiet_until=8, is_mail_quiet=False)
        with at(NOON):
            tell(mei, "review_asked")
            tell(mei, "review_answered")
            tell(mei, "order_shipped")  # has no time
            deliver_events()
            assert [message.subject for message in mail.outbox] == ["About order_shipped"]
        assert Deadline.objects.get(kind="notices.daily").due_at == datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
        with at(NOON + timedelta(hours=7)):
            fire_due()
            deliver_events()
            fire_due()
            deliver_events()
        assert len(mail.outbox) == 2 and "About review_asked" in mail.outbox[1].body and "About review_answered" in mail.outbox[1].body
        assert Dispatch.objects.filter(state=S.GATHERED, within__state=S.SENT).count() == 2

    def test_mail_that_has_time_waits_for_the_morning_where_somebody_wants_it_so(self, mei):
        choosing.set_hours(by=make.acting(mei), daily_at=None, quiet_from=22, quiet_until=8, is_mail_quiet=True)
        with at(NIGHT):
            tell(mei, "review_asked")
            tell(mei, "order_shipped")
            deliver_events()
        assert [message.subject for message in mail.outbox] == ["About order_shipped"]


class TestSms:
    def test_only_to_a_number_that_was_confirmed_by_its_code(self, mei, provider):
        with at(NOON):
            choosing.give_number(by=make.acting(mei), number="138 0013 8000", country="CN")
            with pytest.raises(CodeTooSoon):
                choosing.give_number(by=make.acting(mei), number="138 0013 8000", country="CN")
            choosing.choose(by=make.acting(mei), wanted={("order_shipped", "sms"): True})
            tell(mei, sms="Shipped")
            deliver_events()
            (code,) = provider.kept()
            assert code["to"] == "+8613800138000" and not Dispatch.objects.filter(channel="sms").exclude(text="").exists()
            digits = "".join(filter(str.isdigit, code["text"]))[:6]
            with pytest.raises(CodeWrong):
                choosing.confirm_number(by=make.acting(mei), code="000000" if digits != "000000" else "111111")
            choosing.confirm_number(by=make.acting(mei), code=digits)
            tell(mei, sms="Shipped again")
            deliver_events()
        assert [message["text"] for message in provider.kept()][1:] == ["Shipped again"]

    def test_five_wrong_codes_end_it(self, mei, provider):
        choosing.give_number(by=make.acting(mei), number="13800138000", country="CN")
        SmsNumber.objects.update(code_hash="x")
        for _attempt in range(5):
            with pytest.raises(CodeWrong):
                choosing.confirm_number(by=make.acting(mei), code="123456")
        with pytest.raises(CodeOver):
            choosing.confirm_number(by=make.acting(mei), code="123456")

    def test_a_provider_that_is_away_is_asked_again_under_the_same_key(self, mei, provider):
        with_number(mei, "+8613800130003", "order_shipped")
        with at(NOON):
            tell(mei, sms="Shipped")
            deliver_events()
            assert Dispatch.objects.get(channel="sms").state == S.WAITING
            Delivery.objects.filter(status=Delivery.Status.WAITING).update(due_at=clock.now() - timedelta(seconds=1))
            deliver_events()
        row = Dispatch.objects.get(channel="sms")
        assert (row.state, row.text) == (S.SENT, "") and row.ref and provider.asked == {str(row.pk): 2} and len(provider.kept()) == 1

    def test_a_number_of_nobody_is_noted(self, mei, provider):
        with_number(mei, "+8613800130001", "order_shipped")
        with at(NOON):
            tell(mei, sms="Shipped")
            deliver_events()
        assert Dispatch.objects.get(channel="sms").state == S.BOUNCED and provider.kept() == []

    def test_it_is_sent_once_where_a_worker_died_after_the_provider_took_it(self, mei, provider):
        with_number(mei, "+8613800138000", "order_shipped")
        with at(NOON):
            tell(mei, sms="Shipped")
            deliver_events()
            Dispatch.objects.filter(channel="sms").update(state=S.WAITING, text="Shipped")  # as the dead worker left it
            send_due(DispatchDue(dispatch_id=Dispatch.objects.get(channel="sms").pk))
        assert len(provider.kept()) == 1


class TestReports:
    def report(self, path: str, body: dict[str, Any], secret: str, moment: str = "") -> int:
        data = json.dumps(body).encode()
        moment = moment or str(int(clock.now().timestamp()))
        headers = {"host": "market.localhost", signing.TIME: moment, signing.SIGNATURE: signing.signature(secret, moment, data)}
        return Client().post(path, data, content_type="application/json", headers=headers).status_code

    def test_a_receipt_moves_it_on_and_never_back(self, mei, provider, settings):
        with_number(mei, "+8613800138000", "order_shipped")
        with at(NOON):
            tell(mei, sms="Shipped")
            deliver_events()
        row = Dispatch.objects.get(channel="sms")
        told = {"id": str(row.pk), "ref": row.ref, "state": "delivered"}
        assert self.report("/hooks/sms/", told, "wrong" * 10) == 400
        assert self.report("/hooks/sms/", told, settings.SMS_SECRET, moment=str(int(clock.now().timestamp()) - 400)) == 400
        row.refresh_from_db()
        assert row.state == S.SENT
        for state in ("delivered", "failed", "delivered"):
            assert self.report("/hooks/sms/", {**told, "state": state}, settings.SMS_SECRET) == 200
        row.refresh_from_db()
        assert row.state == S.DELIVERED
        assert self.report("/hooks/sms/", {"id": "x"}, settings.SMS_SECRET) == 422

    def test_a_mail_that_came_back_bars_its_address(self, mei, settings):
        settings.MAIL_HOOK_SECRET = "m" * 40
        tell(mei)
        deliver_events()
        told = {"email": "Mei@example.com", "kind": "bounce", "why": "550", "message_id": mail.outbox[0].extra_headers["Message-ID"]}
        assert self.report("/hooks/mail/", {**told, "kind": "delay"}, settings.MAIL_HOOK_SECRET) == 200 and states() == [S.SENT]
        assert self.report("/hooks/mail/", told, settings.MAIL_HOOK_SECRET) == 200
        assert states() == [S.BOUNCED] and DeadAddress.objects.filter(pk=mei.email).exists()

    def test_without_a_secret_nobody_reports(self, settings):
        settings.MAIL_HOOK_SECRET = settings.SMS_SECRET = ""
        assert self.report("/hooks/mail/", {}, "") == self.report("/hooks/sms/", {}, "") == 404
