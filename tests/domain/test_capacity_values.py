"""Which stated capacity counts, and how units become yuan."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capacity_values import Statement, in_yuan, to_yi_yuan
from domain.words import CapacityKind, CapacityStatus, Grade

TODAY = date(2026, 6, 1)


def told(
    value: float | None, unit: str = "亿元/年", kind: CapacityKind = CapacityKind.OBSERVED, **more: object
) -> Statement:
    status = CapacityStatus.UNKNOWN if value is None else CapacityStatus.REPORTED
    return Statement(**{"kind": kind, "status": status, "value": value, "unit": unit} | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "node_unit", "price", "expected"),
    [
        (5.0, "亿元/年", None, None, 5.0),
        (5.0, "亿元", "t", 1.0, 5.0),
        (30_000.0, "万元/年", None, None, 3.0),
        (110.0, "万吨/年", "t", 78_415.0, 862.565),
        (6.0, "t/a", "t", 1e8, 6.0),
        (2.0, "万千米/年", "km", 5_000.0, 1.0),
        (3.0, "千克/年", "kg", 1e8, 3.0),
        (4.0, "亿只/年", "只", 0.5, 2.0),
        (1.0, "万平方米/年", "m2", 1e4, 1.0),
    ],
)
def test_a_unit_becomes_yuan(
    value: float, unit: str, node_unit: str | None, price: float | None, expected: float
) -> None:
    assert to_yi_yuan(value, unit, node_unit, price) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "node_unit", "price"),
    [
        ("万吨/年 拆解", "t", 1.0),
        ("吨/日 冶炼渣", "t", 1.0),
        ("MW/台", "台", 1.0),
        ("万吨/年", "t", None),
        ("万吨/年", None, 1.0),
        ("万只/年", "t", 1.0),
        (None, "t", 1.0),
        ("", "t", 1.0),
    ],
)
def test_a_unit_not_understood_stays_unknown(unit: str | None, node_unit: str | None, price: float | None) -> None:
    assert to_yi_yuan(1.0, unit, node_unit, price) is None


def test_in_operation_counts_before_designed_and_the_rest_never() -> None:
    rows = [told(3.0, kind=CapacityKind.DESIGNED), told(2.0), told(99.0, kind=CapacityKind.PLANNED)]
    found = in_yuan(rows, TODAY, None, None)
    assert found is not None
    assert found.value_yi_yuan == 2.0
    assert in_yuan(rows[2:], TODAY, None, None) is None


def test_the_latest_year_not_after_the_day_counts() -> None:
    rows = [told(2.0, year="2019"), told(4.0, year="2024"), told(8.0, year="2027")]
    assert [in_yuan(rows, day, None, None).value_yi_yuan for day in (date(2020, 1, 1), TODAY)] == [2.0, 4.0]  # type: ignore[union-attr]
    assert in_yuan(rows, date(2018, 1, 1), None, None) is None


def test_statements_that_differ_leave_it_unknown_and_equal_ones_do_not() -> None:
    unknown = in_yuan([told(2.0), told(3.0)], TODAY, None, None)
    assert unknown is not None
    assert (unknown.value_yi_yuan, unknown.status) == (None, CapacityStatus.UNKNOWN)
    same = in_yuan([told(2.0), told(20_000.0, "万元/年")], TODAY, None, None)
    assert same is not None
    assert same.value_yi_yuan == 2.0


def test_an_unknown_one_has_the_bound_it_was_given() -> None:
    found = in_yuan([told(None, upper_value=7.0)], TODAY, None, None)
    assert found is not None
    assert (found.value_yi_yuan, found.upper_yi_yuan) == (None, 7.0)
    bare = in_yuan([told(None)], TODAY, None, None)
    assert bare is not None
    assert bare.upper_yi_yuan is None


def test_a_better_grade_counts_before_a_worse_one_of_the_same_year() -> None:
    found = in_yuan([told(2.0, grade=Grade.C), told(3.0, grade=Grade.B)], TODAY, None, None)
    assert found is not None
    assert (found.value_yi_yuan, found.grade) == (3.0, Grade.B)


@given(st.permutations([told(2.0, year="2019"), told(4.0, year="2024"), told(None, upper_value=9.0), told(4.0)]))
def test_the_order_of_the_statements_makes_no_difference(rows: list[Statement]) -> None:
    found = in_yuan(rows, TODAY, None, None)
    assert found is not None
    assert found.value_yi_yuan == 4.0
