"""S7: a form changes what it shows and nothing else. What a view does not read by its name, nobody can send."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.http import HttpResponseRedirect

from marketplace.flows.review_product import NOTE_LABELS
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.checkout.models import OrderGroup
from tenants.access.rights import Right
from tenants.access.rules import operator, route
from tenants.accounts.models import Membership
from tenants.onboarding.models import Application
from tests.architecture.market_forms import FORMS_OF_THE_MARKET
from tests.architecture.test_back_office_writes import FORMS, HOSTS, Filled, Things, send, someone
from tests.architecture.test_market_traces import BUYERS_HOSTS, send_as, went_on, who_sent
from tests.databases import MERCHANTS
from tests.planting import planted
from tests.safety.reading import ALL, forms_read

OF_A_RULE = {"brands", "category", "code", "in_menu", "in_stock", "is_shown", "position", "price_from", "price_to", "q", "seen"}
OF_A_RULE |= {"days", "rated", "reduced", "reviews", "shops", "text_en", "text_zh", "then"}
OF_A_PACKAGE = {"domains", "name_zh", "pictures", "products", "staff", "storage", "text_en", "text_zh"}
# Fields of a form that may stay empty, so that the forms of the other tests do without them.
MAY_BE_EMPTY: dict[tuple[str, str], set[str]] = {
    ("workbench", "orders-accept"): {"all", "query"},
    ("workbench", "custom-orders-begin"): {"all", "query"},
    ("workbench", "custom-orders-finish"): {"all", "query"},
    ("workbench", "products-submit"): {"all", "query"},
    ("workbench", "products-on-sale"): {"all", "query"},
    ("workbench", "products-off-sale"): {"all", "query"},
    ("workbench", "products-conditions"): {"waits_for_stock"},
    ("workbench", "products-times"): {"keeps_from", "keeps_until", "listed_from"},
    ("workbench", "reduction-new"): {"percent", "product", "take"},
    ("workbench", "price-list-new"): {"starts_at", "ends_at"},
    ("workbench", "price-list"): {"starts_at", "ends_at"},
    ("workbench", "price-list-prices"): {"file"},
    ("workbench", "import-new"): {"archive"},
    ("workbench", "import-columns"): {"category", "counts_stock"},
    ("workbench", "order-pack"): {"carrier", "origin", "tracking_number"},
    ("workbench", "stock-set"): {"note", "safety_all"},
    ("workbench", "stock-adjust"): {"note"},
    ("workbench", "locations"): {"address", "may_ship", "name_en", "name_zh"},
    ("workbench", "location"): {"address", "may_ship", "name_en", "name_zh"},
    ("workbench", "transfer-new"): {"more", "note"},
    ("workbench", "transfer-end"): {"then"},
    ("workbench", "stocktake-new"): {"category", "is_blind", "note", "variants"},
    ("workbench", "stocktake-count"): {"page", "show"},
    ("workbench", "stocktake-scan"): {"quantity"},
    ("workbench", "library-upload"): {"as"},
    ("workbench", "library-delete"): {"all", "query"},
    ("workbench", "library-cut"): {"then"},
    ("workbench", "film-upload"): {"as"},
    ("workbench", "films-delete"): {"all", "query"},
    ("workbench", "film"): {"poster", "poster_file"},
    ("workbench", "stocktake-upload"): {"counted_at", "file", "lines"},
    ("workbench", "stocktake-step"): {"why"},
    ("workbench", "restock-new"): {"expected_on", "more", "note", "supplier"},
    ("workbench", "return-answer"): {"answer"},
    ("workbench", "assessment"): {"note"},
    ("workbench", "return-approve"): {"answer"},
    ("workbench", "order-cancel"): {"look_id"},
    ("workbench", "money-rule"): {"look_id", "why"},
    ("workbench", "return-inspect"): {"report"},
    ("workbench", "holiday"): {"note_zh", "then"},
    ("workbench", "decorate"): {"with_look"},
    ("workbench", "theme"): {"no_banner", "no_logo"},
    ("workbench", "review-answer"): {"query"},
    ("workbench", "question-answer"): {"query"},
    ("workbench", "qualifications"): {"ends_on"},
    ("workbench", "company"): {"about", "belongs_to", "kind", "name_zh", "origins", "sells_many_brands", "service_address", "service_phone", "then"},
    ("workbench", "payout-account"): {"bank_code", "branch", "holder_reason"},
    ("workbench", "package-change"): {"then"},
    ("workbench", "service-order"): {"note"},
    ("workbench", "staff-role-new"): {"name_zh"},
    ("workbench", "staff-role"): {"name_zh", "role_id"},
    ("console", "merchant-new"): {"name_zh"},
    ("console", "own-shop-new"): {"name_zh"},
    ("console", "application-review"): {"fields", "reason"},
    ("console", "dossier-decide"): {"note"},
    ("console", "review-terms"): {"on"},
    ("console", "package-new"): {"is_default", *OF_A_PACKAGE},
    ("console", "extra-new"): OF_A_PACKAGE,
    ("console", "service-move"): {"answer"},
    ("console", "own-price"): {"until"},
    ("console", "deposit-rules"): {"pay_zh"},
    ("console", "block-new"): {"until"},
    ("console", "double-aside"): {"undo"},
    ("console", "review-decide"): {"reason", *(f"note_{name}" for name in NOTE_LABELS)},
    ("console", "words-new"): {"category", "note"},
    ("console", "review-rules"): {"passes", "seen"},
    ("console", "search-rule-new"): {"add", "seen"},
    ("console", "search-rule"): {"add"},
    ("console", "settings"): {"category", "merchant"},
    ("console", "settlement-run"): {"until"},
    ("console", "approval-decide"): {"why"},
    ("console", "buyer-review-shown"): {"query"},
    ("console", "question-shown"): {"query"},
    ("console", "answer-shown"): {"query"},
    ("console", "market-rules"): {"accept_on", "since_on"},
    ("console", "renewal-decide"): {"ends_on"},
    ("console", "requirement-new"): {"categories", "computed", "enforced_on", "hint_en", "hint_zh", "is_active", "is_waivable", "kinds", "name_zh"},
    ("console", "requirement"): {"categories", "computed", "enforced_on", "hint_en", "hint_zh", "is_active", "is_waivable", "kinds", "name_zh"},
    ("console", "requirement-waive"): {"ends_on"},
    ("console", "category-new"): {"is_hidden", "seen"},
    ("console", "category"): {"is_hidden"},
    ("console", "attribute-new"): {"help_en", "help_zh", "is_facet", "seen", "synonyms"},
    ("console", "attribute"): {"help_en", "help_zh", "is_facet", "synonyms", "unit"},
    ("console", "value-new"): {"place", "shown", "synonyms"},
    ("console", "attribute-value"): {"into", "place", "shown", "synonyms", "why"},
    ("console", "category-attributes"): {"sure"},
    ("console", "virtual-new"): OF_A_RULE,
    ("console", "virtual"): OF_A_RULE,
    ("console", "brand-new"): {"aliases", "name_zh", "seen"},
    ("console", "brand"): {"aliases", "name_zh"},
    ("console", "brand-demand"): {"enforced_on"},
    ("workbench", "shop-brands"): {"ends_on"},
    ("workbench", "product-codes"): {"codes", "file"},
    ("console", "staff-role-new"): {"name_zh"},
    ("console", "staff-role"): {"name_zh", "role_id"},
}
MAY_BE_EMPTY |= {("workbench", "shop-category-new"): {"in_stock", "pick", "seen"}, ("workbench", "shop-category"): {"sort", *OF_A_RULE}}
OF_A_SIZE_TABLE = {"categories", "notes_en", "notes_zh", "seen", *(f"{name}_{n}" for name in ("name_en", "name_zh", "unit") for n in range(1, 8))}
MAY_BE_EMPTY |= {("workbench", name): OF_A_SIZE_TABLE for name in ("size-table", "size-table-new")}
OF_A_PRODUCT = {"axes", "brand", "category_query", "description_en", "description_zh", "find_category", "hides_sold_out", "listed_from", "listed_until"}
OF_A_PRODUCT |= {"aside", "copy", "pictures-clear", "kind", "size_table", "subtitle_en", "subtitle_zh", "tax_class", "title_zh", "valid_days"}
OF_A_PRODUCT |= {"film", "film_file", "gallery", "library_query", "seen", "shot", "source_ref", "take"}
MAY_BE_EMPTY |= {("workbench", "product"): OF_A_PRODUCT, ("workbench", "product-new"): OF_A_PRODUCT}
# Fields of rows, a number or a key behind their name: as many as there are rows.
OF_ROWS = {
    "reduction-new": r"price_[0-9a-f]{32}",
    "reduction": r"(price|shown)_[0-9a-f]{32}",
    "stock-set": r"shown_[0-9a-f]{32}",
    "stocktake-count": r"shown_[0-9a-f]{32}",
    "price-list-prices": r"entry_[0-9a-f]{32}",
    "product-prices": r"price_[0-9a-f]{32}",
    "product": r"(barcode|discount|gone|market|options|sku|(price|market|stock)_was|ticked|weight|place|alt_en|alt_zh|value)_(\d+|[0-9a-f]{32})",
    "product-new": r"(barcode|discount|gone|market|options|sku|(price|market|stock)_was|ticked|weight)_\d+",
    "bundle-new": r"part_[0-9a-f]{32}",
    "bundle-parts": r"part_[0-9a-f]{32}",
    "product-customising": r"f\d+(c\d+)?-[a-z_]+",
    "delivery": r"(fee|gone|regions)_\d+",
    "notice-settings": r"(mail|sms):[a-z_]+",
    "order-return": r"line_[0-9a-f]{32}",
    "order-review": r"(stars|text|pictures)_[0-9a-f]{32}(-clear)?",
    "reviews-many-decide": r"(decision|seen|reason|note)_[0-9a-f]{32}(_[a-z_]+)?",
}

# ── Buyers, applicants, visitors ──
OF_AN_APPLICATION = {"about", "belongs_to", "licence_number", "name_zh", "origins", "part", "sells", "sells_many_brands", "service_phone"}
OF_AN_APPLICATION |= {"attested", "ends_on", "file", "paper_kind", "rules"}
MAY_BE_EMPTY |= {("market", name): {"is_default"} for name in ("address", "address-new", "checkout-address")}
MAY_BE_EMPTY |= {("market", name): OF_AN_APPLICATION for name in ("apply", "apply:paper", "apply:remove", "apply:submit")}
MAY_BE_EMPTY |= {("market", name): {"next"} for of, name in FORMS_OF_THE_MARKET if name.startswith("account_")}  # where allauth leads on
MAY_BE_EMPTY |= {("market", "checkout-place"): {"accepts", "waives"}, ("market", "order-review"): {"is_anonymous"}, ("market", "account-email"): {"stay"}}
MAY_BE_EMPTY |= {(kind, "page-form"): {"website"} for kind in BUYERS_HOSTS}  # the trap that no reader sees


def read_besides(kind: str, name: str, found: set[str], given: dict[str, Any]) -> set[str]:
    """What a view read that no field of its form is."""
    declared = {*given, *MAY_BE_EMPTY.get((kind, name), ()), "csrfmiddlewaretoken"}
    return {field for field in found - declared if not re.fullmatch(OF_ROWS.get(name, "-"), field)}


@pytest.mark.parametrize("kind", HOSTS)
def test_a_view_reads_the_fields_of_its_form_by_name_and_no_others(things: Things, kind: str, monkeypatch):
    user, found = someone(kind), {}
    with forms_read(monkeypatch) as read:
        for of, name in FORMS:
            if of == kind:
                form = FORMS[of, name](things)
                assert send(kind, user, form).status_code in (200, 302), name
                if besides := read_besides(kind, name, read[form.path.partition("?")[0]], form.data):
                    found[name] = sorted(besides)
    assert not found, "\n".join(f"{name}: {fields}" for name, fields in found.items())
    assert len(read) > 20


def test_a_form_of_the_market_reads_its_fields_by_name_and_no_others(wares: Product, monkeypatch):
    found = {}
    with forms_read(monkeypatch) as read:
        for (kind, name), fill in FORMS_OF_THE_MARKET.items():
            form = fill(wares)
            assert went_on(name, send_as(kind, form)), name
            if besides := read_besides(kind, name, read.pop(form.path, set()), form.data):
                found[name] = sorted(besides)
    assert not found, "\n".join(f"{name}: {fields}" for name, fields in found.items())
    assert len(FORMS_OF_THE_MARKET) > 40


TOO_MUCH = {"is_superuser": "1", "is_staff": "1", "is_active": "0", "merchant_id": str(MERCHANTS["b"]), "user": "1", "user_id": "1", "status": "paid"}
TOO_MUCH |= {"id": "1", "pk": "1", "price": "1", "total_minor": "1", "verified": "1", "role": "owner", "stock": "0"}
CHANGES_A_PERSON = ("account_signup", "account_change_password", "account_set_password", "profile", "address-new", "checkout-place", "apply", "order-review")


def test_fields_of_models_that_no_form_has_change_nothing(wares: Product):
    """Sent along with what a person sends: to allauth's forms, too, which read all there is."""
    for name in CHANGES_A_PERSON:
        form = FORMS_OF_THE_MARKET["market", name](wares)
        form.data |= {field: text for field, text in TOO_MUCH.items() if field not in form.data}
        assert went_on(name, send_as("market", form)), name
        person = who_sent(form)
        person.refresh_from_db()
        assert (person.is_superuser, person.is_active) == (False, True), name
        assert not Membership.objects.filter(user=person).exists(), name
        assert not EmailAddress.objects.filter(user=person, verified=True).exists(), name
        assert [row.status for row in OrderGroup.objects.filter(buyer=person)] in ([], ["awaiting_payment"], ["paid"] if name == "order-review" else []), name
        assert {row.status for row in Application.objects.filter(applicant=person)} <= {"draft"}, name


def test_views_that_take_what_comes_are_found(things: Things, monkeypatch):
    """The controls: one that stores every field there is, and one that reads a field no form has."""

    def takes_all(request: Any) -> HttpResponseRedirect:
        kept = dict(request.POST.items())
        assert kept
        return HttpResponseRedirect("/")

    def takes_one_more(request: Any) -> HttpResponseRedirect:
        assert request.POST["note"] and not request.POST.get("status")
        return HttpResponseRedirect("/")

    for view, found in ((takes_all, {ALL}), (takes_one_more, {"status"})):
        with planted("console", route("planted/", view, may=operator(Right.VIEW_MERCHANTS), name="planted", methods="POST")):
            form = Filled("/planted/", {"note": "x"})
            with forms_read(monkeypatch) as read:
                assert send("console", someone("console"), form).status_code == 302
            assert read_besides("console", "planted", read["/planted/"], form.data) == found
