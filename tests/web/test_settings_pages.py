"""What the operator sets for the market, and a shop for its parcels: kept, and logged with before, after and why; or refused at its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from marketplace.flows.approvals import approve
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.platform.approvals.models import ApprovalRequest
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.ledger.actions import set_commission
from marketplace.platform.ledger.models import CommissionRule
from marketplace.platform.taxonomy.models import TaxRate
from tenants.access.roles import MARKET_ROLES, MERCHANT_ROLES
from tenants.accounts.actions import give_role
from tenants.accounts.models import User
from tenants.tenancy.actions import PERIODS, set_periods
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.models import Market
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
CONSOLE, KILN = "ops.market.localhost", "kiln.seller.market.localhost"
PERIODS_FORM = {"form": "periods", "hold_minutes": "45", "ship_days": "4", "receive_days": "12", "return_days": "8", "answer_days": "5", "settle_days": "6"}


def client(host: str, email: str) -> Client:
    found = Client(headers={"host": host, "accept-language": "en"})
    found.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def member(host: str, role: str, merchant_id: Any = None) -> Client:
    person = make.a_buyer(f"{role}-{uuid4().hex[:6]}@example.com")
    give_role(by=SYSTEM, user_id=person.pk, role=role, merchant_id=merchant_id)
    return client(host, person.email)


@pytest.fixture
def operator() -> Client:
    make.commission()
    return client(CONSOLE, "operator@market.localhost")


@pytest.fixture
def owner() -> Client:
    return client(KILN, "owner-a@market.localhost")


def a_second_person_approves() -> None:
    checker = make.acting(make.a_second_operator())
    approve(by=checker, request_id=ApprovalRequest.objects.get(status="waiting").pk)


def everything() -> list[Any]:
    """All that these pages can change, and what the log says."""
    kept = [list(model.objects.order_by("pk").values()) for model in (CommissionRule, TaxRate, FreightZone, Market)]
    return [*kept, AuditEvent.objects.count()]


def last(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=action).latest("at")


def refused(answer: Any, form: str) -> dict[str, list[str]]:
    assert answer.status_code == 422
    page = answer.content.decode()
    with translation.override("en"):
        errors = {name: [escape(str(error)) for error in found] for name, found in answer.context["forms"][form].errors.items()}
    assert errors and all(error in page for found in errors.values() for error in found)
    return errors


class TestPeriods:
    def test_periods_are_kept_and_only_what_changed_is_logged(self, operator):
        before = {name: getattr(Market.objects.get(), name) for name in PERIODS}
        assert operator.post("/settings/", PERIODS_FORM | {"settle_days": before["settle_days"], "why": " busier weeks "}).status_code == 302
        market, event = Market.objects.get(), last("market.periods_set")
        assert (market.hold_minutes, market.ship_days, market.receive_days, market.answer_days) == (45, 4, 12, 5)
        assert (event.actor_label, event.why) == ("operator@market.localhost", "busier weeks")
        assert event.after == {"hold_minutes": 45, "ship_days": 4, "receive_days": 12, "return_days": 8, "answer_days": 5}
        assert event.before == {name: before[name] for name in event.after}

    def test_what_is_as_it_was_leaves_no_trace(self, operator):
        form = {name: getattr(Market.objects.get(), name) for name in PERIODS}
        before = everything()
        assert operator.post("/settings/", {"form": "periods", "why": "nothing"} | form).status_code == 302
        assert everything() == before

    @pytest.mark.parametrize("name", PERIODS)
    def test_each_has_its_bounds(self, operator, name):
        least, most = PERIODS[name]
        for value in (least - 1, most + 1, "", "soon", "1.5", "9" * 50):
            before = everything()
            assert list(refused(operator.post("/settings/", PERIODS_FORM | {"why": "x", name: value}), "periods")) == [name]
            assert everything() == before
        for value in (least - 1, most + 1):  # whoever calls the verb past the form
            with pytest.raises(InvalidInput) as refusal:
                set_periods(by=SYSTEM, periods={name: value}, why="x")
            assert refusal.value.field == name
        for value in (least, most):
            assert operator.post("/settings/", PERIODS_FORM | {"why": "x", name: value}).status_code == 302
            assert getattr(Market.objects.get(), name) == value

    @pytest.mark.parametrize("why", ["", "   ", "x" * 201])
    def test_without_a_reason_nothing_is_changed(self, operator, why):
        before = everything()
        assert list(refused(operator.post("/settings/", PERIODS_FORM | {"why": why}), "periods")) == ["why"]
        assert everything() == before


class TestProfile:
    FORM = {
        "form": "profile",
        "run_by": "cluster",
        "positioning": "local",
        "stands_for_zh": "只做景德镇的瓷器",
        "stands_for_en": "Porcelain of Jingdezhen, nothing else",
    }

    def test_merchants_read_what_the_market_stands_for_before_they_apply(self, operator, client):
        assert "Run by:" not in client.get("/sell/", headers={"host": "market.localhost", "accept-language": "en"}).content.decode()
        assert operator.post("/settings/", self.FORM | {"why": "new year"}).status_code == 302
        event = last("market.profile_set")
        assert (event.before["run_by"], event.after["run_by"], event.why) == ("", "cluster", "new year")
        for language, words in {"en": ("Industry cluster", "Of one region", "nothing else"), "zh-hans": ("产业集群", "本地化", "只做景德镇的瓷器")}.items():
            page = client.get("/sell/", headers={"host": "market.localhost", "accept-language": language}).content.decode()
            assert all(word in page for word in words), language

    @pytest.mark.parametrize("wrong", [{"run_by": "circus"}, {"positioning": "everywhere"}, {"stands_for_en": "x" * 201}, {"why": " "}])
    def test_what_is_wrong_is_refused_by_name_and_changes_nothing(self, operator, wrong):
        before = everything()
        assert list(refused(operator.post("/settings/", self.FORM | {"why": "x"} | wrong), "profile")) == list(wrong)
        assert everything() == before


class TestCommission:
    @pytest.mark.parametrize(
        ("of", "typed", "rate"), [("all", "7", "0.07"), ("merchant", "6.25", "0.0625"), ("category", "0", "0"), ("all", "99.99", "0.9999")]
    )
    def test_a_rate_holds_from_now_on_for_whom_it_was_set(self, operator, of, typed, rate):
        category = make.a_category()
        form = {"form": "commission", "rate": typed, "why": "a better year"}
        form |= {"merchant": {"merchant": str(A)}, "category": {"category": str(category.pk)}}.get(of, {})
        assert operator.post("/settings/", form).status_code == 302
        assert CommissionRule.objects.count() == 1  # asked for
        a_second_person_approves()
        rule, event = CommissionRule.objects.latest("since"), last("commission.set")
        assert (rule.rate, rule.merchant_id, rule.category_id) == (Decimal(rate), A if of == "merchant" else None, category.pk if of == "category" else None)
        assert (event.why, event.merchant_id, event.actor_label) == ("a better year", rule.merchant_id, "checker@market.localhost")
        assert Decimal(event.after["rate"]) == Decimal(rate) and event.after["category"] == rule.category_id
        assert event.before == ({"rate": "0.0500"} if of == "all" else None)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"rate": ""}, "rate"),
            ({"rate": "-1"}, "rate"),
            ({"rate": "100"}, "rate"),
            ({"rate": "5.555"}, "rate"),
            ({"rate": "a lot"}, "rate"),
            ({"rate": "NaN"}, "rate"),
            ({"rate": "1e1"}, "rate"),
            ({"why": ""}, "why"),
            ({"merchant": "01900000-0000-7000-8000-000000000000"}, "merchant"),
            ({"merchant": "nonsense"}, "merchant"),
            ({"category": "999999999"}, "category"),
            ({"category": "x"}, "category"),
            ({"merchant": str(A), "category": "{category}"}, "category"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, operator, change, field):
        category = make.a_category()
        before = everything()
        form = {"form": "commission", "rate": "5", "why": "x"} | {name: text.format(category=category.pk) for name, text in change.items()}
        answer = operator.post("/settings/", form)
        if change.get("rate") == "1e1":  # another way to write ten
            a_second_person_approves()
            assert answer.status_code == 302 and CommissionRule.objects.latest("since").rate == Decimal("0.1")
            return
        assert list(refused(answer, "commission")) == [field]
        assert everything() == before

    def test_the_verb_refuses_it_too_and_never_widens_a_rule(self, operator):
        before = everything()
        rate = Decimal("0.05")
        for error, wrong in (
            (InvalidInput, {"rate": Decimal(1)}),
            (InvalidInput, {"rate": Decimal("-0.01")}),
            (MerchantUnknown, {"rate": rate, "merchant_id": uuid4()}),
            (InvalidInput, {"rate": rate, "category_id": 0}),
        ):
            with pytest.raises(error):
                set_commission(by=SYSTEM, **wrong)
        assert everything() == before


class TestTax:
    def test_a_rate_holds_from_now_on_and_says_what_was_before_and_why(self, operator):
        assert operator.post("/settings/", {"form": "tax", "tax_class": "reduced", "rate": "6", "why": "the law of July"}).status_code == 302
        a_second_person_approves()
        assert TaxRate.objects.latest("since").rate == Decimal("0.06")
        event = last("tax.set")
        assert (event.before, event.why, event.actor_label) == ({"rate": "0.0900"}, "the law of July", "checker@market.localhost")
        assert Decimal(event.after["rate"]) == Decimal("0.06") and event.after["class"] == "reduced"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"tax_class": "luxury"}, "tax_class"),
            ({"tax_class": ""}, "tax_class"),
            ({"rate": "-1"}, "rate"),
            ({"rate": "100"}, "rate"),
            ({"rate": "13.001"}, "rate"),
            ({"rate": ""}, "rate"),
            ({"why": " "}, "why"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, operator, change, field):
        before = everything()
        assert list(refused(operator.post("/settings/", {"form": "tax", "tax_class": "standard", "rate": "13", "why": "x"} | change), "tax")) == [field]
        assert everything() == before


class TestRail:
    @pytest.fixture
    def with_stripe(self, settings):
        settings.STRIPE_SECRET_KEY = "sk_test_anything"

    def test_another_way_to_pay_is_chosen_and_logged(self, operator, with_stripe):
        assert operator.post("/settings/", {"form": "rail", "rail": "stripe", "why": "real money"}).status_code == 302
        assert Market.objects.get().rail == "sandbox"
        a_second_person_approves()
        event = last("market.rail_set")
        assert (Market.objects.get().rail, event.before, event.after, event.why) == ("stripe", {"rail": "sandbox"}, {"rail": "stripe"}, "real money")

    @pytest.mark.parametrize(("change", "field"), [({"rail": "gold"}, "rail"), ({"rail": ""}, "rail"), ({"why": ""}, "why")])
    def test_what_cannot_be_is_said_at_its_field(self, operator, with_stripe, change, field):
        before = everything()
        assert list(refused(operator.post("/settings/", {"form": "rail", "rail": "stripe", "why": "x"} | change), "rail")) == [field]
        assert everything() == before

    def test_a_rail_that_is_not_set_up_is_not_offered(self, operator, settings):
        settings.STRIPE_SECRET_KEY = ""
        before = everything()
        assert list(refused(operator.post("/settings/", {"form": "rail", "rail": "stripe", "why": "x"}), "rail")) == ["rail"]
        assert everything() == before and 'value="stripe"' not in operator.get("/settings/").content.decode()


class TestWhoMay:
    @pytest.mark.parametrize("role", sorted(set(MARKET_ROLES) - {"operator"}))
    def test_other_roles_at_the_console_change_nothing(self, role):
        make.commission()
        reader, before = member(CONSOLE, role), None
        before = everything()
        assert reader.get("/settings/").status_code == 403
        for form in (
            PERIODS_FORM | {"why": "x"},
            {"form": "commission", "rate": "1", "why": "x"},
            {"form": "tax", "tax_class": "zero", "rate": "1", "why": "x"},
        ):
            assert reader.post("/settings/", form).status_code == 403
        assert everything() == before

    @pytest.mark.parametrize("role", sorted(set(MERCHANT_ROLES) - {"owner"}))
    def test_other_roles_of_the_shop_do_not_say_what_delivery_costs(self, role):
        reader = member(KILN, role, A)
        before = everything()
        assert reader.get("/delivery/").status_code == 403
        assert reader.post("/delivery/", {"then": "save", "fee_0": "1", "delivers_0": "1"}).status_code == 403
        assert everything() == before

    def test_neither_do_strangers_and_the_owner_of_another_shop(self):
        before = everything()
        form = {"then": "save", "fee_0": "1", "delivers_0": "1"}
        assert client(KILN, "owner-b@market.localhost").post("/delivery/", form).status_code in (403, 404)
        assert Client().post("/delivery/", form, headers={"host": KILN}).status_code in (302, 403)
        assert client(CONSOLE, "owner-a@market.localhost").post("/settings/", PERIODS_FORM | {"why": "x"}).status_code in (403, 404)
        assert everything() == before

    def test_a_form_that_is_none_changes_nothing(self, operator):
        before = everything()
        for form in ({}, {"form": "fees"}, {"form": "x" * 5000, "rate": "1"}):
            assert operator.post("/settings/", form).status_code == 200
        assert everything() == before


ZONES = {
    "then": "save",
    "regions_0": ["31", "32"],
    "fee_0": "5",
    "free_from_0": "88.80",
    "delivers_0": "1",
    "regions_1": ["81"],
    "fee_1": "",
    "fee_2": "8",
    "free_from_2": "",
    "delivers_2": "1",
}


class TestDelivery:
    def kept(self) -> list[tuple[Any, ...]]:
        return [(z.regions, z.delivers, z.fee_minor, z.free_from_minor) for z in FreightZone.objects.filter(merchant_id=A).order_by("position")]

    def test_zones_are_kept_logged_and_shown_again(self, owner):
        assert owner.post("/delivery/", ZONES).status_code == 302
        assert self.kept() == [(["31", "32"], True, 500, 8880), (["81"], False, 0, None), ([], True, 800, None)]
        event = last("freight.set")
        assert (event.actor_label, event.merchant_id, event.before, len(event.after["zones"])) == ("owner-a@market.localhost", A, None, 3)
        page = owner.get("/delivery/").content.decode()
        assert 'name="fee_0" value="5.00"' in page and 'name="free_from_0" value="88.80"' in page and 'name="fee_2" value="8.00"' in page
        assert 'name="regions_0" value="31" checked' in page and 'name="regions_0" value="33" checked' not in page

    def test_a_zone_is_added_to_the_form_and_removed_from_it(self, owner):
        page = owner.post("/delivery/", ZONES | {"then": "add"}).content.decode()
        assert 'name="fee_3" value="8"' in page and not self.kept()
        owner.post("/delivery/", ZONES | {"gone_0": "1"})
        assert self.kept() == [(["81"], False, 0, None), ([], True, 800, None)]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"fee_0": ""}, "fee"),
            ({"fee_0": "5.001"}, "fee"),
            ({"fee_0": "five"}, "fee"),
            ({"fee_0": "-5"}, "fee"),
            ({"fee_0": "9" * 40}, "fee"),
            ({"fee_0": "NaN"}, "fee"),
            ({"free_from_0": "-1"}, "fee"),
            ({"free_from_0": "some"}, "free_from"),
            ({"free_from_2": "1.234"}, "free_from"),
            ({"regions_0": []}, "regions"),
            ({"regions_0": ["31", "81"]}, "regions"),
            ({"regions_0": ["310104"]}, "regions"),
            ({"regions_0": ["Atlantis"]}, "regions"),
            ({"regions_2": ["44"]}, "regions"),
        ],
    )
    def test_what_cannot_be_is_said_what_was_typed_stays_and_nothing_is_changed(self, owner, change, field):
        owner.post("/delivery/", ZONES)
        before = everything()
        answer = owner.post("/delivery/", ZONES | change)
        assert answer.status_code == 422 and answer.context["refusal"].field == field
        page = answer.content.decode()
        assert 'role="alert"' in page and 'name="fee_2" value="8"' in page
        name, value = next(iter(change.items()))
        if isinstance(value, str) and value:
            assert f'name="{name}" value="{value}"' in page
        if field == "free_from" or value in ("", "five"):
            assert page.count('aria-invalid="true"') == 1
        assert everything() == before

    def test_more_zones_than_the_form_has_are_not_half_kept(self, owner):
        form = (
            {"then": "save"}
            | {f"fee_{n}": "1" for n in range(12)}
            | {f"delivers_{n}": "1" for n in range(12)}
            | {f"regions_{n}": [f"{31 + n}"] for n in range(7)}
        )
        before = everything()
        assert owner.post("/delivery/", form).status_code == 422
        assert everything() == before
