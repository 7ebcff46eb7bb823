"""What a column can mean: the fields of a product, what they are called in files, and what a heading probably means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from marketplace.kernel.exports import safe_cell
from marketplace.platform.taxonomy.models import Attribute

PREFIX = "attr:"  # and the key of an attribute of the market
REMARKS = pgettext_lazy("column", "Remarks")  # of our own reports: never read


@dataclass(frozen=True)
class Field:
    """A column that goods of every category have."""

    key: str
    label: str | Promise
    of_product: bool = True  # said once a product; else of each variant
    example: str = ""


FIELDS: dict[str, Field] = {
    field.key: field
    for field in (
        Field("code", pgettext_lazy("column", "Product code"), example="MUG-01"),
        Field("title:zh-hans", pgettext_lazy("column", "Title in Chinese"), example="粗陶马克杯"),
        Field("title:en", pgettext_lazy("column", "Title in English"), example="Stoneware mug"),
        Field("subtitle:zh-hans", pgettext_lazy("column", "Subtitle in Chinese"), example="手拉坯，哑光釉"),
        Field("subtitle:en", pgettext_lazy("column", "Subtitle in English"), example="Thrown by hand, matt glaze"),
        Field("category", pgettext_lazy("column", "Category")),
        Field("brand", pgettext_lazy("column", "Brand")),
        Field("description:zh-hans", pgettext_lazy("column", "Description in Chinese"), example="手工拉坯，每一只都略有不同。"),
        Field("description:en", pgettext_lazy("column", "Description in English"), example="Thrown by hand; no two are quite alike."),
        Field("pictures", pgettext_lazy("column", "Pictures"), example="mug-01.jpg"),
        Field("alt:zh-hans", pgettext_lazy("column", "What the pictures show, in Chinese"), example="白色粗陶马克杯，正面"),
        Field("alt:en", pgettext_lazy("column", "What the pictures show, in English"), example="White stoneware mug, from the front"),
        Field("tax_class", pgettext_lazy("column", "Tax class")),
        Field("kind", pgettext_lazy("column", "Kind of goods")),
        Field("valid_days", pgettext_lazy("column", "Voucher valid for (days)")),
        Field("shop_categories", pgettext_lazy("column", "Shop categories")),
        Field("size_table", pgettext_lazy("column", "Size table")),
        Field("parts", pgettext_lazy("column", "What is in the bundle")),
        Field("axes", pgettext_lazy("column", "Variants differ by")),
        Field("sku", pgettext_lazy("column", "SKU"), of_product=False, example="MUG-01-WHITE"),
        Field("barcode", pgettext_lazy("column", "Barcode"), of_product=False, example="6901234567892"),
        Field("weight", pgettext_lazy("column", "Weight (g)"), of_product=False, example="350"),
        Field("price", pgettext_lazy("column", "Price"), of_product=False, example="88.00"),
        Field("market_price", pgettext_lazy("column", "Market price"), of_product=False, example="108.00"),
        Field("stock", pgettext_lazy("column", "Stock"), of_product=False, example="20"),
    )
}
# Other names, folded, that people and the exports of other shops give them.
ALSO: dict[str, str] = {
    "code": "商品编码 款号 货号 spu spu编码 productcode handle parentsku itemgroupid",
    "title:zh-hans": "标题 商品标题 商品名称 名称 产品名称 宝贝标题 中文名 中文标题",
    "title:en": "title name productname producttitle 英文名 英文标题",
    "subtitle:zh-hans": "副标题 商品副标题 卖点",
    "subtitle:en": "subtitle tagline",
    "category": "类目 分类 商品分类 类目路径 producttype type productcategory categories",
    "brand": "品牌 vendor manufacturer",
    "description:zh-hans": "描述 商品描述 详情 商品详情",
    "description:en": "description body bodyhtml",
    "pictures": "图片 主图 商品图片 图片地址 images image imagesrc picture imagelink",
    "alt:zh-hans": "图片描述 图片说明 图片替代文字",
    "alt:en": "alttext imagealttext alternativetext imagealt",
    "tax_class": "税类 税率类别",
    "kind": "商品种类 goodskind 发货类型",
    "valid_days": "有效天数 有效期天数 validdays",
    "shop_categories": "店铺分类 collections collection",
    "size_table": "尺寸表 sizechart sizeguide",
    "parts": "套装内容 组合内容 套装明细 bundle bundleitems bundlecontents",
    "axes": "规格名称 规格项",
    "sku": "sku编码 规格编码 商家编码 variantsku skucode",
    "barcode": "条码 条形码 商品条码 ean ean13 gtin upc variantbarcode barcodeeanupc",
    "weight": "重量 克重 毛重 weight weightg variantgrams grams itemweight",
    "price": "价格 售价 销售价 现价 variantprice saleprice unitprice",
    "market_price": "市场价 原价 划线价 compareatprice variantcompareatprice listprice",
    "stock": "库存 数量 库存数量 quantity qty inventory variantinventoryqty onhand",
}


def fold(text: str) -> str:
    """How headings are compared: without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", text.casefold())[:120]


