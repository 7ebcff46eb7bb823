"""What every market in China begins with: provinces (GB/T 2260) and the carriers most used. `import_market_data` brings more."""

from __future__ import annotations

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.delivery.actions import put_carriers, put_regions

PROVINCES = (
    ("11", "北京市", "Beijing"),
    ("12", "天津市", "Tianjin"),
    ("13", "河北省", "Hebei"),
    ("14", "山西省", "Shanxi"),
    ("15", "内蒙古自治区", "Inner Mongolia"),
    ("21", "辽宁省", "Liaoning"),
    ("22", "吉林省", "Jilin"),
    ("23", "黑龙江省", "Heilongjiang"),
    ("31", "上海市", "Shanghai"),
    ("32", "江苏省", "Jiangsu"),
    ("33", "浙江省", "Zhejiang"),
    ("34", "安徽省", "Anhui"),
    ("35", "福建省", "Fujian"),
    ("36", "江西省", "Jiangxi"),
    ("37", "山东省", "Shandong"),
    ("41", "河南省", "Henan"),
    ("42", "湖北省", "Hubei"),
    ("43", "湖南省", "Hunan"),
    ("44", "广东省", "Guangdong"),
    ("45", "广西壮族自治区", "Guangxi"),
    ("46", "海南省", "Hainan"),
    ("50", "重庆市", "Chongqing"),
    ("51", "四川省", "Sichuan"),
    ("52", "贵州省", "Guizhou"),
    ("53", "云南省", "Yunnan"),
    ("54", "西藏自治区", "Tibet"),
    ("61", "陕西省", "Shaanxi"),
    ("62", "甘肃省", "Gansu"),
    ("63", "青海省", "Qinghai"),
    ("64", "宁夏回族自治区", "Ningxia"),
    ("65", "新疆维吾尔自治区", "Xinjiang"),
    ("71", "台湾省", "Taiwan"),
    ("81", "香港特别行政区", "Hong Kong"),
    ("82", "澳门特别行政区", "Macao"),
)
CARRIERS = (
    ("sf", "顺丰速运", "SF Express"),
    ("zto", "中通快递", "ZTO Express"),
    ("yto", "圆通速递", "YTO Express"),
    ("sto", "申通快递", "STO Express"),
    ("yunda", "韵达快递", "Yunda Express"),
    ("jd", "京东物流", "JD Logistics"),
    ("ems", "邮政 EMS", "China Post EMS"),
    ("dhl", "DHL", "DHL"),
)


@verb
def put_starters(*, by: Actor) -> None:
    """Provinces and carriers, as a market opens. Safe to repeat."""
    put_regions(by=by, rows=[{"code": code, "names": {"zh-hans": zh, "en": en}} for code, zh, en in PROVINCES])
    put_carriers(by=by, rows=[{"code": code, "names": {"zh-hans": zh, "en": en}} for code, zh, en in CARRIERS])
