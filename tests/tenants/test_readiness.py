"""How far a shop is, in stages and concerns, and how it scores itself: kept with date and author, shown to the shop and to the operator."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.kernel.models import AuditEvent
from marketplace.web.readiness.grid import CONCERNS, STAGES, by_concern, by_stage
from marketplace.web.readiness.items import items_of
from tenants.accounts.models import User
from tenants.onboarding.models import SelfAssessment, SelfCheck, Topic
from tenants.onboarding.self_checks import assess
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
WORKBENCH = {"host": "kiln.seller.market.localhost"}
SCORES = dict.fromkeys(Topic.values, 3)


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_every_thing_to_do_has_one_stage_and_one_concern_and_no_stage_or_concern_is_empty():
    with merchant_schema(A):
        items = items_of(Merchant.objects.get(pk=A))
    assert len({item.code for item in items}) == len(items)
    assert {item.stage for item in items} == {n for n, _name in STAGES} and {item.concern for item in items} == {code for code, _name in CONCERNS}
    assert sum(part.total for part in by_stage(items)) == sum(row.total for row, _cells in by_concern(items)) == len(items)


def test_a_filter_shows_one_concern_and_keeps_the_ticks_it_hides():
    boss = signed_in("owner-a@market.localhost")
    assert boss.post("/guide/", {"done": ["positioning", "supply"]}, headers=WORKBENCH).status_code == 302
    page = boss.get("/guide/?concern=supply", headers=WORKBENCH)
    assert {item.concern for part in page.context["stages"] for item in part.items} == {"supply"}
    boss.post("/guide/?concern=supply", {}, headers=WORKBENCH)
    assert set(SelfCheck.objects.filter(merchant_id=A).values_list("code", flat=True)) == {"positioning"}
    assert boss.get("/guide/?concern=nonsense&stage=99", headers=WORKBENCH).status_code == 200


def test_a_self_assessment_is_kept_once_with_its_author_and_read_by_the_operator():
    boss, form = signed_in("owner-a@market.localhost"), {**SCORES, "partner": "sales", "note": "count stock"}
    for scores in (form | {"assessment_id": uuid4()}, form | {"assessment_id": uuid4(), "stock": 5}):
        assert boss.get("/guide/assessment/", headers=WORKBENCH).status_code == 200
        assert boss.post("/guide/assessment/", scores, headers=WORKBENCH).status_code == 302
        assert boss.post("/guide/assessment/", scores, headers=WORKBENCH).status_code == 302
    assert list(SelfAssessment.objects.order_by("at").values_list("stock", "by_label")) == [(3, "owner-a@market.localhost"), (5, "owner-a@market.localhost")]
    page = boss.get("/guide/assessment/", headers=WORKBENCH)
    assert page.status_code == 200 and page.context["trend"].rows[1].scores == [3, 5] and page.context["trend"].rows[1].change == 1
    assert AuditEvent.objects.filter(action="merchant.self_assessed", why="count stock").latest("pk").before["stock"] == 3
    seen = signed_in("operator@market.localhost").get(f"/merchants/{A}/", headers={"host": "ops.market.localhost"})
    assert seen.status_code == 200 and seen.context["readiness"]["assessed"].stock == 5


@pytest.mark.parametrize(("wrong", "field"), [({"stock": 6}, "stock"), ({"orders": 0}, "orders"), ({"partner": "luck"}, "partner")])
def test_wrong_scores_name_their_field_and_change_nothing(wrong, field):
    said = {"scores": SCORES | {key: value for key, value in wrong.items() if key != "partner"}, "partner": wrong.get("partner", "sales")}
    with pytest.raises(InvalidInput) as refusal:
        assess(by=SYSTEM, merchant_id=A, assessment_id=uuid4(), **said)
    assert refusal.value.field == field and not SelfAssessment.objects.exists()


def test_a_key_with_other_scores_is_refused():
    row = assess(by=SYSTEM, merchant_id=A, assessment_id=uuid4(), scores=SCORES, partner="sales")
    with pytest.raises(KeyReused):
        assess(by=SYSTEM, merchant_id=A, assessment_id=row.pk, scores=SCORES | {"stock": 1}, partner="sales")
