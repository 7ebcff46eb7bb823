"""python -m tests.relevance.make_pairs: write pairs.tsv again, Chinese questions with the products that answer them.

Most are derived by rule from names that are drawn, with a fixed seed, from the demo's products and categories; a few are written
by hand. The rules know nothing of how search works, but for the words that a name is cut into.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import opencc
import rjieba
from pypinyin import Style, lazy_pinyin

from tests.relevance.demo_goods import categories, goods, goods_of

FILE = Path(__file__).with_name("pairs.tsv")
SEED = 20261127
OF_PRODUCTS, OF_CATEGORIES = 45, 15  # of each kind
AS_WRITTEN = 20
LONGEST = 8  # characters of a name that somebody would type
HAN = re.compile(r"[㐀-鿿]+")

# What people would ask for, with the titles of what they mean.
BY_HAND = {
    "喝茶的杯子": ["粉青品茗杯", "天目兔毫盏", "直口小茶杯", "办公室带盖茶杯"],
    "降噪耳机": ["静夜主动降噪耳机"],
    "蓝牙音箱": ["织物蓝牙音箱", "小白昼便携音箱", "防水小音箱", "书架音箱一对"],
    "机械键盘": ["75 配列机械键盘"],
    "无线鼠标": ["静音无线鼠标", "人体工学竖握鼠标"],
    "充电头": ["65 瓦氮化镓充电器"],
    "移动电源": ["20000 毫安时充电宝"],
    "笔记本电脑": ["轻薄笔记本 14 寸"],
    "wifi路由器": ["三频家用路由器"],
    "固态硬盘": ["移动固态硬盘"],
    "投影仪": ["卧室投影机"],
    "拉杆箱": ["20 寸登机箱", "26 寸托运箱", "24 寸出行箱"],
    "小学生书包": ["一年级书包", "幼儿园小书包"],
    "露营帐篷": ["双人三季帐", "四人家庭帐", "单人轻量帐", "小营地帐篷", "六边天幕"],
    "骑行头盔": ["顺风骑行头盔", "公路骑行头盔", "儿童骑行头盔"],
    "冲锋衣": ["三层防雨冲锋衣"],
    "登山鞋": ["碎石越野徒步鞋"],
    "保温杯": ["儿童保温杯", "旷野保温瓶", "带杯盖保温壶"],
    "偏光墨镜": ["偏光太阳镜", "包覆式运动墨镜"],
    "闹钟": ["双铃闹钟", "静音学习闹钟"],
    "布艺沙发": ["两人位布沙发", "转角布沙发", "灯芯绒深坐沙发"],
    "护眼台灯": ["书桌护眼灯", "夜读台灯"],
    "餐椅": ["弯木餐椅"],
    "香薰蜡烛": ["雪松琥珀香薰蜡烛", "书房香薰蜡烛", "无火香薰蜡", "三支蜡烛礼盒"],
    "龙井茶叶": ["明前龙井"],
    "铁观音": ["清香铁观音"],
    "普洱茶": ["熟普小沱"],
    "纯蜂蜜": ["太行荆条蜜", "椴树蜜"],
    "熬粥小米": ["山西小米"],
    "土鸡蛋": ["散养鸡蛋"],
    "黑麦面包": ["黑麦列巴", "乡村酸面包"],
    "家用咖啡机": ["滴滤咖啡机", "迷你滴滤壶"],
    "毛绒小熊": ["坐坐熊", "睡前小熊", "口袋小熊三只", "一米抱抱熊"],
    "木头积木": ["榉木大块积木", "小城积木", "平衡石"],
    "玩具火车": ["木头小火车", "火车与轨道套装", "夜车小火车", "货运火车"],
    "中国地图拼图": ["中国地图拼板"],
    "儿童平衡车": ["滑步平衡车"],
    "放风筝": ["菱形风筝", "金鱼风筝"],
    "送礼钢笔": ["刻字礼盒钢笔", "旋转上墨钢笔"],
    "激光打印机": ["家用激光打印机"],
    "打印机硒鼓": ["黑色硒鼓"],
    "彩铅": ["油性彩色铅笔"],
    "水彩本": ["水彩速写本"],
    "牛仔裤": ["赤耳原色牛仔裤"],
    "亚麻连衣裙": ["亚麻系带连衣裙"],
    "羊毛开衫": ["开襟羊毛衫"],
    "帆布鞋": ["硫化帆布鞋"],
    "男士皮带": ["整皮腰带", "编织皮带"],
    "银戒指": ["锻打素圈戒指"],
    "羊毛围巾": ["流苏羊毛围巾"],
    "切尔西靴": ["切尔西短靴"],
    "炖汤锅": ["珐琅铸铁炖锅", "椭圆炖锅", "珐琅钢汤锅", "大汤锅"],
    "吉他": ["云杉单板民谣吉他", "36 寸旅行吉他", "儿童小吉他"],
    "复印纸": ["A4 复印书写纸"],
    "男童女童防晒帽": ["儿童遮阳帽"],
}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Kind, question, the products that answer it, and the name it was made from."""
    dice = random.Random(SEED)
    titles = {good.titles[0]: good.name for good in goods()}
    yield from (("as written", title, titles[title], title) for title in sorted(dice.sample(sorted(titles), AS_WRITTEN)))
    for kind, rule in RULES.items():
        yield from _derived(kind, rule, dice)
    for good in dice.sample(goods(), len(goods()))[: OF_PRODUCTS + OF_CATEGORIES]:
        yield "mixed script", f"{_words(good.titles[0])[0]} {good.titles[1].split()[-1]}", good.name, " / ".join(good.titles)
    for text, wanted in BY_HAND.items():
        yield "by hand", text, " ".join(titles[title] for title in wanted), ""


