"""Packed columns stay in the row: fetching them for thousands of matches must not unpack each one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE search_searchdoc ALTER facets SET STORAGE PLAIN, ALTER forward SET STORAGE EXTERNAL;
            ALTER TABLE search_searchdoc SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
            """,
            """
            ALTER TABLE search_searchdoc ALTER facets SET STORAGE EXTENDED, ALTER forward SET STORAGE EXTENDED;
            ALTER TABLE search_searchdoc RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);
            """,
        )
    ]
