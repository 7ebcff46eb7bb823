"""What a person's or shop's name is found by: the name itself, its pinyin and its initials, folded so that a prefix can be looked up in an index."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

os.environ.update({"PYPINYIN_NO_PHRASES": "true"})  # names are no phrases, and the phrases would cost every process 45 MB

from pypinyin import Style, lazy_pinyin, pinyin

# Signs that sound otherwise as a family name than elsewhere. Source: GB/T 28039-2011 and the Table of General Standard Chinese Characters.
FAMILY_NAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou", "朴": "piao", "盖": "ge", "乐": "yue", "翟": "zhai",
    "召": "shao", "宁": "ning", "冼": "xian", "折": "she", "员": "yun", "缪": "miao", "谌": "chen", "覃": "qin", "繁": "po", "尹": "yin", "俞": "yu",
    "葛": "ge", "隗": "wei", "郇": "xun", "逄": "pang", "黑": "he", "华": "hua", "燕": "yan", "应": "ying", "种": "chong", "哈": "ha", "秘": "bi",
}  # fmt: skip
# Signs that sound otherwise in these words of goods than alone. Source: 现代汉语词典.
OF_GOODS = {
    "音乐": "yin yue", "乐器": "yue qi", "银行": "yin hang", "行业": "hang ye", "重庆": "chong qing", "便宜": "pian yi", "调料": "tiao liao",
    "空调": "kong tiao", "调味": "tiao wei", "弹簧": "tan huang", "弹力": "tan li", "参茸": "shen rong", "人参": "ren shen", "海参": "hai shen",
    "薄荷": "bo he", "厦门": "xia men", "长沙": "chang sha", "还原": "huan yuan", "重磅": "zhong bang", "扇贝": "shan bei", "曝光": "bao guang",
    "床单": "chuang dan", "核桃": "he tao", "番茄": "fan qie", "着装": "zhuo zhuang", "量杯": "liang bei", "称重": "cheng zhong", "校服": "xiao fu",
}  # fmt: skip
_OF_GOODS = re.compile("|".join(OF_GOODS))
CHINESE = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_SIGNS = CHINESE.pattern.replace("[", "[〇")
_RUNS = re.compile(f"{_SIGNS}|{_SIGNS.replace('[', '[^')}+")
NOTHING = re.compile(r"[\s·•.,'’‘\-_()（）]+")


@dataclass(frozen=True)
class NameKeys:
    """`name` as it is written, `pinyin` as it sounds, `initials`: small letters without blanks. Of a name in Latin letters: as written,
    with the last word first, and the first letters of its words."""

    name: str
    pinyin: str
    initials: str

    def begin_with(self, text: str) -> bool:
        return any(key.startswith(text) for key in (self.name, self.pinyin, self.initials))


def folded(text: str) -> str:
    """Half width, small letters, without blanks and marks."""
    return NOTHING.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=20_000)
def name_keys(text: str) -> NameKeys:
    """Of nothing: three empty keys, by which nothing is found."""
    name = folded(text)
    if not CHINESE.search(name):
        words = unicodedata.normalize("NFKC", text).casefold().replace("-", " ").split()
        return NameKeys(name, folded("".join([*words[-1:], *words[:-1]])), folded("".join(word[0] for word in words)))
    family = next((known for known in FAMILY_NAMES if name.startswith(known)), "")
    said = [*FAMILY_NAMES.get(family, "").split(), *lazy_pinyin(name[len(family) :], style=Style.NORMAL, v_to_u=False)]
    # What is no sign stays together and stands for itself.
    return NameKeys(name, "".join(said), "".join(part[:1] for part in said))


def said_of_goods(text: str) -> tuple[str, str]:
    """How a name of goods sounds, and the first letters of its syllables; two empty texts of one without Chinese signs."""
    if not CHINESE.search(text):
        return "", ""
    parts: list[str] = []
    last = 0
    for found in _OF_GOODS.finditer(text):
        parts += [*_said(text[last : found.start()]), *OF_GOODS[found[0]].split()]
        last = found.end()
    parts += _said(text[last:])
    return "".join(parts), "".join(part[:1] for part in parts)


def _said(text: str) -> list[str]:
    """Sign by sign, which is the same without phrases and ten times as fast; what is no sign stays together."""
    return [_sound_of(part) if len(part) == 1 else part for part in _RUNS.findall(text)]


@lru_cache(maxsize=20_000)
def _sound_of(sign: str) -> str:
    return lazy_pinyin(sign, style=Style.NORMAL, v_to_u=False)[0]


@lru_cache(maxsize=20_000)
def readings(sign: str) -> tuple[str, ...]:
    """Every way a sign is said, without tones: 乐 le, yue … What is no sign has none."""
    return tuple(dict.fromkeys(pinyin(sign, style=Style.NORMAL, heteronym=True, v_to_u=False, errors="ignore")[0])) if CHINESE.match(sign) else ()


def is_latin(text: str) -> bool:
    return text.isascii() and any(letter.isalpha() for letter in text)
