from django.db import migrations

FILL = """
    UPDATE merchant_inventory_stockmovement AS movement SET balance = told.balance
    FROM (
        SELECT id, sum(quantity) OVER (PARTITION BY level_id ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS balance
        FROM merchant_inventory_stockmovement
    ) AS told
    WHERE movement.id = told.id AND movement.balance IS NULL
"""


class Migration(migrations.Migration):
    """What lay there after each movement of before, from the movements themselves."""

    dependencies = [
        ('merchant_inventory', '0003_locations_and_causes'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
