"""Two storages, both with the schema in every path: public media, and private papers that have no address at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from marketplace.kernel.renditions import WIDTHS, has_renditions, rendition_name, renditions
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
    """Pictures anybody may see, at /media/<schema>/… on every host. What is stored here is stored in its smaller widths too."""

    root = "MEDIA_ROOT"

    def _save(self, name: str, content: Any) -> str:
        stored: str = super()._save(name, content)  # type: ignore[misc]
        self.make_renditions(stored)
        return stored

    def make_renditions(self, name: str) -> int:
        """Make the widths a stored picture lacks; how many were made. Safe to repeat."""
        if not has_renditions(name):
            return 0
        with self.open(name) as file:
            due = {rendition_name(name, width): data for width, data in renditions(file.read()).items()}
        due = {rendition: data for rendition, data in due.items() if not self.exists(rendition)}
        for rendition, data in due.items():
            super()._save(rendition, ContentFile(data))  # type: ignore[misc]
        return len(due)

    def delete(self, name: str) -> None:
        """The picture goes with all its widths."""
        super().delete(name)
        if has_renditions(name):
            for width in WIDTHS:
                super().delete(rendition_name(name, width))

    @property
    def base_url(self) -> str:  # type: ignore[override]
        return f"{settings.MEDIA_URL}{connection.schema_name}/"


class PrivatePapers(_PerSchema):
    """Licences, evidence, statements, exports. Served only by views that check who asks."""

    root = "PAPERS_ROOT"
    base_url = None  # type: ignore[assignment]

    def url(self, name: str | None) -> str:
        raise ValueError("private papers have no address; serve them through a view that checks who asks")
