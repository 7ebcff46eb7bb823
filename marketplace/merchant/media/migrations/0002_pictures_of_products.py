"""Pictures that products name are in the library."""

from django.db import migrations

TAKE_IN = """
    INSERT INTO merchant_media_librarypicture
        (id, name, alt, original, key, square, cut, focus, width, height, size, by_label, added_at, deleted_at)
    SELECT DISTINCT ON (picture.key)
        gen_random_uuid(), left(coalesce(product.titles ->> 'zh-hans', product.titles ->> 'en', picture.key), 200), picture.alt, picture.key, picture.key,
        '', NULL, '[500, 500]', 0, 0, 0, 'system', product.created_at, NULL
    FROM merchant_catalogue_picture AS picture
    JOIN merchant_catalogue_product AS product ON product.id = picture.product_id
    ORDER BY picture.key, product.created_at
    ON CONFLICT DO NOTHING
"""
NAME = """
    INSERT INTO merchant_media_picturekey (id, picture_id, key)
    SELECT gen_random_uuid(), id, original FROM merchant_media_librarypicture
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("merchant_media", "0001_the_shops_library")]

    operations = [migrations.RunSQL(TAKE_IN, migrations.RunSQL.noop), migrations.RunSQL(NAME, migrations.RunSQL.noop)]
