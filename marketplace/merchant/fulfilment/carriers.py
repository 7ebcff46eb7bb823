"""Carriers we know by code. Names are proper names and are shown as they are."""

from __future__ import annotations

CARRIERS = {
    "sf": {"zh-hans": "顺丰速运", "en": "SF Express"},
    "zto": {"zh-hans": "中通快递", "en": "ZTO Express"},
    "yto": {"zh-hans": "圆通速递", "en": "YTO Express"},
    "sto": {"zh-hans": "申通快递", "en": "STO Express"},
    "yunda": {"zh-hans": "韵达快递", "en": "Yunda Express"},
    "jd": {"zh-hans": "京东物流", "en": "JD Logistics"},
    "ems": {"zh-hans": "邮政 EMS", "en": "China Post EMS"},
    "dhl": {"zh-hans": "DHL", "en": "DHL"},
}
