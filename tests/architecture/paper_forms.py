"""Forms about what sellers have to show, as a person would send them: path and data, from what a shop has (`Things`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.kernel.actors import SYSTEM
from tenants.accounts.models import User
from tenants.contracts.drafting import save_template
from tenants.contracts.models import Contract
from tenants.contracts.queries import offer_to
from tenants.onboarding.dossiers import hand_in_dossier
from tenants.onboarding.models import Paper
from tenants.tenancy.models import Merchant
from tests import factories as make
from tests.databases import MERCHANTS


def requirement_form(code: str) -> dict[str, Any]:
    return {"code": code, "name_en": "A stall", "check_by": "document", "ends": "may", "step": "identity", "brands": "any", "position": 1, "why": "a market"}


def colleague() -> str:
    return str(User.objects.get(email="operator@market.localhost").pk)


PASSWORD = "correct horse battery"  # of make.a_buyer()


def company_form() -> dict[str, Any]:
    names = ("company", "licence_number", "representative", "contact_name")
    return dict.fromkeys(names, "Kiln") | {"contact_phone": "13800138000", "contact_email": "kiln@example.com", "name_en": "Kiln", "brands": "Kiln"}


def contract_form() -> dict[str, Any]:
    """What somebody of shop a with that password signs."""
    merchant = Merchant.objects.get(pk=MERCHANTS["a"])
    make.a_contract_template()
    make.a_dossier(merchant)
    offer = offer_to(merchant, "zh-hans")
    return {"seen": offer.sha256 if offer else "", "name": "Chen Yao", "title": "Director", "password": PASSWORD, "agrees": "on"}


def a_contract(shop: str) -> str:
    """One that waits for the market."""
    Contract.objects.filter(merchant_id=MERCHANTS[shop], status="signed").update(status="refused")
    return str(make.a_signed_contract(shop).number)


def a_draft() -> str:
    return str(save_template(by=SYSTEM, kind="", texts=make.CONTRACT, months=12).pk)


def a_change() -> str:
    return str(hand_in_dossier(by=SYSTEM, merchant_id=MERCHANTS["b"], fields={"service_address": uuid4().hex}).pk)


FORMS_OF_PAPERS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "qualifications"): lambda t: ("/qualifications/", {"code": "licence", "file": SimpleUploadedFile("a.png", make.a_picture("blue").read())}),
    ("workbench", "guide"): lambda t: ("/guide/", {"done": ["positioning", "costs"]}),
    ("workbench", "company"): lambda t: ("/company/", company_form()),
    ("workbench", "contract"): lambda t: ("/contract/", contract_form()),
    ("console", "dossier-decide"): lambda t: (f"/dossier-changes/{a_change()}/decide/", {"decision": "approve"}),
    ("console", "contract-sign"): lambda t: (f"/contracts/{a_contract('b')}/sign/", {"name": "Wang", "title": "Head", "password": PASSWORD}),
    ("console", "contract-refuse"): lambda t: (f"/contracts/{a_contract('c')}/refuse/", {"reason": "Sign as the director"}),
    ("console", "contract-draft"): lambda t: (
        "/contract-templates/all/draft/",
        {"months": 12, **{f"text_{code}": text for code, text in make.CONTRACT.items()}},
    ),
    ("console", "contract-template-publish"): lambda t: (f"/contract-templates/versions/{a_draft()}/publish/", {}),
    ("console", "contract-template-retire"): lambda t: (f"/contract-templates/versions/{make.a_contract_template().pk}/retire/", {"why": "a new form"}),
    ("console", "review-terms"): lambda t: ("/review-terms/", {"working_days": 3, "off": "2027-05-01", "why": "the year's list"}),
    ("workbench", "market-rules"): lambda t: ("/market-rules/", {"rules": str(make.rules().pk)}),
    ("console", "market-rules"): lambda t: ("/market-rules/", {"kind": "recruitment", "text_zh-hans": "一", "text_en": "One"}),
    ("console", "application-take"): lambda t: (f"/applications/{t.application}/take/", {}),
    ("console", "application-hand-over"): lambda t: (f"/applications/{t.application}/hand-over/", {"to": colleague()}),
    ("console", "application-paper-again"): lambda t: (
        f"/applications/{t.application}/papers/{Paper.objects.get(application__number=t.application, kind='licence').pk}/again/",
        {"note": "Not readable"},
    ),
    ("console", "application-waive"): lambda t: (f"/applications/{t.application}/waive/", {"code": "identity", "reason": "Seen in person"}),
    ("console", "qualification-revoke"): lambda t: (f"/qualifications/{make.a_qualification('a').pk}/revoke/", {"reason": "It was forged"}),
    ("console", "renewal-decide"): lambda t: (f"/renewals/{make.a_renewal('a').pk}/decide/", {"decision": "refuse", "reason": "Not readable"}),
    ("console", "requirement-new"): lambda t: ("/requirements/new/", requirement_form("stall")),
    ("console", "requirement"): lambda t: ("/requirements/licence/", requirement_form("licence")),
    ("console", "requirement-waive"): lambda t: ("/requirements/identity/waive/", {"merchant": MERCHANTS["a"], "reason": "Seen in person"}),
}
