from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.events import Event


@dataclass(frozen=True)
class ApplicationSubmitted(Event):
    """A business asks to trade here; the operator reviews it."""

    topic = "application.submitted"
    application_id: UUID


@dataclass(frozen=True)
class ApplicationReviewed(Event):
    """The operator decided over a step of an application: passed, more or rejected."""

    topic = "application.reviewed"
    application_id: UUID
    step: str
    decision: str


@dataclass(frozen=True)
class RequirementChanged(Event):
    """The operator made or changed a requirement; every shop is looked at again."""

    topic = "requirement.changed"
    requirement_id: UUID


@dataclass(frozen=True)
class QualificationMoved(Event):
    """A qualification of a shop was granted, has expired or was revoked; what it may sell was settled in the same transaction."""

    topic = "qualification.moved"
    merchant_id: UUID
    qualification_id: UUID
    state: str
    held: int
    released: int


@dataclass(frozen=True)
class RenewalHandedIn(Event):
    """A shop handed in a document for one of its requirements; the operator reviews it."""

    topic = "renewal.handed_in"
    merchant_id: UUID
    paper_id: UUID


@dataclass(frozen=True)
class RenewalRefused(Event):
    """The operator does not accept a document a shop handed in, and says why."""

    topic = "renewal.refused"
    merchant_id: UUID
    paper_id: UUID


@dataclass(frozen=True)
class RulesPublished(Event):
    """The operator published a version of the market's rules; shops are asked to accept it once it is in force."""

    topic = "rules.published"
    rules_id: UUID


@dataclass(frozen=True)
class DossierChangeHandedIn(Event):
    """A shop handed in changes of what the market knows of it; the operator reviews them."""

    topic = "dossier_change.handed_in"
    merchant_id: UUID
    change_id: UUID


@dataclass(frozen=True)
class DossierChangeDecidedUpon(Event):
    """The operator approved or refused changes of a shop's dossier."""

    topic = "dossier_change.decided"
    merchant_id: UUID
    change_id: UUID
    is_approved: bool
