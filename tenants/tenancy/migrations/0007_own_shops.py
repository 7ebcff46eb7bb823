"""The market may have shops of its own; whose a shop is never changes."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION whose_shop_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'whose shop % is does not change', OLD.slug USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER whose_shop_stays BEFORE UPDATE OF is_own ON tenancy_merchant
  FOR EACH ROW WHEN (OLD.is_own IS DISTINCT FROM NEW.is_own) EXECUTE FUNCTION whose_shop_stays();
"""
BACKWARD = """
DROP TRIGGER whose_shop_stays ON tenancy_merchant;
DROP FUNCTION whose_shop_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_market_profile")]

    operations = [
        migrations.AddField(model_name="merchant", name="is_own", field=models.BooleanField(db_default=False, default=False)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
