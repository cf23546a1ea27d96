"""What a firm can make at a node, in yuan: which of its stated capacities counts, and how a unit becomes yuan.

Kinds are never added up. What is in operation counts before what was designed; plans, signings and sites under
construction never count, as no one makes anything there yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain.periods import earliest_date_in
from domain.words import CapacityKind, CapacityStatus, Grade

YUAN_PER_YI_YUAN = 1e8
COUNTED_KINDS = (CapacityKind.OBSERVED, CapacityKind.DESIGNED)
_MULTIPLE = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_SAME_UNIT = {
    "吨": "t", "公斤": "kg", "千克": "kg", "千米": "km", "公里": "km", "㎡": "m2", "平方米": "m2", "m²": "m2",
    "m³": "m3", "立方米": "m3", "瓦时": "Wh", "瓦": "W", "个": "只",
}  # fmt: skip
_UNIT = re.compile(r"(?P<multiple>[百千万亿]?)(?P<unit>[^百千万亿/\s0-9][^/\s]*?)(?:/(?:年|a))?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One stated capacity, in the unit printed. year: as printed. upper_value: bounds an unknown one."""

    kind: CapacityKind
    status: CapacityStatus
    value: float | None
    unit: str | None
    year: str | None = None
    upper_value: float | None = None
    grade: Grade = Grade.D
    is_published: bool = True


@dataclass(frozen=True, slots=True)
class YuanCapacity:
    """亿元 a year; None = unknown. upper_yi_yuan bounds an unknown one.

    unit_yi_yuan: what one of the printed unit is in 亿元, so that a class of size is always that of the printed figure.
    """

    value_yi_yuan: float | None
    status: CapacityStatus
    upper_yi_yuan: float | None
    grade: Grade
    is_published: bool
    unit_yi_yuan: float = 1.0


UNKNOWN = YuanCapacity(None, CapacityStatus.UNKNOWN, None, Grade.D, True)


def to_yi_yuan(value: float, unit: str | None, node_unit: str | None, price_yuan: float | None) -> float | None:
    """A capacity a year in 亿元; None where the unit is not understood or not the node's, or has no price.

    node_unit: the physical unit of the node's output; price_yuan: what one of it costs.

    >>> to_yi_yuan(3.0, "亿元/年", None, None), to_yi_yuan(2.0, "万吨/年", "t", 50_000.0)
    (3.0, 10.0)
    >>> to_yi_yuan(2.0, "万吨/年", "台", 50_000.0), to_yi_yuan(2.0, "吨/日", "t", 1.0)
    (None, None)
    """
    found = _unit_of(unit)
    if found is None:
        return None
    multiple, own = found
    if own == "元":
        return value * (multiple / YUAN_PER_YI_YUAN)
    if price_yuan is None or node_unit is None or own != _SAME_UNIT.get(node_unit, node_unit):
        return None
    return value * multiple * price_yuan / YUAN_PER_YI_YUAN


@lru_cache(maxsize=4096)
def _unit_of(unit: str | None) -> tuple[float, str] | None:
    """(how many, of what): 万吨/年 → (10000, t). 千米 is a unit, not a thousand."""
    text = (unit or "").strip()
    if text.removesuffix("/年").removesuffix("/a") in _SAME_UNIT:
        return 1.0, _SAME_UNIT[text.removesuffix("/年").removesuffix("/a")]
    for whole in ("千米", "千克"):
        match = re.fullmatch(rf"([百千万亿]?){whole}(?:/(?:年|a))?", text)
        if match:
            return _MULTIPLE[match[1]], _SAME_UNIT[whole]
    match = _UNIT.fullmatch(text)
    if match is None:
        return None
    return _MULTIPLE[match["multiple"]], _SAME_UNIT.get(match["unit"], match["unit"])


def in_yuan(
    statements: Iterable[Statement], as_of: date, node_unit: str | None, price_yuan: float | None
) -> YuanCapacity | None:
    """The capacity that the statements of one firm at one node come to on a day; None when none of them counts.

    In operation before designed, then the latest year not after the day, then the better grade; statements that still
    differ leave it unknown.
    """
    told = [row for row in statements if row.kind in COUNTED_KINDS and _is_seen(row.year, as_of)]
    if not told:
        return None
    known = [row for row in told if row.status is not CapacityStatus.UNKNOWN and row.value is not None]
    if not known:
        bounds = {_upper(row, node_unit, price_yuan) for row in told}
        upper = bounds.pop() if len(bounds) == 1 else None
        worst = max(row.grade for row in told)
        one = to_yi_yuan(1.0, told[0].unit, node_unit, price_yuan) or 1.0
        return YuanCapacity(None, CapacityStatus.UNKNOWN, upper, worst, all(row.is_published for row in told), one)
    equals = _best(known)
    first = equals[0]
    amounts = {to_yi_yuan(row.value or 0.0, row.unit, node_unit, price_yuan) for row in equals}
    amount = amounts.pop() if len(amounts) == 1 else None
    status = CapacityStatus.UNKNOWN if amount is None else first.status
    one = to_yi_yuan(1.0, first.unit, node_unit, price_yuan) or 1.0
    return YuanCapacity(amount, status, None, first.grade, all(row.is_published for row in equals), one)


def _best(known: list[Statement]) -> list[Statement]:
    if len(known) == 1:  # nearly always, and there may be a million of them
        return known
    best = min(map(_rank, known))
    return [row for row in known if _rank(row) == best]


def _is_seen(year: str | None, as_of: date) -> bool:
    seen = earliest_date_in(year)
    return seen is None or seen.first_day <= as_of


def _rank(row: Statement) -> tuple[int, int, str]:
    seen = earliest_date_in(row.year)
    return (COUNTED_KINDS.index(row.kind), -seen.first_day.toordinal() if seen else 0, row.grade)


def _upper(row: Statement, node_unit: str | None, price_yuan: float | None) -> float | None:
    return None if row.upper_value is None else to_yi_yuan(row.upper_value, row.unit, node_unit, price_yuan)
