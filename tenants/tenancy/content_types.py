"""What Django remembers of content types, apart for each schema.

A schema numbers its models itself: one number means the market's first page in the public schema and a shop's in a merchant's. Django remembers them
for the whole process, and django-tenants forgets them at each change of schema, which is not enough where requests share a process: between the
change and the question another thread may have filled in its own.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType, ContentTypeManager
from django.db import connections


class BySchema(dict[Any, Any]):
    """Content types by the database's alias, as ContentTypeManager asks; what is found belongs to the schema this thread is in."""

    def __getitem__(self, using: str) -> Any:
        return super().__getitem__((using, connections[using].schema_name))  # type: ignore[attr-defined]

    def setdefault(self, using: str, default: Any = None) -> Any:
        return super().setdefault((using, connections[using].schema_name), default)  # type: ignore[attr-defined]


def install() -> None:
    kept = BySchema()
    managers: list[Any] = [ContentType.objects, *ContentType._meta.local_managers]
    for manager in managers:
        if isinstance(manager, ContentTypeManager):
            manager._cache = kept  # type: ignore[attr-defined]
