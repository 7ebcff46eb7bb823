"""Every visible string goes through gettext, and every one of them has its Chinese."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from launch import messages
from launch.paths import ROOT
from storefront.management.commands.check_templates import FOLDERS
from tests.architecture.tree import parsed, product

# ── The catalogue ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=messages.LANGUAGES)
def catalogue(request) -> Catalog:
    return messages.updated(request.param)


def test_every_string_of_today_is_translated(catalogue):
    assert len(catalogue) > 300
    assert messages.untranslated(catalogue) == []


def test_the_catalogue_on_disk_is_the_one_of_today(catalogue):
    assert messages.written(catalogue) == messages.po_file(str(catalogue.locale)).read_bytes()


def test_a_string_without_translation_is_found():
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add("Mug", "杯子")
    catalogue.add("Bowl")
    catalogue.add(("{n} cup", "{n} cups"), ("",))
    assert messages.untranslated(catalogue) == ["Bowl", "{n} cup"]


PLACES = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


def other_places(catalogue: Catalog) -> list[str]:
    """Translations that fill in other things than their original does: they would fail, or show braces, when used."""
    found = []
    for message in catalogue:
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        translated = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {frozenset(PLACES.findall(text)) for text in originals if text}
        found += [text for text in translated if message.id and text and frozenset(PLACES.findall(text)) not in allowed]
    return found


def test_translations_fill_in_what_their_originals_do(catalogue):
    assert other_places(catalogue) == []


def test_a_translation_that_fills_in_something_else_is_found():
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add("Order {number}", "订单 {numer}")
    catalogue.add("%(n)s in all", "共 %(n)s")
    catalogue.add(("{n} cup", "{n} cups"), ("杯",))
    assert other_places(catalogue) == ["订单 {numer}", "杯"]


# ── Templates ────────────────────────────────────────────────────────────────────────────────────────────────────────

READ_BY_PEOPLE = ("alt", "aria-label", "aria-description", "placeholder", "title", "content", "value")
LETTERS = re.compile(r"[^\W\d_]{2,}|[一-鿿]")
# Words that are the same in every language, or are no words.
SAME_EVERYWHERE = {
    "XLSX",
    "width=device-width, initial-scale=1",
    "width=device-width, initial-scale=1, viewport-fit=cover",
    "light dark",
    "noindex",
    "manage.py replay_dead_letters",
    "Stripe",
    "CSV",
    "PDF",
    "Enter",
    "Esc",
    "Ctrl ↵",
    "Excel (XLSX)",
    "noindex, follow",  # for search engines
    "#ffffff",
}
# Settings of programs, and values of buttons and hidden inputs that programs read.
FOR_PROGRAMS = re.compile(r"[{a-z0-9_:-]*|\{.*\}", re.DOTALL)
SAMPLES = re.compile(r"design/_\w+\.html")  # what the design page shows its components with
# Pages that need neither database nor language say everything in both; test_pages_in_both_languages holds them to it.
IN_BOTH_LANGUAGES = re.compile(r"errors/(\d+|csrf|unknown_host|offline|blocked|page)\.html")


class Visible(HTMLParser):
    """Collects the texts and attributes that a reader meets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.texts += [value for name, value in attrs if name in READ_BY_PEOPLE and value and not FOR_PROGRAMS.fullmatch(value)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def bare_texts(template: str) -> list[str]:
    """Visible texts of a template that do not go through gettext."""
    text = re.sub(r"\{% (comment|blocktranslate|blocktrans|verbatim)\b.*?\{% end\1 %\}|\{#.*?#\}", "", template, flags=re.DOTALL)
    text = re.sub(r"\{% block \w+_attributes %\}.*?\{% endblock %\}", "", text, flags=re.DOTALL)
    found = [words for tag in re.findall(r"\{[%{](.*?)[%}]\}", text, re.DOTALL) for words in _sentences(tag)]
    # A tag inside an attribute would end it at its quotes.
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    reader = Visible()
    reader.feed(text)
    reader.close()
    found += [" ".join(words.split()) for words in reader.texts if LETTERS.search(words)]
    return [words for words in found if words not in SAME_EVERYWHERE]


def _sentences(tag: str) -> list[str]:
    """Quoted texts with several words handed to a tag other than translate."""
    if tag.split()[:1] in (["translate"], ["trans"], ["with"]) or "hx-" in tag:
        return []
    tag = re.sub(r"\b(?:classes|sizes)=(?:[\w.|]+:)?\"[^\"]*\"", "", tag)  # of {% picture %}: read by the style sheet and the browser
    return [words for _quote, words in re.findall(r"(['\"])(.*?)\1", tag) if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}|[一-鿿]", words)]


def templates() -> dict[str, str]:
    """Pages, and the texts of mails."""
    files = [(folder, file) for folder in FOLDERS for kind in ("*.html", "*.txt") for file in sorted((ROOT / folder).rglob(kind))]
    return {str(file.relative_to(ROOT / folder)): file.read_text() for folder, file in files}


def test_every_text_of_a_template_goes_through_gettext():
    assert len(templates()) > 60
    assert {
        name: texts for name, text in templates().items() if not (IN_BOTH_LANGUAGES.fullmatch(name) or SAMPLES.fullmatch(name)) and (texts := bare_texts(text))
    } == {}


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        "<p>{% translate 'Hello' %} there</p>",
        "<p>你好</p>",
        '<input placeholder="Your name">',
        '<button aria-label="Close it">×</button>',
        '<img alt="A mug">',
        "{% include 'ui/empty.html' with why='Nothing is here yet' %}",
        "{{ name|default:'no name given' }}",
        '<div class="{% if x %}a{% endif %}">Text after a tag in an attribute</div>',
    ],
)
def test_a_bare_text_is_found(template):
    assert len(bare_texts(template)) == 1


