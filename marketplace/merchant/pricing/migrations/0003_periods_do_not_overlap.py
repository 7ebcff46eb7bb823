"""No two prices of one kind hold at the same moment: the database says so."""

from django.db import migrations

# Periods that overlap could only come from a clock that went backwards: each ends where the next begins.
MENDED = """
    UPDATE merchant_pricing_price AS price SET ends_at = later.begins FROM (
        SELECT id, lead(starts_at) OVER (PARTITION BY variant_id, price_list_id, from_quantity, is_reduction, currency ORDER BY starts_at, ends_at, id) AS begins
        FROM merchant_pricing_price
    ) AS later
    WHERE later.id = price.id AND later.begins IS NOT NULL AND (price.ends_at IS NULL OR price.ends_at > later.begins)
"""
PRICES = """
    ALTER TABLE merchant_pricing_price ADD CONSTRAINT prices_do_not_overlap EXCLUDE USING gist (
        variant_id WITH =, coalesce(price_list_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, (is_reduction::int) WITH =,
        from_quantity WITH =, currency WITH =, tstzrange(starts_at, ends_at) WITH &&
    )
"""
OFF_SALE = """
    ALTER TABLE merchant_pricing_offsale ADD CONSTRAINT times_off_sale_do_not_overlap
        EXCLUDE USING gist (product_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
"""


class Migration(migrations.Migration):
    dependencies = [("merchant_pricing", "0002_reductions_and_lists"), ("platform_prices", "0001_offered_prices")]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.RunSQL(PRICES, "ALTER TABLE merchant_pricing_price DROP CONSTRAINT prices_do_not_overlap"),
        migrations.RunSQL(OFF_SALE, "ALTER TABLE merchant_pricing_offsale DROP CONSTRAINT times_off_sale_do_not_overlap"),
    ]
