"""A gap in one sentence that an officer can read aloud: demand, supplied by whom and how much, missing, output at risk,
radius, grade of the data."""

from __future__ import annotations

import math

from domain.gaps.kinds import ENOUGH
from domain.words import GapKind, label
from services.gaps.schemas import GapOut, SupplierOut

_MOST_SUPPLIERS = 3


def yi(value: float) -> str:
    """亿元 with three figures.

    >>> yi(16.5), yi(1234.5), yi(0.04567), yi(30.0)
    ('16.5', '1,234', '0.0457', '30')
    """
    if value >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.3g}" if value >= 1e-4 else f"{value:.1g}"
    return f"{float(text):f}".rstrip("0").rstrip(".") if value else "0"


def percent(coverage: float) -> str:
    """A coverage in percent, never rounded over the line to enough (80 %) or to all.

    >>> percent(0.556), percent(0.79968), percent(0.9999)
    ('56', '79.9', '99.9')
    """
    whole = round(coverage * 100)
    is_over = (coverage < 1 and whole == 100) or (coverage < ENOUGH and whole >= ENOUGH * 100)
    return f"{math.floor(coverage * 1000) / 10:g}" if is_over else f"{whole}"


def sentence_zh(row: GapOut) -> str:
    parts = [_verdict_zh(row), _demand_zh(row), _supply_zh(row), _gap_zh(row), _more_zh(row)]
    return "".join(part for part in parts if part)


def sentence_en(row: GapOut) -> str:
    parts = [_verdict_en(row), _demand_en(row), _supply_en(row), _gap_en(row), _more_en(row)]
    return " ".join(part for part in parts if part)


def reach_zh(radius_min: float | None) -> str:
    if radius_min is None:
        return "全带范围内"
    return f"{radius_min:g} 分钟车程内" if radius_min else "园区内"


def reach_en(radius_min: float | None) -> str:
    if radius_min is None:
        return "along the whole belt"
    return f"within {radius_min:g} minutes" if radius_min else "inside the place"


def _about_zh(row: GapOut) -> str:
    return "约 " if row.is_approximate else " "


def _about_en(row: GapOut) -> str:
    return "about " if row.is_approximate else ""


def _verdict_zh(row: GapOut) -> str:
    if row.kind is GapKind.UNVERIFIED:
        if not row.is_surveyed:
            likely = "" if row.kind_low is not row.kind_high else f"，就已知资料看是“{label(row.kind_low)[0]}”"
            return f"待核实：{row.place_zh}尚未摸底这条产业链，{row.node_zh}还不能下结论{likely}。"
        low, high = label(row.kind_low)[0], label(row.kind_high)[0]
        return f"待核实：{row.place_zh}的{row.node_zh}，视未知产能而定，在“{low}”与“{high}”之间。"
    if row.by_presence and row.kind is GapKind.FILL:
        return f"按有无判断：{row.place_zh}需要{row.node_zh}，{reach_zh(row.radius_min)}未见这一环节的企业。"
    if row.kind is GapKind.EXTEND:
        density = f"{row.relatedness * 100:.0f}%"
        return f"{row.place_zh}尚无{row.node_zh}，也还没有本地需求，但与现有环节相邻（关联密度 {density}），可以延链。"
    if row.kind is GapKind.STRENGTHEN and row.target is not None:
        clause = f"第{row.target.clause}条" if row.target.clause else ""
        return (
            f"{row.place_zh}的{row.node_zh}供需基本平衡，但所在集群未达到{row.target.document}{clause}"
            f"提出的目标：{row.target.year} 年 {yi(row.target.value_yi_yuan)} 亿元。"
        )
    return ""


def _demand_zh(row: GapOut) -> str:
    if row.demand_yi_yuan > 0:
        return f"{row.place_zh}每年需要{row.node_zh}{_about_zh(row)}{yi(row.demand_yi_yuan)} 亿元"
    if row.coverage is None:
        return f"{row.place_zh}对{row.node_zh}的需求来自产能未知的企业，数额未知。"
    return ""


def _supply_zh(row: GapOut) -> str:
    if row.demand_yi_yuan <= 0:
        return ""
    reach = reach_zh(row.radius_min)
    if not row.suppliers:
        return f"，{reach}没有已知供应"
    named = [
        f"{_who_zh(row, supplier)}供{_about_zh(row)}{yi(supplier.amount_yi_yuan)} 亿元"
        for supplier in row.suppliers[:_MOST_SUPPLIERS]
    ]
    more = "等" if len(row.suppliers) > _MOST_SUPPLIERS else ""
    return f"，{reach}由{'、'.join(named)}{more}"


def _who_zh(row: GapOut, supplier: SupplierOut) -> str:
    return "本地" if supplier.place == row.place else supplier.place_zh


