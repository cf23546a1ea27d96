"""What each column of a sheet means, in both languages: for the explanations of a template and for previews."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A column told; `unit` is blank where it has none."""

    zh: str
    en: str
    unit: str = ""


SHEET_WORDS = {
    "chain_nodes": ("环节", "Chain nodes"),
    "enterprises": ("企业", "Enterprises"),
    "chain_edges": ("上下游关系与系数", "Edges and coefficients"),
    "enterprise_nodes": ("企业所在环节", "Nodes of enterprises"),
    "capacities": ("产能", "Capacities"),
    "reference_prices": ("参考价格", "Reference prices"),
    "travel_minutes": ("车程分钟", "Travel minutes"),
    "surveys": ("摸底记录", "Survey records"),
}
"""What each sheet is called, in the order of `sheets.SHEETS`."""

_EVERYWHERE: dict[str, Meaning] = {
    "chain": Meaning("产业链", "industrial chain"),
    "node": Meaning("环节", "chain node"),
    "enterprise": Meaning("企业", "enterprise"),
    "code": Meaning("编码，不变且不重复", "code, never changed, never used twice"),
    "name_zh": Meaning("中文名称", "name in Chinese"),
    "name_en": Meaning("英文名称", "name in English"),
    "document": Meaning("来源文件编号；与 publication 二选一", "key of the document cited; this or publication"),
    "clause": Meaning("文件的条款号", "number of the clause in the document"),
    "publication": Meaning("来源出版物或网页；与 document 二选一", "publication cited; this or document"),
    "published_on": Meaning("出版日期，照原文写", "date of the publication, as printed"),
    "grade": Meaning("本行可信度", "grade of the row"),
    "note": Meaning("备注", "note"),
}
_OF_A_SHEET: dict[str, dict[str, Meaning]] = {
    "chain_nodes": {
        "stage": Meaning("所处阶段", "stage"),
        "gbt4754": Meaning("国民经济行业分类代码 GB/T 4754-2017", "class of GB/T 4754-2017"),
        "gbt4754_grade": Meaning("行业分类的可信度", "grade of the classification"),
        "unit": Meaning("产出的实物单位，如 t、只", "physical unit of the output, e.g. t"),
        "radius_min": Meaning("配套半径，空白为默认 45", "service radius; blank: the default, 45", "分钟 / min"),
    },
    "chain_edges": {
        "supplier": Meaning("供方环节", "supplying node"),
        "buyer": Meaning("用方环节", "buying node"),
        "edge_type": Meaning("关系类型；只有投入产生需求", "type of edge; only input makes demand"),
        "alternative_group": Meaning("替代组：同组供方可互相替代", "alternative group: its suppliers substitute"),
        "share": Meaning(
            "组内使用份额，同组之和为 1，或全组不填", "share of use; a group adds up to 1 or has none", "0–1"
        ),
        "coefficient": Meaning(
            "单耗系数：用方每元产出买多少供方产品，0–10",
            "yuan of the supplier bought per yuan of the buyer's output, 0-10",
            "元/元",
        ),
        "coefficient_low": Meaning("系数下限（只显示，不计算）", "lower bound, shown, never computed with", "元/元"),
        "coefficient_high": Meaning("系数上限（只显示，不计算）", "upper bound, shown, never computed with", "元/元"),
        "coefficient_year": Meaning("系数的年份", "year of the coefficient"),
        "coefficient_grade": Meaning("系数的可信度；有系数必填", "grade of the coefficient; required with one"),
        "physical_coefficient": Meaning("实物单耗", "physical coefficient", "见 physical_unit"),
        "physical_unit": Meaning("实物单耗的单位", "unit of the physical coefficient"),
        "cost_share": Meaning("成本占比（只显示，不计算）", "cost share, shown, never computed with", "0–1"),
    },
    "enterprises": {
        "short_name_zh": Meaning("简称", "short name"),
        "place": Meaning("所在园区或片区", "park or zone"),
        "county": Meaning("所在县（市、区）", "county"),
        "address": Meaning("地址", "address"),
        "listed_code": Meaning("证券代码", "listing code"),
        "lon": Meaning("经度，与纬度成对", "longitude, with the latitude", "度 / degrees"),
        "lat": Meaning("纬度，与经度成对", "latitude, with the longitude", "度 / degrees"),
        "datum": Meaning("坐标基准，如 WGS84、CGCS2000", "datum of the coordinates, e.g. WGS84"),
        "product": Meaning("产品", "products"),
        "evidence_on": Meaning("佐证日期", "date of the evidence"),
    },
    "enterprise_nodes": {
        "is_built": Meaning("1 已建成；0 只有许可、签约或计划", "1 built; 0 a permit, a signing or a plan"),
        "basis": Meaning("依据", "basis"),
    },
    "capacities": {
        "kind": Meaning("能力类别；各类不相加", "kind of capacity; kinds are never added up"),
        "status": Meaning("状态：已报道、估计须有数值，未知不能有", "status; unknown has no value, others need one"),
        "value": Meaning("数值，不超过 10 亿", "value, at most 1e9", "见 unit"),
        "upper_value": Meaning("未知能力的上限", "upper bound of an unknown capacity", "见 unit"),
        "unit": Meaning("数值的单位，如 万吨/年", "unit of the value, e.g. t/a"),
        "year": Meaning("数值的年份", "year of the value"),
        "stated": Meaning("原文", "as stated in the source"),
        "published": Meaning("1 数字已公开；0 未公开，对外只显示区间", "1 public; 0 not: the public sees a range"),
    },
    "reference_prices": {
        "price_yuan": Meaning("参考单价，大于零", "reference price, above zero", "元 / yuan"),
        "unit": Meaning("每多少计价，与环节的实物单位一致", "what the price is for: the node's own unit"),
        "priced_on": Meaning("价格日期（2025-07-31、2025-07 或 2025）", "date of the price: a day, a month or a year"),
    },
    "travel_minutes": {
        "place_a": Meaning("地点甲", "one place"),
        "place_b": Meaning("地点乙；往返相同，只写一行", "the other place; the same both ways, one row"),
        "minutes": Meaning("公路行车时间", "travel time by road", "分钟 / min"),
    },
    "surveys": {
        "place": Meaning("地点", "place"),
        "surveyed_on": Meaning("摸底日期（2025-07-31），不晚于今天", "day of the survey, not after today"),
    },
}


def meaning(sheet: str, column: str) -> Meaning:
    """What a column of a sheet means.

    >>> meaning("capacities", "node").en
    'chain node'
    """
    return _OF_A_SHEET[sheet].get(column) or _EVERYWHERE[column]
