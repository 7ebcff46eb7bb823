"""What the market of the journeys sells: imported goods, real ones where they are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from launch.paths import ROOT
from marketplace.kernel.money import Money
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Category, CategoryAttribute
from tenants.tenancy.models import Merchant

REAL = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "tests" / "market_data_sample"
PASSWORD = "kiln and trail 2026"


def source() -> str:
    return "real goods (Open Icecat and others)" if REAL.is_dir() else "the sample of goods invented for the tests"


def import_goods(folder: Path) -> None:
    """A slice of the real goods, or the whole sample; the owners' password is PASSWORD."""
    secret = folder / "owners"
    secret.write_text(PASSWORD)
    call_command("import_market_data", str(REAL if REAL.is_dir() else SAMPLE), password_file=str(secret), most=400, own_shop=350, verbosity=0)


@dataclass(frozen=True)
class Wanted:
    """Something to buy, and how a buyer finds it: a word that other shops' goods hold too, the shop, and the price."""

    shop: str
    slug: str
    title: str
    word: str
    price: Money


def three_shops(language: str, first: int) -> list[Wanted]:
    """One thing in stock of each of three imported shops, from the `first` shop on."""
    shops = list(Merchant.objects.filter(contact_email__startswith="owner@", status=Merchant.Status.OPEN).order_by("slug"))
    found = [wanted for shop in shops[first:] + shops[:first] if (wanted := _wanted(shop, language))]
    assert len(found) >= 3, "the import left fewer than three shops with something that is like other shops' goods"
    return found[:3]


def _wanted(shop: Merchant, language: str) -> Wanted | None:
    for listing in Listing.objects.filter(merchant=shop, is_on_sale=True, in_stock=True, titles__has_key="en").order_by("pk")[:20]:
        for word in listing.titles["en"].split():
            if word.isascii() and word.isalpha() and len(word) > 4 and _is_shared(word):
                return Wanted(shop.names[language], shop.slug, listing.titles["en"], word, listing.price)
    return None


def _is_shared(word: str) -> bool:
    return Listing.objects.filter(is_on_sale=True, titles__en__iregex=rf"\y{word}\y").values("merchant").distinct().count() > 1


def matrix_category(language: str) -> str:
    """A word that finds a category whose goods differ by an attribute with a choice of values."""
    choices = CategoryAttribute.objects.filter(attribute__kind="choice", attribute__values__isnull=False)
    for category in Category.objects.filter(pk__in=choices.values("category"), names__has_key=language).order_by("pk")[:200]:
        name = category.names[language]
        if Category.objects.filter(**{f"names__{language}__icontains": name}).count() == 1:
            return str(name)
    raise AssertionError("no category with attributes that one word finds")
