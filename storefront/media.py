"""Public pictures, at the same address on every host: images only, never as anything else, cached for a year."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse

from marketplace.kernel.errors import NotFound

TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
SCHEMA = re.compile(r"(?:public|m_[0-9a-f]{32})\Z")


def media(request: HttpRequest, schema: str, path: str) -> HttpResponse | FileResponse:
    root = Path(settings.MEDIA_ROOT) / schema
    file = (root / path).resolve()
    kind = TYPES.get(file.suffix.lower())
    if not SCHEMA.match(schema) or kind is None or not file.is_relative_to(root.resolve()) or not os.path.isfile(file):  # False for names that no file can have
        raise NotFound
    response = FileResponse(file.open("rb"), content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
