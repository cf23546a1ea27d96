"""Fictional names. All of them begin with 示例, "Demo" in English."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from domain.words import PlaceKind
from services.pinyin import spelled

# no two characters of a list sound alike, so the English names differ as the Chinese ones do
_FIRST = (
    "云青明玉金银龙凤松柏梅兰竹桂江河湖海山林石泉东南西北春夏秋华安宁康"
    "泰平永长新兴盛瑞福文武月天光虹紫丹翠沙雪朝晚高远正嘉乐德仁义达通"
)
_SECOND = (
    "溪湾岭桥塘洲坪塔亭台坊川峰谷原坡渡港口门关城堡寨庄屯集店铺窑井泽潭涧沟坞峡岩屿墩畈圩洋浜荡坝堤埠墟镇营岱崖阁里巷"
)
_STEMS = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")
_STEMS_EN = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")
_DISTRICTS = 2  # the first counties are districts 区, the others 县

PREFECTURE_ZH, PREFECTURE_EN = "示例市", "Demo City"


@dataclass(frozen=True)
class Name:
    """A name as people read it: in full and short in Chinese, and in English."""

    zh: str
    short_zh: str
    en: str


@dataclass(frozen=True)
class _Suffix:
    kind: PlaceKind
    zh: str
    short_zh: str
    en: str


_PARK_SUFFIXES = (
    _Suffix(PlaceKind.DEVELOPMENT_ZONE, "经济开发区", "经开区", "Economic Development Zone"),
    _Suffix(PlaceKind.INDUSTRIAL_PARK, "工业园区", "工业园", "Industrial Park"),
    _Suffix(PlaceKind.SPECIALTY_PARK, "特色产业园", "特色园", "Specialty Park"),
    _Suffix(PlaceKind.INDUSTRY_BASE, "产业基地", "基地", "Industry Base"),
)
ZONE_SUFFIXES = (Name("东片区", "东片区", "East Zone"), Name("西片区", "西片区", "West Zone"))

_INDUSTRY_OF_CHAIN = {
    "CU": "铜业", "WM": "水务设备", "LT": "照明", "EY": "光学", "EC": "电子", "WC": "木雕", "HL": "医药",
    "NE": "新能源", "SP": "化工", "IOT": "物联科技",
}  # fmt: skip
_OTHER_INDUSTRY = "实业"
FIRM_FIRST = "华盛恒瑞鑫隆博远"
FIRM_SECOND = "达泰昌源诚信宏业"


def place_words(random: np.random.Generator) -> list[str]:
    """All two-character names there are for places, in a random order."""
    words = [first + second for first, second in product(_FIRST, _SECOND)]
    return [words[index] for index in random.permutation(len(words))]


def park_name(number: int, word: str) -> tuple[PlaceKind, Name]:
    """The kind and the name of a park.

    >>> park_name(1, "云溪")[1].zh, park_name(1, "云溪")[1].en
    ('示例云溪工业园区', 'Demo Yunxi Industrial Park')
    """
    suffix = _PARK_SUFFIXES[number % len(_PARK_SUFFIXES)]
    zh = f"示例{word}"
    return suffix.kind, Name(zh + suffix.zh, zh + suffix.short_zh, f"Demo {_latin(word)} {suffix.en}")


def county_name(number: int, word: str) -> Name:
    """示例甲区, 示例乙区, 示例丙县 … and when the stems are used up, the word.

    >>> county_name(0, "云溪").zh, county_name(10, "云溪").en
    ('示例甲区', 'Demo Yunxi County')
    """
    is_district = number < _DISTRICTS
    zh, en = (_STEMS[number], _STEMS_EN[number]) if number < len(_STEMS) else (word, _latin(word))
    full = f"示例{zh}{'区' if is_district else '县'}"
    return Name(full, full, f"Demo {en} {'District' if is_district else 'County'}")


def town_name(word: str) -> tuple[str, str]:
    """The Chinese and the English name of a town on the belt."""
    return f"示例{word}镇", f"Demo {_latin(word)}"


def firm_name(first: int, second: int, chain: str, number: int, digits: int) -> str:
    """The name of a firm; the number tells it from all others.

    >>> firm_name(0, 1, "CU", 7, 5)
    '示例华泰铜业有限公司 00007'
    """
    industry = _INDUSTRY_OF_CHAIN.get(chain, _OTHER_INDUSTRY)
    return f"示例{FIRM_FIRST[first]}{FIRM_SECOND[second]}{industry}有限公司 {number:0{digits}d}"


def _latin(word: str) -> str:
    return spelled(word).replace(" ", "").capitalize()
