"""Two storages, both with the schema in every path: public media, and private papers that have no address at all."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from tenants.tenancy.link import connection


class _PerSchema(FileSystemStorage):
    """Files below a folder of the open schema's name."""

    root: str

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return f"{getattr(settings, self.root)}/{connection.schema_name}"

    @property
    def location(self) -> str:  # type: ignore[override]
        return self.base_location


class PublicMedia(_PerSchema):
    """Pictures anybody may see, at /media/<schema>/… on every host."""

    root = "MEDIA_ROOT"

    @property
    def base_url(self) -> str:  # type: ignore[override]
        return f"{settings.MEDIA_URL}{connection.schema_name}/"


class PrivatePapers(_PerSchema):
    """Licences, evidence, statements, exports. Served only by views that check who asks."""

    root = "PAPERS_ROOT"
    base_url = None  # type: ignore[assignment]

    def url(self, name: str | None) -> str:
        raise ValueError("private papers have no address; serve them through a view that checks who asks")
