from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "tenants.access"
    label = "access"

    def ready(self) -> None:
        from tenants.access.roles import sync_roles

        def after_migration(**kwargs: Any) -> None:
            sync_roles()

        # This app is the last in INSTALLED_APPS, so all permissions exist when this runs.
        post_migrate.connect(after_migration, sender=self, weak=False, dispatch_uid="roles")
