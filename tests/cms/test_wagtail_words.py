"""Wagtail's screens speak Chinese: no English string of its catalogue is left on what answers here."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wagtail
from babel.messages.pofile import read_po
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cms.actions import publish
from cms.merchant.models import ShopHome, Video
from cms.starters import blocks_of, picture_of, starter
from launch.paths import ROOT
from marketplace.kernel.actors import SYSTEM
from tenants.tenancy.schemas import merchant_schema
from tests.config.test_headers import signed_in
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
WORKBENCH = "kiln.seller.market.localhost"
SHOWN = {"aria-label", "title", "placeholder", "alt", "data-w-tooltip-content-value", "data-w-dialog-title-value"}
VALUE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
NUMBER = re.compile(r"^[\d,]+ ")  # before what is counted
TAG_OR_VALUE = re.compile(r"<[^>]*>|%\(\w+\)[sd]|\{\w+\}")


class Texts(HTMLParser):
    """What a reader sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.found |= {" ".join(value.split()) for name, value in attrs if name in SHOWN and value}

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in {"script", "style"}:
            self.found.add(" ".join(data.split()))


def texts_of(html: str) -> set[str]:
    parser = Texts()
    parser.feed(html)
    return {NUMBER.sub("", text) for text in parser.found} - {""}


@cache
def untranslated() -> dict[str, str]:
    """Pieces of Wagtail's strings that stay English in Chinese, and the strings they are pieces of."""
    root = Path(wagtail.__file__).parent
    found: dict[str, str] = {}
    with translation.override("zh-hans"):
        for app in ("admin", "images", "."):
            for message in read_po((root / app / "locale/en/LC_MESSAGES/django.po").open("rb")):
                text = message.id[0] if isinstance(message.id, tuple) else str(message.id)
                said = translation.pgettext(message.context, text) if message.context else translation.gettext(text)
                if isinstance(message.id, tuple):
                    said = translation.ngettext(*message.id, 2)
                    if said in message.id:
                        said = text
                if text and said == text and re.search("[a-z]{3}", text):
                    for part in TAG_OR_VALUE.split(text if isinstance(message.id, str) else "\n".join(message.id)):
                        for piece in part.split("\n"):
                            if re.search("[A-Za-z]{3}", piece):
                                found[" ".join(piece.split())] = text
    return found


def left_in(html: str) -> set[str]:
    english = untranslated()
    return {english[text] for text in texts_of(html) if text in english}


@pytest.fixture
def owner() -> Client:
    client = signed_in("owner-a@market.localhost")
    client.defaults |= {"HTTP_HOST": WORKBENCH, "HTTP_ACCEPT_LANGUAGE": "zh-hans"}
    return client


@pytest.fixture
def ids() -> dict[str, int]:
    with merchant_schema(MERCHANTS["a"]):
        image = picture_of("maker")
        video = Video.objects.create(title="釉色", file=ContentFile(b"film", "same.mp4"))
        home = ShopHome.objects.get()
        home.blocks = blocks_of(starter("maker"), image)
        publish(home, SYSTEM)
        home.title_en = "Kiln"
        publish(home, SYSTEM)
        first, last = home.revisions.order_by("pk")
        return {"home": home.pk, "image": image.pk, "video": video.pk, "first": first.pk, "last": last.pk}


SCREENS = [
    ("wagtailadmin_home", ""),
    ("wagtailadmin_explore", "home"),
    ("wagtailadmin_explore_root", ""),
    ("wagtailadmin_pages:edit", "home"),
    ("wagtailadmin_pages:history", "home"),
    ("wagtailadmin_pages:add_subpage", "home"),
    ("wagtailadmin_pages:add", "cms_merchant shoppage home"),
    ("wagtailadmin_pages:usage", "home"),
    ("wagtailadmin_pages:revisions_compare", "home first last"),
    ("wagtailadmin_pages:revisions_revert", "home first"),
    ("wagtailadmin_pages:search", ""),
    ("wagtailimages:index", ""),
    ("wagtailimages:edit", "image"),
    ("wagtailimages:add_multiple", ""),
    ("wagtailimages:delete", "image"),
    ("wagtailimages:image_usage", "image"),
    ("wagtailimages_chooser:choose", ""),
    ("wagtailadmin_choose_page", ""),
    ("wagtailadmin_choose_page_external_link", ""),
    ("wagtailadmin_choose_page_email_link", ""),
    ("goods_chooser:choose", ""),
    ("category_chooser:choose", ""),
    ("videos:index", ""),
    ("videos:add", ""),
    ("videos:edit", "video"),
    ("videos:delete", "video"),
    ("video_chooser:choose", ""),
]


@pytest.mark.parametrize(("name", "args"), SCREENS, ids=[name for name, _args in SCREENS])
def test_no_english_is_left(owner, ids, name, args):
    response = owner.get(reverse(name, args=[ids.get(arg, arg) for arg in args.split()], urlconf="marketplace.config.urls.workbench"))
    assert response.status_code == 200
    html = response.content.decode()
    if response.headers["Content-Type"].startswith("application/json"):
        html = json.loads(html)["html"]
    assert len(texts_of(html)) >= 3
    assert left_in(html) == set()


def test_the_look_finds_english():
    some = next(iter(untranslated()))  # of screens that do not answer here, workflows for one, much is left
    assert left_in(f"<p>{some}</p>") and left_in(f'<a aria-label="{some}">x</a>')
    assert not left_in(f"<p>{some} and more</p>")


def test_what_we_say_fits_wagtails_strings():
    """Each string of our catalogue is one of Wagtail's today, and takes what Wagtail's takes."""
    root = Path(wagtail.__file__).parent
    known = {str(message.id) for app in ("admin", "images", ".") for message in read_po((root / app / "locale/en/LC_MESSAGES/django.po").open("rb"))}
    ours = read_po((ROOT / "cms/locale/zh_Hans/LC_MESSAGES/django.po").open("rb"), locale="zh_Hans")
    assert len(ours) > 150
    for message in ours:
        said = message.string[0] if isinstance(message.string, tuple) else message.string
        asked = message.id[-1] if isinstance(message.id, tuple) else str(message.id)
        assert not message.id or (str(message.id) in known and said), message.id
        assert set(VALUE.findall(said)) <= set(VALUE.findall(asked)), message.id