def _derived(kind: str, rule: Callable[[str, random.Random], str], dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Questions that a rule makes of names; it makes none of a name that it cannot be used on."""
    products = {good.titles[0]: good.name for good in goods()}
    kinds = {zh: " ".join(goods_of(code)) for code, (_parent, zh, _en) in categories().items()}
    for names, count in ((products, OF_PRODUCTS), (kinds, OF_CATEGORIES)):
        yield from ((kind, text, names[name], name) for text, name in derived(rule, names, count, dice))


def derived(rule: Callable[[str, random.Random], str], names: Mapping[str, str], count: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    """So many questions that a rule makes of names that mean something, each with its name."""
    made = 0
    for name in dice.sample(sorted(names), len(names)):
        text = rule(name, dice)
        if made < count and text and text != name and names[name]:
            made += 1
            yield text, name


def _plain(name: str, least: int) -> str:
    """The Chinese of a name that is of the length one types; nothing where it is not."""
    han = "".join(HAN.findall(name))
    return han if least <= len(han) <= LONGEST else ""


def _words(name: str) -> list[str]:
    return [word for run in HAN.findall(name) for word in rjieba.cut(run, True)]


def _traditional(name: str, _dice: random.Random) -> str:
    return _to_traditional().convert(name)


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2twp")


def _pinyin(name: str, dice: random.Random) -> str:
    return dice.choice(["", " "]).join(lazy_pinyin(_plain(name, 2), style=Style.NORMAL, v_to_u=False))


def _initials(name: str, _dice: random.Random) -> str:
    return "".join(lazy_pinyin(_plain(name, 3), style=Style.FIRST_LETTER))


def _dropped(name: str, dice: random.Random) -> str:
    han = _plain(name, 3)
    place = dice.randrange(len(han)) if han else 0
    return han[:place] + han[place + 1 :]


def _transposed(name: str, dice: random.Random) -> str:
    han = _plain(name, 3)
    if not han:
        return ""
    place = dice.randrange(len(han) - 1)
    return han[:place] + han[place + 1] + han[place] + han[place + 2 :]


def _order(name: str, dice: random.Random) -> str:
    words = _words(name)
    return " ".join(dice.sample(words, len(words))) if len(words) > 1 else ""


def _same_sound(name: str, dice: random.Random) -> str:
    """One character is replaced by another that sounds alike, of all that the demo's names hold."""
    han = _plain(name, 3)
    if not han:
        return ""
    place = dice.randrange(len(han))
    alike = sorted(set(_sounds().get(lazy_pinyin(han[place])[0], "")) - {han[place]})
    return han[:place] + dice.choice(alike) + han[place + 1 :] if alike else ""


@cache
def _sounds() -> dict[str, str]:
    """Characters of all names by how they sound."""
    sounds: dict[str, str] = {}
    for character in sorted({c for good in goods() for c in "".join(HAN.findall(good.titles[0]))}):
        said = lazy_pinyin(character)[0]
        sounds[said] = sounds.get(said, "") + character
    return sounds


RULES: dict[str, Callable[[str, random.Random], str]] = {
    "traditional": _traditional,
    "pinyin": _pinyin,
    "initials": _initials,
    "dropped character": _dropped,
    "transposed characters": _transposed,
    "word order": _order,
    "same sound": _same_sound,
}


def text() -> str:
    return "kind\tquery\twanted\tfrom\n" + "".join("\t".join(row) + "\n" for row in rows())


if __name__ == "__main__":
    FILE.write_text(text())
