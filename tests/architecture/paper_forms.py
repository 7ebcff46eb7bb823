"""Forms about what sellers have to show, as a person would send them: path and data, from what a shop has (`Things`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.accounts.models import User
from tenants.onboarding.models import Paper
from tests import factories as make
from tests.databases import MERCHANTS


def requirement_form(code: str) -> dict[str, Any]:
    return {"code": code, "name_en": "A stall", "check_by": "document", "ends": "may", "step": "identity", "brands": "any", "position": 1, "why": "a market"}


def colleague() -> str:
    return str(User.objects.get(email="operator@market.localhost").pk)


FORMS_OF_PAPERS: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "qualifications"): lambda t: ("/qualifications/", {"code": "licence", "file": SimpleUploadedFile("a.png", make.a_picture("blue").read())}),
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
