"""Forms about a shop's own domains, as a person would send them: path and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tests import factories as make

FORMS_OF_DOMAINS: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "domains"): lambda t: ("/domains/", {"domain_id": uuid4(), "host": f"{uuid4().hex[:8]}.example"}),
    ("workbench", "domain-primary"): lambda t: ("/domains/primary/", {"host": make.a_domain("a").host}),
    ("workbench", "domain-look"): lambda t: (f"/domains/{make.a_domain('a').pk}/look/", {}),
    ("workbench", "domain-remove"): lambda t: (f"/domains/{make.a_domain('a').pk}/remove/", {}),
}
