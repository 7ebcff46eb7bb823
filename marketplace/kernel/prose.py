"""Descriptions as people write them: paragraphs with a blank line between, instead of HTML."""

from __future__ import annotations

import re
from html import escape, unescape

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def as_html(text: str) -> str:
    """Blank lines divide paragraphs, others are line breaks. Text that brings tags of its own is HTML already."""
    text = text.replace("\r\n", "\n").strip()
    if not text or TAG.search(text):
        return text
    paragraphs = re.split(r"\n\s*\n", text)
    return "".join(f"<p>{escape(each.strip(), quote=False).replace(chr(10), '<br>')}</p>" for each in paragraphs)


def as_text(html: str) -> str:
    """The same the other way round. HTML that holds more than paragraphs is given as it is, so that nothing of it is lost."""
    text = "\n\n".join(unescape(each.replace("<br>", "\n")) for each in PARAGRAPH.findall(html))
    return text if as_html(text) == html else html
