"""Indexes that the list of products asks: imports make shops whose list no plain scan serves in time."""

from django.db import migrations

INDEXES = {
    "product_title_signs": "merchant_catalogue_product USING gin (string_to_array(lower(titles::text), NULL))",
    "product_title_words": "merchant_catalogue_product USING gin (to_tsvector('simple'::regconfig, titles))",
    "product_in_review": "merchant_catalogue_product (review, created_at DESC, id DESC) WHERE review IN ('waiting', 'sent_back')",
    "variant_sku_begins": "merchant_catalogue_variant (upper(sku) text_pattern_ops)",
}


class Migration(migrations.Migration):

    dependencies = [
        ('merchant_imports', '0001_imports_of_products'),
        ('merchant_catalogue', '0003_reviewed_before'),
    ]

    operations = [
        migrations.RunSQL(f'CREATE INDEX "{name}" ON {on}', f'DROP INDEX "{name}"') for name, on in INDEXES.items()
    ]
