"""Barcodes: their check digit, one variant each within a shop, found again by a scanner, and bars that a scanner reads."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.utils import translation

from marketplace.flows.import_batch import Goes, ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.bars import CENTRE, EDGE, EVEN, ITF, LEFT, PARITY, RIGHT, Bars, bars_of
from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput, change_product
from marketplace.merchant.catalogue.barcodes import following, gtin, read_barcode, variants_by_code
from marketplace.merchant.catalogue.errors import BarcodeTaken
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.stocktakes import scan_line
from marketplace.web.seller.product_search import products_said
from marketplace.web.seller.variants import Row, fill
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.merchant.test_stocktakes import begun

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
MUG, UPC, SHORT, CASE = "6901234567892", "036000291452", "96385074", "16901234567899"


def coded(product: Product, *codes: str | None, weight_g: int | None = None) -> Product:
    """The product saved anew with these barcodes on its variants; None says nothing of one."""
    rows = list(product.variants.filter(is_active=True).order_by("position"))
    variants = [
        VariantInput(sku=row.sku, options={1: n}, barcode=code, weight_g=weight_g, id=row.pk) for n, (row, code) in enumerate(zip(rows, codes, strict=True))
    ]
    return change_product(
        by=SYSTEM,
        product_id=product.pk,
        product=ProductInput(category_id=product.category_id, titles={"en": "Mug"}, variants=variants, pictures=[("demo/mug.webp", {})]),
    )


@pytest.fixture
def shop(db):
    with merchant_schema(A):
        yield


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(MUG, MUG), (" 690 1234-567892 ", MUG), ("６９０１２３４５６７８９２", MUG), (UPC, UPC), (SHORT, SHORT), (CASE, CASE), ("", ""), ("  ", "")],
)
def test_a_good_code_is_kept_as_its_digits(typed, kept):
    assert read_barcode(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("6901234567893", "the last of 6901234567893 would be 2, not 3"),
        ("690123456789", "would be"),  # twelve digits are a UPC-A
        ("03600029145", "with 2 the barcode is whole"),
        ("12345", "this has 5"),
        ("690123456789X", "digits only"),
        ("٦٩٠١٢٣٤٥٦٧٨٩٢", "digits only"),
    ],
)
def test_a_wrong_code_is_refused_with_the_digit_that_is_expected(typed, said):
    with translation.override("en"), pytest.raises(InvalidInput) as refusal:
        read_barcode(typed)
    assert refusal.value.field == "barcode" and said in str(refusal.value)


def test_counting_up_leaves_out_what_is_taken():
    second = following(MUG, ())
    assert read_barcode(second) == second and second == "6901234567908"
    assert following(MUG, {gtin(second)}) == "6901234567915"
    assert following("99999995", ()) == ""


def test_filling_in_over_many_that_are_taken_reads_each_once():
    reads = 0

    class Counted(str):
        def zfill(self, width):
            nonlocal reads
            reads += 1
            return super().zfill(width)

    taken = [Counted(MUG)]
    for _n in range(50):
        taken.append(Counted(following(taken[-1], ())))
    reads = 0
    rows = [Row(), Row(), Row()]
    fill(rows, {"barcode": MUG}, taken)
    first = following(taken[-1], ())
    assert [row.cells["barcode"] for row in rows] == [first, second := following(first, ()), following(second, ())]
    assert reads == len(taken)


def test_filling_in_leaves_out_what_is_taken_in_another_length():
    rows = [Row()]
    fill(rows, {"barcode": UPC}, [f"0{UPC}"])
    assert rows[0].cells["barcode"] == following(UPC, ())


def test_a_code_is_on_one_variant_of_the_shop_however_it_is_written(shop):
    first, second = make.a_product("a", title="One", variants=2), make.a_product("a", title="Two", variants=2)
    coded(first, UPC, MUG)
    for code in (UPC, "0" + UPC, "00" + UPC):
        with pytest.raises(BarcodeTaken) as refusal:
            coded(second, code, "")
        assert refusal.value.facts["sku"] == first.variants.order_by("position").first().sku
    coded(second, SHORT, CASE)
    assert Variant.objects.exclude(barcode=None).count() == 4


def test_codes_may_change_places_within_a_product_and_are_free_when_a_variant_goes(shop):
    product, other = make.a_product("a", title="One", variants=2), make.a_product("a", title="Two", variants=1)
    coded(product, MUG, UPC)
    coded(product, UPC, MUG)
    assert list(product.variants.order_by("position").values_list("barcode", flat=True)) == [UPC, MUG]
    coded(product, None, None)
    assert list(product.variants.order_by("position").values_list("barcode", flat=True)) == [UPC, MUG]
    keeps = product.variants.order_by("position").first()
    change_product(
        by=SYSTEM,
        product_id=product.pk,
        product=ProductInput(product.category_id, {"en": "Mug"}, [VariantInput(sku=keeps.sku, id=keeps.pk)], pictures=[("demo/mug.webp", {})]),
    )
    coded(other, MUG)
    assert variants_by_code([MUG])[MUG].product_id == other.pk


def test_a_code_alone_is_nothing_a_buyer_reads(shop):
    product = make.a_product("a", variants=2)
    assert coded(product, "", "").review == Product.Review.NONE  # titles and the like are others than at first
    Product.objects.filter(pk=product.pk).update(review=Product.Review.APPROVED)
    assert coded(product, MUG, UPC, weight_g=350).review == Product.Review.APPROVED
    assert set(product.variants.values_list("weight_g", flat=True)) == {350}


def test_the_list_of_products_and_a_stocktake_find_it(shop):
    product = make.a_product("a", variants=2)
    make.a_product("a", title="Other")
    coded(product, MUG, UPC)
    for typed in (UPC, "0" + UPC, f" {MUG} "):
        assert list(Product.objects.filter(products_said(typed))) == [product]
    variant = product.variants.get(barcode=UPC)
    number = begun(variant.pk)
    assert scan_line(by=SYSTEM, number=number, code="0" + UPC).variant == variant
    assert scan_line(by=SYSTEM, number=number, code=variant.sku.lower()).counted == 2
    with pytest.raises(InvalidInput):
        scan_line(by=SYSTEM, number=number, code=CASE)


def test_an_import_moves_codes_between_variants_and_leaves_out_a_product_whose_code_is_taken(shop):
    other = make.a_product("a", title="Other", variants=1)
    coded(other, CASE)
    category = make.a_category().pk

    def one(ref: str, *codes: str | None) -> ImportedProduct:
        made = [VariantInput(sku=f"{ref}-{n}", options={1: n}, barcode=code) for n, code in enumerate(codes)]
        product = ProductInput(category, {"en": ref}, made, pictures=[("demo/mug.webp", {})], source_ref=ref)
        return ImportedProduct(product, {row.sku: make.yuan("5") for row in made}, {row.sku: 1 for row in made})

    import_products(by=SYSTEM, products=[one("P", MUG, UPC)])
    done = import_products(by=SYSTEM, products=[one("P", UPC, MUG), one("Q", "0" + MUG), one("R", CASE)], goes=Goes.DRAFT)
    assert (done.changed, [ref for ref, _why in done.refused]) == (1, ["Q", "R"])
    assert dict(Variant.objects.filter(sku__startswith="P-").values_list("sku", "barcode")) == {"P-0": UPC, "P-1": MUG}
    assert Product.objects.get(source_ref="P").review == Product.Review.APPROVED
    assert import_products(by=SYSTEM, products=[one("P", None, None)], goes=Goes.DRAFT).unchanged == 1


# ── Bars ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def modules(bars: Bars) -> str:
    line = ["0"] * bars.width
    for bar in bars.bars:
        line[bar.x : bar.x + bar.width] = "1" * bar.width
    return "".join(line)


def scanned(bars: Bars) -> str:
    """As a scanner reads the line: by the widths alone, without knowing what was written."""
    line = modules(bars)
    assert line.startswith("0" * 7) and line.endswith("0" * 7)
    black = line.strip("0")
    if bars.is_framed:
        body, found = black[4:-5], ""
        while body:
            wide = []
            for _stripe in range(10):
                width = len(body) - len(body.lstrip(body[0]))
                wide.append("1" if width == 3 else "0")
                body = body[width:]
            found += str(ITF.index("".join(wide[::2]))) + str(ITF.index("".join(wide[1::2])))
        return found
    half = (len(black) - 11) // 2
    assert black[:3] == EDGE == black[-3:] and black[3 + half : 8 + half] == CENTRE
    left, right = black[3 : 3 + half], black[8 + half : -3]
    parts = [left[n : n + 7] for n in range(0, half, 7)]
    parity = "".join("L" if part in LEFT else "G" for part in parts)
    digits = "".join(str((LEFT if part in LEFT else EVEN).index(part)) for part in parts) + "".join(
        str(RIGHT.index(right[n : n + 7])) for n in range(0, half, 7)
    )
    return digits if half == 28 else f"{PARITY.index(parity)}{digits}"


@pytest.mark.parametrize("code", [MUG, UPC, SHORT, CASE, "0000000000000", "9780201379624", "5901234123457", "4006381333931"])
def test_bars_say_the_code(code):
    assert gtin(scanned(bars_of(code))) == gtin(code)


def test_a_known_code_has_the_bars_of_the_standard():
    """The example of EAN-13 whose modules are printed everywhere, so that ours are no agreement with ourselves."""
    expected = "10100010110100111011001100100110111101001110101010110011011011001000010101110010011101000100101"
    assert modules(bars_of("5901234123457")).strip("0") == expected


def test_another_length_has_no_bars():
    with pytest.raises(ValueError):
        bars_of("123")


def test_each_variant_knows_who_it_became(shop):
    product = make.a_product("a", variants=2)
    coded(product, MUG, UPC)
    gone, stays = product.variants.order_by("position")
    Variant.objects.filter(pk=gone.pk).update(is_active=False, merged_into=stays)
    assert {code: row.pk for code, row in variants_by_code([MUG, gone.sku, UPC, "nothing", str(uuid4())]).items()} == {
        MUG: stays.pk,
        gone.sku: stays.pk,
        UPC: stays.pk,
    }
    assert isinstance(stays.pk, UUID)
