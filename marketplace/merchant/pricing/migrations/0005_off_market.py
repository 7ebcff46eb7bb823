from django.db import migrations

# The market keeps these times now, and those of a listing that was hidden, held or taken off. A schema may come back from a backup, long after.
MOVE = """
    INSERT INTO public.platform_listings_offmarket (listing_id, starts_at, ends_at)
    SELECT old.product_id, old.starts_at, old.ends_at FROM merchant_pricing_offsale AS old
    JOIN public.platform_listings_listing AS listing ON listing.id = old.product_id
    WHERE old.ends_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.platform_listings_offmarket AS gap WHERE gap.listing_id = old.product_id AND gap.starts_at = old.starts_at
    )
"""
OPEN = """
    UPDATE public.platform_listings_offmarket AS gap SET starts_at = LEAST(gap.starts_at, old.starts_at)
    FROM merchant_pricing_offsale AS old WHERE old.product_id = gap.listing_id AND old.ends_at IS NULL AND gap.ends_at IS NULL AND NOT EXISTS (
        SELECT FROM public.platform_listings_offmarket AS later WHERE later.listing_id = gap.listing_id AND later.ends_at > old.starts_at
    )
"""


class Migration(migrations.Migration):
    """The table stays for the version before, which runs on while schemas are migrated."""

    dependencies = [
        ('merchant_pricing', '0004_reduced_and_ending'),
        ('platform_listings', '0009_off_market'),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
    ]
