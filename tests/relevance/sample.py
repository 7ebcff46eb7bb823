"""A sample of our own, for where the shared data are not: products in two languages, and questions with grades.

Written by hand as a floor under the figures, not as a measure: who wrote it knew how search works.
"""

from __future__ import annotations

from typing import Any


def _product(name: str, title: str, category: str, desc: str = "", brand: str = "", **attributes: str) -> dict[str, Any]:
    return {"id": name, "title": title, "cat": category, "desc": desc, "brand": brand, "attrs": attributes}


PRODUCTS = [
    _product("mug-white", "陶瓷马克杯 Ceramic mug 300 ml", "杯子 Cups", "Glazed by hand, safe in the dishwasher.", "窑火 Kilnfire", colour="白色 White"),
    _product("mug-black", "陶瓷马克杯 Ceramic mug 400 ml", "杯子 Cups", "Matt glaze, large handle.", "窑火 Kilnfire", colour="黑色 Black"),
    _product("mug-steel", "不锈钢户外杯 Enamel steel camping mug", "杯子 Cups", "For tea at the fire.", "北野 Trail", colour="绿色 Green"),
    _product("mug-rack", "马克杯架 Mug rack for six mugs", "收纳 Storage", "Holds six mugs. Bamboo."),
    _product("mug-warmer", "恒温杯垫 Mug warmer USB", "小家电 Small appliances", "Keeps a mug of coffee warm."),
    _product("flask-500", "不锈钢保温杯 500ml Vacuum flask", "保温杯 Flasks", "Twelve hours hot.", "北野 Trail", colour="黑色 Black"),
    _product("flask-kids", "儿童保温杯 Kids vacuum flask with straw", "保温杯 Flasks", "350 ml", "北野 Trail", colour="蓝色 Blue"),
    _product("flask-brush", "保温杯刷 Flask brush set", "清洁 Cleaning", "Long brush for flasks and bottles."),
    _product("pot-clay", "紫砂茶壶 Yixing clay teapot", "茶壶 Teapots", "One spout, one lid.", "窑火 Kilnfire"),
    _product("pot-glass", "玻璃茶壶 Glass teapot with filter", "茶壶 Teapots", "For flowering tea."),
    _product("tea-green", "龙井绿茶 Longjing green tea 250 g", "茶叶 Tea", "Spring harvest."),
    _product("phones-over", "无线降噪头戴式耳机 Wireless noise cancelling headphones", "耳机 Headphones", "30 hours.", "白昼 Mono", colour="黑色 Black"),
    _product("phones-in", "真无线蓝牙耳机 True wireless earbuds", "耳机 Headphones", "Bluetooth 5.3 with charging case.", "白昼 Mono", colour="白色 White"),
    _product("phones-wired", "有线耳机 Wired earphones 3.5 mm", "耳机 Headphones", "With microphone."),
    _product("phones-case", "耳机收纳盒 Headphone case", "收纳 Storage", "Hard case for headphones."),
    _product("speaker", "便携蓝牙音箱 Portable Bluetooth speaker", "音箱 Speakers", "Waterproof IPX7.", "白昼 Mono"),
    _product("toner-2110", "Brother TN-2110 硒鼓 Toner cartridge", "硒鼓 Toners", "1,500 pages."),
    _product("toner-2120", "Brother TN-2120 硒鼓 Toner cartridge", "硒鼓 Toners", "2,600 pages."),
    _product("printer", "Brother HL-2140 激光打印机 Laser printer", "打印机 Printers", "Takes toner TN-2110 and TN-2120."),
    _product("case-15", "iPhone15Pro 手机壳 Phone case", "手机壳 Phone cases", "Silicone.", colour="黑色 Black"),
    _product("case-14", "iPhone14 手机壳 Phone case", "手机壳 Phone cases", "Leather.", colour="红色 Red"),
    _product("glass-15", "iPhone15Pro 钢化膜 Screen protector", "贴膜 Screen protectors", "Two pieces."),
    _product("tent-2", "双人帐篷 Two person tent", "帐篷 Tents", "2.1 kg", "北野 Trail", colour="绿色 Green"),
    _product("tent-pegs", "帐篷地钉 Tent pegs, ten pieces", "配件 Accessories", "Steel."),
    _product("lamp-desk", "护眼台灯 LED desk lamp", "灯具 Lamps", "Four brightness levels.", "白昼 Mono", colour="白色 White"),
    _product("lamp-tent", "露营灯 Camping lantern", "灯具 Lamps", "Rechargeable by USB-C.", "北野 Trail"),
    _product("coat-women", "女士中长款羽绒服 Women's down coat", "羽绒服 Down coats", "Goose down.", colour="红色 Red"),
    _product("coat-men", "男士轻薄羽绒服 Men's light down jacket", "羽绒服 Down coats", "320 g", colour="蓝色 Blue"),
    _product("fryer", "5L空气炸锅 Air fryer", "小家电 Small appliances", "Without oil."),
    _product("fryer-paper", "空气炸锅纸 Air fryer liners", "配件 Accessories", "100 pcs"),
]

QUESTIONS: dict[str, dict[str, int]] = {
    "马克杯": {"mug-white": 3, "mug-black": 3, "mug-steel": 1, "mug-rack": 1},
    "white mug": {"mug-white": 3, "mug-black": 1, "mug-steel": 1},
    "保温杯": {"flask-500": 3, "flask-kids": 3, "flask-brush": 1},
    "保溫杯 黑色": {"flask-500": 3, "flask-kids": 1},
    "teapots": {"pot-clay": 3, "pot-glass": 3},
    "headphones": {"phones-over": 3, "phones-in": 2, "phones-wired": 2, "phones-case": 1},
    "wireless earbuds": {"phones-in": 3, "phones-over": 1},
    "tn2110": {"toner-2110": 3, "printer": 1},
    "brother toner": {"toner-2110": 3, "toner-2120": 3, "printer": 1},
    "iphone 15 pro case": {"case-15": 3, "glass-15": 1, "case-14": 1},
    "帐篷": {"tent-2": 3, "tent-pegs": 1},
    "desk lamp": {"lamp-desk": 3, "lamp-tent": 1},
    "羽绒服 女": {"coat-women": 3, "coat-men": 1},
    "空气炸锅": {"fryer": 3, "fryer-paper": 1},
    "蓝牙": {"phones-in": 3, "speaker": 3},
    "trail 绿色": {"tent-2": 3, "mug-steel": 3},
}