def _gap_zh(row: GapOut) -> str:
    if row.demand_yi_yuan <= 0:
        return ""
    if row.gap_yi_yuan <= 0:
        return "，需求全部满足。"
    if not row.suppliers:
        return f"，缺{_about_zh(row)}{yi(row.gap_yi_yuan)} 亿元。"
    met = "" if row.coverage is None else f"（满足 {percent(row.coverage)}%）"
    return f"，还缺{_about_zh(row)}{yi(row.gap_yi_yuan)} 亿元{met}。"


def _more_zh(row: GapOut) -> str:
    told = []
    if row.gap_yi_yuan > 0 and row.output_at_risk_yi_yuan > 0:
        told.append(f"牵涉现有产值{_about_zh(row)}{yi(row.output_at_risk_yi_yuan)} 亿元")
    if row.single_point and row.demand_yi_yuan > 0:
        told.append("供应只靠一个地点")
    if row.is_partial:
        told.append("另有需求因系数未知未计入")
    if row.remedy is not None:
        told.append(f"建议{label(row.remedy)[0]}")
    told.append(f"数据等级 {row.grade}")
    return "；".join(told) + "。"


def _verdict_en(row: GapOut) -> str:
    if row.kind is GapKind.UNVERIFIED:
        if not row.is_surveyed:
            likely = "" if row.kind_low is not row.kind_high else f"; what is known says “{label(row.kind_low)[1]}”"
            return (
                f"To be verified: nobody has surveyed this chain at {row.place_en}, so {row.node_en} is open{likely}."
            )
        low, high = label(row.kind_low)[1], label(row.kind_high)[1]
        return (
            f"To be verified: {row.node_en} at {row.place_en} lies between “{low}” and “{high}”, "
            "depending on capacities nobody knows."
        )
    if row.by_presence and row.kind is GapKind.FILL:
        return (
            f"By presence alone: {row.place_en} needs {row.node_en}, "
            f"and no firm making it is known {reach_en(row.radius_min)}."
        )
    if row.kind is GapKind.EXTEND:
        return (
            f"{row.place_en} has no {row.node_en} and no demand for it yet, but it is next to what is there "
            f"(relatedness density {row.relatedness * 100:.0f}%)."
        )
    if row.kind is GapKind.STRENGTHEN and row.target is not None:
        clause = f", clause {row.target.clause}" if row.target.clause else ""
        return (
            f"{row.node_en} at {row.place_en} is in balance, but its cluster is below the target of "
            f"{row.target.document}{clause}: {yi(row.target.value_yi_yuan)} (100 million yuan) by {row.target.year}."
        )
    return ""


def _demand_en(row: GapOut) -> str:
    if row.demand_yi_yuan > 0:
        amount = f"{_about_en(row)}{yi(row.demand_yi_yuan)} (100 million yuan)"
        return f"{row.place_en} needs {amount} of {row.node_en} a year;"
    if row.coverage is None:
        return f"Demand for {row.node_en} at {row.place_en} comes from firms of unknown capacity; its size is unknown."
    return ""


def _supply_en(row: GapOut) -> str:
    if row.demand_yi_yuan <= 0:
        return ""
    reach = reach_en(row.radius_min)
    if not row.suppliers:
        return f"{reach} no supply is known,"
    named = [
        f"{_about_en(row)}{yi(supplier.amount_yi_yuan)} from "
        f"{'the place itself' if supplier.place == row.place else supplier.place_en}"
        for supplier in row.suppliers[:_MOST_SUPPLIERS]
    ]
    more = " and others" if len(row.suppliers) > _MOST_SUPPLIERS else ""
    return f"{reach} it gets {', '.join(named)}{more}{',' if row.gap_yi_yuan <= 0 else ''}"


def _gap_en(row: GapOut) -> str:
    if row.demand_yi_yuan <= 0:
        return ""
    if row.gap_yi_yuan <= 0:
        return "which covers it all."
    if not row.suppliers:
        return "so all of it is missing."
    met = "" if row.coverage is None else f" ({percent(row.coverage)}% is covered)"
    return f"and {_about_en(row)}{yi(row.gap_yi_yuan)} is missing{met}."


def _more_en(row: GapOut) -> str:
    told = []
    if row.gap_yi_yuan > 0 and row.output_at_risk_yi_yuan > 0:
        told.append(f"present output of {_about_en(row)}{yi(row.output_at_risk_yi_yuan)} depends on it")
    if row.single_point and row.demand_yi_yuan > 0:
        told.append("one place alone supplies it")
    if row.is_partial:
        told.append("more demand is not counted, its coefficients being unknown")
    if row.remedy is not None:
        told.append(f"advice: {label(row.remedy)[1].lower()}")
    told.append(f"grade of the data: {row.grade}")
    text = "; ".join(told) + "."
    return text[0].upper() + text[1:]
