"""Products as ours are in bench/pages.py: four variants of two options, a description, a picture. Prints the path of every product's page."""

import sys
from io import BytesIO

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import transaction  # noqa: E402
from oscar.apps.catalogue.categories import create_from_breadcrumbs  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402
from PIL import Image  # noqa: E402

Product, ProductClass, ProductCategory, ProductImage = (get_model("catalogue", name) for name in ("Product", "ProductClass", "ProductCategory", "ProductImage"))
Partner, StockRecord = (get_model("partner", name) for name in ("Partner", "StockRecord"))
Attribute = get_model("catalogue", "ProductAttribute")


@transaction.atomic
def fill(count: int) -> None:
    kind = ProductClass.objects.create(name="Cup", track_stock=True, requires_shipping=True)
    for code in ("colour", "size"):
        Attribute.objects.create(product_class=kind, name=code, code=code, type="text")
    category, partner = create_from_breadcrumbs("Cups"), Partner.objects.create(name="Shop")
    drawn = BytesIO()
    Image.new("RGB", (800, 800), "teal").save(drawn, "JPEG")
    for n in range(count):
        text = "Made by hand, safe in the dishwasher. " * 4
        parent = Product.objects.create(structure="parent", product_class=kind, title=f"Mug {n}", description=text)
        ProductCategory.objects.create(product=parent, category=category)
        ProductImage.objects.create(product=parent, original=ContentFile(drawn.getvalue(), f"mug-{n}.jpg"))
        for m, (colour, size) in enumerate((c, s) for c in ("white", "blue") for s in ("small", "large")):
            child = Product(structure="child", parent=parent, title=f"Mug {n} {colour} {size}")
            child.attr.colour, child.attr.size = colour, size
            child.save()
            StockRecord.objects.create(product=child, partner=partner, partner_sku=f"{n}-{m}", price=25 + m, num_in_stock=1_000_000)
    for parent in Product.objects.filter(structure="parent"):
        print(parent.get_absolute_url())


fill(int(sys.argv[1]))
