from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ContractMoved(Event):
    """A contract was signed by the merchant, signed or refused by the market, or has ended."""

    topic = "contract.moved"
    merchant_id: UUID
    contract_id: UUID
    status: str


@dataclass(frozen=True)
class ContractPaperBroken(Event):
    """The file of a contract is missing or is not what was signed; nobody gets it."""

    topic = "contract.paper_broken"
    contract_id: UUID
    paper_id: UUID
