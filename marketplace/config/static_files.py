"""Static files, whose addresses say their content."""

from __future__ import annotations

from functools import cache
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """The addresses are settled when the files have been collected; a page names a dozen of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settled = cache(super().url)

    def url(self, name: str, force: bool = False) -> str:
        return str(self._settled(name, force))
