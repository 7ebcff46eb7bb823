"""What the market calls goods: the taxonomy of the files and the properties found in them, put there by verbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.media import copy_picture
from demo.pictures import picture_file
from marketplace.config.market_data.categories import OTHER, PREFIX, code_of, picture_of
from marketplace.config.market_data.properties import Vocabulary
from marketplace.config.market_data.reading import ATTRIBUTES, CATEGORIES, VALUES, NotAsExpected, Problem, rows, text
from marketplace.config.market_data.tables import table
from marketplace.kernel.actors import Actor
from marketplace.platform.taxonomy.actions import describe_categories, put_attributes, put_brands, put_categories, put_values
from marketplace.platform.taxonomy.models import Attribute
from tenants.tenancy.schemas import public_schema

COLOUR, SIZE, GENDER = f"{PREFIX}color", "im-size", "im-gender"
EXTRA_COLOURS = {"silver_black": {"zh-hans": "银黑", "en": "Silver and black"}}
GENDERS = {"F": {"zh-hans": "女士", "en": "Women"}, "M": {"zh-hans": "男士", "en": "Men"}}
FIRST_ROOT, EMPTY_ROOT = 5, 10_000  # places of roots: with goods among the operator's own, without goods behind them
DESCRIBED_SHARE, MOST_DESCRIBING = 0.25, 20  # an attribute describes a category if so many of its goods have it


@dataclass
class Keys:
    """Keys of the market's rows by the codes of the files."""

    categories: dict[str, int]
    attributes: dict[str, int]
    values: dict[tuple[str, str], int]  # (attribute code, value code)
    brands: dict[str, int]
    described: dict[int, list[int]]  # what the taxonomy says describes a category, by keys


def names_in(row: Mapping[str, Any]) -> dict[str, str]:
    """The three languages of a row of the taxonomy; English has to be there."""
    names = {"en": text(dict(row), "en")}
    return names | {code: str(row[key]) for code, key in (("zh-hans", "zh"), ("zh-hant", "tw")) if row.get(key)}


