"""Signing on screen, first by the merchant and then by the market; contracts end by themselves. Verbs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.accounts.models import User
from tenants.contracts.errors import ContractDecided, DossierIncomplete, NothingToSign, PaperBroken, SameSigner
from tenants.contracts.errors import ContractMoved as Moved
from tenants.contracts.events import ContractMoved, ContractPaperBroken
from tenants.contracts.models import Contract, ContractPaper
from tenants.contracts.papers import make_paper, whole
from tenants.contracts.queries import REMINDED_AT, offer_to
from tenants.onboarding.dossiers import dossier_of
from tenants.onboarding.opening import go_on_opening
from tenants.tenancy.models import Market, Merchant

ENDS, REMINDER = "contract.ends", "contract.reminder"
S = Contract.Status


@verb
def sign_contract(*, by: Actor, merchant_id: UUID, language: str, seen: str, name: str, title: str, password: str, agrees: bool) -> Contract:
    """The merchant signs what it is offered. `seen`: SHA-256 of the text as the signer read it; nothing else is signed.

    Raises InvalidInput, NothingToSign, ContractMoved, DossierIncomplete, NoPdf.
    """
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        offer = offer_to(merchant, language)
        if offer is None:
            raise NothingToSign
        dossier = dossier_of(merchant)
        if not dossier.is_complete:
            raise DossierIncomplete
        name, title = _signature(by, name, title, password)
        if not agrees:
            raise InvalidInput(field="agrees", why=_("Tick that you agree and may sign for the company."))
        if offer.sha256 != seen:
            raise Moved
        row = Contract.objects.create(
            number=free_number(Contract.objects, clock.now(), Market.objects.get().tz),
            merchant=merchant,
            template=offer.template,
            language=offer.language,
            company=dossier.company,
            text=offer.text,
            text_sha256=offer.sha256,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            signed_by_id=by.person,
            signed_label=by.label,
            signed_name=name,
            signed_title=title,
            signed_from=by.address,
        )
        paper = make_paper(row, ContractPaper.Stage.MERCHANT)
        _audit(
            by,
            row,
            "contract.signed",
            after={
                "number": row.number,
                "template": f"{offer.template.kind or 'all'} {offer.template.version}",
                "name": name,
                "title": title,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
                "text_sha256": row.text_sha256,
                "paper_sha256": paper.sha256,
            },
        )
        go_on_opening(merchant_id=merchant_id)
        _moved(row)
    return row


@verb
def sign_for_market(*, by: Actor, contract_id: UUID, name: str, title: str, password: str) -> Contract:
    """The operator signs: the contract is in force, and a shop that waited for it opens. Raises InvalidInput, NotFound, ContractDecided, SameSigner, NoPdf."""
    with transaction.atomic():
        row = _waiting(contract_id)
        if row.signed_by_id == by.user_id:
            raise SameSigner
        name, title = _signature(by, name, title, password)
        row.status, row.market_label, row.market_name, row.market_title = S.IN_FORCE, by.label, name, title
        row.market_signed_at, row.market_signed_from = clock.now(), by.address
        row.save()
        paper = make_paper(row, ContractPaper.Stage.BOTH)
        after = {"status": row.status, "name": name, "title": title, "paper_sha256": paper.sha256}
        _audit(by, row, "contract.market_signed", before={"status": S.SIGNED}, after=after)
        set_deadline(kind=ENDS, subject_id=row.pk, merchant_id=row.merchant_id, due_at=row.ends_at)
        remind_next(row)
        go_on_opening(merchant_id=row.merchant_id)
        _moved(row)
    return row


@verb
def refuse_contract(*, by: Actor, contract_id: UUID, reason: str) -> Contract:
    """The operator does not sign, and says why; the merchant may sign anew. Raises ReasonMissing, NotFound, ContractDecided."""
    check_reason(reason)
    with transaction.atomic():
        row = _waiting(contract_id)
        row.status, row.note = S.REFUSED, reason.strip()[:500]
        row.save(update_fields=["status", "note"])
        _audit(by, row, "contract.refused", before={"status": S.SIGNED}, after={"status": row.status}, why=row.note)
        _moved(row)
    return row


@verb
def end_contract(*, by: Actor, contract_id: UUID) -> Contract | None:
    """Its term is over: written down. None where it is not, or where that was noted before."""
    with transaction.atomic():
        row = Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id, status=S.IN_FORCE, ends_at__lte=clock.now()).first()
        if row is None:
            return None
        row.status = S.ENDED
        row.save(update_fields=["status"])
        meet(kind=REMINDER, subject_id=row.pk)
        _audit(by, row, "contract.ended", before={"status": S.IN_FORCE}, after={"status": row.status, "ends_at": row.ends_at})
        _moved(row)
    return row


@verb
def open_paper(*, by: Actor, paper: ContractPaper) -> bytes | None:
    """The file of a contract, if it is still what was signed: who took it is written down. Else None, and the market is told; see `the_paper`."""
    data = whole(paper)
    with transaction.atomic():
        row, contract = ContractPaper.objects.select_for_update().get(pk=paper.pk), paper.contract
        after = {"number": contract.number, "stage": paper.stage, "sha256": paper.sha256}
        if data is None:
            _audit(by, contract, "contract.paper_broken", after=after)
            if row.broken_at is None:
                row.broken_at = clock.now()
                row.save(update_fields=["broken_at"])
                record(ContractPaperBroken(contract_id=paper.contract_id, paper_id=paper.pk))
        else:
            _audit(by, contract, "contract.paper_opened", before={"broken_at": row.broken_at} if row.broken_at else None, after=after)
            if row.broken_at is not None:  # put back from a copy
                row.broken_at = None
                row.save(update_fields=["broken_at"])
    return data


def the_paper(by: Actor, contract: Contract) -> tuple[ContractPaper, bytes]:
    """The newest paper of a contract and its file. Raises PaperBroken, after that was written down."""
    paper = contract.papers.order_by("-made_at").first()
    if paper is None:
        raise NotFound
    data = open_paper(by=by, paper=paper)
    if data is None:
        raise PaperBroken
    return paper, data  # type: ignore[return-value]


def remind_next(row: Contract) -> None:
    """Have both sides reminded at the next of 30, 7 and 1 days before the end."""
    coming = [at for days in REMINDED_AT if (at := row.ends_at - timedelta(days=days)) > clock.now()]
    if coming:
        set_deadline(kind=REMINDER, subject_id=row.pk, merchant_id=row.merchant_id, due_at=min(coming))


def _signature(by: Actor, name: str, title: str, password: str) -> tuple[str, str]:
    """Name and title as typed, of somebody who has just shown to be whose account this is. Raises InvalidInput."""
    if by.on_behalf_of is not None:
        raise InvalidInput(field="name", why=_("Who visits a shop for the market's support cannot sign there."))
    name, title = " ".join(name.split())[:60], " ".join(title.split())[:60]
    if not name:
        raise InvalidInput(field="name", why=_("Type your full name; it is your signature."))
    if not title:
        raise InvalidInput(field="title", why=_("Say in what capacity you sign."))
    if not User.objects.get(pk=by.person).check_password(password):
        raise InvalidInput(field="password", why=_("This is not your password. Nothing was signed."))
    return name, title


def _waiting(contract_id: UUID) -> Contract:
    row = Contract.objects.select_for_update(of=("self",)).select_related("merchant").filter(pk=contract_id).first()
    if row is None:
        raise NotFound
    if row.status != S.SIGNED:
        raise ContractDecided
    return row


def _moved(row: Contract) -> None:
    record(ContractMoved(merchant_id=row.merchant_id, contract_id=row.pk, status=row.status))


def _audit(by: Actor, row: Contract, action: str, **said: object) -> None:
    audit(by=by, action=action, subject="contract", subject_id=row.number, merchant_id=row.merchant_id, **said)  # type: ignore[arg-type]
