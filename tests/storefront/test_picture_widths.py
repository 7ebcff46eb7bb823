"""Pictures in several widths: made when one is stored, offered to the browser, gone with the picture."""

from __future__ import annotations

import re
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from PIL import Image

from marketplace.kernel import renditions
from marketplace.merchant.catalogue.pictures import store_picture
from tenants.tenancy.models import schema_name_of
from tenants.tenancy.schemas import merchant_schema
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
SCHEMA = schema_name_of(MERCHANTS["a"])


def drawn(width: int, height: int, colour: str = "teal", mode: str = "RGB") -> BytesIO:
    out = BytesIO()
    Image.new(mode, (width, height), colour).save(out, "PNG")
    out.seek(0)
    return out


@pytest.fixture
def in_shop():
    with merchant_schema(MERCHANTS["a"]):
        yield


def widths(key: str) -> list[int]:
    found = []
    for width in renditions.WIDTHS:
        if default_storage.exists(renditions.rendition_name(key, width)):
            with default_storage.open(renditions.rendition_name(key, width)) as file:
                picture = Image.open(BytesIO(file.read()))
            assert picture.format == "WEBP" and picture.width == width
            found.append(width)
    return found


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(("width", "made"), [(1600, [96, 200, 400, 800, 1200]), (800, [96, 200, 400]), (401, [96, 200, 400]), (90, [])])
def test_a_stored_picture_has_every_width_below_its_own(in_shop, width, made):
    assert widths(store_picture(drawn(width, 300, "navy"))) == made


def test_widths_keep_the_shape_and_what_shines_through(in_shop):
    key = store_picture(drawn(1000, 500, "#00808040", "RGBA"))
    with default_storage.open(renditions.rendition_name(key, 200)) as file:
        picture = Image.open(BytesIO(file.read()))
    assert picture.size == (200, 100) and picture.mode == "RGBA"


def test_every_width_is_served_for_a_year(in_shop):
    key = store_picture(drawn(600, 600, "olive"))
    answer = Client(headers={"host": "market.localhost"}).get(f"/media/{SCHEMA}/{renditions.rendition_name(key, 96)}")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_picture_goes_with_all_its_widths(in_shop):
    key = store_picture(drawn(600, 600, "maroon"))
    assert widths(key)
    default_storage.delete(key)
    assert widths(key) == [] and not default_storage.exists(key)


def test_pictures_of_earlier_get_their_widths_from_the_command_once(in_shop):
    key = store_picture(drawn(900, 900, "tan"))
    for width in widths(key):
        default_storage.delete(renditions.rendition_name(key, width))
    said = [StringIO(), StringIO()]
    for out in said:
        call_command("make_renditions", stdout=out)
    assert widths(key) == [96, 200, 400, 800]
    assert int(re.match(r"\d+", said[0].getvalue())[0]) >= 4 and said[1].getvalue() == "0 pictures made\n"


def test_what_is_no_picture_and_what_wagtail_keeps_have_no_widths(in_shop):
    broken = default_storage.save("products/broken.webp", ContentFile(b"RIFF no picture"))
    assert widths(broken) == []
    out = BytesIO()
    Image.new("RGB", (600, 600)).save(out, "WEBP")
    assert widths(default_storage.save("images/an-editors.webp", ContentFile(out.getvalue()))) == []


def test_the_browser_is_offered_what_there_is(in_shop):
    key = f"{SCHEMA}/{store_picture(drawn(800, 800, 'plum'))}"
    html = shown("{% picture key width=400 height=400 sizes='50vw' alt=alt classes='photo' %}", key=key, alt="A <mug>")
    base = f"/media/{key.removesuffix('.webp')}"
    assert f'srcset="{base}.w96.webp 96w, {base}.w200.webp 200w, {base}.w400.webp 400w, {base}.webp 800w"' in html
    assert f'src="{base}.w400.webp"' in html and 'sizes="50vw"' in html and 'width="400" height="400"' in html
    assert 'alt="A &lt;mug&gt;"' in html and 'class="photo"' in html
    assert 'loading="lazy"' in html and 'decoding="async"' in html and "fetchpriority" not in html


def test_a_far_larger_original_is_not_offered(in_shop):
    key = f"{SCHEMA}/{store_picture(drawn(1600, 1600, 'gold'))}"
    html = shown("{% picture key width=800 height=800 %}", key=key)
    assert html.count(".w") >= 5 and f"{key} " not in html and 'sizes="800px"' in html


def test_the_picture_of_the_page_comes_first_and_the_first_of_a_list_do_not_wait(in_shop):
    key = f"{SCHEMA}/{store_picture(drawn(800, 800, 'peru'))}"
    main = shown("{% picture key width=800 height=800 eager=True id='photo' %}", key=key)
    assert 'fetchpriority="high"' in main and "lazy" not in main and 'id="photo"' in main
    listed = shown("{% for n in many %}{% picture key width=96 height=96 eager_first=2 %}|{% endfor %}", key=key, many=range(4))
    assert ["lazy" in one for one in listed.split("|")[:4]] == [False, False, True, True]


def test_without_widths_the_picture_itself_is_shown_and_without_one_the_sign_for_none():
    html = shown("{% picture 'public/products/gone.webp' width=400 height=400 %}")
    assert 'src="/media/public/products/gone.webp"' in html and "srcset" not in html
    assert "no-picture.svg" in shown("{% picture '' width=400 height=400 %}")
