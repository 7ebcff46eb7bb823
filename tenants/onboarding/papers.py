"""Papers as they are kept, and as they are served: attachments, to whom access.py gives them, never shown by the browser as part of our pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import FileResponse
from django.utils.translation import pgettext

from marketplace.kernel.uploads import Clean
from tenants.onboarding.models import Paper, Requirement
from tenants.tenancy.schemas import public_schema

# What a form's input for a document says of itself.
FILES = {"accept": "image/jpeg,image/png,image/webp,application/pdf"}


def paper_titles(papers: Iterable[Paper]) -> list[tuple[str, Paper]]:
    """Papers with what each is called, in the reader's language."""
    names = {one.code: one.name for one in Requirement.objects.all()}
    return [(names.get(paper.kind, pgettext("paper", "Something else")), paper) for paper in papers]


def keep_paper(paper: Paper, clean: Clean, *, name: str, folder: str) -> Paper:
    """Write a new document and its row: the file by the paper's key below `folder`, `name` as its maker called it. In the public schema."""
    paper.name, paper.content_type, paper.size = name.strip()[-120:] or "paper", clean.content_type, len(clean.data)
    paper.key = storages["papers"].save(f"{folder}/{paper.pk}.{clean.extension}", ContentFile(clean.data))
    paper.save(force_insert=True)
    return paper


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