def read_rows(folder: Path, name: str, problems: list[Problem], needed: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of a file of the taxonomy that have what is needed; the others are noted."""
    good = []
    for number, row in rows(folder, name, problems):
        try:
            good.append({**row, **{key: text(row, key) for key in needed}})
        except NotAsExpected as wrong:
            problems.append(Problem(name, number, str(wrong)))
    return good


def put_taxonomy(
    folder: Path, problems: list[Problem], *, by: Actor, goods_in: Counter[str], vocabulary: Vocabulary, sizes: Iterable[str], brands: Iterable[str]
) -> Keys:
    """The whole taxonomy of the files, and what the goods add to it. `goods_in`: how many goods each category holds."""
    known = read_rows(folder, CATEGORIES, problems, ("id", "en"))
    categories = put_categories(by=by, rows=_category_rows(known, goods_in, problems))
    values = {row["f"]: row for row in read_rows(folder, VALUES, problems, ("f", "en"))}
    listed = {row["f"]: row for row in read_rows(folder, ATTRIBUTES, problems, ("f", "en"))}
    attributes = put_attributes(by=by, rows=[*_attribute_rows(listed), *_own_attribute_rows(vocabulary)])
    made = put_values(by=by, rows=[*_value_rows(listed, values, attributes), *_own_value_rows(vocabulary, attributes, sizes)])
    code_by_key = {attribute.pk: code for code, attribute in attributes.items()}
    names = table("shops")["brands"]
    rows_of_brands = [{"code": brand_code(name), "names": {"en": name, **({"zh-hans": names[name]} if name in names else {})}} for name in brands]
    return Keys(
        categories={code: row.pk for code, row in categories.items()},
        attributes={code: row.pk for code, row in attributes.items()},
        values={(code_by_key[attribute_id], code): row.pk for (attribute_id, code), row in made.items()},
        brands={code: row.pk for code, row in put_brands(by=by, rows=rows_of_brands).items()},
        described={
            categories[code_of(row["id"])].pk: [attributes[PREFIX + name].pk for name in row.get("a") or [] if PREFIX + name in attributes]
            for row in known
            if code_of(row["id"]) in categories
        },
    )


def brand_code(name: str) -> str:
    return f"im-{name.casefold()}"[:80]


def _category_rows(known: list[dict[str, Any]], goods_in: Counter[str], problems: list[Problem]) -> list[dict[str, Any]]:
    """Parents before children; roots with most goods first; names put right."""
    right = table("corrections")["categories"]
    in_root: Counter[str] = Counter()
    for category, count in goods_in.items():
        in_root[category.split("-")[0]] += count
    place = {root: FIRST_ROOT + 2 * rank for rank, (root, _count) in enumerate(in_root.most_common())}
    there: set[str] = set()
    made: list[dict[str, Any]] = []
    for at, row in enumerate(sorted(known, key=lambda each: each["id"].count("-"))):
        key, parent = row["id"], row.get("p")
        if parent and parent not in there:
            problems.append(Problem(CATEGORIES, 0, f"{key}: there is no {parent} above it"))
            continue
        there.add(key)
        names = names_in(row) | ({"zh-hans": right[key]} if key in right else {})
        made.append(
            {
                "code": code_of(key),
                "parent": code_of(parent) if parent else None,
                "names": names,
                "position": at if parent else place.get(key, EMPTY_ROOT),
                **_root_picture(key, parent),
            }
        )
    other = table("categories")["other"]
    made.append({"code": code_of(OTHER), "parent": None, "names": dict(other["names"]), "position": EMPTY_ROOT + 1, "picture": _public_picture("parcel")})
    return made


def _root_picture(key: str, parent: str | None) -> dict[str, str]:
    picture = picture_of(key)
    return {} if parent or picture_file(picture).stem == "parcel" else {"picture": _public_picture(picture)}


def _public_picture(name: str) -> str:
    with public_schema():
        return f"public/{copy_picture(name)}"


def _attribute_rows(listed: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"code": PREFIX + key, "names": names_in(row)} for key, row in listed.items()]


def _value_rows(listed: Mapping[str, dict[str, Any]], values: Mapping[str, dict[str, Any]], attributes: Mapping[str, Attribute]) -> list[dict[str, Any]]:
    """Values of base attributes, and the same again for those that borrow them."""
    right = table("corrections")["values"]
    made = []
    for key, row in listed.items():
        lender = listed.get(str(row["from"])) if row.get("from") else row
        for place, value in enumerate((lender or {}).get("v") or []):
            if value in values:
                names = names_in(values[value]) | ({"zh-hans": right[value]} if value in right else {})
                made.append({"attribute_id": attributes[PREFIX + key].pk, "code": value, "names": names, "position": place})
    return made


def _own_attribute_rows(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    return [
        {"code": SIZE, "names": {"zh-hans": "尺码", "en": "Size"}},
        {"code": GENDER, "names": {"zh-hans": "适合", "en": "For"}},
        *(
            {"code": known.code, "names": known.names, "kind": "choice" if known.is_choice else "text", "is_facet": known.is_facet}
            for known in vocabulary.properties.values()
        ),
    ]


def _own_value_rows(vocabulary: Vocabulary, attributes: Mapping[str, Attribute], sizes: Iterable[str]) -> list[dict[str, Any]]:
    made = [
        {"attribute_id": attributes[known.code].pk, "code": code, "names": names, "position": place}
        for known in vocabulary.properties.values()
        for place, (code, names) in enumerate(known.values.items())
    ]
    made += [{"attribute_id": attributes[SIZE].pk, "code": size, "names": {"en": size}, "position": place} for place, size in enumerate(_by_size(sizes))]
    made += [{"attribute_id": attributes[GENDER].pk, "code": code, "names": names} for code, names in GENDERS.items()]
    if COLOUR in attributes:
        made += [{"attribute_id": attributes[COLOUR].pk, "code": f"color__{code}", "names": names, "position": 90} for code, names in EXTRA_COLOURS.items()]
    return made


def _by_size(sizes: Iterable[str]) -> list[str]:
    letters = {letter: place for place, letter in enumerate(("XS", "S", "M", "L", "XL", "XXL"))}
    return sorted(set(sizes), key=lambda size: (0, letters[size], "") if size in letters else (1, int(size), "") if size.isdigit() else (2, 0, size))


def describe(*, by: Actor, keys: Keys, used: Mapping[str, Counter[str]], goods_in: Counter[str]) -> None:
    """Say what describes each category: what the taxonomy names, then what many of its goods have. `used`: attribute codes by category."""
    described = {key: list(attributes) for key, attributes in keys.described.items()}
    for category, counts in used.items():
        often = sorted((code for code, count in counts.items() if count >= DESCRIBED_SHARE * goods_in[category]), key=lambda code: (-counts[code], code))
        described.setdefault(keys.categories[code_of(category)], []).extend(keys.attributes[code] for code in often[:MOST_DESCRIBING])
    describe_categories(by=by, described=described)