@lru_cache
def _names() -> Mapping[str, str]:
    """Folded heading → field, of our own words in every language and of others' words."""
    found: dict[str, str] = {}
    for field in FIELDS.values():
        for word in (field.key, *ALSO[field.key].split()):
            found.setdefault(fold(word), field.key)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.update({fold(str(field.label)): field.key for field in FIELDS.values()})
            found[fold(str(REMARKS))] = ""
    return found


class Headings:
    """Attributes by what they may be called: in any language, by their code, and with it in brackets where a name is not the only one."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self._keys: dict[str, str] = {}
        self._shared: set[str] = set()
        for attribute in attributes:
            key = f"{PREFIX}{attribute.pk}"
            self._keys[fold(f"[{attribute.code}]") + "]"] = key
            for name in {fold(text) for text in (*attribute.names.values(), attribute.code, *attribute.synonyms) if text}:
                if self._keys.setdefault(name, key) != key:
                    self._shared.add(name)

    def meaning(self, heading: str) -> str:
        """Its field, or ""."""
        if (code := re.search(r"\[([^\]]+)\]\s*$", heading)) and (found := self._keys.get(fold(f"[{code[1]}]") + "]")):
            return found
        name = fold(re.sub(r"\s*[（(\[].*$", "", heading)) or fold(heading)
        return "" if name in self._shared else self._keys.get(name, "")


def guess(heads: Sequence[str], known: Mapping[str, str], headings: Headings) -> list[str]:
    """For each heading what it probably means: what this shop said last time, our own and usual names, names of attributes. A field comes once."""
    found: list[str] = []
    ours = _names()
    for heading in heads:
        name, short = fold(heading), fold(re.sub(r"\s*[（(\[].*$", "", heading))
        options = [known[name]] if name in known else [ours.get(name, ""), ours.get(short, ""), headings.meaning(heading)]
        found.append(next((option for option in options if option and option not in found), ""))
    return found


def heading_of(field: str, attributes: Mapping[int, Attribute], shared: frozenset[str] = frozenset()) -> str:
    """What a field is called in a file of ours, in the reader's language."""
    if not field.startswith(PREFIX):
        return str(FIELDS[field].label)
    attribute = attributes[int(field[len(PREFIX) :])]
    name = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    return f"{name} [{attribute.code}]" if fold(attribute.name) in shared else name


def shared_names(attributes: Iterable[Attribute]) -> frozenset[str]:
    """Folded names that more than one of these attributes has, in some language, or that are also a field's."""
    taken: set[str] = set(_names())
    twice: set[str] = set()
    for attribute in attributes:
        for name in {fold(text) for text in (*attribute.names.values(), attribute.code) if text}:
            (twice if name in taken else taken).add(name)
    return frozenset(twice)


# ── what a cell says ─────────────────────────────────────────────────────────────────────────────────────────────────


def same_text(cell: str, written: str) -> bool:
    """Whether a cell says what an export writes there."""
    here, there = cell.replace("\r\n", "\n").strip(), written.replace("\r\n", "\n").strip()
    return here in (there, safe_cell(there), safe_cell(written).replace("\r\n", "\n").strip())
