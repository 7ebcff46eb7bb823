"""Contract templates: written, published, retired. Verbs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.pdf import NoPdf, missing
from marketplace.kernel.verbs import verb
from tenants.contracts.errors import TemplateFixed
from tenants.contracts.models import ContractTemplate
from tenants.contracts.placeholders import is_in, unknown_in
from tenants.contracts.queries import sha256_of
from tenants.onboarding.models import Application
from tenants.onboarding.opening import go_on_opening
from tenants.tenancy.models import Market, Merchant

LONGEST = 60_000
NEEDED = ("company", "start", "end")  # with whom, and for how long
S = ContractTemplate.Status


@verb
def save_template(*, by: Actor, kind: str, texts: Mapping[str, str], months: int) -> ContractTemplate:
    """Write the draft of the next version for a kind of seller ("": all); made if there is none. Raises InvalidInput."""
    if kind and kind not in Application.Kind.values:
        raise InvalidInput(field="kind", why=_("Choose kinds of seller from the list."))
    if not 1 <= months <= 120:
        raise InvalidInput(field="months", why=_("Choose from {least} to {most}.").format(least=1, most=120))
    with transaction.atomic():
        market = Market.objects.select_for_update(no_key=True).get()  # of two drafts of one kind at once the second changes the first
        kept = {code: texts.get(code, "").replace("\r\n", "\n").strip() for code in market.languages}
        for code, text in kept.items():
            _check(code, text)
        row = ContractTemplate.objects.filter(kind=kind, status=S.DRAFT).first() or ContractTemplate(kind=kind)
        before = None if row._state.adding else {"months": row.months, "texts": {code: sha256_of(text) for code, text in row.texts.items()}}
        row.texts, row.months, row.by_label, row.saved_at = kept, months, by.label, clock.now()
        row.save()
        after = {"kind": kind, "months": months, "texts": {code: sha256_of(text) for code, text in kept.items()}}
        audit(by=by, action="contract_template.saved", subject="contract_template", subject_id=row.pk, before=before, after=after)
    return row


def _check(code: str, text: str) -> None:
    if not 0 < len(text) <= LONGEST:
        why = _("Write the contract in every language of the market, up to {most} characters.").format(most=LONGEST)
        raise InvalidInput(field=f"text_{code}", why=why)
    if wrong := unknown_in(text):
        raise InvalidInput(
            field=f"text_{code}",
            why=_("This means nothing here: {what}. Use the names listed beside the form, each in braces.").format(what=_(", ").join(wrong)),
        )
    if lacking := [name for name in NEEDED if not is_in(name, text)]:
        what = _(", ").join("{" + name + "}" for name in lacking)
        raise InvalidInput(field=f"text_{code}", why=_("The contract has to say with whom it is made and for how long. It lacks: {what}").format(what=what))


@verb
def publish_template(*, by: Actor, template_id: UUID) -> ContractTemplate:
    """Contracts are made from it from now on; the version before is retired, and what was signed on it holds. Raises NotFound, TemplateFixed, NoPdf."""
    if lacks := missing():
        raise NoPdf(lacks=lacks)
    with transaction.atomic():
        row = _locked(template_id)
        if row.status != S.DRAFT:
            raise TemplateFixed
        before = ContractTemplate.objects.filter(kind=row.kind, status=S.PUBLISHED)
        before.update(status=S.RETIRED)
        last = ContractTemplate.objects.filter(kind=row.kind, version__isnull=False).order_by("-version").first()
        was = {"status": row.status}
        row.version, row.status, row.published_at, row.by_label = (last.version or 0) + 1 if last else 1, S.PUBLISHED, clock.now(), by.label
        row.save()
        after = {
            "status": row.status,
            "kind": row.kind,
            "version": row.version,
            "months": row.months,
            "texts": {code: sha256_of(text) for code, text in row.texts.items()},
        }
        audit(by=by, action="contract_template.published", subject="contract_template", subject_id=row.pk, before=was, after=after)
    return row


@verb
def retire_template(*, by: Actor, template_id: UUID, why: str) -> ContractTemplate:
    """No more contracts are made from it; what was signed holds. Shops that waited for one open if nothing else is lacking.

    Raises NotFound, TemplateFixed, ReasonMissing.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        row = _locked(template_id)
        if row.status != S.PUBLISHED:
            raise TemplateFixed
        row.status = S.RETIRED
        row.save(update_fields=["status"])
        said = {"kind": row.kind, "version": row.version}
        audit(
            by=by,
            action="contract_template.retired",
            subject="contract_template",
            subject_id=row.pk,
            before={"status": S.PUBLISHED},
            after=said | {"status": row.status},
            why=why.strip(),
        )
        for merchant_id in Merchant.objects.filter(status=Merchant.Status.OPENING).values_list("pk", flat=True):
            go_on_opening(merchant_id=merchant_id)
    return row


def _locked(template_id: UUID) -> ContractTemplate:
    Market.objects.select_for_update(no_key=True).get()
    row = ContractTemplate.objects.select_for_update().filter(pk=template_id).first()
    if row is None:
        raise NotFound
    return row
