"""What a shop has in its library besides pictures of goods: a film of the mug, pictures that wait to be used, one that is cut."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from demo.draw_film import FILE
from demo.pictures import picture_file
from demo.steps import merchant_of
from marketplace.flows.library import cut_picture, describe_film, describe_picture
from marketplace.flows.publish_product import publish_product
from marketplace.kernel.actors import Actor
from marketplace.merchant.catalogue.actions import locked_product
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import keep_film, keep_picture, put_shown
from marketplace.merchant.media.models import Film
from marketplace.merchant.media.queries import shown_of
from tenants.tenancy.schemas import merchant_schema

SHOP, FILMED = "kiln", "马克杯"
SPARE = {"mug-set": {"zh-hans": "四只颜色不同的马克杯", "en": "Four mugs in four glazes"}, "hero-wide": {}}


def fill_library(by: Actor) -> None:
    """In one shop; what is there already stays."""
    with transaction.atomic(), merchant_schema(merchant_of(SHOP)):
        if Film.objects.exists():
            return
        for name, words in SPARE.items():
            with picture_file(name).open("rb") as file:
                row = keep_picture(by=by, upload=file, name=f"{name}.webp")
            if words:
                describe_picture(by=by, picture_id=row.pk, name=row.name, alt=words)
        cut_picture(by=by, picture_id=row.pk, cut=None, focus=[250, 500])
        film = keep_film(by=by, upload=SimpleUploadedFile("film.mp4", FILE.read_bytes()), name="mug-glazes.mp4")
        describe_film(by=by, film_id=film.pk, name="五种釉色", alt={"zh-hans": "同一只马克杯，五种釉色", "en": "One mug in five glazes"}, poster_id=None)
        calm = Product.objects.filter(status=Product.Status.ON_SALE, review=Product.Review.APPROVED)  # nothing of it waits for the operator
        product = calm.filter(**{"titles__zh-hans__icontains": FILMED}).order_by("created_at", "pk").first()
        if product is not None:
            put_shown(by=by, product=locked_product(product.pk), values=shown_of([product.pk])[product.pk].values, film_id=film.pk)
            publish_product(by=by, product_id=product.pk)
