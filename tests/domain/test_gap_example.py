"""The worked example of DESIGN section 4, every figure."""

from __future__ import annotations

from datetime import date

import pytest

from domain.gaps.engine import Gaps, compute
from domain.gaps.inputs import Capacity, Edge, Node, Radius
from domain.gaps.local_share import local_share
from domain.gaps.problem import Problem
from domain.gaps.rows import GapRow, Supply, demanded, everything, list_rows
from domain.words import Remedy, Stage

TODAY = date(2026, 6, 1)
NODES = [
    Node("阴极铜", Stage.UPSTREAM),
    *(Node(code, Stage.MIDSTREAM) for code in ("铜杆", "铜合金", "漆包线", "精密件")),
    *(Node(code, Stage.DOWNSTREAM) for code in ("微特电机", "水表阀门")),
]
EDGES = [
    Edge("阴极铜", "铜杆", 0.90),
    Edge("阴极铜", "铜合金", 0.75),
    Edge("铜杆", "漆包线", 0.80),
    Edge("铜合金", "精密件", 0.60),
    Edge("漆包线", "微特电机", 0.30),
    Edge("精密件", "微特电机", 0.10),
    Edge("精密件", "水表阀门", 0.35),
]
CAPACITIES = [
    Capacity("贵溪", "阴极铜", 600),
    Capacity("贵溪", "铜杆", 200),
    Capacity("高新", "铜合金", 40),
    Capacity("高新", "微特电机", 60),
    Capacity("高新", "水表阀门", 30),
    Capacity("余江", "漆包线", 10),
    Capacity("余江", "精密件", 5),
]
MINUTES = {("贵溪", "高新"): 30.0, ("高新", "余江"): 25.0, ("贵溪", "余江"): 50.0}
COPPER = Problem.from_rows(NODES, EDGES, CAPACITIES, MINUTES, as_of=TODAY)


def row(gaps: Gaps, node: str, place: str) -> GapRow:
    (found,) = (row for row in list_rows(gaps, everything) if (row.node, row.place) == (node, place))
    return found


GAPS_BY_RADIUS = {
    ("漆包线", "高新"): (18, {0: 18, 45: 8, 60: 8}),
    ("精密件", "高新"): (16.5, {0: 16.5, 45: 11.5, 60: 11.5}),
    ("铜杆", "余江"): (8, {0: 8, 45: 8, 60: 0}),
    ("铜合金", "余江"): (3, {0: 3, 45: 0, 60: 0}),
    ("阴极铜", "高新"): (30, {0: 30, 45: 0, 60: 0}),
    ("阴极铜", "贵溪"): (180, {0: 0, 45: 0, 60: 0}),
}


@pytest.mark.parametrize("radius", [0, 45, 60])
def test_the_worked_example_gives_every_demand_and_every_gap(radius: int) -> None:
    rows = list_rows(compute(COPPER, Radius.of(radius)), demanded)
    told = {(row.node, row.place): (row.demand_yi_yuan, row.gap_yi_yuan) for row in rows}
    assert told == {
        cell: (pytest.approx(demand), pytest.approx(gaps[radius])) for cell, (demand, gaps) in GAPS_BY_RADIUS.items()
    }
    gaps = [row.gap_yi_yuan for row in rows]
    assert gaps == sorted(gaps, reverse=True)


def test_the_worked_example_gives_every_coverage_along_the_belt() -> None:
    belt = compute(COPPER, Radius.of(45))
    assert [
        row(belt, "漆包线", "高新").coverage,
        row(belt, "精密件", "高新").coverage,
        row(belt, "铜杆", "余江").coverage,
        row(belt, "铜合金", "余江").coverage,
        row(belt, "阴极铜", "高新").coverage,
    ] == [pytest.approx(0.556, abs=5e-4), pytest.approx(0.303, abs=5e-4), 0, 1, 1]


@pytest.mark.parametrize(
    ("radius", "shares"), [(0, (70.5, 0.0, 16.7)), (45, (89.2, 39.6, 64.3)), (60, (92.4, 57.1, 81.0))]
)
def test_the_worked_example_gives_the_local_share_three_ways(radius: int, shares: tuple[float, ...]) -> None:
    share = local_share(compute(COPPER, Radius.of(radius)))
    assert [round(value * 100, 1) for value in vars(share).values()] == list(shares)


@pytest.mark.parametrize(
    ("radius", "kinds"),
    [
        (0, {"漆包线": "fill", "精密件": "fill", "铜杆": "fill", "铜合金": "fill", "阴极铜": "fill"}),
        (45, {"漆包线": "secure", "精密件": "secure", "铜杆": "fill", "铜合金": "sound", "阴极铜": "sound"}),
        (60, {"漆包线": "secure", "精密件": "secure", "铜杆": "sound", "铜合金": "sound", "阴极铜": "sound"}),
    ],
)
def test_the_worked_example_gives_every_kind(radius: int, kinds: dict[str, str]) -> None:
    gaps = compute(COPPER, Radius.of(radius))
    told = {row.node: row.kind.value for row in list_rows(gaps, demanded) if row.place != "贵溪"}
    assert told == kinds


def test_the_worked_example_tells_who_supplies_whom() -> None:
    gaps = compute(COPPER, Radius.of(45))
    told = {(row.node, row.place): row.suppliers for row in list_rows(gaps, demanded)}
    assert told == {
        ("阴极铜", "贵溪"): (Supply("贵溪", 180),),
        ("阴极铜", "高新"): (Supply("贵溪", 30),),
        ("铜杆", "余江"): (),
        ("铜合金", "余江"): (Supply("高新", 3),),
        ("漆包线", "高新"): (Supply("余江", 10),),
        ("精密件", "高新"): (Supply("余江", 5),),
    }


def test_copper_rod_for_yujiang_is_a_matter_of_matchmaking() -> None:
    """Guixi has 192 亿元 to spare at 50 minutes, between 45 and 67.5."""
    assert row(compute(COPPER, Radius.of(45)), "铜杆", "余江").remedy is Remedy.MATCHMAKING
    assert row(compute(COPPER, Radius.of(30)), "铜杆", "余江").remedy is Remedy.RECRUIT
