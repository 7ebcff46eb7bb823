"""Values as JSON knows them, and a fingerprint of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def plain(value: Any) -> Any:
    """JSON's own types for `value`: UUIDs, dates, decimals and dataclasses become text or mappings. Raises TypeError for the rest."""
    match value:
        case None | bool() | int() | str():
            return value
        case UUID() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain(asdict(value))
    if hasattr(value, "_proxy____args"):  # a lazy translation
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def fingerprint(value: Any) -> str:
    """SHA-256 of the plain form, keys sorted: equal inputs, equal prints."""
    return hashlib.sha256(json.dumps(plain(value), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
