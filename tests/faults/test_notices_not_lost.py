"""Workers are killed while they tell people things, and every event comes twice: nothing is lost, nothing is told twice."""

from __future__ import annotations

from collections import Counter
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from launch.sms_simulator import Simulator
from marketplace.kernel import clock
from marketplace.kernel.models import DeadLetter, Delivery
from marketplace.platform.notices.models import Dispatch, Notice, NoticeChoice, NoticeHours, SmsNumber
from tenants.accounts.models import User
from tests import factories as make
from tests.running import running, threaded_server, until

SECRET = "s" * 40
ORDERS, KILLS = 24, 4
OF_ORDERS = ("order_placed", "order_paid", "new_order")


def told() -> Counter[tuple[str, str, str]]:
    """How often each reader was told of each thing."""
    return Counter(Notice.objects.filter(kind__in=OF_ORDERS).values_list("kind", "person__email", "link"))


def is_quiet() -> bool:
    return not Delivery.objects.filter(status="waiting").exists() and not Dispatch.objects.filter(state="waiting").exists()


def come_again() -> None:
    """Every event that was reacted to is delivered a second time."""
    Delivery.objects.filter(reaction__contains="letters_").update(status=Delivery.Status.WAITING, done_at=None, due_at=clock.now(), attempts=0)


def names_of_mails(folder: Path) -> list[str]:
    return [BytesParser(policy=policy.default).parsebytes(file.read_bytes())["Message-ID"] for file in folder.glob("*.eml")]  # type: ignore[arg-type]


@pytest.mark.long
def test_killed_workers_and_doubled_events_lose_nothing_and_double_nothing(own_database: str, static_files: Path, tmp_path: Path, record_property: Any) -> None:
    owner = User.objects.get(email="owner-a@market.localhost")
    SmsNumber.objects.create(person=owner, number="+8613800138000", confirmed_at=clock.now())
    NoticeChoice.objects.create(person=owner, kind="new_order", channel="sms", is_wanted=True)
    NoticeHours.objects.create(person=owner, quiet_from=0, quiet_until=0)
    product, provider = make.a_product("a", stock=1000), Simulator(0, tmp_path / "sms", SECRET, reports=False)
    with (
        threaded_server(provider),
        running(own_database, static_files, "worker", "scheduler", SMS_URL=provider.url, SMS_SECRET=SECRET, DATA_DIR=str(tmp_path / "data")) as market,
    ):
        log = lambda: f"{market.log('worker')}\n{market.log('scheduler')}"
        for n in range(ORDERS):
            make.pay(make.a_placed_group(("a", product, 1), buyer=make.a_buyer(f"buyer-{n}@example.com")))
            if n % (ORDERS // KILLS) == ORDERS // KILLS - 1:
                until(lambda n=n: Dispatch.objects.filter(notice__kind__in=OF_ORDERS).count() >= n, within_s=60, what=log)  # in the middle of it
                market.kill("worker")
                market.start("worker")
        until(is_quiet, within_s=120, what=log)
        assert sorted(Counter(kind for kind, _who, _link in told()).items()) == [("new_order", ORDERS), ("order_paid", ORDERS), ("order_placed", ORDERS)]
        assert set(told().values()) == {1}
        assert set(Dispatch.objects.filter(notice__kind__in=OF_ORDERS).values_list("state", flat=True)) == {"sent"}
        mails = names_of_mails(tmp_path / "data" / "mails")
        sent = {f"<{pk.hex}@" for pk in Dispatch.objects.filter(channel="mail", notice__kind__in=OF_ORDERS).values_list("pk", flat=True)}
        assert sent <= {f"{name.partition('@')[0]}@" for name in mails}, "a mail was lost"
        record_property("mails twice under one name", len(mails) - len(set(mails)))
        assert len(provider.kept()) == ORDERS == Dispatch.objects.filter(channel="sms", state="sent").count()

        come_again()
        until(is_quiet, within_s=120, what=log)
        assert set(told().values()) == {1} and len(provider.kept()) == ORDERS

        with connection.cursor() as cursor:  # the control
            cursor.execute("ALTER TABLE platform_notices_notice DROP CONSTRAINT one_notice_per_event_and_reader")
        come_again()
        until(is_quiet, within_s=120, what=log)
        assert set(told().values()) == {2}
    assert not DeadLetter.objects.exists()
