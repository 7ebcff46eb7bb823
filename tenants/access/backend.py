"""What a person may do follows from the roles in the schema that is open, and from nothing else."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission

from tenants.tenancy.link import connection


class SchemaBackend(AuthenticationBackend):
    """Sign-in by allauth; permissions from the groups of the open schema, remembered per schema."""

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        remembered: dict[str, set[str]] = user_obj.__dict__.setdefault("_permissions_by_schema", {})
        schema = str(connection.schema_name)
        if schema not in remembered:
            found = Permission.objects.filter(group__user=user_obj).values_list("content_type__app_label", "codename").distinct()
            remembered[schema] = {f"{app}.{codename}" for app, codename in found}
        return remembered[schema]

    def get_group_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_user_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(name.split(".", 1)[0] == app_label for name in self.get_all_permissions(user_obj))
