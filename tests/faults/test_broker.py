"""R6: Valkey is killed in traffic, ten times in the long form, and a worker in the middle of its work: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import threading
from itertools import count as numbers

import pytest
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from launch import processes, valkey
from marketplace.kernel.models import DeadLetter, Delivery
from tests.faults import jobs
from tests.running import running, until

KILLS = 10


class Broker:
    """A Valkey of this test's own, which can be killed and comes back empty."""

    def __init__(self, folder):
        self.folder = folder
        self.server = valkey.start(folder)

    @property
    def url(self):
        return self.server.url()

    def crash(self):
        assert self.server.process, "this test's Valkey was running before it started"
        self.server.process.kill()
        self.server.process.wait()
        self.server = valkey.start(self.folder)

    def stop(self):
        processes.stop(self.server.process)


@pytest.fixture
def broker(tmp_path):
    broker = Broker(tmp_path / "valkey")
    yield broker
    broker.stop()


@pytest.fixture
def traffic():
    """A thread that keeps asking for jobs until it is told to stop; `asked` is what was committed."""
    stop, asked = threading.Event(), []

    def go(request):
        def run():
            try:
                for n in numbers(1):
                    if stop.is_set():
                        return
                    request(n)
                    asked.append(n)
                    stop.wait(0.02)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return asked, lambda: (stop.set(), thread.join())

    yield go
    stop.set()


def ask_through_the_outbox(n):
    with transaction.atomic():
        jobs.count.request(n=n)


def kill_in_traffic(broker, asked, kills=KILLS):
    """Crashes, each after more work has been acknowledged."""
    for _kill in range(kills):
        before = len(asked)
        until(lambda before=before: len(asked) >= before + 20, within_s=20, what="more jobs asked for")
        broker.crash()


def all_done():
    return not Delivery.objects.filter(status="waiting").exists()


@pytest.mark.parametrize("kills", [3, pytest.param(KILLS, marks=pytest.mark.long)])
def test_killing_the_broker_loses_no_event_and_doubles_no_effect(own_database, static_files, broker, traffic, kills):
    first = kills * 100_000
    with running(own_database, static_files, "worker", "scheduler", REDIS_URL=broker.url, OUTBOX_LEASE_S="2") as market:
        asked, finish = traffic(lambda n: ask_through_the_outbox(first + n))
        until(jobs.counted, within_s=30, what=lambda: f"the first effect; {market.log('worker')}")
        kill_in_traffic(broker, asked, kills)
        finish()
        until(lambda: all_done() and len(jobs.counted()) >= len(asked), within_s=60, what=lambda: f"every delivery done; {market.log('worker')}")
    assert len(asked) >= kills * 20
    assert {n - first: times for n, times in jobs.counted().items() if n >= first} == dict.fromkeys(asked, 1)
    assert not DeadLetter.objects.exists()


@pytest.mark.long  # the control of the test above: with the long forms
def test_tasks_published_straight_to_the_broker_are_lost(own_database, static_files, broker, traffic, settings):
    """The control: the same traffic and the same crashes, without the outbox."""
    from marketplace.config.celery import app

    app.conf.broker_url = broker.url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    before = set(jobs.counted())

    def publish(n):
        with contextlib.suppress(OperationalError, ConnectionError, OSError):
            jobs.count_directly.apply_async(args=[1_000_000 + n], retry=False)

    # Nobody works while the broker is killed: what it held is what is lost.
    asked, finish = traffic(publish)
    kill_in_traffic(broker, asked)
    finish()
    with running(own_database, static_files, "worker", REDIS_URL=broker.url):
        last = asked[-1] + 1_000_001
        publish(last - 1_000_000)
        until(lambda: last in jobs.counted(), within_s=60, what="the last task, published after the crashes")
    arrived = {n - 1_000_000 for n in jobs.counted() if n > 1_000_000} - before
    assert len(arrived) < len(asked)


def sleeping_jobs():
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep%%'")
        return cursor.fetchone()[0]


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_another_does_it_once(own_database, static_files, broker):
    n = 7_000_000
    with running(own_database, static_files, "worker", "scheduler", REDIS_URL=broker.url, OUTBOX_LEASE_S="3") as market:
        with transaction.atomic():
            jobs.count_slowly.request(n=n)
        until(sleeping_jobs, within_s=30, what="the job at work")
        market.kill("worker")
        assert n not in jobs.counted()
        market.start("worker")
        until(lambda: n in jobs.counted(), within_s=30, what=lambda: f"the job done by another worker; {market.log('worker')}")
        until(all_done, within_s=10, what="its delivery done")
    assert jobs.counted()[n] == 1


@pytest.mark.long  # the control of the tests around it: with the long forms
def test_a_worker_that_does_not_ask_whether_it_is_done_doubles_effects(own_database, static_files, broker):
    """The control: with a lease shorter than the work, the same delivery is sent again while it is being done."""
    n = 8_000_000
    with running(own_database, static_files, "worker", "scheduler", REDIS_URL=broker.url, OUTBOX_LEASE_S="1", MUTANT="effects_not_keyed"):
        with transaction.atomic():
            jobs.count_slowly.request(n=n)
        until(lambda: jobs.counted().get(n, 0) > 1, within_s=30, what="the effect twice")


def test_a_delivery_sent_again_while_it_is_being_done_takes_effect_once(own_database, static_files, broker):
    n = 9_000_000
    with running(own_database, static_files, "worker", "scheduler", REDIS_URL=broker.url, OUTBOX_LEASE_S="1"):
        with transaction.atomic():
            jobs.count_slowly.request(n=n)
        until(lambda: Delivery.objects.filter(event__body__arguments__n=n, status="done").exists(), within_s=30, what="the job done")
    assert jobs.counted()[n] == 1
