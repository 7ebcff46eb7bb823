"""What belongs to a change is refused outside the change's transaction."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.audit import audit
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.idempotency import claim
from marketplace.kernel.outbox import record
from tenants.tenancy.birth import load_merchant


@pytest.mark.parametrize(
    "write",
    [
        lambda: record(DeadlineReached(kind="x", subject_id=uuid4())),
        lambda: audit(by=SYSTEM, action="x", subject="x", subject_id=1),
        lambda: claim(scope="x", key="x", asked={}),
        lambda: load_merchant("m_half"),
    ],
    ids=["fact", "log row", "idempotency key", "schema"],
)
def test_outside_a_transaction_it_is_refused(own_database, write):
    with pytest.raises(RuntimeError, match="transaction"):
        write()
