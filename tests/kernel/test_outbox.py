"""Facts are stored with their change, delivered at least once, and take effect once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import translation

from marketplace.config import subscriptions
from marketplace.kernel import clock, deadlines, registry, relay
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.events import BY_TOPIC, DeadlineReached, Event
from marketplace.kernel.models import AuditEvent, DeadLetter, Deadline, Delivery, OutboxEvent
from marketplace.kernel.outbox import record
from marketplace.kernel.registry import Reaction
from marketplace.kernel.relay import MOST_ATTEMPTS, deliver_events, fan_out, lease, perform, relay_once, replay_all
from tenants.tenancy.jobs import merchant_task
from tenants.tenancy.schemas import current_merchant_id
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Rang(Event):
    """A bell rang; only tests listen."""

    topic = "test.rang"
    bell: UUID
    loud: bool = True
    merchant_id: UUID | None = None


seen: list[tuple[UUID, str]] = []
broken: list[Exception] = []


def note(event: Rang) -> None:
    seen.append((event.bell, translation.get_language()))
    audit(by=SYSTEM, action="test.heard", subject="bell", subject_id=event.bell)
    if broken:
        raise broken[0]


def call_out(event: Rang) -> None:
    assert not connection.in_atomic_block or connection.needs_rollback is False
    seen.append((event.bell, "out"))
    if broken:
        raise broken[0]


@pytest.fixture(autouse=True)
def listening():
    seen.clear()
    broken.clear()
    registry.install({Rang: [Reaction(note)]}, {"test.deadline": lambda event: seen.append((event.subject_id, "deadline"))})
    yield
    subscriptions.install()


def ring(**fields) -> UUID:
    bell = uuid4()
    with transaction.atomic():
        record(Rang(bell=bell, **fields))
    return bell


def send_all() -> list[UUID]:
    sent: list[UUID] = []
    relay_once(lambda sending: sent.append(sending.delivery_id))
    return sent


def make_due() -> None:
    Delivery.objects.filter(status="waiting").update(due_at=clock.now())


def test_a_fact_is_delivered_in_the_language_it_was_recorded_in():
    with translation.override("zh-hans"):
        bell = ring()
    with translation.override("en"):
        deliver_events()
    assert seen == [(bell, "zh-hans")]


def test_a_fact_of_a_rolled_back_change_is_never_delivered():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Rang(bell=uuid4()))
        raise ZeroDivisionError
    deliver_events()
    assert seen == [] and not OutboxEvent.objects.filter(topic="test.rang").exists()


def test_a_delivery_that_is_performed_twice_takes_effect_once():
    ring()
    (delivery,) = send_all()
    assert perform(delivery) is True
    assert perform(delivery) is False
    assert len(seen) == 1


def test_a_reaction_that_fails_leaves_nothing_of_its_work_and_is_tried_again_later():
    bell = ring()
    broken.append(ValueError("the bell is cracked"))
    (delivery,) = send_all()
    assert perform(delivery) is False
    row = Delivery.objects.get(pk=delivery)
    assert row.status == "waiting" and "cracked" in row.last_error and row.due_at > clock.now()
    assert not AuditEvent.objects.filter(action="test.heard").exists()

    broken.clear()
    make_due()
    deliver_events()
    assert Delivery.objects.get(pk=delivery).status == "done"
    assert AuditEvent.objects.filter(action="test.heard", subject_id=bell).count() == 1


def test_waits_grow_from_attempt_to_attempt():
    ring()
    broken.append(ValueError())
    waits = []
    for _attempt in range(4):
        make_due()
        (delivery,) = send_all()
        perform(delivery)
        waits.append((Delivery.objects.get(pk=delivery).due_at - clock.now()).total_seconds())
    assert waits == sorted(waits) and waits[-1] > waits[0]


def test_after_the_last_attempt_it_is_a_dead_letter_and_can_be_replayed(capsys):
    ring()
    broken.append(ValueError("still cracked"))
    for _attempt in range(MOST_ATTEMPTS):
        make_due()
        (delivery,) = send_all()
        perform(delivery)
    letter = DeadLetter.objects.get()
    assert letter.delivery.status == "dead" and "still cracked" in letter.error
    make_due()
    assert send_all() == []

    broken.clear()
    call_command("replay_dead_letters")
    assert "still cracked" in capsys.readouterr().out
    call_command("replay_dead_letters", str(letter.pk))
    deliver_events()
    assert Delivery.objects.get(pk=delivery).status == "done"
    with pytest.raises(CommandError):
        call_command("replay_dead_letters", str(uuid4()))


def test_what_was_given_up_of_one_reaction_is_sent_again_together_and_nothing_else_is():
    registry.install({Rang: [Reaction(note), Reaction(call_out, outward=True)]}, {})
    ring()
    ring()
    fan_out()
    Delivery.objects.update(attempts=MOST_ATTEMPTS)
    lease()
    assert DeadLetter.objects.count() == 4
    soon = clock.now() + timedelta(seconds=6)
    assert [replay_all(Reaction(note).name, due_at=soon) for _time in range(2)] == [2, 0]
    noted, called = (Delivery.objects.filter(reaction=Reaction(run).name) for run in (note, call_out))
    assert set(noted.values_list("status", "attempts", "due_at")) == {("waiting", 1, soon)}
    assert set(called.values_list("status", flat=True)) == {"dead"} and DeadLetter.objects.filter(replayed_at=None).count() == 2


def test_a_broker_that_is_away_uses_up_no_attempt_and_loses_nothing():
    ring()
    ring()

    def away(sending):
        raise ConnectionError

    assert relay_once(away) == 0
    assert set(Delivery.objects.filter(event__topic="test.rang").values_list("status", "attempts")) == {("waiting", 0)}
    make_due()
    assert len(send_all()) == 2


def test_a_delivery_nobody_answers_is_sent_again_when_its_lease_runs_out(settings):
    settings.OUTBOX_LEASE_S = 30
    ring()
    first = send_all()
    assert send_all() == []
    with clock.shifted(timedelta(seconds=31)):
        assert send_all() == first


def test_waiting_in_a_long_queue_uses_up_no_attempt():
    ring()
    for n in range(MOST_ATTEMPTS + 2):
        with clock.shifted(timedelta(seconds=31 * n)):
            assert len(send_all()) == 1
    assert Delivery.objects.get(event__topic="test.rang").attempts == 0


def test_work_that_kills_its_worker_every_time_is_given_up_one_day():
    ring()
    for n in range(MOST_ATTEMPTS):
        with clock.shifted(timedelta(seconds=31 * n)):
            (delivery,) = send_all()
            assert relay._begin(delivery)  # and then the worker dies
    with clock.shifted(timedelta(days=1)):
        assert send_all() == []
    assert "ended before it did" in DeadLetter.objects.get().error


def test_only_so_many_are_in_flight_at_once(monkeypatch):
    monkeypatch.setattr(relay, "MOST_IN_FLIGHT", 3)
    for _bell in range(5):
        ring()
    assert len(send_all()) == 3
    assert send_all() == []
    for delivery in Delivery.objects.filter(event__topic="test.rang", sent_at__isnull=False):
        perform(delivery.pk)
    assert len(send_all()) == 2


def test_an_outward_reaction_in_other_hands_is_left_to_them():
    registry.install({Rang: [Reaction(call_out, outward=True)]}, {})
    ring()
    (delivery,) = send_all()
    Delivery.objects.filter(pk=delivery).update(claimed_until=clock.now() + timedelta(seconds=30))
    assert perform(delivery) is False and seen == []
    with clock.shifted(timedelta(seconds=31)):
        assert perform(delivery) is True
    assert len(seen) == 1


def test_one_reaction_cannot_be_outward_for_one_fact_and_not_for_another():
    with pytest.raises(ValueError, match="a function of its own"):
        registry.install({Rang: [Reaction(note)], DeadlineReached: [Reaction(note, outward=True)]}, {})


def test_a_reaction_that_no_longer_exists_becomes_a_dead_letter_in_the_end():
    ring()
    (delivery,) = send_all()
    registry.install({}, {})
    for _attempt in range(MOST_ATTEMPTS):
        make_due()
        send_all()
        perform(delivery)
    assert "no reaction is called" in DeadLetter.objects.get().error


def test_a_log_row_is_never_changed_or_removed():
    from django.db import Error

    audit(by=SYSTEM, action="test.heard", subject="x", subject_id=1)
    for change in (lambda: AuditEvent.objects.update(why="no"), lambda: AuditEvent.objects.all().delete()):
        with pytest.raises(Error, match="only ever added"), transaction.atomic():
            change()


def test_a_fact_survives_the_way_into_the_database_and_back():
    event = Rang(bell=uuid4(), loud=False, merchant_id=uuid4())
    assert Rang.from_body(event.body()) == event
    assert Rang.from_body({**event.body(), "of a newer version": 1}) == event
    assert BY_TOPIC["test.rang"] is Rang


class TestDeadlines:
    def test_a_deadline_fires_once_when_it_has_passed(self):
        subject = uuid4()
        deadlines.set_deadline(kind="test.deadline", subject_id=subject, due_at=clock.now() + timedelta(minutes=5))
        assert deadlines.fire_due() == 0
        with clock.shifted(timedelta(minutes=6)):
            assert deadlines.fire_due() == 1
            assert deadlines.fire_due() == 0
            deliver_events()
        assert seen == [(subject, "deadline")]

    def test_a_deadline_that_was_met_does_not_fire(self):
        subject = uuid4()
        deadlines.set_deadline(kind="test.deadline", subject_id=subject, due_at=clock.now())
        assert deadlines.meet(kind="test.deadline", subject_id=subject)
        assert deadlines.fire_due() == 0

    def test_setting_it_again_moves_it(self):
        subject = uuid4()
        later = clock.now() + timedelta(hours=2)
        deadlines.set_deadline(kind="test.deadline", subject_id=subject, due_at=clock.now())
        deadlines.set_deadline(kind="test.deadline", subject_id=subject, due_at=later)
        assert deadlines.due_at(kind="test.deadline", subject_id=subject) == later
        assert Deadline.objects.count() == 1
        assert deadlines.next_due() == later

    def test_a_kind_without_an_outcome_is_refused(self):
        with pytest.raises(KeyError):
            deadlines.set_deadline(kind="nobody.reacts", subject_id=uuid4(), due_at=clock.now())


ran: list[tuple[str, UUID]] = []


@merchant_task
def print_labels(*, merchant_id: str, names: list[str]) -> None:
    ran.append((",".join(names), current_merchant_id()))


class TestJobs:
    @pytest.fixture(autouse=True)
    def real_subscriptions(self, listening):
        subscriptions.install()
        ran.clear()

    def test_a_job_runs_in_its_merchants_schema_after_the_change_it_belongs_to(self):
        with transaction.atomic():
            print_labels.request(merchant_id=MERCHANTS["b"], names=["x", "y"])
            assert ran == []
        deliver_events()
        assert ran == [("x,y", MERCHANTS["b"])]
        assert connection.schema_name == "public"

    def test_a_job_of_a_rolled_back_change_never_runs(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            print_labels.request(merchant_id=MERCHANTS["b"], names=[])
            raise ZeroDivisionError
        deliver_events()
        assert ran == []

    def test_arguments_the_job_does_not_take_are_refused_at_once(self):
        with pytest.raises(TypeError), transaction.atomic():
            print_labels.request(merchant_id=MERCHANTS["b"], nonsense=1)
