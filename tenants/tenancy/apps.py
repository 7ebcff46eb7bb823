from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenants.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django_tenants.signals import schema_migrated

        from tenants.tenancy import content_types, guard, remembered, versions

        content_types.install()
        guard.install()
        schema_migrated.connect(versions.note_migrated, dispatch_uid="note-migrated")
        connection_created.connect(remembered.watch_writes, dispatch_uid="watch-writes")
