"""Two reviewers decide over one application at the same moment, on two connections with real commits."""

from __future__ import annotations

import threading
from uuid import uuid4

from django.db import connection

from marketplace.kernel.actors import Actor
from marketplace.kernel.relay import deliver_events
from tenants.onboarding.errors import StepNotDue
from tenants.onboarding.models import Application, Review
from tenants.tenancy.models import Merchant
from tests.tenants.test_onboarding import decide, papers_root, reviewer, submitted

__all__ = ["papers_root"]  # a fixture


def both_decide(row: Application, step: str, decisions: tuple[str, str]) -> list[str]:
    """What became of each."""
    ready, outcomes = threading.Barrier(2), []

    def work(by: Actor, decision: str) -> None:
        try:
            ready.wait(10)
            decide(row, step, decision, "because", by=by)
            outcomes.append(decision)
        except StepNotDue:
            outcomes.append("not due")
        finally:
            connection.close()

    people = [reviewer(f"r{n}-{uuid4().hex[:6]}") for n in (1, 2)]
    threads = [threading.Thread(target=work, args=pair) for pair in zip(people, decisions, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_of_two_who_disagree_one_decides_and_the_other_is_told(own_database):
    row = submitted(slug="disagreed")
    outcomes = both_decide(row, "identity", ("passed", "rejected"))
    row.refresh_from_db()
    assert outcomes == sorted(["not due", row.identity]) and row.identity in ("passed", "rejected")
    assert [review.decision for review in Review.objects.filter(application=row)] == [row.identity]


def test_two_who_both_let_it_in_open_one_shop(own_database):
    row = decide(submitted(slug="agreed"), "identity", "passed")
    assert both_decide(row, "qualification", ("passed", "passed")) == ["not due", "passed"]
    deliver_events()
    assert [merchant.status for merchant in Merchant.objects.filter(slug="agreed")] == ["open"]
