"""What the market's own shops earn is its income: an account of its own, what statements say of it, and what the database refuses."""

from django.db import migrations, models
from django.db.models import F, Q

ACCOUNTS = [
    ("rail_clearing", "Rail clearing"),
    ("buyer_escrow", "Buyer escrow"),
    ("refunds_due", "Refunds due"),
    ("merchant_payable", "Owed to merchants"),
    ("payout_clearing", "Payouts under way"),
    ("commission_income", "Commission income"),
    ("own_bank", "The market's bank account"),
    ("rail_fees", "Fees of rails"),
    ("losses", "Losses"),
    ("disputes", "Disputed payments"),
    ("merchant_deposit", "Deposits of merchants"),
    ("fee_income", "Fees for packages and services"),
    ("deposit_deductions", "Deducted from deposits"),
    ("own_sales", "Sales of own goods"),
]
ADDS_UP = Q(
    opening_minor=F("payout_minor")
    + F("closing_minor")
    + F("kept_minor")
    - F("sales_minor")
    + F("refunds_minor")
    + F("commission_minor")
    - F("commission_returned_minor")
    - F("reversed_minor")
    + F("fees_minor")
)
KEPT = Q(kept_minor=0) | Q(payout_minor=0, closing_minor=0, opening_minor=0, commission_minor=0)
FORWARD = """
CREATE FUNCTION own_shops_are_owed_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.tenancy_merchant WHERE id = NEW.merchant_id AND is_own) <> (NEW.account = 'own_sales') THEN
    RAISE EXCEPTION 'account % is not for shop %', NEW.account, NEW.merchant_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_shops_are_owed_nothing BEFORE INSERT ON platform_ledger_posting
  FOR EACH ROW WHEN (NEW.account IN ('merchant_payable', 'merchant_deposit', 'own_sales', 'commission_income', 'fee_income'))
  EXECUTE FUNCTION own_shops_are_owed_nothing();
"""
BACKWARD = """
DROP TRIGGER own_shops_are_owed_nothing ON platform_ledger_posting;
DROP FUNCTION own_shops_are_owed_nothing();
"""


class Migration(migrations.Migration):
    dependencies = [("platform_ledger", "0006_packages_and_fees"), ("tenancy", "0007_own_shops")]

    operations = [
        migrations.AlterField(model_name="posting", name="account", field=models.CharField(choices=ACCOUNTS, max_length=30)),
        migrations.AddField(model_name="statement", name="kept_minor", field=models.BigIntegerField(db_default=0, default=0)),
        migrations.RemoveConstraint(model_name="statement", name="a_statement_adds_up"),
        migrations.AddConstraint(model_name="statement", constraint=models.CheckConstraint(condition=ADDS_UP, name="a_statement_adds_up")),
        migrations.AddConstraint(model_name="statement", constraint=models.CheckConstraint(condition=KEPT, name="what_is_kept_is_not_paid")),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
