"""Divisions of China and carriers out of files: beside what the market began with, once, and what is broken is named and left out."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from marketplace.config.market_data.places import CARRIERS, DIVISIONS, PLACES, WITHOUT_CODES
from marketplace.config.market_data.run import Result, Wishes, import_all
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.platform.delivery.actions import Zone, set_freight
from marketplace.platform.delivery.freight import quote
from marketplace.platform.delivery.models import Carrier, Region
from marketplace.platform.delivery.queries import children, place_of, provinces, zones_of
from marketplace.platform.listings.models import Listing
from tests.databases import MERCHANTS
from tests.factories import yuan
from tests.market_data_sample.make import plain

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent.parent / "market_data_sample"
REAL = Path(settings.ROOT).parent / "shared" / "data"
# Of the sample: 31, 3101 with two, 44, 4401 with one, 4419 with one; two parts of Hong Kong with three, one of Taiwan with one.
SAMPLES = 9 + 5 + 2


@pytest.fixture
def folder(tmp_path) -> Path:
    """The sample, to be changed."""
    for name in PLACES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(SAMPLE / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, how: Any) -> None:
    content = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(how(content) or content, ensure_ascii=False))


def run(folder: Path = SAMPLE) -> Result:
    return import_all(folder, Wishes(rates={}, goods=False))


def written(result: Result) -> tuple[int, int]:
    return result.places.divisions_written, result.places.carriers_written


def command(*args: str) -> tuple[str, str, int]:
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_market_data", *args, "--no-goods", stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(str(ended.code))
    return out.getvalue(), err.getvalue(), code


def test_the_committed_files_are_what_the_script_writes():
    assert {name: (SAMPLE / name).read_bytes() for name in PLACES} == plain()


def test_cities_and_districts_lie_in_the_provinces_that_were_there():
    before = len(provinces())
    result = run()
    assert (result.places.divisions, result.places.carriers, result.problems) == (SAMPLES, 3, [])
    assert len(provinces()) == before == 34
    assert [row.code for row in children("31")] == ["3101"] and [row.code for row in children("3101")] == ["310101", "310104"]
    assert Region.objects.get(code="31").names == {"zh-hans": "上海市", "en": "Shanghai"}
    assert place_of("CN", "", "广东省", "东莞市", "东城街道").code == "441900003"
    hong_kong = place_of("CN", "81", "", "九龙", "深水埗区")
    assert hong_kong.code.startswith("81") and str(hong_kong.parent) == "九龙"
    assert not Listing.objects.exists()


def test_what_a_shop_asks_of_a_province_holds_in_all_of_it():
    run()
    set_freight(by=SYSTEM, merchant_id=MERCHANTS["a"], currency="CNY", zones=[Zone(("81", "31"), yuan("9")), Zone(fee=yuan("5"))])
    zones = zones_of([MERCHANTS["a"]])[MERCHANTS["a"]]
    asked = {region.code: quote(zones, region.code, yuan("1")).fee for region in Region.objects.all()}
    assert {code for code, fee in asked.items() if fee == yuan("9")} == {code for code in asked if code[:2] in ("81", "31")} and asked["441900003"] == yuan("5")


def test_a_second_run_changes_nothing():
    assert written(run()) == (SAMPLES - 2, 2)  # two provinces and a carrier were there; another is called otherwise
    before = (list(Region.objects.order_by("pk").values()), list(Carrier.objects.order_by("pk").values()), AuditEvent.objects.count())
    assert written(run()) == (0, 0)
    assert (list(Region.objects.order_by("pk").values()), list(Carrier.objects.order_by("pk").values()), AuditEvent.objects.count()) == before


def test_what_is_called_otherwise_in_the_file_is_renamed_and_nothing_else(folder):
    run(folder)
    change(folder, DIVISIONS, lambda rows: rows[0]["k"][0]["k"][1].update(n="徐汇新区"))
    change(folder, CARRIERS, lambda rows: rows[2].update(name="信鸽速运"))
    assert written(run(folder)) == (1, 1)
    assert Region.objects.get(code="310104").names == {"zh-hans": "徐汇新区"} and Carrier.objects.get(code="bird").names == {"zh-hans": "信鸽速运"}


def test_names_without_codes_keep_the_codes_they_were_given(folder):
    run(folder)
    before = {(row.parent_id, row.names["zh-hans"]): row.code for row in Region.objects.filter(code__startswith="81")}
    change(folder, WITHOUT_CODES, lambda content: {"香港特别行政区": {"九龙": ["九龙城区", "深水埗区"], "新界": ["北区"], "香港岛": ["东区", "中西区"]}})
    assert written(run(folder))[0] == 3
    after = {(row.parent_id, row.names["zh-hans"]): row.code for row in Region.objects.filter(code__startswith="81")}
    assert before.items() <= after.items() and len(set(after.values())) == len(after) == len(before) + 3


def test_codes_of_a_file_and_of_ours_do_not_meet(folder):
    change(folder, DIVISIONS, lambda rows: [*rows, {"c": "81", "n": "香港特别行政区", "k": [{"c": "8101", "n": "新界", "k": [{"c": "810101", "n": "北区"}]}]}])
    run(folder)
    found = list(Region.objects.filter(code__startswith="81").values_list("parent_id", "names__zh-hans", "code"))
    assert ("81", "新界", "8101") in found and len({code for _parent, _name, code in found}) == len(found) == 1 + 3 + 4
    assert written(run(folder)) == (0, 0)


def test_a_carrier_is_there_once_whatever_the_file_calls_it():
    run()
    codes = list(Carrier.objects.order_by("position", "code").values_list("code", flat=True))
    assert codes[0] == "sf" and codes[-1] == "bird" and len(codes) == 9 and not {"SF", "YD", "yd"} & set(codes)
    assert Carrier.objects.get(code="sf").names == {"zh-hans": "顺丰速运", "en": "SF Express"}
    assert Carrier.objects.get(code="yunda").names == {"zh-hans": "韵达速递", "en": "Yunda Express"}


WRONG = [
    (DIVISIONS, lambda rows: [*rows, {"c": "5", "n": "x"}], "has no code of 2, 4, 6 or 9 digits: 5"),
    (DIVISIONS, lambda rows: [*rows, {"n": "x"}], "has no code"),
    (DIVISIONS, lambda rows: [*rows, "51"], "has no code"),
    (DIVISIONS, lambda rows: [*rows, {"c": 51, "n": "四川省"}], "has no code"),
    (DIVISIONS, lambda rows: [*rows, {"c": "5101", "n": "成都市"}], "5101 does not lie in the country"),
    (DIVISIONS, lambda rows: [*rows, {"c": "51", "n": "四川省", "k": [{"c": "6101", "n": "成都市"}]}], "6101 does not lie in 51"),
    (DIVISIONS, lambda rows: [*rows, {"c": "51", "n": " "}], "51 has no name"),
    (DIVISIONS, lambda rows: [*rows, {"c": "51", "n": "x" * 61}], "51 has no name"),
    (DIVISIONS, lambda rows: [*rows, rows[0] | {"k": []}], "31 stands there twice"),
    (DIVISIONS, lambda rows: {"31": "上海市"}, "not a list"),
    (WITHOUT_CODES, lambda content: {**content, "亚特兰蒂斯": {"x": ["y"]}}, "亚特兰蒂斯 is no province of this market"),
    (WITHOUT_CODES, lambda content: {**content, "澳门特别行政区": ["x"]}, "has nothing inside"),
    (WITHOUT_CODES, lambda content: {**content, "澳门特别行政区": {"澳门半岛": [""]}}, "has no name"),
    (CARRIERS, lambda rows: [*rows, {"code": "a b", "name": "x"}], "has no code of up to 20"),
    (CARRIERS, lambda rows: [*rows, {"code": "x" * 21, "name": "x"}], "has no code of up to 20"),
    (CARRIERS, lambda rows: [*rows, {"name": "x"}], "has no code of up to 20"),
    (CARRIERS, lambda rows: [*rows, {"code": "NEW"}], "new has no name"),
]


@pytest.mark.parametrize(("name", "how", "why"), WRONG, ids=[f"{name.rpartition('/')[2]} {n}" for n, (name, _how, _why) in enumerate(WRONG)])
def test_what_is_broken_is_named_and_the_rest_goes_in(folder, name, how, why):
    change(folder, name, how)
    result = run(folder)
    (problem,) = result.problems
    assert problem.file == name and why in problem.why
    for other, found in (
        (DIVISIONS, Region.objects.filter(code="310104")),
        (WITHOUT_CODES, Region.objects.filter(code__startswith="8101")),
        (CARRIERS, Carrier.objects.filter(code="bird")),
    ):
        assert found.exists() or (other == name and "not a list" in why)


def test_a_file_that_is_no_json_is_named(folder):
    (folder / DIVISIONS).write_bytes(b"\xff\xfe[")
    (folder / CARRIERS).write_text("[{")
    assert [problem.file for problem in run(folder).problems] == [DIVISIONS, CARRIERS]
    assert Region.objects.filter(code__startswith="8101").exists()


class TestCommand:
    def test_it_says_what_it_wrote_and_the_second_time_that_there_was_nothing_to_write(self):
        out, err, code = command("--sample")
        assert f"{SAMPLES} divisions: {SAMPLES - 2} written, 2 as they were; 3 carriers: 2 written, 1 as they were" in out
        assert "time: divisions and carriers" in out and "goods in" not in out and (err, code) == ("", 0)
        out, _err, _code = command("--sample")
        assert f"{SAMPLES} divisions: 0 written, {SAMPLES} as they were; 3 carriers: 0 written, 3 as they were" in out

    def test_what_was_left_out_is_said_and_the_command_ends_with_one(self, folder):
        change(folder, CARRIERS, lambda rows: [*rows, {"name": "x"}])
        out, err, code = command(str(folder))
        assert f"left out: {CARRIERS}:1: a carrier has no code" in err and code == 1 and "3 carriers" in out

    def test_one_file_is_enough_and_none_is_not(self, folder, tmp_path_factory):
        for name in (DIVISIONS, WITHOUT_CODES):
            (folder / name).unlink()
        assert "0 divisions: 0 written, 0 as they were; 3 carriers: 2 written" in command(str(folder))[0]
        with pytest.raises(CommandError, match=r"lacks: .*carriers-cn"):
            command(str(tmp_path_factory.mktemp("empty")))


@pytest.mark.skipif(not (REAL / DIVISIONS).is_file(), reason="the folder of real data is not here")
def test_the_real_files_go_in_whole():
    result = run(REAL)
    assert result.problems == []
    assert result.places.divisions > 3_700 and result.places.carriers > 15 and written(run(REAL)) == (0, 0)
    assert len(provinces()) == 34 and all(row.code.startswith(row.parent_id) for row in Region.objects.exclude(parent=None))
    assert place_of("CN", "", "浙江省", "杭州市", "西湖区").code == "330106"
