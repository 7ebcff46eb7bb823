"""The same shop evaluated from many sides at the same moment: with real commits, on connections of their own."""

from __future__ import annotations

from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.platform.evaluations.models import Evaluation
from tests.flows.evaluated import announced, graded
from tests.platform.test_review_at_once import MANY, at_once


def test_a_shop_is_evaluated_once_and_told_once(own_database):
    announced()
    assert at_once(lambda place: graded()) == []
    assert Evaluation.objects.count() == AuditEvent.objects.filter(action="evaluation.made").count() == 1 < MANY
    assert OutboxEvent.objects.filter(topic="evaluation.made").count() == 1
