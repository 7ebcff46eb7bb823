"""Public pictures and films, at the same address on every host: as nothing else, cached for a year, films in the pieces a player asks for."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from marketplace.kernel.errors import NotFound

TYPES = {
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
SCHEMA = re.compile(r"(?:public|m_[0-9a-f]{32})\Z")


def media(request: HttpRequest, schema: str, path: str) -> HttpResponse | StreamingHttpResponse:
    root = Path(settings.MEDIA_ROOT) / schema
    file = (root / path).resolve()
    kind = TYPES.get(file.suffix.lower())
    if not SCHEMA.match(schema) or kind is None or not file.is_relative_to(root.resolve()) or not os.path.isfile(file):  # False for names that no file can have
        raise NotFound
    headers = [
        ("Content-Type", kind),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ("Accept-Ranges", "bytes"),
    ]
    response: HttpResponse | StreamingHttpResponse = WhiteNoiseMiddleware.serve(StaticFile(str(file), headers), request)
    return response
