"""The relay: facts out of the outbox, to their reactions, at least once.

The database holds who still has to react; the broker only carries the hint that there is work. So whatever happens to
the broker, or to a worker, a delivery stays waiting and is sent again when its lease runs out.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation

from marketplace.kernel import clock, registry
from marketplace.kernel.context import Running, running
from marketplace.kernel.events import BY_TOPIC
from marketplace.kernel.models import DeadLetter, Delivery, OutboxEvent

log = logging.getLogger("wanshang.relay")

MOST_ATTEMPTS = 12
# How many deliveries may be with the broker and the workers at once: a long queue there would only be sent twice.
MOST_IN_FLIGHT = 200
# How many others of a merchant one run of a reaction may look through for those it can answer too.
MOST_LOOKED_THROUGH = 50
# Waits after the first, second, … failure: together some seven hours before a delivery is given up.
BACK_OFF_S = (1, 2, 5, 15, 60, 300, 900, 1800, 3600, 3600, 7200, 7200)


@dataclass(frozen=True)
class Sending:
    delivery_id: UUID
    merchant_id: UUID | None
    locale: str


def fan_out(limit: int = 500) -> int:
    """Give every new fact a delivery for each of its reactions. Returns the number of facts taken."""
    with transaction.atomic():
        facts = list(OutboxEvent.objects.filter(fanned_out_at=None).order_by("id").select_for_update(skip_locked=True)[:limit])
        deliveries = [Delivery(event=fact, reaction=reaction.name) for fact in facts for reaction in registry.reactions_to(fact.topic)]
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        OutboxEvent.objects.filter(pk__in=[fact.pk for fact in facts]).update(fanned_out_at=clock.now())
    return len(facts)


def lease(limit: int = 200) -> list[Sending]:
    """Take deliveries that are due and push their next moment ahead, so that nobody sends them twice at once.

    A delivery that a worker has in hand is locked, and passed over.
    """
    now = clock.now()
    if (limit := min(limit, MOST_IN_FLIGHT - in_flight())) <= 0:
        return []
    with transaction.atomic():
        due = list(
            Delivery.objects.filter(status=Delivery.Status.WAITING, due_at__lte=now)
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("event")[:limit]
        )
        for spent in [delivery for delivery in due if delivery.attempts >= MOST_ATTEMPTS]:
            _give_up(spent, spent.last_error or "every worker that began it ended before it did")
            due.remove(spent)
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in due]).update(due_at=now + timedelta(seconds=settings.OUTBOX_LEASE_S), sent_at=now)
    return [Sending(delivery.pk, delivery.event.merchant_id, delivery.event.locale) for delivery in due]


def in_flight() -> int:
    """How many are with the broker or a worker."""
    return Delivery.objects.filter(status=Delivery.Status.WAITING, due_at__gt=clock.now(), sent_at__isnull=False).count()


def has_backlog() -> bool:
    """Whether something is due that could not be sent yet."""
    return Delivery.objects.filter(status=Delivery.Status.WAITING, due_at__lte=clock.now()).exists()


def relay_once(send: Callable[[Sending], None]) -> int:
    """One round: fan out, lease, send. Returns how many were sent. When `send` raises, what was not sent is due again soon."""
    fan_out()
    sent = 0
    for sending in (leased := lease()):
        try:
            send(sending)
        except Exception:
            # The broker is away.
            rest = [other.delivery_id for other in leased[sent:]]
            Delivery.objects.filter(pk__in=rest, status=Delivery.Status.WAITING).update(due_at=clock.now() + timedelta(seconds=1), sent_at=None)
            log.warning("the broker takes no messages: %s deliveries wait", len(rest), exc_info=True)
            break
        sent += 1
    return sent


def perform(delivery_id: UUID) -> bool:
    """Run one reaction, once. True if it was done now, False if it was done before, is in other hands, or failed."""
    delivery = _begin(delivery_id)
    if delivery is None:
        return False
    reaction = registry.reaction_named(delivery.reaction)
    if reaction is None:
        _failed(delivery_id, f"no reaction is called {delivery.reaction} any more")
        return False
    # In the language, and for the logs under the number, of the request that the fact came from.
    fact = delivery.event
    token = running.set(Running(request_id=fact.request_id, merchant=str(fact.merchant_id or ""), since=fact.recorded_at, event_id=fact.pk))
    joined: list[Delivery] = []
    with translation.override(delivery.event.locale):
        try:
            done = (_outward if reaction.outward else _inward)(delivery, reaction, joined)
        except Exception as error:
            log.exception("reaction failed: %s", delivery.reaction, extra={"event_id": str(delivery.event_id)})
            _failed(delivery_id, "".join(traceback.format_exception(error))[-4000:])
            _part(joined)
            return False
        finally:
            running.reset(token)
    return done


def _begin(delivery_id: UUID) -> Delivery | None:
    """Count the attempt before it is made, so that work which kills its worker is given up one day. None if it is not ours to do."""
    now = clock.now()
    with transaction.atomic():
        delivery = (
            Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.WAITING)
            .exclude(claimed_until__gt=now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.due_at = now + timedelta(seconds=settings.OUTBOX_LEASE_S)
        delivery.save(update_fields=["attempts", "due_at"])
    return delivery


def _inward(delivery: Delivery, reaction: registry.Reaction, joined: list[Delivery]) -> bool:
    waiting = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.WAITING)
    with transaction.atomic():
        # The lock tells everybody that it is in hand, for as long as it takes, and no longer than we live.
        if not list(waiting.select_for_update(skip_locked=True)):
            return False
        joined += _others(delivery, reaction)
        reaction.run(_fact(delivery, reaction, joined))
        Delivery.objects.filter(pk__in=_keys(delivery, joined)).update(status=Delivery.Status.DONE, done_at=clock.now(), last_error="", sent_at=None)
    return True


def _outward(delivery: Delivery, reaction: registry.Reaction, joined: list[Delivery]) -> bool:
    now = clock.now()
    until = now + timedelta(seconds=settings.OUTBOX_LEASE_S)
    with transaction.atomic():
        free = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.WAITING).exclude(claimed_until__gt=now)
        if not free.update(claimed_until=until):
            return False
        others = _others(delivery, reaction)
        Delivery.objects.filter(pk__in=[other.pk for other in others]).update(claimed_until=until, due_at=until)
    joined += others
    reaction.run(_fact(delivery, reaction, joined))
    done = Delivery.objects.filter(pk__in=_keys(delivery, joined))
    done.update(status=Delivery.Status.DONE, done_at=clock.now(), claimed_until=None, last_error="", sent_at=None)
    return True


def _others(delivery: Delivery, reaction: registry.Reaction) -> list[Delivery]:
    """Locked: what this run can answer too, of the same reaction and merchant, with the workers and begun by none. What has failed once is tried alone,
    so that one fact that cannot be answered holds up no other."""
    if reaction.join is None or delivery.attempts > 1:
        return []
    now, fact = clock.now(), delivery.event
    waiting = Delivery.objects.filter(reaction=delivery.reaction, status=Delivery.Status.WAITING, attempts=0, due_at__gt=now, sent_at__isnull=False)
    alike = waiting.filter(event__topic=fact.topic, event__merchant_id=fact.merchant_id).exclude(claimed_until__gt=now).exclude(pk=delivery.pk)
    some = list(alike.select_related("event").order_by("id")[:MOST_LOOKED_THROUGH])
    _joined, count = reaction.join([_event(delivery), *map(_event, some)])
    # Only these are locked: what is locked for nothing would be passed over by its own worker.
    wanted = alike.filter(pk__in=[other.pk for other in some[: count - 1]]).order_by("id")
    return list(wanted.select_related("event").select_for_update(skip_locked=True, of=("self",)))


def _fact(delivery: Delivery, reaction: registry.Reaction, joined: list[Delivery]) -> object:
    if reaction.join is None or not joined:
        return _event(delivery)
    return reaction.join([_event(delivery), *map(_event, joined)])[0]


def _keys(delivery: Delivery, joined: list[Delivery]) -> list[UUID]:
    return [delivery.pk, *(other.pk for other in joined)]


def _part(joined: list[Delivery]) -> None:
    """The run that was to answer these too has failed: each is begun by itself."""
    waiting = Delivery.objects.filter(pk__in=[other.pk for other in joined], status=Delivery.Status.WAITING, attempts=0)
    waiting.update(attempts=1, claimed_until=None, sent_at=None, due_at=clock.now() + timedelta(seconds=BACK_OFF_S[0]))


def _event(delivery: Delivery) -> object:
    return BY_TOPIC[delivery.event.topic].from_body(delivery.event.body)


def _failed(delivery_id: UUID, error: str) -> None:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.status != Delivery.Status.WAITING:
            return
        if delivery.attempts >= MOST_ATTEMPTS:
            _give_up(delivery, error)
            return
        wait = BACK_OFF_S[min(max(delivery.attempts, 1), len(BACK_OFF_S)) - 1]
        delivery.last_error, delivery.claimed_until, delivery.sent_at = error, None, None
        delivery.due_at = clock.now() + timedelta(seconds=wait)
        delivery.save(update_fields=["last_error", "due_at", "claimed_until", "sent_at"])


def _give_up(delivery: Delivery, error: str) -> None:
    delivery.status, delivery.last_error, delivery.claimed_until, delivery.sent_at = Delivery.Status.DEAD, error, None, None
    delivery.save(update_fields=["status", "last_error", "claimed_until", "sent_at"])
    DeadLetter.objects.create(delivery=delivery, error=error, attempts=delivery.attempts)
    log.error("gave up after %s attempts: %s", delivery.attempts, delivery.reaction, extra={"event_id": str(delivery.event_id)})


def replay(dead_letter: DeadLetter) -> None:
    """Send a given-up delivery again, with all its attempts before it."""
    with transaction.atomic():
        taken = DeadLetter.objects.filter(pk=dead_letter.pk, replayed_at=None).update(replayed_at=clock.now())
        if taken:
            Delivery.objects.filter(pk=dead_letter.delivery_id, status=Delivery.Status.DEAD).update(
                status=Delivery.Status.WAITING, attempts=0, due_at=clock.now(), last_error=""
            )


def replay_all(reaction: str, *, due_at: datetime) -> int:
    """Send again, from that moment on, whatever was given up of one reaction, each by itself and with all attempts but the first before it. Returns how
    many."""
    now = clock.now()
    with transaction.atomic():
        DeadLetter.objects.filter(replayed_at=None, delivery__reaction=reaction).update(replayed_at=now)
        dead = Delivery.objects.filter(reaction=reaction, status=Delivery.Status.DEAD, dead_letters__replayed_at=now)
        return dead.update(status=Delivery.Status.WAITING, attempts=1, due_at=due_at, last_error="")


def deliver_events(rounds: int = 50) -> int:
    """Relay and reactions in this process, until nothing is due: for fast tests and commands. Returns how many were performed."""
    performed = 0
    for _round in range(rounds):
        done: list[bool] = []
        relay_once(lambda sending: done.append(perform(sending.delivery_id)))  # noqa: B023  used before the loop goes on
        if not done:
            return performed
        performed += sum(done)
    raise RuntimeError(f"events still follow events after {rounds} rounds")
