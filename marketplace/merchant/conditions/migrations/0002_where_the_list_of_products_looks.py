"""Indexes that the filters of the list of products ask, and the calendar."""

from django.db import migrations

INDEXES = {
    "product_of_category": "merchant_catalogue_product (category_id, created_at DESC, id DESC)",
    "product_of_brand": "merchant_catalogue_product (brand_id, created_at DESC, id DESC) WHERE brand_id IS NOT NULL",
    "product_comes_on": "merchant_catalogue_product (listed_from) WHERE listed_from IS NOT NULL",
    "product_goes_off": "merchant_catalogue_product (listed_until) WHERE listed_until IS NOT NULL",
    "variant_sku_holds": "merchant_catalogue_variant USING gin (upper(sku) public.gin_trgm_ops)",
    "level_is_free": "merchant_inventory_stocklevel (variant_id) WHERE on_hand > reserved + allocated",
}


class Migration(migrations.Migration):

    dependencies = [
        ('merchant_conditions', '0001_conditions_of_sale'),
        ('merchant_inventory', '0004_balances_of_movements'),
        ('platform_listings', '0007_parts_of_words'),
    ]

    operations = [
        migrations.RunSQL(f'CREATE INDEX "{name}" ON {on}', f'DROP INDEX "{name}"') for name, on in INDEXES.items()
    ]
