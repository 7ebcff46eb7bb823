"""The pages of qualifications: a shop sees what is not sold and why, hands in anew, and the operator decides; nobody sees another's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.flows.qualify import settle_listings
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.platform.listings.models import Listing
from tenants.accounts.models import User
from tenants.onboarding.models import Paper, Qualification, Requirement
from tenants.onboarding.qualifications import grant_qualification
from tenants.onboarding.requirements import put_requirement
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
SHOP = "kiln.seller.market.localhost"
OPS = "ops.market.localhost"


@pytest.fixture(autouse=True)
def papers_root(settings: Any, tmp_path: Any) -> None:
    settings.PAPERS_ROOT = tmp_path


def at(host: str, email: str) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def owner() -> Client:
    return at(SHOP, "owner-a@market.localhost")


@pytest.fixture
def operator() -> Client:
    return at(OPS, "operator@market.localhost")


@pytest.fixture
def held() -> Listing:
    """A product whose shop has let its licence end."""
    product = make.a_product("a", title="Green tea")
    fields = {"names": {"en": "Food licence"}, "categories": [make.a_category().pk], "ends": "must", "is_waivable": True}
    row = put_requirement(by=SYSTEM, code="food", fields=fields, why="x")
    now = clock.now()
    grant_qualification(
        by=SYSTEM,
        merchant_id=MERCHANTS["a"],
        requirement=row,
        paper=None,
        valid_from=now - timedelta(days=9),
        valid_until=now - timedelta(days=1),
        reason="seen",
    )
    settle_listings(by=SYSTEM, merchant_id=MERCHANTS["a"])
    return Listing.objects.get(pk=product.pk)


def test_the_shop_reads_what_is_not_sold_and_hands_in_anew_and_it_is_sold_again(owner, operator, held):
    assert not held.is_on_sale
    assert "a qualification is missing" in owner.get("/").content.decode()
    page = owner.get("/qualifications/").content.decode()
    assert "Green tea" in page and "Food licence" in page
    day = (clock.now() + timedelta(days=300)).date().isoformat()
    upload = lambda: SimpleUploadedFile("new.png", make.a_picture("blue").read())
    assert owner.post("/qualifications/", {"code": "food", "file": upload()}).status_code == 422  # its last day lacks
    assert owner.post("/qualifications/", {"code": "food", "file": upload(), "ends_on": "2001-01-01"}).status_code == 422
    assert owner.post("/qualifications/", {"code": "food", "file": upload(), "ends_on": day}).status_code == 302
    paper = Paper.objects.get(merchant=MERCHANTS["a"])
    assert "In review" in owner.get("/qualifications/").content.decode()
    assert b"".join(owner.get(f"/qualifications/papers/{paper.pk}/")).startswith(b"\xff\xd8")
    assert "new.png" in operator.get("/renewals/").content.decode()
    assert operator.get(f"/renewals/{paper.pk}/paper/").status_code == 200 and AuditEvent.objects.filter(action="paper.opened").exists()
    assert operator.post(f"/renewals/{paper.pk}/decide/", {"decision": "refuse", "reason": ""}).status_code == 422
    assert operator.post(f"/renewals/{paper.pk}/decide/", {"decision": "accept", "ends_on": ""}).status_code == 422
    assert operator.post(f"/renewals/{paper.pk}/decide/", {"decision": "accept", "ends_on": "31 June"}).status_code == 200
    assert Paper.objects.get(pk=paper.pk).decision == "waiting"
    assert operator.post(f"/renewals/{paper.pk}/decide/", {"decision": "accept", "ends_on": day}).status_code == 302
    held.refresh_from_db()
    assert held.is_on_sale and "Green tea" not in owner.get("/qualifications/").content.decode()


def test_buyers_read_that_it_is_not_for_sale_at_the_moment(held):
    buyer = Client(headers={"host": "market.localhost", "accept-language": "en"})
    answer = buyer.get(f"/p/{held.pk}/")
    assert answer.status_code == 404 and "Not for sale at the moment" in answer.content.decode()
    assert "licence" not in answer.content.decode().lower().replace("license", "")  # why is nobody else's business


def test_an_operator_takes_a_qualification_back_with_a_reason(operator):
    product = make.a_product("a")
    row = make.a_qualification("a")
    assert operator.post(f"/qualifications/{row.pk}/revoke/", {"reason": " "}).status_code == 422
    assert operator.post(f"/qualifications/{row.pk}/revoke/", {"reason": "It was forged"}).status_code == 302
    assert "It was forged" in operator.get(f"/qualifications/{row.pk}/").content.decode()
    assert not Listing.objects.get(pk=product.pk).is_on_sale
    assert operator.post(f"/qualifications/{row.pk}/revoke/", {"reason": "again"}).status_code == 409


def test_a_requirement_is_made_changed_and_waived(operator):
    form = {"code": "stall", "name_en": "A stall", "check_by": "document", "ends": "may", "step": "identity", "brands": "any", "position": 1, "is_active": "on"}
    assert operator.post("/requirements/new/", form).status_code == 422  # no reason
    assert operator.post("/requirements/new/", {**form, "why": "a market", "is_waivable": "on", "kinds": ["retailer"]}).status_code == 302
    assert operator.post("/requirements/new/", {**form, "why": "again"}).status_code == 422
    for wrong in (
        {"name_en": ""},
        {"check_by": "computed"},
        {"check_by": "attested", "enforced_on": "2099-01-01"},
        {"code": "two words"},
        {"kinds": ["pirate"]},
    ):
        assert operator.post("/requirements/new/", {**form, "code": "other-one", "why": "x", **wrong}).status_code == 422
    row = Requirement.objects.get(code="stall")
    assert row.kinds == ["retailer"] and not Requirement.objects.filter(code="other-one").exists()
    assert operator.post("/requirements/stall/", {**form, "why": "wider", "is_waivable": "on"}).status_code == 302
    assert operator.post("/requirements/stall/waive/", {"merchant": str(MERCHANTS["a"]), "reason": "Has none"}).status_code == 302
    assert Qualification.objects.get().is_waived
    assert "A stall" in operator.get("/requirements/").content.decode() and operator.get("/requirements/nothing/").status_code == 404


def test_the_categories_of_a_requirement_are_posted_kept_shown_and_taken_away(operator):
    food = make.a_category("food-q", {"en": "Food"})
    fresh = make.a_category("fresh-q", {"en": "Fresh"}, "food-q")
    form = {"name_en": "Cold store", "check_by": "document", "ends": "may", "step": "qualification", "brands": "any", "position": 1, "is_active": "on"}
    form |= {"why": "the law"}
    for wrong in (["999999"], [fresh.pk, "food"]):
        assert operator.post("/requirements/new/", {**form, "code": "cold", "categories": wrong}).status_code == 422
    assert operator.post("/requirements/new/", {**form, "code": "cold", "categories": [fresh.pk, food.pk]}).status_code == 302
    assert Requirement.objects.get(code="cold").categories == sorted([food.pk, fresh.pk])
    page = operator.get("/requirements/cold/").content.decode()
    assert page.count(" selected>") >= 2 and all(f'<option value="{key}" selected>' in page for key in (food.pk, fresh.pk))
    assert operator.post("/requirements/cold/", {**form, "categories": [fresh.pk]}).status_code == 302
    assert Requirement.objects.get(code="cold").categories == [fresh.pk]
    row = re.search(r"Cold store.*?</(?:tr|li)>", operator.get("/requirements/").content.decode(), re.DOTALL)
    assert row and "Fresh" in row.group() and "Food" not in row.group()
    assert operator.post("/requirements/cold/", form).status_code == 302
    assert Requirement.objects.get(code="cold").categories == []


def test_a_shop_does_not_get_anothers_papers(owner, operator, held):
    other = make.a_renewal("b", name="theirs.png")
    assert owner.get(f"/qualifications/papers/{other.pk}/").status_code == 404
    assert "theirs.png" not in owner.get("/qualifications/").content.decode()
