"""Documents for search tests: single ones by hand, and a catalogue of thousands by seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID, uuid5

from search.contract import UNRATED, Doc
from search.documents import marks, text_tokens
from search.options import values_of

SPACE = UUID("0b9d4c58-0d1c-4b59-a2fb-6b1f7a0f2f11")


def key(name: object) -> UUID:
    return uuid5(SPACE, str(name))


def doc(
    title: str,
    *,
    name: object = None,
    names: Iterable[str] = (),
    text: str = "",
    aside: Iterable[str] = (),
    path: Iterable[int] = (1,),
    brand: int = 0,
    shop: int = 1,
    values: Iterable[tuple[int, int]] = (),
    options: Iterable[Mapping[int, int]] = (),
    price: int = 100_00,
    popularity: float = 0,
    published: int = 0,
    in_stock: bool = True,
    version: int = 1,
    rating: float = UNRATED,
    shop_score: float = UNRATED,
) -> Doc:
    """A document as documents.py makes them; its key follows from `name`, by default the title. `options`: attribute → value, of each variant."""
    every, variants = values_of(list(values), (frozenset(each.items()) for each in options))
    tokens = text_tokens(titles=[title], names=names, texts=[text])
    return Doc(
        id=key(title if name is None else name),
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=list(path),
        brand=brand,
        shop=shop,
        values=every,
        price=price,
        popularity=popularity,
        published=published,
        in_stock=in_stock,
        version=version,
        marks=marks(aside=aside, heads=names, short=[title, *aside]),
        variants=variants,
        rating=rating,
        shop_score=shop_score,
    )


# Category path → names; 1 and 2 are roots.
CATEGORIES = {
    (1, 11): ["杯子", "Cups"], (1, 12): ["保温杯", "Vacuum flasks"], (1, 13, 131): ["茶壶", "Teapots"], (2, 21): ["耳机", "Headphones"],
    (2, 22): ["手机壳", "Phone cases"], (2, 23): ["键盘", "Keyboards"], (2, 24, 241): ["打印机", "Printers"],
}  # fmt: skip
# Attribute → value → names.
ATTRIBUTES = {
    1: {101: ["白色", "White"], 102: ["黑色", "Black"], 103: ["红色", "Red"], 104: ["蓝色", "Blue"], 105: ["青色", "Cyan"]},
    2: {201: ["陶瓷", "Ceramic"], 202: ["不锈钢", "Stainless steel"], 203: ["塑料", "Plastic"], 204: ["玻璃", "Glass"]},
    3: {301: ["小号", "Small"], 302: ["中号", "Medium"], 303: ["大号", "Large"]},
}
_QUALITIES = ["轻便", "复古", "便携", "高端", "简约", "无线", "静音", "加厚", "防滑", "可爱", "商务", "户外", "家用", "大容量", "迷你"]
_WORDS = [
    "wireless", "portable", "classic", "premium", "ceramic", "travel", "office", "gaming", "slim", "silent", "double", "outdoor", "mini", "classic",
    "vintage", "deluxe",
]  # fmt: skip


def generated(count: int, seed: int = 7) -> Iterator[Doc]:
    """Documents in two languages with skewed words, brands, values and prices; of one in four the variants lack combinations of colour and size."""
    dice, cut, said = random.Random(seed), random.Random(seed + 1), random.Random(seed + 2)
    paths = list(CATEGORIES)
    for number in range(count):
        path = paths[min(int(dice.expovariate(0.5)), len(paths) - 1)]
        chosen = [(attribute, dice.choice(list(values))) for attribute, values in ATTRIBUTES.items() if dice.random() < 0.8]
        if dice.random() < 0.2:
            chosen.append((1, dice.choice(list(ATTRIBUTES[1]))))
        chinese, english = CATEGORIES[path]
        qualities = "".join(dice.sample(_QUALITIES, dice.randint(1, 3)))
        model = f"{dice.choice('abcdefgh').upper()}{dice.choice('XYZ')}-{dice.randint(100, 130)}"
        title = f"{qualities}{chinese} {' '.join(dice.sample(_WORDS, dice.randint(1, 4)))} {english} {model}"
        yield doc(
            title,
            name=number,
            names=[chinese, english],
            text=" ".join(dice.choices(_WORDS + _QUALITIES, k=dice.randint(5, 40))),
            path=path,
            aside=[" ".join(ATTRIBUTES[attribute][value]) for attribute, value in chosen],
            brand=min(int(dice.expovariate(0.3)), 12),
            shop=1 + min(int(dice.expovariate(0.6)), 6),
            values=list(dict.fromkeys(chosen)),
            options=_some_combinations(cut) if cut.random() < 0.25 else (),
            price=dice.randint(5, 900) * 100 - dice.choice([0, 1, 10]),
            popularity=float(int(dice.paretovariate(0.8)) % 5000),
            published=1_700_000_000 + number * 60,
            in_stock=dice.random() < 0.9,
            rating=said.choice([UNRATED, said.random()]),
            shop_score=said.choice([UNRATED, said.random()]),
        )


def _some_combinations(dice: random.Random) -> list[dict[int, int]]:
    """Of colours and sizes, each of which occurs, not everything in everything."""
    every = [{1: colour, 3: size} for colour in dice.sample(list(ATTRIBUTES[1]), 3) for size in dice.sample(list(ATTRIBUTES[3]), 2)]
    return dice.sample(every, dice.randint(2, 5))
