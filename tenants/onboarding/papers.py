"""Papers as they are served: attachments, to whom access.py gives them, never shown by the browser as part of our pages."""

from __future__ import annotations

from django.core.files.storage import storages
from django.http import FileResponse

from tenants.onboarding.models import Paper
from tenants.tenancy.schemas import public_schema


def paper_response(paper: Paper) -> FileResponse:
    with public_schema():
        file = storages["papers"].open(paper.key)
    name = paper.name.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    response = FileResponse(file, as_attachment=True, filename=f"{stem}.{paper.key.rpartition('.')[2]}", content_type=paper.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
