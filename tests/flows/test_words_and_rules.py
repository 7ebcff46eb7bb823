"""What is checked of a product before a person looks, what passes without one, and what the operator says field by field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.flows.review_product import refuse_change, send_change_back, submit_product
from marketplace.flows.review_rules import review_rules, set_review_rules, share_changed
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.models import Product
from marketplace.platform.listings.errors import ChangeOutdated, RefusedAsItIs, WordForbidden, WordUnknown
from marketplace.platform.listings.models import ForbiddenWord, Listing, ListingVariant, ProductChange
from marketplace.platform.listings.words import drop_word, hits_in, put_words, words_in
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.models import Letter, User
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.letterbox import letters
from tests.flows.test_product_review import now, save, submit, waiting_of
from tests.storefront.test_applying import Reader

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
NUMBERS = {"most_changed": 30, "shop_days": 0, "clean_days": 90}


@pytest.fixture
def on_sale() -> Product:
    return make.a_product("a")


@pytest.fixture
def console() -> Reader:
    return Reader("ops.market.localhost", User.objects.get(email="operator@market.localhost"))


def word(*texts: str, weight: str = "refused", category: int | None = None, note: str = "") -> None:
    put_words(by=SYSTEM, texts=texts, weight=weight, category_id=category, note=note)


def let_pass(*names: str, **numbers: int) -> None:
    set_review_rules(by=SYSTEM, passes=list(names), numbers=NUMBERS | numbers, why="a trial")


class TestFinding:
    @pytest.mark.parametrize(
        ("text", "says", "found"),
        [
            ("最低价", "全网最低价，先到先得", True),
            ("最低价", "全网最 低·价", True),
            ("最低价", "全网最\u200b低\ufe0f价", True),
            ("最低价", "价最低", False),
            ("cure", "A CURE for all", True),
            ("cure", "ｃｕｒｅ", True),
            ("cure", "cu\u00adre", True),
            ("cure", "a secure box", False),
            ("cure", "manicure", False),
            ("number one", "Number   one in tea", True),
            ("number one", "number-one", True),
            ("number one", "one number", False),
            ("5g", "with 5G inside", True),
            ("5g", "15g of tea", False),
            ("a+b", "a+b glue", True),
        ],
    )
    def test_signs_between_the_letters_hide_nothing_and_other_words_are_left_alone(self, text, says, found):
        word(text)
        assert bool(words_in(says)) is found

    def test_every_text_that_buyers_read_is_looked_at(self):
        word("kettle")
        proposed = {
            "category_id": 0,
            "titles": {"en": "A kettle"},
            "descriptions": {"zh-hans": "<p>ket</p><p>tle</p>", "en": "<p>the <b>kettle</b></p>"},
            "attributes": [[1, [2], None], [3, [], {"en": "kettle steel"}]],
            "pictures": [{"key": "x", "alt": {"en": "our Kettle"}}],
        }
        assert sorted(hit.field for hit in hits_in(proposed)) == ["attributes", "description_en", "pictures", "title_en"]

    @pytest.mark.parametrize(
        "html",
        [
            "<p>the <b>ke</b>ttle&nbsp;corner</p>",
            "<p><strong>kettle</strong>\u00a0<em>corner</em></p>",
            "<p>k<i>e</i>ttle&amp;corner</p>",
            "<p>kettle</p><p>corner</p>",
            "<ul><li>kettle</li></ul>corner",
        ],
    )
    def test_in_a_description_no_tag_and_no_sign_of_html_hides_it(self, html):
        word("kettle corner")
        proposed = {"category_id": 0, "titles": {}, "descriptions": {"en": html}, "attributes": [], "pictures": []}
        assert [hit.field for hit in hits_in(proposed)] == ["description_en"]

    def test_a_word_of_a_category_holds_below_it_and_nowhere_else(self, on_sale):
        home = Category.objects.get(pk=on_sale.category_id)
        other = Category.objects.create(code="elsewhere", names={"en": "Elsewhere"})
        Category.objects.filter(pk=other.pk).update(path=[other.pk])
        word("mug", category=other.pk)
        submit(save(on_sale, title="A mug"))
        word("mug", category=home.path[0])
        with pytest.raises(WordForbidden):
            save(on_sale, title="Another mug")


class TestWords:
    def test_a_refused_word_is_named_with_its_field_and_changes_nothing(self, on_sale):
        word("best mug", note="Advertising Law, article 9")
        before = now(on_sale).version
        with pytest.raises(WordForbidden) as refused:
            save(on_sale, title="The Best  Mug there is")
        assert refused.value.field == "title_en" and "best mug" in str(refused.value) and "article 9" in str(refused.value)
        assert now(on_sale).version == before and not ProductChange.objects.filter(status="waiting").exists()

    def test_a_draft_is_kept_and_not_submitted(self):
        word("杯")
        draft = make.a_product("a", on_sale=False, title="Mug")
        with pytest.raises(WordForbidden) as refused:
            save(draft, submits=True)
        assert refused.value.field == "title_zh"
        assert save(draft, title="Mug 2").titles["en"] == "Mug 2", "a draft may say it"

    def test_a_watched_word_is_shown_to_whoever_reviews(self, on_sale, console):
        word("vintage", weight="watched", note="Ask for the year")
        change = submit(save(on_sale, title="Vintage cup"))
        page = console.get(f"/reviews/{change.pk}/").content.decode()
        assert "“vintage”" in page and "Ask for the year" in page

    def test_the_list_is_kept_in_one_form_each_word_once(self):
        word("ＢＥＳＴ  Mug", "best mug", " ", weight="watched")
        word("best mug", weight="refused", note="now")
        row = ForbiddenWord.objects.get()
        assert (row.text, row.weight, row.note) == ("best mug", "refused", "now")
        drop_word(by=SYSTEM, word_id=row.pk)
        with pytest.raises(WordUnknown):
            drop_word(by=SYSTEM, word_id=row.pk)
        assert [row.action for row in AuditEvent.objects.filter(subject_type="words").order_by("at")] == ["words.put", "words.put", "words.dropped"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"texts": ["  "]}, "texts"),
            ({"texts": ["x" * 61]}, "texts"),
            ({"texts": ["!!"]}, "texts"),
            ({"weight": "loud"}, "weight"),
            ({"category_id": 10**8}, "category"),
        ],
    )
    def test_what_is_no_word_is_refused_by_name(self, change, field):
        with pytest.raises(InvalidInput) as refused:
            put_words(by=SYSTEM, **{"texts": ["x"], "weight": "refused", "category_id": None, "note": ""} | change)
        assert refused.value.field == field and not ForbiddenWord.objects.exists()

    def test_a_text_can_be_tried(self, console):
        word("全网最低价")
        assert "全网最低价</b>" in console.get("/words/new/?try=这是全网-最低价").content.decode()


class TestFieldByField:
    def test_the_shop_reads_what_is_wrong_with_each_field(self, on_sale):
        change = submit(save(on_sale, title="Cup"))
        send_change_back(by=SYSTEM, change_id=change.pk, seen_version=change.version, notes={"title_en": "Say what it holds", "pictures": " "})
        assert (now(on_sale).review, now(on_sale).review_notes) == ("sent_back", {"title_en": "Say what it holds"})
        deliver_events()
        assert any("Say what it holds" in each.text for each in letters("product_sent_back"))
        owner = Reader("kiln.seller.market.localhost", User.objects.get(email="owner-a@market.localhost"))
        page = owner.get(f"/products/{on_sale.pk}/").content.decode()
        assert 'href="#id_title_en"' in page and "Say what it holds" in page
        change.refresh_from_db()
        assert change.notes == {"title_en": "Say what it holds"}, "the trail keeps it"

    def test_what_is_refused_comes_back_only_changed_and_what_was_approved_stays(self, on_sale):
        change = submit(save(on_sale, title="Cup"))
        refuse_change(by=SYSTEM, change_id=change.pk, seen_version=change.version, reason="This may not be sold here.")
        assert now(on_sale).review == "refused" and Listing.objects.get(pk=on_sale.pk).titles["en"] == "Mug"
        with merchant_schema(A), pytest.raises(RefusedAsItIs):
            submit_product(by=SYSTEM, product_id=on_sale.pk)
        save(on_sale, title="Cup", price="90")
        assert ListingVariant.objects.get(listing=on_sale.pk).price_minor == 9000 and now(on_sale).review == "refused", "its price may change all the same"
        save(on_sale, title="Cup of clay")
        assert waiting_of(on_sale).proposed["titles"]["en"] == "Cup of clay"
        deliver_events()
        assert Letter.objects.filter(kind="product_refused").exists()

    @pytest.mark.parametrize("turn_down", [send_change_back, refuse_change])
    def test_it_needs_a_reason_a_field_there_is_and_what_was_seen(self, on_sale, turn_down):
        change = submit(save(on_sale, title="Cup"))
        for given, error in (
            ({"reason": " "}, ReasonMissing),
            ({"notes": {"colour": "red"}}, InvalidInput),
            ({"notes": {"title_en": "x" * 301}}, InvalidInput),
            ({"reason": "x", "seen_version": change.version - 1}, ChangeOutdated),
        ):
            with pytest.raises(error):
                turn_down(by=SYSTEM, change_id=change.pk, **{"seen_version": change.version} | given)
        assert waiting_of(on_sale).pk == change.pk

    def test_many_are_decided_at_once_and_what_is_refused_stays_on_the_page(self, console):
        rows = [submit(make.a_product("a", on_sale=False, title=f"Cup {n}")) for n in range(4)]
        page = console.get("/reviews/many/").content.decode()
        assert all(f"decision_{row.pk.hex}" in page for row in rows)
        form = {"chosen": [row.pk for row in rows]} | {f"seen_{row.pk.hex}": row.version for row in rows}
        first, second, third, fourth = (row.pk.hex for row in rows)
        form |= {
            f"decision_{first}": "approve",
            f"decision_{second}": "send_back",
            f"decision_{third}": "refuse",
            f"reason_{third}": "No.",
            f"decision_{fourth}": "leave",
        }
        answer = console.post("/reviews/many/decide/", **form)
        assert answer.status_code == 422 and "Give a reason" in answer.content.decode()
        assert [ProductChange.objects.get(pk=row.pk).status for row in rows] == ["approved", "waiting", "refused", "waiting"]
        form |= {f"reason_{second}": "Show all of it.", f"seen_{fourth}": 0, f"decision_{fourth}": "approve"}
        answer = console.post("/reviews/many/decide/", **form | {"chosen": [rows[1].pk, rows[3].pk]})
        assert [ProductChange.objects.get(pk=row.pk).status for row in rows] == ["approved", "sent_back", "refused", "waiting"], (
            "what was not seen is not approved"
        )
        assert answer.status_code == 422

    def test_among_many_each_is_sent_back_with_remarks_on_its_fields(self, console, on_sale):
        change = submit(save(on_sale, title="Cup"))
        page = console.get("/reviews/many/").content.decode()
        assert f"note_{change.pk.hex}_title_en" in page and f"note_{change.pk.hex}_category" not in page, "only what is shown is remarked on"
        form = {"chosen": [change.pk], f"seen_{change.pk.hex}": change.version, f"decision_{change.pk.hex}": "send_back"}
        long = console.post("/reviews/many/decide/", **form | {f"note_{change.pk.hex}_title_en": "x" * 301})
        assert long.status_code == 422 and f'value="{"x" * 301}"' in long.content.decode(), "what was written is kept"
        console.post("/reviews/many/decide/", **form | {f"note_{change.pk.hex}_title_en": "Say what it holds"})
        assert now(on_sale).review_notes == {"title_en": "Say what it holds"}


class TestRules:
    def test_nothing_passes_until_the_operator_says_so(self, on_sale):
        assert review_rules().passes == []
        save(on_sale, title="Mugs")
        assert now(on_sale).review == "waiting"

    def test_a_small_edit_passes_at_once_and_stands_among_the_decisions(self, on_sale):
        save(on_sale, title="A mug of clay, glazed by hand, for tea")
        change = waiting_of(on_sale)
        ProductChange.objects.filter(pk=change.pk).delete()
        with merchant_schema(A):
            Product.objects.update(review="approved")
        Listing.objects.update(titles=change.proposed["titles"])
        let_pass("titles")
        save(on_sale, title="A mug of clay, glazed by hand, for coffee")
        row = ProductChange.objects.get(product_id=on_sale.pk)
        assert (row.status, row.is_by_rule, row.decided_by) == ("approved", True, "review-rules")
        assert Listing.objects.get(pk=on_sale.pk).titles["en"].endswith("coffee") and now(on_sale).review == "approved"

    @pytest.mark.parametrize(
        ("passes", "more"),
        [
            (("titles",), {"title": "Something else altogether"}),
            (("attributes",), {"title": "Mugs"}),
            (("titles", "descriptions"), {"title": "Mug", "tax_class": "reduced"}),
        ],
        ids=["too much of the text is new", "another field", "the tax class"],
    )
    def test_what_the_rules_do_not_name_waits_for_a_person(self, on_sale, passes, more):
        let_pass(*passes)
        save(on_sale, **more)
        assert now(on_sale).review == "waiting"

    def test_a_new_product_a_watched_word_a_young_shop_and_one_that_was_sent_back_wait(self, on_sale):
        let_pass("titles", most_changed=100)
        assert submit(make.a_product("a", on_sale=False)).status == "waiting"
        word("vintage", weight="watched")
        save(on_sale, title="Vintage mug")
        assert now(on_sale).review == "waiting"
        change = waiting_of(on_sale)
        let_pass("titles", most_changed=100, shop_days=30)
        Merchant.objects.filter(pk=A).update(opened_at=clock.now() - timedelta(days=3))
        save(on_sale, title="Plain mug")
        assert now(on_sale).review == "waiting", "the shop is young"
        let_pass("titles", most_changed=100)
        change.refresh_from_db()
        send_change_back(by=SYSTEM, change_id=change.pk, seen_version=waiting_of(on_sale).version, reason="No.")
        save(on_sale, title="Plainer mug")
        assert now(on_sale).review == "waiting", "something of the shop was sent back lately"
        with clock.shifted(timedelta(days=120)):
            save(on_sale, title="Plainest mug")
            assert now(on_sale).review == "approved"

    def test_how_much_of_a_text_is_new(self):
        assert share_changed({"en": "a b c d"}, {"en": "a b c d"}) == 0
        assert share_changed({"en": "a b c d"}, {"en": "a b c e"}) == pytest.approx(0.25)
        assert share_changed({"en": "a b c d", "zh-hans": "杯"}, {"en": "a b c d", "zh-hans": "壶"}) == 1

    def test_of_a_long_description_its_end_counts_like_its_beginning(self):
        told = [f"word{n}" for n in range(6000)]

        def share(wanted: list[str]) -> float:
            return share_changed({"en": f"<p>{' '.join(told)}</p>"}, {"en": f"<p>{' '.join(wanted)}</p>"})

        assert share(told[:5000] + ["other"] * 1000) == pytest.approx(1 / 6)
        assert share(told[:2500] + ["other"] * 3500) == pytest.approx(3500 / 6000), "and where too much differs to be compared, all of that is new"
        assert share([*told[:3000], "new", *told[3001:]]) == pytest.approx(1 / 6000)
        assert share([*told, "more"]) == pytest.approx(1 / 12001) and share(told[:-1]) == pytest.approx(1 / 11999)

    def test_rules_out_of_their_bounds_are_refused_by_name(self):
        for passes, numbers, field in ((["brand_id"], {}, "passes"), ([], {"most_changed": 0}, "most_changed"), ([], {"shop_days": 9999}, "shop_days")):
            with pytest.raises(InvalidInput) as refused:
                set_review_rules(by=SYSTEM, passes=passes, numbers=NUMBERS | numbers, why="x")
            assert refused.value.field == field
        with pytest.raises(ReasonMissing):
            set_review_rules(by=SYSTEM, passes=["titles"], numbers=NUMBERS, why=" ")
        assert review_rules().passes == []