@pytest.mark.parametrize(
    "template",
    [
        "{% translate 'Hello there' %}",
        "{% blocktranslate with n=count %}{{ n }} pieces in all{% endblocktranslate %}",
        "{# a note for us #}<p>{{ order.number }} · 12</p>",
        '<a class="btn btn-primary" href="/orders/" title="{% translate "Go there" %}">{{ name }}</a>',
        '<script src="x.js" defer></script><meta name="robots" content="noindex">',
        "{% include 'ui/empty.html' with sign='list' %}",
    ],
)
def test_what_is_translated_or_no_text_is_left_alone(template):
    assert bare_texts(template) == []


def test_pages_in_both_languages():
    pages = {name: text for name, text in templates().items() if IN_BOTH_LANGUAGES.fullmatch(name)}
    assert len(pages) >= 8
    for name, text in pages.items():
        if name == "errors/page.html":
            continue
        blocks = dict(re.findall(r"\{% block (\w+) %\}(.*?)\{% endblock %\}", text))
        assert all(re.search(r"[一-鿿]", blocks[block]) for block in ("title", "zh", "zh_how")), name
        assert all(re.search(r"[A-Za-z]{2,}", blocks[block]) for block in ("title", "en", "en_how")), name


# ── Python ───────────────────────────────────────────────────────────────────────────────────────────────────────────

SHOWN_ARGUMENTS = {"label", "help_text", "empty_label", "verbose_name", "title", "empty", "search_hint", "why", "message"}
SHOWN_CALLS = {"Column", "Entry", "messages.success", "messages.error", "messages.info", "messages.warning"}
FACES = ("storefront/", "marketplace/web/", "cms/", "marketplace/flows/", "marketplace/merchant/", "marketplace/platform/", "tenants/")


def bare_strings(path: str, text: str) -> list[str]:
    """Literal texts handed to something that shows them."""
    found = []
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Call):
            found += [word.value for word in node.keywords if word.arg in SHOWN_ARGUMENTS]
            found += [argument for argument in node.args[:2] if ast.unparse(node.func) in SHOWN_CALLS]
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "message" for target in node.targets):
            found.append(node.value)
    literal = [node for node in found if isinstance(node, (ast.Constant, ast.JoinedStr))]
    spelled = [(node, node.value if isinstance(node, ast.Constant) else ast.unparse(node)) for node in literal]
    return [f"{path}:{node.lineno}: {words}" for node, words in spelled if isinstance(words, str) and re.search(r"[A-Z][A-Za-z]+|[a-z]+ [a-z]+|[一-鿿]", words)]


def test_every_text_shown_from_python_goes_through_gettext():
    assert [complaint for path, text in product().items() if path.startswith(FACES) for complaint in bare_strings(path, text)] == []


@pytest.mark.parametrize(
    "line",
    [
        "forms.CharField(label='SKU')",
        "messages.success(request, 'It is saved.')",
        "messages.success(request, f'{title} is saved')",
        "Column('Price', end=True)",
        "raise InvalidInput(field='x', why='Choose a category.')",
        "class TooMany(MarketError):\n    message = 'Too many.'",
    ],
)
def test_a_bare_string_is_found(line):
    assert len(bare_strings("a.py", line)) == 1


def test_a_string_through_gettext_is_left_alone():
    assert (
        bare_strings("a.py", "Column(_('Price'), end=True)\nforms.CharField(label=_lazy('Price'), help_text='')\nEntry(_('Log'), 'clock', 'log', None)") == []
    )


def test_the_scripts_show_no_text_of_their_own():
    """What a script shows must come from the page, which is translated."""
    shows = re.compile(r"\.(?:textContent|innerText|innerHTML)\s*=|\balert\(|\bconfirm\(|\bprompt\(")
    scripts = [file for folder in FOLDERS for file in (ROOT / Path(folder).parent / "static").rglob("*.js")]
    assert scripts
    assert [str(file) for file in scripts if shows.search(file.read_text())] == []
    assert shows.search("box.textContent = 'Saved';")
