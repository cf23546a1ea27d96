"""The list of gaps as a spreadsheet: CSV or XLSX, headers with units, the watermark where it is due."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from domain.words import label
from geo.units import ha_to_mu
from services.entry.cells import Value
from services.entry.files import Format, WrittenFile, write_file
from services.entry.watermark import DEMO_MARK
from services.gaps.asking import Question, answer, radius_text
from services.gaps.ordering import Order, list_in_order
from services.gaps.schemas import GapOut
from services.schemas import SourceOut

_Column = tuple[str, str, Callable[[GapOut, bool], Value]]


def gap_file(
    session: Session, question: Question, order: Order, *, kind: Format, is_english: bool, is_demo: bool
) -> WrittenFile:
    """The rows asked for. The name tells chain, radius, day and data revision; of demonstration data the name, the
    sheet and every row say so. Raises NotFound for an unknown chain, place or node."""
    rows = list_in_order(session, question, order).items
    revision = answer(session, question).revision
    columns = [*_DEMO_COLUMNS, *_COLUMNS] if is_demo else _COLUMNS
    radius = radius_text(question.radius)
    return write_file(
        [en if is_english else zh for zh, en, _ in columns],
        [[value(row, is_english) for _, _, value in columns] for row in rows],
        sheet="Gaps" if is_english else "缺口",
        stem=f"gaps-{question.chain}-{radius}-{question.as_of.isoformat()}-r{revision}",
        kind=kind,
        text_columns=frozenset(),
        is_demo=is_demo,
    )


def _pick(zh: str, en: str) -> Callable[[GapOut, bool], Value]:
    return lambda row, is_english: str(getattr(row, en if is_english else zh))


def _plain(name: str) -> Callable[[GapOut, bool], Value]:
    return lambda row, _: getattr(row, name)


def _percent(name: str) -> Callable[[GapOut, bool], Value]:
    def value(row: GapOut, _: bool) -> Value:
        share = getattr(row, name)
        return None if share is None else round(share * 100, 1)

    return value


def _yes(name: str) -> Callable[[GapOut, bool], Value]:
    def value(row: GapOut, is_english: bool) -> Value:
        is_so = bool(getattr(row, name))
        return ("yes" if is_so else "no") if is_english else ("是" if is_so else "否")

    return value


def _word(name: str) -> Callable[[GapOut, bool], Value]:
    def value(row: GapOut, is_english: bool) -> Value:
        word = getattr(row, name)
        return None if word is None else label(word)[1 if is_english else 0]

    return value


def _suppliers(row: GapOut, is_english: bool) -> str:
    told = []
    for supplier in row.suppliers:
        name = supplier.place_en if is_english else supplier.place_zh
        bounds = supplier.capacity_range_yi_yuan
        withheld = "" if bounds is None else f" [{bounds[0]:g}–{bounds[1]:g}]"
        told.append(f"{name} {supplier.amount_yi_yuan:.6g}{withheld}")
    return "; ".join(told)


def _clauses(row: GapOut, _: bool) -> str:
    return "; ".join(_source(source) for source in row.designated_by)


def _source(source: SourceOut) -> str:
    return " ".join(part for part in (source.document or source.publication, source.clause) if part)


def _largest_mu(row: GapOut, _: bool) -> Value:
    return None if row.largest_vacant_plot_ha is None else round(ha_to_mu(row.largest_vacant_plot_ha), 1)


_DEMO_COLUMNS: list[_Column] = [(DEMO_MARK, f"{DEMO_MARK} demonstration data", lambda _, __: DEMO_MARK)]
_COLUMNS: list[_Column] = [
    ("产业链", "Chain", _plain("chain")),
    ("环节编码", "Node code", _plain("node")),
    ("环节", "Node", _pick("node_zh", "node_en")),
    ("地点编码", "Place code", _plain("place")),
    ("地点", "Place", _pick("place_zh", "place_en")),
    ("类别", "Kind", _word("kind")),
    ("类别（下限）", "Kind, low end", _word("kind_low")),
    ("类别（上限）", "Kind, high end", _word("kind_high")),
    ("需求（亿元/年）", "Demand (100 million yuan a year)", _plain("demand_yi_yuan")),
    ("已满足（亿元/年）", "Supplied (100 million yuan a year)", _plain("supplied_yi_yuan")),
    ("缺口（亿元/年）", "Gap (100 million yuan a year)", _plain("gap_yi_yuan")),
    ("满足率（%）", "Coverage (%)", _percent("coverage")),
    ("满足率下限（%）", "Coverage, low end (%)", _percent("coverage_low")),
    ("满足率上限（%）", "Coverage, high end (%)", _percent("coverage_high")),
    ("牵涉现有产值（亿元/年）", "Output at risk (100 million yuan a year)", _plain("output_at_risk_yi_yuan")),
    ("建议", "Remedy", _word("remedy")),
    ("供应单点", "Single point of supply", _yes("single_point")),
    ("供应方与数额（亿元/年；方括号为公开范围）", "Suppliers (100 million yuan a year; public range in brackets)",
     _suppliers),
    ("半径（分钟；空为全带）", "Radius (minutes; empty: the belt)", _plain("radius_min")),
    ("本地企业（家）", "Firms here", _plain("firms")),
    ("已摸底", "Surveyed", _yes("is_surveyed")),
    ("按有无判断", "By presence alone", _yes("by_presence")),
    ("约数（含公开范围代表值）", "Approximate (stand-ins of public ranges)", _yes("is_approximate")),
    ("关联密度（%）", "Relatedness density (%)", _percent("relatedness")),
    ("指定条款", "Designating clauses", _clauses),
    ("空置地块（宗）", "Vacant plots", _plain("vacant_plots")),
    ("最大空置地块（亩）", "Largest vacant plot (mu)", _largest_mu),
    ("数据等级", "Grade", _plain("grade")),
    ("数据版本", "Data revision", _plain("data_revision")),
    ("说明", "In words", _pick("sentence_zh", "sentence_en")),
]  # fmt: skip
