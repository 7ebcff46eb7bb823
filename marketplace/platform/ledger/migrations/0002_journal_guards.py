"""Entries balance in each currency when the transaction ends, and are never changed or removed."""

from django.db import migrations

TABLES = ("platform_ledger_journalentry", "platform_ledger_posting")

FORWARD = """
CREATE FUNCTION journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE off record;
BEGIN
  SELECT currency, sum(amount_minor) AS by INTO off FROM platform_ledger_posting
    WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal entry % is off by % %', NEW.entry_id, off.by, off.currency USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON platform_ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_balances();

CREATE FUNCTION journal_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM platform_ledger_posting WHERE entry_id = NEW.id) THEN
    RAISE EXCEPTION 'journal entry % has no postings', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_has_postings AFTER INSERT ON platform_ledger_journalentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_has_postings();
""" + "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
    for table in TABLES
)

BACKWARD = "".join(f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};" for table in TABLES) + """
DROP TRIGGER entry_has_postings ON platform_ledger_journalentry;
DROP TRIGGER entry_balances ON platform_ledger_posting;
DROP FUNCTION journal_has_postings();
DROP FUNCTION journal_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("platform_ledger", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
