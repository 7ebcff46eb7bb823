from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "tenants.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from django_tenants.signals import schema_migrated

        from tenants.tenancy import guard, versions

        guard.install()
        schema_migrated.connect(versions.note_migrated, dispatch_uid="note-migrated")
