"""The bell and its pages: one's own alone, read without scripts; what may be chosen, what may not; and the link at the foot of a letter."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.relay import deliver_events
from marketplace.platform.notices.bouncing import note_dead
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.messages import Message
from marketplace.platform.notices.models import DeadAddress, Dispatch, Notice, NoticeChoice, NoticeHours
from marketplace.platform.notices.refusing import refuse_address
from marketplace.platform.notices.telling import notify
from marketplace.platform.notices.wording import set_reminders
from tenants.accounts.models import User
from tenants.tenancy.hosts import console_url, market_url, workbench_url
from tenants.tenancy.models import Market, Merchant
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
MARKET, WORKBENCH, CONSOLE = "market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"


@pytest.fixture(autouse=True)
def nobody_was_told_yet(db: None) -> None:
    Notice.objects.all().delete()


def client_of(person: User, host: str = MARKET) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def tell(person: User, subject: str, link: str = "", kind: str = "order_paid") -> Notice:
    with transaction.atomic():
        notice = notify(Message(kind, subject, ["A line."], button=("Look", link or market_url("/orders/"))), person=person)
    assert notice is not None
    return notice


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content[-500:]
    return response.content.decode()


class TestTheBell:
    def test_a_notice_stands_where_its_link_leads_and_nowhere_else(self):
        owner = User.objects.get(email="owner-a@market.localhost")
        kiln = Merchant.objects.get(pk=MERCHANTS["a"])
        tell(owner, "An order of yours")
        tell(owner, "An order of the shop", workbench_url(kiln, "/orders/"))
        tell(owner, "Something for the market", console_url("/approvals/"))
        tell(owner, "Of another shop", workbench_url(Merchant.objects.get(pk=MERCHANTS["b"]), "/orders/"))
        bought, sold = page(client_of(owner), "/account/notices/"), page(client_of(owner, WORKBENCH), "/inbox/")
        assert "An order of yours" in bought and "An order of the shop" not in bought
        assert "An order of the shop" in sold and not any(other in sold for other in ("An order of yours", "Something for", "Of another"))
        operator = User.objects.get(email="operator@market.localhost")
        tell(operator, "Approve this", console_url("/approvals/"))
        assert "Approve this" in page(client_of(operator, CONSOLE), "/inbox/")

    def test_nobody_reads_or_marks_what_is_somebody_elses(self):
        mei, ann = make.a_buyer("mei@example.com"), make.a_buyer("ann@example.com")
        hers = tell(mei, "For Mei")
        assert "For Mei" not in page(client_of(ann), "/account/notices/")
        for notice in (str(hers.pk), "x", ""):
            assert client_of(ann).post("/account/notices/read/", {"notice": notice, "then": "open"}).status_code == 404
        hers.refresh_from_db()
        assert hers.read_at is None

    def test_opening_one_marks_it_and_leads_on(self):
        mei = make.a_buyer("mei@example.com")
        notice, client = tell(mei, "Paid", market_url("/orders/20270101-1/#order-1")), client_of(mei)
        assert "Notices: 1 new" in re.sub(r"\s+", " ", page(client, "/account/"))
        answer = client.post("/account/notices/read/", {"notice": notice.pk, "then": "open"})
        assert (answer.status_code, answer.url) == (302, "/orders/20270101-1/#order-1")
        assert "1 new" not in page(client, "/account/") and "Nothing new" in page(client, "/account/notices/?show=new")
        client.post("/account/notices/read/", {"notice": notice.pk, "then": "unread"})
        assert "Paid" in page(client, "/account/notices/?show=new")

    def test_all_are_marked_at_once_and_older_ones_are_a_page_further(self):
        mei = make.a_buyer("mei@example.com")
        for n in range(32):
            notice = tell(mei, f"Number {n:02}")
            Notice.objects.filter(pk=notice.pk).update(at=clock.now() - timedelta(minutes=n))
        client = client_of(mei)
        first = page(client, "/account/notices/")
        assert "Number 29" in first and "Number 30" not in first
        (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
        assert "Number 31" in page(client, f"/account/notices/{older}") and page(client, "/account/notices/?before=x")
        client.post("/account/notices/read/", {"then": "all"})
        assert not Notice.objects.filter(read_at=None).exists()

    def test_what_somebody_wrote_stands_there_as_text(self):
        mei = make.a_buyer("mei@example.com")
        tell(mei, "<script>alert(1)</script>")
        assert "&lt;script&gt;" in page(client_of(mei), "/account/notices/")

    def test_an_address_that_mail_came_back_from_is_said_until_it_works(self):
        mei = make.a_buyer("mei@example.com")
        note_dead(mei.email, said="550")
        client = client_of(mei)
        assert "Mail to you comes back" in page(client, "/account/") and "Mail to you comes back" in page(client, "/account/notices/")
        client.post("/account/notices/address/")
        assert not DeadAddress.objects.exists() and "Mail to you comes back" not in page(client, "/account/notices/")


class TestChoosing:
    def test_service_notices_are_shown_locked_and_stay(self):
        mei = make.a_buyer("mei@example.com")
        client = client_of(mei)
        shown = page(client, "/account/notices/settings/")
        assert 'name="mail:review_asked"' in shown and 'name="mail:order_paid"' not in shown and "Order paid" in shown
        assert client.post("/account/notices/settings/", {"then": "kinds", "mail:pay_reminder": "on"}).status_code == 302
        off = set(NoticeChoice.objects.filter(person=mei, is_wanted=False).values_list("kind", flat=True))
        assert off and all(ALL[kind].may_refuse_mail for kind in off) and "pay_reminder" not in off
        assert 'name="mail:new_order"' not in shown  # for who works at a shop

    def test_hours_are_checked(self):
        mei = make.a_buyer("mei@example.com")
        wrong = client_of(mei).post("/account/notices/settings/", {"then": "hours", "quiet_from": "25", "quiet_until": "8"})
        assert wrong.status_code == 422 and not NoticeHours.objects.exists()
        right = client_of(mei).post("/account/notices/settings/", {"then": "hours", "daily_at": "18", "quiet_from": "23", "quiet_until": "7"})
        assert right.status_code == 302 and NoticeHours.objects.get(person=mei).daily_at == 18

    def test_the_link_in_a_letter_asks_first_and_a_mail_program_need_not(self):
        mei = make.a_buyer("mei@example.com")
        link = refuse_address(mei.pk, "review_asked").removeprefix(market_url(""))
        nobody = Client(headers={"host": MARKET, "accept-language": "en"}, enforce_csrf_checks=True)
        assert "Asked for a review" in page(nobody, link) and not NoticeChoice.objects.exists()
        assert nobody.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert nobody.post(link).status_code == 200
        assert NoticeChoice.objects.get().is_wanted is False
        for broken in (
            "/notices/refuse/x/",
            link.replace("/notices/refuse/", "/notices/refuse/a"),
            refuse_address(mei.pk, "order_paid").removeprefix(market_url("")),
        ):
            assert nobody.post(broken).status_code == 404


class TestReminders:
    def placed(self) -> Any:
        return make.a_placed_group(("a", make.a_product(), 1), buyer=make.a_buyer("mei@example.com"))

    def kinds(self) -> list[str]:
        deliver_events()
        fire_due()
        deliver_events()
        return list(Notice.objects.filter(person__email="mei@example.com").order_by("at").values_list("kind", flat=True))

    def test_half_of_the_time_to_pay_is_over(self):
        group = self.placed()
        assert self.kinds() == ["order_placed"]
        half = (group.hold_until - group.placed_at) / 2
        with clock.shifted(half - timedelta(minutes=1)):
            assert self.kinds() == ["order_placed"]
        with clock.shifted(half + timedelta(minutes=1)):
            assert self.kinds() == self.kinds() == ["order_placed", "pay_reminder"]

    def test_who_has_paid_is_not_reminded_and_what_waits_is_called_off(self):
        group = self.placed()
        self.kinds()
        with clock.shifted((group.hold_until - group.placed_at) / 2 + timedelta(minutes=1)):
            fire_due()
            make.pay(group)  # in the same moment
            assert "pay_reminder" not in self.kinds()
        other = make.a_placed_group(("a", make.a_product(), 1), buyer=group.buyer)
        self.kinds()
        waiting = Dispatch.objects.filter(notice__subject_id=other.pk)
        waiting.update(state=Dispatch.State.WAITING)
        Notice.objects.filter(subject_id=other.pk).update(kind="pay_reminder")
        make.pay(other)
        deliver_events()
        assert waiting.get().state == Dispatch.State.CALLED_OFF

    def test_an_operator_says_when_or_never(self):
        set_reminders(by=make.acting(User.objects.get(email="operator@market.localhost")), pay_percent=0, receipt_days=0)
        group = self.placed()
        self.kinds()
        with clock.shifted(group.hold_until - group.placed_at - timedelta(minutes=1)):
            assert self.kinds() == ["order_placed"]

    def test_two_days_before_receipt_counts_by_itself(self):
        group = make.pay(self.placed())
        make.ship(make.order_of(group))
        self.kinds()
        days = Market.objects.get().receive_days
        with clock.shifted(timedelta(days=days - 2, hours=-1)):
            assert "receipt_reminder" not in self.kinds()
        with clock.shifted(timedelta(days=days - 2, hours=1)):
            assert self.kinds().count("receipt_reminder") == 1

    def test_who_has_confirmed_is_not_asked(self):
        group = make.pay(self.placed())
        make.ship(make.order_of(group))
        self.kinds()
        make.receive(make.order_of(group))
        with clock.shifted(timedelta(days=Market.objects.get().receive_days - 2, hours=1)):
            assert "receipt_reminder" not in self.kinds()


class TestTheConsole:
    def test_words_are_previewed_kept_and_taken_back(self):
        client = client_of(User.objects.get(email="operator@market.localhost"), CONSOLE)
        assert "Order placed, to be paid" in page(client, "/notice-words/")
        path, words = (
            "/notice-words/order_placed/?language=en",
            {"subject": "Pay {number}", "body": "{amount} until {until}", "button": "Pay", "seen_version": 0},
        )
        seen = client.post(path, {**words, "then": "preview"})
        assert seen.status_code == 200 and "Pay 20260502-1042" in seen.content.decode() and not seen.context["form"].errors
        assert "our words" in page(client, path)
        wrong = client.post(path, {**words, "body": "{amount} {nonsense}", "then": "save"})
        assert wrong.status_code == 422 and "nonsense" in str(wrong.context["form"].errors)
        assert client.post(path, {**words, "then": "save"}).status_code == 302
        assert "own words, version 1" in page(client, path)
        assert client.post(path, {**words, "seen_version": 0, "then": "save"}).status_code == 422, "somebody was quicker"
        assert client.post(path, {"seen_version": 1, "then": "reset"}).status_code == 302
        assert "our words" in page(client, path)
        assert client.get("/notice-words/nothing/").status_code == 404

    def test_the_log_of_sending_shows_masked_addresses_and_finds_whole_ones(self):
        tell(make.a_buyer("mei@example.com"), "Paid")
        deliver_events()
        client = client_of(User.objects.get(email="operator@market.localhost"), CONSOLE)
        shown = page(client, "/dispatches/?q=MEI@example.com")
        assert "m***i@example.com" in shown and shown.count("mei@example.com") == 0
        assert "m***i@example.com" not in page(client, "/dispatches/?q=mei")
