"""A StreamField whose blocks are the code's business: migrations know of a column with JSON, and nothing more."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


class Blocks(StreamField):
    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, _args, kwargs = super().deconstruct()
        kwargs["block_lookup"] = {}
        return name, "wagtail.fields.StreamField", [[]], kwargs
