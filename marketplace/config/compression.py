"""Text is sent compressed to whoever takes it so. Static files are compressed when they are collected; this is for everything that is made."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]
LEAST_BYTES = 500
LEVEL = 1  # an eighth of a page for a millisecond; the next steps cost twice as much for a tenth of that
TEXT = re.compile(r"text/|application/(?:json|xml|manifest\+json|javascript)|image/svg")
MOST_PADDING = 100


def compressed(get_response: GetResponse) -> GetResponse:
    """gzip, with a name of random length in its header, so that sizes say nothing about secrets in a page (BREACH)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or response.has_header("Content-Encoding") or not TEXT.match(response.headers.get("Content-Type", "")):
            return response
        if len(response.content) < LEAST_BYTES:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not re.search(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", request.headers.get("Accept-Encoding", "")):
            return response
        response.content = gzipped(response.content, secrets.randbelow(MOST_PADDING) + 1)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "gzip"
        return response

    return middleware


def gzipped(data: bytes, padding: int) -> bytes:
    """The data as a gzip file with a name of so many letters (RFC 1952)."""
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"p" * padding + b"\0"
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + packer.compress(data) + packer.flush() + tail
