"""Every reaction to every fact, and the default outcome of every deadline, on one page."""

from __future__ import annotations

from marketplace.kernel import registry
from marketplace.kernel.registry import Reaction
from marketplace.flows import open_shop
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.jobs import JobRequested, run_job

REACTIONS = {
    JobRequested: [Reaction(run_job)],
    ShopRequested: [Reaction(open_shop.bear_shop)],
}

DEADLINES: dict = {}


def install() -> None:
    registry.install(REACTIONS, DEADLINES)
