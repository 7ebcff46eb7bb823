"""What stands on the first page of a back office: what has to be done, and figures that lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Figure:
    """A number with the list it was counted in."""

    label: str | Promise
    value: str
    href: str = ""


@dataclass(frozen=True)
class ToDo:
    """Something that waits for a person. `tone`: danger, warn or info."""

    label: str
    href: str
    tone: str = "warn"
