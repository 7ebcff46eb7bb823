"""python -m tests.market_data_sample.make: write the sample again. Brands, goods and texts are invented; the form is that of the real files."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# id: (English, Simplified, Traditional, attributes)
CATEGORIES: dict[str, tuple[str, str, str, list[str]]] = {
    "el": ("Electronics", "电子", "電子", ["color"]),
    "el-7": ("Electronic extras", "电子周边", "電子週邊", []),
    "el-7-7": ("Leads", "连接线", "連接線", ["color"]),
    "el-7-7-1": ("Picture and sound leads", "影音线", "影音線", []),
    "el-7-7-1-2": ("HDMI leads", "HDMI 线缆", "HDMI 線纜", []),
    "el-7-7-4": ("Network leads", "网络线", "網路線", []),
    "el-7-7-4-2": ("Ethernet leads", "以太网线缆", "乙太網路線", []),
    "el-7-9": ("Computer parts", "电脑零件", "電腦零件", []),
    "el-7-9-12": ("Input", "输入", "輸入", []),
    "el-7-9-12-8": ("Keyboards", "键盘", "鍵盤", []),
    "el-7-9-12-11": ("Mice", "鼠标", "滑鼠", []),
    "el-13": ("Print", "打印", "列印", []),
    "el-13-3": ("For printers", "打印机用品", "印表機用品", []),
    "el-13-3-1": ("Print supplies", "耗材", "耗材", []),
    "el-13-3-1-7": ("Ink and toner", "墨与粉", "墨與粉", []),
    "el-6": ("Computers", "电脑", "電腦", []),
    "el-6-6": ("Portable computers", "便携电脑", "筆電", ["color"]),
    "os": ("Office", "办公", "辦公", []),
    "os-4": ("Desk things", "桌面用品", "桌面用品", []),
    "os-4-4": ("Labels", "标签", "標籤", []),
    "aa": ("Things to wear", "穿戴", "穿戴", ["color", "bag_color"]),
    "aa-1": ("Clothes", "衣服", "衣服", []),
    "aa-1-10": ("Over it", "外穿", "外穿", []),
    "aa-1-10-2": ("Coats", "大衣外套", "大衣外套", []),
    "aa-1-18": ("Socks", "袜子", "襪子", []),
    "fb": ("Food", "食物", "食物", []),
    "fb-2": ("To eat", "吃的", "吃的", []),
    "fb-2-1": ("Baked", "烘焙", "烘焙", []),
    "fb-2-10": ("Fruit and vegetables", "蔬果", "蔬果", []),
    "hg": ("House", "居家", "居家", []),
    "hg-13": ("Light", "灯", "燈", []),
    "sg": ("Sport", "运动", "運動", []),
    "sg-4": ("Outside", "户外", "戶外", []),
    "sg-4-4": ("By bicycle", "骑车", "騎車", []),
    "sg-4-4-3": ("Bicycles", "自行车", "自行車", []),
    "sg-4-4-3-11": ("For the road", "公路车", "公路車", []),
    "sg-4-4-4": ("For riders", "骑行装备", "騎行裝備", []),
    "sg-4-4-4-5": ("Helmets", "头盔", "安全帽", []),
    "ae": ("Pastime", "消遣", "消遣", []),
    "ae-3": ("Feasts", "节庆", "節慶", []),
    "ae-3-1": ("Gifts", "礼物", "禮物", []),
}
COLOURS = {
    "black": ("Black", "黑"),
    "white": ("White", "白"),
    "blue": ("Blue", "青酒"),
    "red": ("Red", "赤"),
    "gray": ("Gray", "灰"),
    "yellow": ("Yellow", "黄"),
}


def categories() -> Iterator[dict[str, Any]]:
    for key, (english, simplified, traditional, attributes) in CATEGORIES.items():
        yield {"id": key, "p": key.rpartition("-")[0] or None, "en": english, "zh": simplified, "tw": traditional, "a": attributes, "g": None}


def attributes() -> Iterator[dict[str, Any]]:
    values = [f"color__{code}" for code in COLOURS]
    yield {"f": "color", "h": "color", "id": 1, "en": "Hue", "zh": "色彩", "tw": "色彩", "den": "What colour", "dzh": "什么颜色", "v": values}
    yield {"f": "bag_color", "h": "bag-color", "en": "Hue of the bag", "zh": "包的色彩", "tw": "包的色彩", "den": "", "dzh": "", "from": "color"}


def values() -> Iterator[dict[str, Any]]:
    for number, (code, (english, chinese)) in enumerate(COLOURS.items(), 1):
        yield {"f": f"color__{code}", "id": number, "en": english, "zh": chinese, "tw": chinese}


def product(number: int, brand: str, title: str, cents: int, cat: str | None, attrs: dict[str, Any], desc: str | None = None) -> dict[str, Any]:
    attrs = {**attrs, "package_weight": 10.0 + number, "harmonized_system__hs__code": "85440000", "quantity_per_pallet": 40.0}
    return {
        "id": str(9_000_000 + number),
        "brand": brand,
        "name": title.split(" ")[0],
        "title": title,
        "desc": desc,
        "ean": [f"40{number:011}"],
        "price_usd_cents": cents,
        "released": "2020-01-01",
        "img": "",
        "thumb": "",
        "cat": cat,
        "cat_how": "title-any" if cat else None,
        "attrs": attrs,
    }


def products() -> Iterator[dict[str, Any]]:
    number = 0
    for brand in ("Kabelhaus", "Nordlicht"):
        for length in (0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 15.0):
            for colour in ("Black", "White", "Blue", "Red", "Grey"):
                number += 1
                shape = "Straight" if number % 3 else "Angled"
                yield product(
                    number,
                    brand,
                    f"{brand} Cat6 patch cable {colour.lower()} {length:g} m RJ-45",
                    300 + round(length * 95) + number % 7,
                    "patch cable",
                    {
                        "cable_length": length,
                        "product_colour": colour,
                        "connector_1": "RJ-45",
                        "connector_2": "RJ-45",
                        "connector_gender": "Male connector/Male connector" if number % 4 else "Male connector/Female connector",
                        "connector_1_form_factor": shape,
                        "cable_shielding": "U/UTP (UTP)" if number % 2 else "S/FTP (S-STP)",
                        "snagless_cable_boot": number % 5 > 0,
                    },
                    f"{length:g} m of patch cable in {colour.lower()} & boots that do not catch.",
                )
    for length in (1.0, 2.0, 3.0, 5.0):
        for colour in ("Black", "White", "Multi-coloured stripes"):
            for gender in ("Male connector/Male connector", "Male connector/Female connector"):
                number += 1
                yield product(
                    number,
                    "Kabelhaus",
                    f"Kabelhaus HDMI cable {length:g} m number {number}",
                    700 + number,
                    "HDMI cable",
                    {
                        "cable_length": length,
                        "product_colour": colour,
                        "connector_gender": gender,
                        "connector_1_form_factor": "Straight",
                        "3d": number % 2 == 0,
                    },
                )
    for model in range(20):
        for ink in ("Black", "Cyan", "Magenta", "Yellow"):
            number += 1
            yield product(
                number,
                "Tintoro",
                f"Tintoro T{100 + model} ink cartridge Original {ink}",
                995 + model * 50,
                "ink cartridge",
                {
                    "type": "Original",
                    "printing_colours": ink,
                    "ink_type": "Pigment-based ink" if model % 2 else "Dye-based ink",
                    "page_yield": 300.0 + 100 * model,
                    "oem_code": f"T{model}",
                },
                f"Cartridge for Tintoro T{100 + model}",
            )
    for model in range(24):
        number += 1
        size, inches = ((39.6, "15.6"), (35.6, "14"), (43.9, "17.3"))[model % 3]
        memory = (8, 16, 32)[model % 3]
        yield product(
            number,
            "Pixelmo",
            f'Pixelmo Book {model} notebook Silver {size} cm ({inches}") 1920 x 1080 pixels AMD Ryzen 5 {memory} GB DDR4-SDRAM',
            64900 + 1000 * model,
            "notebook",
            {
                "display_diagonal": float(inches),
                "internal_memory": float(memory),
                "ssd_capacity": 512.0,
                "touchscreen": model % 2 == 0,
                "product_colour": "Black,Grey",
            },
        )
    for model in range(12):
        number += 1
        yield product(
            number,
            "Pixelmo",
            f"Pixelmo M{model} mouse USB Optical {800 + 100 * model} DPI",
            1250 + model,
            "mouse",
            {"buttons_quantity": 3.0, "weight": 80.0 + model},
        )
    for model in range(16):
        number += 1
        yield product(
            number,
            "Zettelwerk",
            f"Zettelwerk labels A4 {20 + model}x30 mm white 500 pcs.",
            890 + model,
            "labels",
            {"label_width": 20.0 + model, "labels_per_pack": 500.0},
        )
    for model in range(6):
        number += 1
        yield product(number, "Zettelwerk", f"Zettelwerk curious thing no. {model}", 333, None, {})


def retail() -> Iterator[dict[str, Any]]:
    kinds = [
        ("apparel", "jacket", "Coat"),
        ("apparel", "socks", "Socks"),
        ("groceries", "bakery", "Loaf"),
        ("groceries", "fruits", "Pear"),
        ("homedecor", "lighting", "Lamp"),
        ("oddments", "rare", "Oddment"),
    ]
    for number in range(60):
        category, style, word = kinds[number % len(kinds)]
        row = {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "name": f"{('Quiet', 'Bright', 'Plain', 'Merry')[number % 4]} {word} {number}",
            "category": category,
            "style": style,
            "description": f"A {word.lower()} nobody ever made, number {number}.",
            "price": 4.99 + number,
            "image": "",
            "current_stock": 10,
        }
        yield row if number % 3 else {**row, "gender_affinity": "F" if number % 2 else "M"}


def bikes() -> Iterator[dict[str, Any]]:
    for number, (model, kind, colours, sizes) in enumerate(
        [
            ("Gull", "Road Bikes", ["Red", "Black"], ["48", "52", "56"]),
            ("Tern", "Road Bikes", ["Blue", "Silver/Black"], ["48", "52"]),
            ("Heron", "Road Bikes", ["Yellow"], ["44", "58"]),
            ("Acorn", "Helmets", ["Red", "Black", "Blue"], [""]),
            ("Walnut", "Helmets", ["White"], ["S", "M", "L"]),
            ("Pebble", "Unknown", [""], [""]),
        ]
    ):
        variants = [
            {
                "sku": f"SM-{model[:3].upper()}-{colour[:3].upper()}{size}",
                "name": f"{model} {colour}",
                "cost": 10.5,
                "price": 120.55 + 100 * number,
                **({"color": colour} if colour else {}),
                **({"size": size} if size else {}),
            }
            for colour in colours
            for size in sizes
        ]
        yield {
            "model": model,
            "category": "Sample",
            "subcategory": kind,
            "variants": variants,
            "desc": {"en": f"{model}: made up for a test.", "fr": f"{model} : inventé.", "he": "לבדיקה", "zh-cht": f"{model} 是为测试编的。"},
        }


def gifts() -> str:
    lines = ["StockCode\tname\tprice_gbp\tlines\tunits"]
    lines += [f"S{number:04}\tPAPER CHAIN KIT NUMBER {number} \t{1 + number * 0.25:.2f}\t10\t99" for number in range(20)]
    return "\n".join(lines) + "\n"


def written() -> dict[str, bytes]:
    """File name → content before packing."""
    files = {
        "taxonomy/categories.jsonl.gz": categories(),
        "taxonomy/attributes.jsonl.gz": attributes(),
        "taxonomy/values.jsonl.gz": values(),
        "search-en/products.jsonl.gz": products(),
        "catalogue/retail-demo-store.jsonl.gz": retail(),
        "catalogue/adventureworks.jsonl.gz": bikes(),
    }
    packed = {name: "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode() for name, rows in files.items()}
    return {**packed, "orders/items.tsv.gz": gifts().encode()}


# Facts anybody may state, in the form of the real files: a few divisions with codes, some without, and carriers.
DIVISIONS = [
    {"c": "31", "n": "上海市", "k": [{"c": "3101", "n": "市辖区", "k": [{"c": "310101", "n": "黄浦区"}, {"c": "310104", "n": "徐汇区"}]}]},
    {
        "c": "44",
        "n": "广东省",
        "k": [{"c": "4401", "n": "广州市", "k": [{"c": "440106", "n": "天河区"}]}, {"c": "4419", "n": "东莞市", "k": [{"c": "441900003", "n": "东城街道"}]}],
    },
]
WITHOUT_CODES = {"香港特别行政区": {"香港岛": ["中西区", "东区"], "九龙": ["深水埗区"]}, "台湾省": {"台北市": ["大安区"]}}
CARRIERS = [{"code": "SF", "name": "顺丰速运"}, {"code": "YD", "name": "韵达速递"}, {"code": "BIRD", "name": "信鸽快递"}]


def plain() -> dict[str, bytes]:
    """Files that are not packed: name → content."""
    files = {"divisions-cn/divisions-cn.json": DIVISIONS, "divisions-cn/hk-mo-tw.json": WITHOUT_CODES, "carriers-cn.json": CARRIERS}
    return {name: (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode() for name, content in files.items()}


def pack(content: bytes) -> bytes:
    """gzip without name and time, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


if __name__ == "__main__":
    for name, content in {**{name: pack(content) for name, content in written().items()}, **plain()}.items():
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_bytes(content)
